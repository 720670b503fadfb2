// A call of a notifier's deliver, and what its report means.

import COESPlugin

/// One call of deliver: lends the events and catches the report.
final class DeliveryCall {
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
