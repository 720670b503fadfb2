@testable import Base
import Foundation
import Glibc
import Loop
import Synchronization
import Testing

@testable import Main

/// The supervisor in this process, with small shell scripts as its workers. A script finds the
/// count of its lives in a file.
@Suite(.serialized) struct SupervisorTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "oes-supervisor-\(getpid())-\(UInt64.random(in: 0...UInt64.max))")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Runs `script` (its lives are counted in $life) as the one worker; at `endMillis` the
    /// supervisor is asked to end. What it logged isn't captured; its exit code and the worker's
    /// count of lives are.
    private func supervise(
        _ script: String, endMillis: Int, _ change: (inout SupervisorTimes) -> Void = { _ in }
    ) throws -> (exitCode: Int32, lives: Int, millis: Int) {
        let counter = folder.appendingPathComponent("lives").path
        let count = "echo >> '\(counter)'; life=$(wc -l < '\(counter)'); "
        var settings = SupervisorSettings(
            workerCount: 1, log: Log(level: .error, origin: "supervisor-test"),
            arguments: { _ in ["sh", "-c", count + script] },
            callName: { "call\($0)" })
        settings.executable = "/bin/sh"
        settings.times.backOffMillis = 10
        settings.times.checkMillis = 20
        change(&settings.times)
        let loop = try EventLoop()
        let supervisor = Supervisor(loop: loop, settings: settings)
        loop.schedule(afterMillis: endMillis) { supervisor.requestEnd() }
        let start = Clock.monotonicMicros()
        let exitCode = supervisor.run()
        let lines = try String(contentsOfFile: counter, encoding: .utf8)
        try? FileManager.default.removeItem(at: folder)
        return (exitCode, lines.count, Int(Clock.monotonicMicros() - start) / 1_000)
    }

    @Test func aWorkerThatDiesIsStartedAgain() throws {
        let result = try supervise(
            "if [ $life -lt 3 ]; then kill -SEGV $$; fi; exec sleep 30", endMillis: 600)
        #expect(result.exitCode == 0)
        #expect(result.lives == 3)
    }

    @Test func aConfigurationErrorEndsEverything() throws {
        let result = try supervise("exit 78", endMillis: 5_000)
        #expect(result.exitCode == 78)
        #expect(result.lives == 1)
        #expect(result.millis < 4_000)
    }

    @Test func aWorkerThatDoesNotEndIsKilled() throws {
        let result = try supervise(
            "trap '' TERM; while :; do sleep 0.05; done", endMillis: 200
        ) { $0.graceMillis = 200 }
        #expect(result.exitCode == 0)
        #expect(result.millis >= 400)
        #expect(result.millis < 4_000)
    }

    @Test func aWorkerWhoseLoopStandsStillIsKilled() throws {
        // Shell workers never beat, so it is the time to start that ends them.
        let result = try supervise("exec sleep 30", endMillis: 700) { $0.startMillis = 100 }
        #expect(result.lives >= 2)
    }

    /// The worker writes into its slot as a shell can: byte by byte, at the places of the layout.
    @Test func aCallThatNeverReturnsIsEndedAndNamed() throws {
        let write = { (place: Int, text: String) in
            "printf '\(text)' | dd of=/proc/self/fd/3 bs=1 seek=\(place) conv=notrunc 2>&-; "
        }
        // Turn 1 of the loop, call 2 of entry 3.
        let script =
            write(0, "\\001") + write(64, "\\002\\004") + write(192 + 3 * 64, "com.example.bad")
        var settings = SupervisorSettings(
            workerCount: 1, log: Log(level: .error, origin: "supervisor-test"),
            arguments: { _ in ["sh", "-c", script + "exec sleep 30"] },
            callName: { $0 == 2 ? "plan" : "other" })
        settings.executable = "/bin/sh"
        settings.times.stuckInCallMillis = 200
        settings.times.checkMillis = 20
        let loop = try EventLoop()
        var account = ""
        var worker: WorkerProcess?
        worker = try WorkerProcess(index: 0, loop: loop, settings: settings) { end in
            account = worker?.account(of: end) ?? ""
            worker?.requestEnd()
            loop.stop()
        }
        worker?.start()
        #expect(worker?.account(of: .signalled(SIGSEGV)) == "worker 0 died of SIGSEGV")
        func check() {
            worker?.check()
            loop.schedule(afterMillis: 20) { check() }
        }
        check()
        loop.schedule(afterMillis: 4_000) { loop.stop() }
        loop.run()
        #expect(account.hasPrefix("worker 0 stood still for "))
        #expect(account.hasSuffix(" ms and was ended in plugin com.example.bad, call plan"))
    }

    @Test func backOffDoublesUpToItsMaximum() {
        let times = SupervisorTimes()
        #expect(
            (1...8).map { times.backOff(deaths: $0) }
                == [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
        #expect(times.backOff(deaths: 1_000) == 5_000)
    }
}

@Suite struct CallSlotTests {
    @Test func aCrashNamesTheCallOfItsOwnThread() {
        let slot = CallSlot()
        slot.enter(entry: 1, call: 1)
        slot.note(thread: 0, CallSlot.Call(entry: 5, call: 10))
        slot.note(thread: 2, CallSlot.Call(entry: 6, call: 10))
        #expect(slot.crash == nil)
        slot.crashWord.pointee = 1
        #expect(slot.crash == .elsewhere)
        slot.crashWord.pointee = 4
        #expect(slot.crash == .thread(CallSlot.Call(entry: 6, call: 10)))
        slot.crashWord.pointee = 3
        #expect(slot.crash == .thread(nil))
        slot.note(thread: CallSlot.threadCount, CallSlot.Call(entry: 7, call: 10))
        slot.reset()
        #expect(slot.crash == nil)
    }

    @Test func tellsTheCallUnderWayByName() {
        let slot = CallSlot()
        #expect(slot.currentCall == nil)
        slot.name(entry: 3, "com.example.bad")
        slot.enter(entry: 3, call: 2)
        #expect(slot.currentCall == CallSlot.Call(entry: 3, call: 2))
        #expect(slot.name(entry: 3) == "com.example.bad")
        #expect(slot.name(entry: 4) == "#4")
        slot.leave()
        #expect(slot.currentCall == nil)
        slot.enter(entry: 0, call: 0)
        #expect(slot.currentCall == CallSlot.Call(entry: 0, call: 0))
    }

    @Test func namesAreCutAndRowsKeptApart() {
        let slot = CallSlot()
        let long = String(repeating: "n", count: CallSlot.nameBytes + 9)
        slot.name(entry: 0, long)
        slot.name(entry: 1, "b")
        #expect(slot.name(entry: 0) == String(long.prefix(CallSlot.nameBytes)))
        slot.name(entry: 0, "short")
        #expect(slot.name(entry: 0) == "short")
        #expect(slot.name(entry: 1) == "b")
        // Beyond the table there is no memory to write to.
        slot.name(entry: CallSlot.entryCount, "x")
        slot.name(entry: -1, "x")
        #expect(slot.name(entry: CallSlot.entryCount) == "#256")
        slot.enter(entry: 300, call: 1)
        #expect(slot.currentCall == CallSlot.Call(entry: 300, call: 1))
    }
}
