// An order type's work as the interface's instructions: places, containers and what follows.

import COESPlugin

/// One after the other, until the host takes one no more.
func emit(_ instructions: [Instruction], _ out: UnsafePointer<oes_out_t>) -> oes_status {
    for instruction in instructions {
        let status = emit(instruction, out)
        guard status == OES_OK else { return status }
    }
    return OES_OK
}

private func emit(_ step: Instruction, _ out: UnsafePointer<oes_out_t>) -> oes_status {
    switch step {
    case .place(let place): return emit(place, out)
    case .container(let container): return emit(container, out)
    case .state(let bytes): return emit(state: bytes, out)
    case .timer(let time):
        return emit(OES_INSTRUCTION_ARM_TIMER, wakes: 0, time: time, out)
    case .wakes(let wakes):
        return emit(OES_INSTRUCTION_ARM, wakes: wakes.rawValue, time: 0, out)
    case .cancel(let key): return emit(cancel: key, out)
    case .amend(let key, let price, let quantity): return emit(amend: key, price, quantity, out)
    case .done(let reason): return emit(done: reason, out)
    }
}

func emit(_ place: Place, _ out: UnsafePointer<oes_out_t>) -> oes_status {
    var fields = oes_place_t(place)
    return lending(place.childKey) { key in
        fields.child_key = key
        return withUnsafePointer(to: fields) { pointer in
            var carrier = instruction(OES_INSTRUCTION_PLACE)
            carrier.place = pointer
            return out.pointee.emit(out, &carrier)
        }
    }
}

extension oes_place_t {
    /// All but the key, which is lent.
    fileprivate init(_ place: Place) {
        self.init()
        struct_size = UInt32(MemoryLayout<oes_place_t>.size)
        (pricing, price) = place.pricing.abi
        remainder = place.remainder.abi
        book = place.book == .lit ? OES_BOOK_LIT : OES_BOOK_INTERNAL
        quantity = place.quantity
        expire_at = place.expireAt ?? .min
        side = place.side.map { $0 == .buy ? OES_SIDE_BUY : OES_SIDE_SELL } ?? 0
        post_only = place.isPostOnly ? 1 : 0
        reduce_only = place.isReduceOnly ? 1 : 0
        self_trade = place.selfTrade?.rawValue ?? 0
        min_quantity = place.minQuantity ?? .min
        display_quantity = place.displayQuantity ?? .min
        after = place.worksAfterFills ? 1 : 0
        link_group = place.link?.group ?? 0
        link_action = place.link?.action.rawValue ?? 0
        if let pegged = place.peg {
            peg = pegged.reference.rawValue
            peg_offset = pegged.offset
        }
        if let trigger = place.trigger { set(trigger) }
    }

    private mutating func set(_ trigger: Trigger) {
        switch trigger {
        case .at(let price, let source, let direction):
            trigger_source = source.rawValue
            trigger_direction = direction.rawValue
            trigger_price = price
        case .trailing(let direction, let distance, let offset):
            trigger_source = OES_TRIGGER_LAST
            trigger_direction = direction.rawValue
            limit_offset = offset
            switch distance {
            case .amount(let amount):
                trail = OES_TRAIL_AMOUNT
                trail_offset = amount
            case .bps(let bps):
                trail = OES_TRAIL_BPS
                trail_offset = bps
            }
        }
    }
}

extension Place.Pricing {
    fileprivate var abi: (oes_pricing, Int64) {
        switch self {
        case .limit(let price): (OES_PRICING_LIMIT, price)
        case .market: (OES_PRICING_MARKET, .min)
        }
    }
}

private func emit(_ container: Container, _ out: UnsafePointer<oes_out_t>) -> oes_status {
    var fields = oes_container_t()
    fields.struct_size = UInt32(MemoryLayout<oes_container_t>.size)
    (fields.pricing, fields.price) = container.pricing.abi
    fields.quantity = container.quantity
    fields.expire_at = container.expireAt ?? .min
    return withUnsafePointer(to: fields) { pointer in
        var carrier = instruction(OES_INSTRUCTION_CONTAINER)
        carrier.container = pointer
        return out.pointee.emit(out, &carrier)
    }
}

private func emit(state: [UInt8], _ out: UnsafePointer<oes_out_t>) -> oes_status {
    state.withUnsafeBufferPointer { bytes in
        let fields = oes_state_t(
            struct_size: UInt32(MemoryLayout<oes_state_t>.size), reserved: 0,
            bytes: bytes.baseAddress, length: UInt64(bytes.count))
        return withUnsafePointer(to: fields) { pointer in
            var carrier = instruction(OES_INSTRUCTION_SET_STATE)
            carrier.state = pointer
            return out.pointee.emit(out, &carrier)
        }
    }
}

private func emit(
    _ kind: oes_instruction_kind, wakes: UInt32, time: Int64, _ out: UnsafePointer<oes_out_t>
) -> oes_status {
    let fields = oes_arm_t(
        struct_size: UInt32(MemoryLayout<oes_arm_t>.size), wakes: wakes, time: time)
    return withUnsafePointer(to: fields) { pointer in
        var carrier = instruction(kind)
        carrier.arm = pointer
        return out.pointee.emit(out, &carrier)
    }
}

private func emit(cancel key: String, _ out: UnsafePointer<oes_out_t>) -> oes_status {
    lending(key) { key in
        let fields = oes_cancel_t(
            struct_size: UInt32(MemoryLayout<oes_cancel_t>.size), reserved: 0, child_key: key)
        return withUnsafePointer(to: fields) { pointer in
            var carrier = instruction(OES_INSTRUCTION_CANCEL)
            carrier.cancel = pointer
            return out.pointee.emit(out, &carrier)
        }
    }
}

private func emit(
    amend key: String, _ price: Int64?, _ quantity: Int64?, _ out: UnsafePointer<oes_out_t>
) -> oes_status {
    lending(key) { key in
        let fields = oes_amend_t(
            struct_size: UInt32(MemoryLayout<oes_amend_t>.size), reserved: 0, child_key: key,
            price: price ?? .min, quantity: quantity ?? .min)
        return withUnsafePointer(to: fields) { pointer in
            var carrier = instruction(OES_INSTRUCTION_AMEND)
            carrier.amend = pointer
            return out.pointee.emit(out, &carrier)
        }
    }
}

private func emit(done reason: String, _ out: UnsafePointer<oes_out_t>) -> oes_status {
    lending(reason) { reason in
        let fields = oes_done_t(
            struct_size: UInt32(MemoryLayout<oes_done_t>.size), reserved: 0, reason: reason)
        return withUnsafePointer(to: fields) { pointer in
            var carrier = instruction(OES_INSTRUCTION_DONE)
            carrier.done = pointer
            return out.pointee.emit(out, &carrier)
        }
    }
}
