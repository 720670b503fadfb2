// The protocols' answers as the interface's instructions.

import COESPlugin

extension Remainder {
    var abi: oes_remainder {
        switch self {
        case .rest: OES_REMAINDER_REST
        case .cancel: OES_REMAINDER_CANCEL
        case .allOrNone: OES_REMAINDER_ALL_OR_NONE
        }
    }
}

func instruction(_ kind: oes_instruction_kind) -> oes_instruction_t {
    var carrier = oes_instruction_t()
    carrier.struct_size = UInt32(MemoryLayout<oes_instruction_t>.size)
    carrier.kind = kind
    return carrier
}

func emit(
    _ remainder: Remainder, _ until: Int64?, _ out: UnsafePointer<oes_out_t>
) -> oes_status {
    let fields = oes_terms_t(
        struct_size: UInt32(MemoryLayout<oes_terms_t>.size), remainder: remainder.abi,
        expire_at: until ?? .min)
    return withUnsafePointer(to: fields) { pointer in
        var carrier = instruction(OES_INSTRUCTION_TERMS)
        carrier.terms = pointer
        return out.pointee.emit(out, &carrier)
    }
}

func emit(_ reject: Reject, _ out: UnsafePointer<oes_out_t>) -> oes_status {
    lending(reject.code) { code in
        lending(reject.field) { field in
            lending(reject.text) { text in
                lending(reject.values) { values in
                    let fields = oes_reject_t(
                        struct_size: UInt32(MemoryLayout<oes_reject_t>.size), reserved: 0,
                        code: code, field: field, text: text, values: values)
                    return withUnsafePointer(to: fields) { pointer in
                        var carrier = instruction(OES_INSTRUCTION_REJECT)
                        carrier.reject = pointer
                        return out.pointee.emit(out, &carrier)
                    }
                }
            }
        }
    }
}

func emit(
    positionLimit limit: Int64, _ code: String, _ exempt: Bool,
    _ out: UnsafePointer<oes_out_t>
) -> oes_status {
    lending(code) { code in
        let fields = oes_guard_t(
            struct_size: UInt32(MemoryLayout<oes_guard_t>.size), metric: OES_GUARD_POSITION,
            limit: limit, exempt_if_reducing: exempt ? 1 : 0, reserved: 0, code: code,
            scope: OES_SCOPE_ACCOUNT_SYMBOL, reserved_scope: 0, window_ms: 0)
        return withUnsafePointer(to: fields) { pointer in
            var carrier = instruction(OES_INSTRUCTION_GUARD)
            carrier.guard = pointer
            return out.pointee.emit(out, &carrier)
        }
    }
}

func report(_ delivery: Delivery, _ out: UnsafePointer<oes_delivery_out_t>) -> oes_status {
    var fields = oes_delivery_t()
    fields.struct_size = UInt32(MemoryLayout<oes_delivery_t>.size)
    let why: String
    switch delivery {
    case .done:
        fields.outcome = OES_OUTCOME_OK
        why = ""
    case .retry(let afterMillis, let reason):
        fields.outcome = OES_OUTCOME_RETRY
        fields.retry_after_millis = afterMillis
        why = reason
    case .partial(let through, let reason):
        fields.outcome = OES_OUTCOME_PARTIAL
        fields.through_index = UInt64(through)
        why = reason
    case .drop(let reason):
        fields.outcome = OES_OUTCOME_DROP
        why = reason
    }
    return lending(why) { text in
        fields.text = text
        return out.pointee.report(out, &fields)
    }
}
