// One notifier on a thread of its own: however long it blocks, no order waits for it.

import Base
import COESPlugin
import Foundation

/// Thread-safe. Batches are delivered one after the other in the order given.
package final class NotifierRunner: @unchecked Sendable {
    /// Batches that wait; a further one is answered with retry at once.
    package static let waitingBatches = 16
    /// How long a plugin may go on after it was asked to cancel, before its thread is given up.
    private static let cancelGraceMillis = 500

    /// With what the plugin said of it, for people; empty where all went well.
    package typealias Completion = @Sendable (DeliveryResult, _ problem: String) -> Void

    private struct Job {
        let batch: [NotifierEvent]
        let attempt: Int
        let deadlineMillis: Int
        let completion: Completion
    }

    private enum Phase {
        case idle, running, stopping, ended
    }

    /// The entry's name.
    package let name: String
    private let notifier: UnsafePointer<oes_notifier_t>
    private let statistics: DeliveryStatistics
    private let log: Log
    private let condition = NSCondition()
    // Guarded by `condition`.
    private var phase = Phase.idle
    private var waiting: [Job] = []
    private var flushMillis = 0
    private var stopLimit = Date.distantPast
    private var busyUntilMicros: Int64?
    private var isCancelled = false
    private var isLate = false
    /// Its thread's number in the call slot.
    private let thread: Int
    private let onThread: @Sendable () -> Void
    private let index: Int
    private let callSlot: CallSlot?

    /// `thread` is unique among the notifiers of this process.
    /// `onThread` is called first thing on it.
    package init(
        entry: NotifierEntry, thread: Int = 0, log: Log,
        onThread: @escaping @Sendable () -> Void = {}
    ) {
        self.thread = thread
        self.onThread = onThread
        index = entry.index
        callSlot = entry.callSlot
        name = entry.name
        notifier = entry.notifier
        statistics = entry.delivery
        self.log = log
    }

    package func start() {
        condition.lock()
        defer { condition.unlock() }
        guard phase == .idle else { return }
        phase = .running
        statistics.isInUse = true
        let thread = Thread { [self] in run() }
        thread.name = "oes-\(name.prefix(11))"
        thread.start()
    }

    /// Queues a batch. `completion` is called once, on the notifier's thread, or on the caller's
    /// where the batch isn't taken.
    package func deliver(
        batch: [NotifierEvent], attempt: Int, deadlineMillis: Int,
        completion: @escaping Completion
    ) {
        guard !batch.isEmpty else { return completion(.ok, "") }
        condition.lock()
        let isTaken = phase == .running && waiting.count < Self.waitingBatches
        if isTaken {
            waiting.append(
                Job(
                    batch: batch, attempt: attempt, deadlineMillis: deadlineMillis,
                    completion: completion))
            condition.signal()
        }
        condition.unlock()
        if !isTaken { completion(.retry(afterMillis: 0), "too many batches wait") }
    }

    /// Whether a call is past its deadline and hasn't returned.
    package var isHung: Bool {
        condition.lock()
        defer { condition.unlock() }
        return isLate
    }

    /// Asks a call that is past its deadline to return. To be called about once a second.
    package func cancelOverdue() {
        condition.lock()
        let isOverdue = busyUntilMicros.map { $0 < Clock.monotonicMicros() } ?? false
        busyUntilMicros = isOverdue ? nil : busyUntilMicros
        isLate = isLate || isOverdue
        condition.unlock()
        guard isOverdue else { return }
        log.warning("notifier \(name): past its deadline, asked to cancel")
        notifier.pointee.cancel(notifier)
    }

    /// Takes no more, lets a running delivery end and flushes; `stop` waits for that. So several can end
    /// side by side.
    package func requestStop(deadlineMillis: Int) {
        condition.lock()
        defer { condition.unlock() }
        guard phase == .running else { return }
        phase = .stopping
        flushMillis = deadlineMillis
        stopLimit = Date(timeIntervalSinceNow: Double(deadlineMillis) / 1_000)
        condition.broadcast()
    }

    /// Lets a running delivery end and flushes, within the deadline; then cancels. True where the
    /// thread has ended, and the instance may be destroyed. Waiting batches are answered retry.
    package func stop(deadlineMillis: Int) -> Bool {
        requestStop(deadlineMillis: deadlineMillis)
        condition.lock()
        defer { condition.unlock() }
        guard phase == .stopping else { return true }
        if waitForEnd(until: stopLimit) { return true }
        isCancelled = true
        notifier.pointee.cancel(notifier)
        let grace = Date(timeIntervalSinceNow: Double(Self.cancelGraceMillis) / 1_000)
        if waitForEnd(until: grace) { return true }
        log.warning("notifier \(name): doesn't end, its thread is left behind")
        return false
    }

    private func waitForEnd(until limit: Date) -> Bool {
        while phase != .ended {
            if !condition.wait(until: limit) { return phase == .ended }
        }
        return true
    }

    private func run() {
        onThread()
        _ = PluginThread.enter(OES_THREAD_NOTIFY)
        while let job = next() {
            let (result, problem) = perform(job)
            job.completion(result, problem)
        }
        condition.lock()
        let (left, millis, wasCancelled) = (waiting, flushMillis, isCancelled)
        waiting = []
        condition.unlock()
        for job in left { job.completion(.retry(afterMillis: 0), "the host ends") }
        if !wasCancelled {
            noted(.flush) { _ = notifier.pointee.flush(notifier, Int64(millis)) }
        }
        statistics.isInUse = false
        condition.lock()
        phase = .ended
        condition.broadcast()
        condition.unlock()
    }

    /// The next batch; nil once the runner stops.
    private func next() -> Job? {
        condition.lock()
        defer { condition.unlock() }
        busyUntilMicros = nil
        isLate = false
        while phase == .running && waiting.isEmpty { condition.wait() }
        guard phase == .running else { return nil }
        let job = waiting.removeFirst()
        busyUntilMicros = Clock.monotonicMicros() + Int64(job.deadlineMillis) * 1_000
        return job
    }

    private func perform(_ job: Job) -> (DeliveryResult, problem: String) {
        let call = DeliveryCall(job.batch, attempt: job.attempt, millis: job.deadlineMillis)
        let start = monotonicNanos()
        let status = noted(.deliver) { call.deliver(notifier) }
        statistics.record(nanos: monotonicNanos() - start)
        let (result, text) = call.result(status)
        if !text.isEmpty { log.warning("notifier \(name): \(text)") }
        return (result, text)
    }

    /// So that the supervisor can tell in what the process died.
    private func noted<Result>(_ call: PluginCall, _ body: () -> Result) -> Result {
        callSlot?.note(thread: thread, CallSlot.Call(entry: index, call: call.rawValue))
        defer { callSlot?.note(thread: thread, nil) }
        return body()
    }
}
