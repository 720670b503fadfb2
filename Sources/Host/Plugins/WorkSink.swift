// The sink's part for order types: places, containers, and what a container's type asks for later.

import Base
import COESPlugin
import Trading

extension InstructionSink {
    func take(place pointer: UnsafePointer<oes_place_t>?) -> oes_status {
        guard reject == nil else { return failFull() }
        guard var fields = readStruct(pointer) else {
            return fail("place is missing or its struct_size is wrong")
        }
        let text = fields.child_key
        fields.child_key = oes_str()
        guard text.len > 0 else { return take(main: fields) }
        guard let key = text.checkedName(limit: 16, allowed: NameBytes.code),
            keys.insert(key).inserted
        else { return fail("place's child_key isn't a key, or was used before") }
        guard work.children.count < Limits.childrenPerCall else { return failFull() }
        if let wrong = bounds.wrong(fields, key: key) { return fail(wrong) }
        work.steps.append(.place(EmittedPlace(fields: fields, key: key)))
        return OES_OK
    }

    private func take(main fields: oes_place_t) -> oes_status {
        guard allowed.contains(.plan) else { return fail("place has no child_key") }
        guard work.main == nil, work.container == nil else { return failFull() }
        if let wrong = bounds.wrong(fields, key: "") { return fail(wrong) }
        work.main = fields
        return OES_OK
    }

    func take(container pointer: UnsafePointer<oes_container_t>?) -> oes_status {
        guard work.main == nil, work.container == nil, reject == nil else { return failFull() }
        guard let fields = readStruct(pointer) else {
            return fail("container is missing or its struct_size is wrong")
        }
        if let wrong = bounds.wrong(fields) { return fail(wrong) }
        work.container = fields
        return OES_OK
    }

    func take(state pointer: UnsafePointer<oes_state_t>?) -> oes_status {
        guard work.state == nil, reject == nil else { return failFull() }
        guard let fields = readStruct(pointer) else {
            return fail("state is missing or its struct_size is wrong")
        }
        guard bounds.keepsState else { return fail("it keeps state, but has no state_version") }
        guard fields.length <= UInt64(OES_STATE_MAX) else {
            return fail("state has \(fields.length) bytes")
        }
        guard fields.length > 0 else {
            work.state = []
            return OES_OK
        }
        guard let bytes = fields.bytes else { return fail("state has no bytes") }
        work.state = Array(UnsafeBufferPointer(start: bytes, count: Int(fields.length)))
        return OES_OK
    }

    func take(timer pointer: UnsafePointer<oes_arm_t>?) -> oes_status {
        guard work.timer == nil, reject == nil else { return failFull() }
        guard let fields = readStruct(pointer), fields.time > 0, fields.time <= Scaled.maximum
        else { return fail("timer is missing, or its struct_size or time is wrong") }
        work.timer = fields.time
        return OES_OK
    }

    func take(wakes pointer: UnsafePointer<oes_arm_t>?) -> oes_status {
        guard work.wakes == nil, reject == nil else { return failFull() }
        let known = OES_WAKE_CHILD_FILLED | OES_WAKE_CHILD_ENDED | OES_WAKE_TIMER | OES_WAKE_AMEND
        guard let fields = readStruct(pointer), fields.wakes & ~known == 0 else {
            return fail("wakes are missing, or their struct_size or bits are wrong")
        }
        work.wakes = fields.wakes
        return OES_OK
    }

    func take(cancel pointer: UnsafePointer<oes_cancel_t>?) -> oes_status {
        guard let fields = readStruct(pointer) else {
            return fail("cancel is missing or its struct_size is wrong")
        }
        return take(step: { .cancel($0) }, of: fields.child_key)
    }

    func take(amend pointer: UnsafePointer<oes_amend_t>?) -> oes_status {
        guard let fields = readStruct(pointer) else {
            return fail("amend is missing or its struct_size is wrong")
        }
        if let wrong = bounds.wrong(fields) { return fail(wrong) }
        return take(
            step: {
                .amend(
                    $0, price: fields.price == .min ? nil : fields.price,
                    quantity: fields.quantity == .min ? nil : fields.quantity)
            }, of: fields.child_key)
    }

    /// One step a child and call: what two would mean together, nobody could say.
    private func take(step: (String) -> EmittedStep, of text: oes_str) -> oes_status {
        guard reject == nil, work.steps.count < Limits.childrenPerFamily else {
            return failFull()
        }
        guard let key = text.checkedName(limit: 16, allowed: NameBytes.code), keys.contains(key),
            !work.steps.contains(where: { $0.key == key })
        else { return fail("cancel or amend is of no child, or of one for the second time") }
        work.steps.append(step(key))
        return OES_OK
    }

    func take(done pointer: UnsafePointer<oes_done_t>?) -> oes_status {
        guard work.done == nil, reject == nil else { return failFull() }
        guard let fields = readStruct(pointer) else {
            return fail("done is missing or its struct_size is wrong")
        }
        if fields.reason.len == 0 {
            work.done = ""
            return OES_OK
        }
        guard let code = fields.reason.checkedName(limit: 64, allowed: NameBytes.code) else {
            return fail("done's reason isn't a code")
        }
        work.done = code
        return OES_OK
    }
}
