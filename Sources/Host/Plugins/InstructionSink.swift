// Where plan, apply, check and on_event put what they decide (oes_out_t): each instruction is judged
// and copied as it comes, so that nothing of a plugin's memory is looked at after its call.

import Base
import COESPlugin
import Trading

final class InstructionSink {
    var work = EmittedWork()
    private(set) var terms: oes_terms_t?
    private(set) var reject: Rejection?
    /// What a risk rule emitted beside or instead of a refusal.
    var risk = EmittedRisk()
    /// What the plugin did wrong, for the log; nil where it did nothing wrong.
    private(set) var failure: String?

    let out: UnsafeMutablePointer<oes_out_t>
    private(set) var allowed: Set = []
    private(set) var bounds = InstructionBounds()
    /// Keys of children, with those that this call has placed.
    var keys: Swift.Set<String> = []
    private(set) var rule: RiskRuleEntry?
    private(set) var mode = RuleMode.enforce
    private var isOpen = false

    struct Set: OptionSet {
        let rawValue: UInt32
        static let container: Set = [
            .bit(OES_INSTRUCTION_SET_STATE), .bit(OES_INSTRUCTION_ARM_TIMER),
            .bit(OES_INSTRUCTION_ARM),
        ]
        static let plan: Set = [
            .bit(OES_INSTRUCTION_PLACE), .bit(OES_INSTRUCTION_REJECT),
            .bit(OES_INSTRUCTION_CONTAINER), .container,
        ]
        static let event: Set = [
            .bit(OES_INSTRUCTION_PLACE), .bit(OES_INSTRUCTION_CANCEL),
            .bit(OES_INSTRUCTION_AMEND), .bit(OES_INSTRUCTION_DONE), .container,
        ]
        static let amend: Set = [.event, .bit(OES_INSTRUCTION_REJECT)]
        static let apply: Set = [.bit(OES_INSTRUCTION_TERMS), .bit(OES_INSTRUCTION_REJECT)]
        static let check: Set = [
            .bit(OES_INSTRUCTION_GUARD), .bit(OES_INSTRUCTION_REJECT),
            .bit(OES_INSTRUCTION_MEASURE),
        ]
        static let riskEvents: Set = [
            .bit(OES_INSTRUCTION_MEASURE), .bit(OES_INSTRUCTION_ALERT),
            .bit(OES_INSTRUCTION_BLOCK_ACCOUNT), .bit(OES_INSTRUCTION_CANCEL_ALL),
        ]

        static func bit(_ kind: oes_instruction_kind) -> Set {
            Set(rawValue: kind < 32 ? 1 << kind : 0)
        }
        func takes(_ kind: oes_instruction_kind) -> Bool {
            let bit = Set.bit(kind)
            return !bit.isEmpty && contains(bit)
        }
    }

    init() {
        out = .allocate(capacity: 1)
        out.initialize(
            to: oes_out_t(
                struct_size: UInt32(MemoryLayout<oes_out_t>.size), reserved: 0, host_data: nil,
                emit: { out, instruction in
                    guard let data = out?.pointee.host_data, let instruction else {
                        return OES_INVALID
                    }
                    return Unmanaged<InstructionSink>.fromOpaque(data).takeUnretainedValue()
                        .take(instruction)
                }))
        out.pointee.host_data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit { out.deallocate() }

    /// Begins a call. `children` are the keys that a container has used; `rule` and `mode` go into
    /// the guards.
    func open(
        _ allowed: Set, bounds: InstructionBounds, children: Swift.Set<String> = [],
        rule: RiskRuleEntry? = nil, mode: RuleMode = .enforce
    ) {
        if !work.isEmpty { work = EmittedWork() }
        keys = children
        terms = nil
        reject = nil
        failure = nil
        risk.clear()
        self.allowed = allowed
        self.bounds = bounds
        self.rule = rule
        self.mode = mode
        isOpen = true
    }

    /// Ends a call with the status that the plugin returned: what it did wrong, or nil.
    func close(_ status: oes_status) -> String? {
        isOpen = false
        if failure == nil && status != OES_OK { failure = "it answered status \(status)" }
        return failure
    }

    private func take(_ instruction: UnsafePointer<oes_instruction_t>) -> oes_status {
        guard isOpen else { return OES_INVALID }
        guard let fields = readStruct(instruction) else {
            return fail("instruction's struct_size is \(instruction.pointee.struct_size)")
        }
        guard allowed.takes(fields.kind) else {
            failure = failure ?? "it emitted instruction kind \(fields.kind), unknown here"
            return OES_UNSUPPORTED
        }
        switch fields.kind {
        case OES_INSTRUCTION_PLACE: return take(place: fields.place)
        case OES_INSTRUCTION_REJECT: return take(reject: fields.reject)
        case OES_INSTRUCTION_TERMS: return take(terms: fields.terms)
        case OES_INSTRUCTION_GUARD: return take(guard: fields.guard)
        case OES_INSTRUCTION_CONTAINER: return take(container: fields.container)
        case OES_INSTRUCTION_SET_STATE: return take(state: fields.state)
        case OES_INSTRUCTION_ARM_TIMER: return take(timer: fields.arm)
        case OES_INSTRUCTION_ARM: return take(wakes: fields.arm)
        case OES_INSTRUCTION_CANCEL: return take(cancel: fields.cancel)
        case OES_INSTRUCTION_AMEND: return take(amend: fields.amend)
        case OES_INSTRUCTION_MEASURE: return take(measure: fields.measure)
        case OES_INSTRUCTION_ALERT: return take(alert: fields.alert)
        case OES_INSTRUCTION_BLOCK_ACCOUNT: return take(action: fields.action) { .block($0) }
        case OES_INSTRUCTION_CANCEL_ALL: return take(action: fields.action) { .cancelAll($0) }
        default: return take(done: fields.done)
        }
    }

    private func take(terms pointer: UnsafePointer<oes_terms_t>?) -> oes_status {
        guard terms == nil, reject == nil else { return failFull() }
        guard let fields = readStruct(pointer) else {
            return fail("terms are missing or their struct_size is wrong")
        }
        guard RemainderPolicy(fields.remainder) != nil else {
            return fail("terms' remainder is \(fields.remainder)")
        }
        if let wrong = bounds.wrongExpiry(fields.expire_at) { return fail("terms' \(wrong)") }
        terms = fields
        return OES_OK
    }

    private func take(reject pointer: UnsafePointer<oes_reject_t>?) -> oes_status {
        guard work.isEmpty, terms == nil, reject == nil, risk.guards.isEmpty else {
            return failFull()
        }
        guard let fields = readStruct(pointer) else {
            return fail("reject is missing or its struct_size is wrong")
        }
        guard let code = fields.code.checkedName(limit: 64, allowed: NameBytes.code),
            let field = fields.field.checkedLine(limit: 64),
            let text = fields.text.checkedLine(limit: 512), !text.isEmpty,
            let values = fields.values.checkedLine(limit: 256)
        else { return fail("reject has a text that is empty, too long or not plain UTF-8") }
        reject = Rejection(
            .refused, code, text, field: field.isEmpty ? nil : field, values: values)
        return OES_OK
    }

    func fail(_ text: String) -> oes_status {
        failure = failure ?? text
        return OES_INVALID
    }

    func failFull() -> oes_status {
        failure = failure ?? "it emitted more than one decision"
        return OES_TOO_MANY
    }
}
