import Base
import Foundation
import Glibc
import Synchronization
import Testing

@testable import Loop

@Suite struct TimerHeapTests {
    /// Against the plainest model there is: a sorted list.
    @Test(arguments: 1...20)
    func firesInOrderWhateverIsCancelled(seed: UInt64) {
        var random = SplitMix(state: seed)
        var heap = TimerHeap()
        var model: [(deadline: Int64, number: Int)] = []
        var timers: [Int: TimerID] = [:]
        var fired: [Int] = []
        var expected: [Int] = []
        for number in 0..<500 {
            switch random.next() % 4 {
            case 0...1:
                let deadline = Int64(random.next() % 100)
                timers[number] = heap.insert(deadlineMicros: deadline) { fired.append(number) }
                model.append((deadline, number))
            case 2:
                guard let victim = model.randomElement(using: &random) else { continue }
                let isRemoved = heap.remove(timers[victim.number]!)
                #expect(isRemoved)
                model.removeAll { $0.number == victim.number }
                // A second time, and after its place has gone to another, it is harmless.
                let isRemovedAgain = heap.remove(timers[victim.number]!)
                #expect(!isRemovedAgain)
            default:
                let now = Int64(random.next() % 60)
                while let action = heap.popDue(nowMicros: now) { action() }
                let due = model.filter { $0.deadline <= now }
                expected += due.sorted { ($0.deadline, $0.number) < ($1.deadline, $1.number) }
                    .map(\.number)
                model.removeAll { $0.deadline <= now }
            }
            #expect(heap.count == model.count)
            #expect(heap.nextDeadlineMicros == model.map(\.deadline).min())
        }
        #expect(fired == expected)
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct EventLoopTests {
    @Test func timersFireInOrderAndNotTooEarly() throws {
        let loop = try EventLoop()
        var fired: [Int] = []
        let start = Clock.monotonicMicros()
        loop.schedule(afterMillis: 30) {
            fired.append(30)
            loop.stop()
        }
        loop.schedule(afterMillis: 10) { fired.append(10) }
        let cancelled = loop.schedule(afterMillis: 15) { fired.append(15) }
        loop.schedule(afterMillis: 5) {
            fired.append(5)
            loop.cancel(cancelled)
        }
        loop.run()
        #expect(fired == [5, 10, 30])
        #expect(Clock.monotonicMicros() - start >= 30_000)
    }

    @Test func theEndOfATurnRunsWhatWasPutOffBeforeTheHooks() throws {
        let loop = try EventLoop()
        var steps: [String] = []
        var isRecording = false
        loop.beforeSleep { if isRecording { steps.append("first hook") } }
        loop.beforeSleep {
            guard isRecording else { return }
            steps.append("second hook")
            isRecording = false
            // Put off from a hook, it runs in the next turn, which doesn't wait.
            loop.later {
                steps.append("next turn")
                loop.stop()
            }
        }
        loop.schedule(afterMillis: 0) {
            isRecording = true
            loop.later { steps.append("later") }
            steps.append("timer")
        }
        let start = Clock.monotonicMicros()
        loop.run()
        #expect(steps == ["timer", "later", "first hook", "second hook", "next turn"])
        #expect(Clock.monotonicMicros() - start < Int64(Limits.heartbeatMillis) * 1_000)
    }

    /// Two pipes are ready in one batch; whichever is handled first closes the other, whose number
    /// then goes to a third. The event that waits was the old one's.
    @Test func anEventOfAClosedDescriptorNeverReachesItsSuccessor() throws {
        let loop = try EventLoop()
        var registrations: [Int: Registration] = [:]
        let pipes = [makePipe(), makePipe()]
        var handled: [Int] = []
        var successorEvents = 0
        for (index, pipe) in pipes.enumerated() {
            registrations[index] = try loop.register(pipe.read, .readable) { _ in
                handled.append(index)
                drain(pipe.read)
                let other = 1 - index
                guard let victim = registrations.removeValue(forKey: other) else { return }
                loop.deregister(victim)
                Syscall.close(pipes[other].read)
                let successor = makePipe()
                #expect(dup2(successor.read, victim.descriptor) == victim.descriptor)
                do {
                    _ = try loop.register(victim.descriptor, .readable) { _ in
                        successorEvents += 1
                    }
                } catch {
                    Issue.record("\(error)")
                }
            }
            _ = write(pipe.write, "x", 1)
        }
        loop.schedule(afterMillis: 20) { loop.stop() }
        loop.run()
        #expect(handled.count == 1)
        #expect(successorEvents == 0)
    }

    @Test func interestDecidesWhatIsHeard() throws {
        let loop = try EventLoop()
        let pipe = makePipe()
        var count = 0
        let registration = try loop.register(pipe.read, []) { events in
            #expect(events == .readable)
            count += 1
            drain(pipe.read)
        }
        _ = write(pipe.write, "x", 1)
        loop.schedule(afterMillis: 10) {
            #expect(count == 0)
            loop.modify(registration, .readable)
        }
        loop.schedule(afterMillis: 20) {
            #expect(count == 1)
            loop.deregister(registration)
            loop.deregister(registration)
            _ = write(pipe.write, "x", 1)
        }
        loop.schedule(afterMillis: 30) { loop.stop() }
        loop.run()
        #expect(count == 1)
    }

    @Test func anIdleLoopStillBeats() throws {
        let loop = try EventLoop()
        var beats: [UInt64] = []
        loop.heartbeat = { turn in
            beats.append(turn)
            if turn == 2 { loop.stop() }
        }
        loop.run()
        #expect(beats == [1, 2])
    }

    @Test func signalsComeAsEvents() throws {
        let loop = try EventLoop()
        var heard: [Int32] = []
        let source = try SignalSource(loop: loop, signals: [SIGUSR1, SIGUSR2]) { signal in
            heard.append(signal)
            if heard.count == 2 { loop.stop() }
        }
        // To this thread alone: the test's other threads don't block them.
        #expect(pthread_kill(pthread_self(), SIGUSR2) == 0)
        #expect(pthread_kill(pthread_self(), SIGUSR1) == 0)
        loop.schedule(afterMillis: 2_000) { loop.stop() }
        withExtendedLifetime(source) { loop.run() }
        #expect(Set(heard) == [SIGUSR1, SIGUSR2])
    }

    @Test func aSecondRegistrationIsAnError() throws {
        let loop = try EventLoop()
        let pipe = makePipe()
        _ = try loop.register(pipe.read, .readable) { _ in }
        #expect(throws: SystemError(call: "epoll_ctl", errno: EEXIST)) {
            _ = try loop.register(pipe.read, .readable) { _ in }
        }
    }
}

@Suite struct MailboxTests {
    @Test func keepsEachThreadsOrderAndLosesNothing() throws {
        let loop = try EventLoop()
        let mailbox = try Mailbox(loop: loop)
        let received = Mutex<[[Int]]>([[], [], [], []])
        let left = Mutex(4)
        for thread in 0..<4 {
            Thread.detachNewThread {
                for number in 0..<5_000 {
                    mailbox.post { received.withLock { $0[thread].append(number) } }
                }
                mailbox.post { left.withLock { $0 -= 1 } }
            }
        }
        loop.beforeSleep { if left.withLock({ $0 == 0 }) { loop.stop() } }
        loop.run()
        #expect(received.withLock { $0 } == Array(repeating: Array(0..<5_000), count: 4))
    }
}

private func makePipe() -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    precondition(pipe(&ends) == 0)
    return (ends[0], ends[1])
}

private func drain(_ descriptor: Int32) {
    var buffer = [UInt8](repeating: 0, count: 16)
    _ = read(descriptor, &buffer, buffer.count)
}
