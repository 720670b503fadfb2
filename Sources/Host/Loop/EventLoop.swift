// The event loop: one thread that waits in epoll for sockets, timers and other threads' messages.
//
// A turn is: wait, handle the descriptors that are ready, fire the timers that are due, run what
// was put off with `later`, then the hooks of `beforeSleep`, which flush everything that the turn
// has queued: one write a connection and turn. Nothing here locks, since everything that a loop
// calls is confined to its thread; `assertOnLoop` checks it. Other threads use a Mailbox.
//
// A descriptor closed while its events wait in the same batch may already belong to somebody new.
// So each registration has a generation number, which epoll hands back with the event, and events
// of another generation are dropped.

import Base
import CSystem
import Glibc

package struct IOEvents: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let readable = IOEvents(rawValue: EPOLLIN.rawValue)
    package static let writable = IOEvents(rawValue: EPOLLOUT.rawValue)
    /// Both directions are at an end. Reported without being asked for.
    package static let hangup = IOEvents(rawValue: EPOLLHUP.rawValue)
    /// Reported without being asked for; the next read or write says which.
    package static let error = IOEvents(rawValue: EPOLLERR.rawValue)
}

/// A descriptor's place in a loop. It doesn't own the descriptor.
package final class Registration {
    package let descriptor: Int32
    package fileprivate(set) var interest: IOEvents
    fileprivate let generation: UInt32
    /// Nil once deregistered, which also ends the cycle through what the handler captures.
    fileprivate var handler: ((IOEvents) -> Void)?

    fileprivate init(
        descriptor: Int32, interest: IOEvents, generation: UInt32,
        handler: @escaping (IOEvents) -> Void
    ) {
        self.descriptor = descriptor
        self.interest = interest
        self.generation = generation
        self.handler = handler
    }
}

package final class EventLoop {
    private let epoll: Int32
    private let readyEvents: UnsafeMutableBufferPointer<epoll_event>
    /// Indexed by descriptor.
    private var registrations: [Registration?] = []
    private var lastGeneration: UInt32 = 0
    private var timers = TimerHeap()
    private var laterActions: [() -> Void] = []
    private var sleepHooks: [() -> Void] = []
    private var owner = pthread_self()
    private var stopping = false
    /// Counts from 1; 0 before the loop runs.
    package private(set) var turn: UInt64 = 0

    /// Monotonic time at which this turn began.
    package private(set) var nowMicros = Clock.monotonicMicros()
    /// Called at each turn with its number, at least every Limits.heartbeatMillis.
    package var heartbeat: ((UInt64) -> Void)?

    /// The calling thread owns the loop until `run` is called on another.
    package init() throws(SystemError) {
        Syscall.ignoreBrokenPipes()
        epoll = try Syscall.value("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) }
        unsafe readyEvents = .allocate(capacity: Limits.eventsPerTurn)
    }

    deinit {
        Syscall.close(epoll)
        unsafe readyEvents.deallocate()
    }

    /// Handles events until `stop`, whose turn is finished and flushed.
    package func run() {
        owner = pthread_self()
        stopping = false
        finishTurn()
        while !stopping {
            takeTurn()
        }
    }

    package func stop() {
        assertOnLoop()
        stopping = true
    }

    /// Ends the process where another thread than the loop's calls.
    package func assertOnLoop() {
        precondition(pthread_equal(owner, pthread_self()) != 0, "called outside the loop's thread")
    }

    // MARK: Descriptors

    /// Calls `handler` whenever the descriptor is ready for what `interest` names, until
    /// `deregister`, which must come before the descriptor is closed.
    package func register(
        _ descriptor: Int32, _ interest: IOEvents, _ handler: @escaping (IOEvents) -> Void
    ) throws(SystemError) -> Registration {
        assertOnLoop()
        lastGeneration &+= 1
        let registration = Registration(
            descriptor: descriptor, interest: interest, generation: lastGeneration,
            handler: handler)
        try control(EPOLL_CTL_ADD, registration, interest)
        let index = Int(descriptor)
        if index >= registrations.count {
            let missing = index + 1 - registrations.count
            registrations.append(contentsOf: repeatElement(nil, count: missing))
        }
        registrations[index] = registration
        return registration
    }

    /// Changes what is waited for; nothing where it was deregistered.
    package func modify(_ registration: Registration, _ interest: IOEvents) {
        assertOnLoop()
        guard registration.handler != nil, registration.interest != interest else { return }
        do throws(SystemError) {
            try control(EPOLL_CTL_MOD, registration, interest)
        } catch {
            preconditionFailure("a registered descriptor was closed: \(error)")
        }
        registration.interest = interest
    }

    /// Waits for the descriptor no longer. Its waiting events are dropped. May be repeated.
    package func deregister(_ registration: Registration) {
        assertOnLoop()
        guard registration.handler != nil else { return }
        registration.handler = nil
        registrations[Int(registration.descriptor)] = nil
        do throws(SystemError) {
            try control(EPOLL_CTL_DEL, registration, [])
        } catch {
            preconditionFailure("a registered descriptor was closed: \(error)")
        }
    }

    private func control(
        _ operation: Int32, _ registration: Registration, _ interest: IOEvents
    ) throws(SystemError) {
        let tag = UInt64(registration.generation) << 32 | UInt64(registration.descriptor)
        var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: tag))
        try Syscall.check("epoll_ctl") {
            unsafe epoll_ctl(epoll, operation, registration.descriptor, &event)
        }
    }

    // MARK: Timers and ends of turns

    /// Runs `action` once, not before `afterMillis` from now.
    @discardableResult
    package func schedule(afterMillis: Int, _ action: @escaping () -> Void) -> TimerID {
        assertOnLoop()
        let deadline = Clock.monotonicMicros() + Int64(max(0, afterMillis)) * 1_000
        return timers.insert(deadlineMicros: deadline, action)
    }

    /// Harmless where the timer has fired.
    package func cancel(_ timer: TimerID) {
        assertOnLoop()
        timers.remove(timer)
    }

    /// Runs `hook` at the end of every turn from now on, in the order of the calls.
    package func beforeSleep(_ hook: @escaping () -> Void) {
        assertOnLoop()
        sleepHooks.append(hook)
    }

    /// Runs `action` once, at the end of this turn and before the hooks; what it puts off itself
    /// runs in the next turn, which then doesn't wait.
    package func later(_ action: @escaping () -> Void) {
        assertOnLoop()
        laterActions.append(action)
    }

    // MARK: A turn

    private func takeTurn() {
        let count = wait()
        nowMicros = Clock.monotonicMicros()
        turn += 1
        heartbeat?(turn)
        for index in 0..<count {
            unsafe dispatch(readyEvents[index])
        }
        // Only those due when the turn began: a timer that schedules itself at 0 can't hold it.
        while let action = timers.popDue(nowMicros: nowMicros) { action() }
        finishTurn()
    }

    private func wait() -> Int {
        let count = unsafe epoll_wait(
            epoll, readyEvents.baseAddress, Int32(readyEvents.count), waitMillis())
        if count >= 0 { return Int(count) }
        // A debugger's or a stopped process's signal; anything else means a broken loop.
        precondition(errno == EINTR, "epoll_wait failed")
        return 0
    }

    private func waitMillis() -> Int32 {
        if stopping || !laterActions.isEmpty { return 0 }
        guard let deadline = timers.nextDeadlineMicros else { return Limits.heartbeatMillis }
        let micros = max(0, deadline - Clock.monotonicMicros())
        return Int32(min((micros + 999) / 1_000, Int64(Limits.heartbeatMillis)))
    }

    private func dispatch(_ event: epoll_event) {
        let tag = event.data.u64
        let descriptor = Int(tag & 0xffff_ffff)
        guard descriptor < registrations.count,
            let registration = registrations[descriptor],
            registration.generation == UInt32(tag >> 32),
            let handler = registration.handler
        else { return }
        handler(IOEvents(rawValue: event.events))
    }

    private func finishTurn() {
        if !laterActions.isEmpty {
            let actions = laterActions
            laterActions.removeAll(keepingCapacity: true)
            for action in actions { action() }
        }
        for hook in sleepHooks { hook() }
    }
}
