// One notifier on a thread of its own: however long it blocks, no order waits for it.

import Base
import COESPlugin
import Foundation

package struct NotifierEvent: Sendable {
    /// Unique, the same at each attempt.
    package let id: String
    package let type: String
    package let account: String
    package let symbol: String
    package let severity: String
    /// One JSON object without line breaks.
    package let json: [UInt8]

    package init(
        id: String, type: String, account: String, symbol: String, severity: String,
        json: [UInt8]
    ) {
        self.id = id
        self.type = type
        self.account = account
        self.symbol = symbol
        self.severity = severity
        self.json = json
    }
}

package enum DeliveryResult: Hashable, Sendable {
    case ok
    /// 0 = the caller chooses.
    case retry(afterMillis: Int64)
    /// The events up to and with this index were delivered.
    case partial(throughIndex: Int)
    /// The receiver will never take them.
    case drop
}

/// Thread-safe. Batches are delivered one after the other in the order given.
package final class NotifierRunner: @unchecked Sendable {
    /// Batches that wait; a further one is answered with retry at once.
    package static let waitingBatches = 16
    /// How long a plugin may go on after it was asked to cancel, before its thread is given up.
    private static let cancelGraceMillis = 500

    package typealias Completion = @Sendable (DeliveryResult) -> Void

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
    private var busyUntilMicros: Int64?
    private var isCancelled = false

    package init(entry: NotifierEntry, log: Log) {
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
        guard !batch.isEmpty else { return completion(.ok) }
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
        if !isTaken { completion(.retry(afterMillis: 0)) }
    }

    /// Asks a call that is past its deadline to return. To be called about once a second.
    package func cancelOverdue() {
        condition.lock()
        let isOverdue = busyUntilMicros.map { $0 < Clock.monotonicMicros() } ?? false
        busyUntilMicros = isOverdue ? nil : busyUntilMicros
        condition.unlock()
        guard isOverdue else { return }
        log.warning("notifier \(name): past its deadline, asked to cancel")
        notifier.pointee.cancel(notifier)
    }

    /// Lets a running delivery end and flushes, within the deadline; then cancels. True where the
    /// thread has ended, and the instance may be destroyed. Waiting batches are answered retry.
    package func stop(deadlineMillis: Int) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard phase == .running else { return phase != .stopping }
        phase = .stopping
        flushMillis = deadlineMillis
        condition.broadcast()
        if waitForEnd(millis: deadlineMillis) { return true }
        isCancelled = true
        notifier.pointee.cancel(notifier)
        if waitForEnd(millis: Self.cancelGraceMillis) { return true }
        log.warning("notifier \(name): doesn't end, its thread is left behind")
        return false
    }

    private func waitForEnd(millis: Int) -> Bool {
        let limit = Date(timeIntervalSinceNow: Double(millis) / 1_000)
        while phase != .ended {
            if !condition.wait(until: limit) { return phase == .ended }
        }
        return true
    }

    private func run() {
        _ = PluginThread.enter(OES_THREAD_NOTIFY)
        while let job = next() {
            let result = perform(job)
            job.completion(result)
        }
        condition.lock()
        let (left, millis, isLate) = (waiting, flushMillis, isCancelled)
        waiting = []
        condition.unlock()
        for job in left { job.completion(.retry(afterMillis: 0)) }
        if !isLate { _ = notifier.pointee.flush(notifier, Int64(millis)) }
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
        while phase == .running && waiting.isEmpty { condition.wait() }
        guard phase == .running else { return nil }
        let job = waiting.removeFirst()
        busyUntilMicros = Clock.monotonicMicros() + Int64(job.deadlineMillis) * 1_000
        return job
    }

    private func perform(_ job: Job) -> DeliveryResult {
        let call = DeliveryCall(job.batch, attempt: job.attempt, millis: job.deadlineMillis)
        let start = monotonicNanos()
        let status = call.deliver(notifier)
        statistics.record(nanos: monotonicNanos() - start)
        let (result, text) = call.result(status)
        if !text.isEmpty { log.warning("notifier \(name): \(text)") }
        return result
    }
}

/// One call of deliver: lends the events and catches the report.
private final class DeliveryCall {
    private let arena = TextArena()
    private let events: UnsafeMutableBufferPointer<oes_event_t>
    private let pointers: UnsafeMutableBufferPointer<UnsafePointer<oes_event_t>?>
    private var batch: oes_batch_t
    private var report: oes_delivery_t?
    private var reportText = ""
    private var failure = ""

    init(_ batch: [NotifierEvent], attempt: Int, millis: Int) {
        events = .allocate(capacity: batch.count)
        pointers = .allocate(capacity: batch.count)
        self.batch = oes_batch_t(
            struct_size: UInt32(MemoryLayout<oes_batch_t>.size), attempt: UInt32(attempt),
            deadline_millis: Int64(millis), events: pointers.baseAddress,
            event_count: UInt64(batch.count))
        for (index, event) in batch.enumerated() {
            events.initializeElement(
                at: index,
                to: oes_event_t(
                    struct_size: UInt32(MemoryLayout<oes_event_t>.size), reserved: 0,
                    id: arena.lend(event.id), type: arena.lend(event.type),
                    account: arena.lend(event.account), symbol: arena.lend(event.symbol),
                    severity: arena.lend(event.severity), json: arena.lend(event.json)))
            pointers.initializeElement(
                at: index, to: UnsafePointer(events.baseAddress).map { $0 + index })
        }
    }

    deinit {
        events.deallocate()
        pointers.deallocate()
    }

    func deliver(_ notifier: UnsafePointer<oes_notifier_t>) -> oes_status {
        var out = oes_delivery_out_t(
            struct_size: UInt32(MemoryLayout<oes_delivery_out_t>.size), reserved: 0,
            host_data: Unmanaged.passUnretained(self).toOpaque(),
            report: { out, delivery in
                guard let data = out?.pointee.host_data, let delivery else { return OES_INVALID }
                return Unmanaged<DeliveryCall>.fromOpaque(data).takeUnretainedValue()
                    .take(delivery.pointee)
            })
        return notifier.pointee.deliver(notifier, &batch, &out)
    }

    private func take(_ delivery: oes_delivery_t) -> oes_status {
        guard report == nil else {
            failure = "it reported twice"
            return OES_TOO_MANY
        }
        guard delivery.struct_size >= MemoryLayout<oes_delivery_t>.size,
            delivery.struct_size <= 4_096, delivery.outcome >= OES_OUTCOME_OK,
            delivery.outcome <= OES_OUTCOME_DROP, delivery.retry_after_millis >= 0,
            delivery.outcome != OES_OUTCOME_PARTIAL
                || delivery.through_index < batch.event_count
        else {
            failure = "its report breaks the interface's rules (outcome \(delivery.outcome))"
            return OES_INVALID
        }
        reportText = delivery.text.checkedLine(limit: 512) ?? "a text that isn't plain"
        report = delivery
        return OES_OK
    }

    /// What the call came to, and a line for the log where it wasn't all well.
    func result(_ status: oes_status) -> (DeliveryResult, text: String) {
        if !failure.isEmpty { return (.retry(afterMillis: 0), failure) }
        guard status == OES_OK else {
            return (.retry(afterMillis: 0), "deliver answered status \(status) \(reportText)")
        }
        guard let report else { return (.retry(afterMillis: 0), "deliver reported nothing") }
        switch report.outcome {
        case OES_OUTCOME_OK: return (.ok, "")
        case OES_OUTCOME_RETRY:
            return (.retry(afterMillis: report.retry_after_millis), reportText)
        case OES_OUTCOME_PARTIAL:
            return (.partial(throughIndex: Int(report.through_index)), reportText)
        default: return (.drop, "dropped \(batch.event_count) events: \(reportText)")
        }
    }
}
