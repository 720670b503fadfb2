// Where plan, apply and check put what they decide (oes_out_t): each instruction is judged and
// copied as it comes, so that nothing of a plugin's memory is looked at after its call.

import Base
import COESPlugin
import Trading

/// What the numbers of an instruction are judged by.
struct InstructionBounds {
    var tick: Int64 = 1
    var lot: Int64 = 1
    var quantity: Int64 = 0
    var time: Int64 = 0
}

final class InstructionSink {
    /// Guards that one rule may emit for an order.
    static let maximumGuards = 8

    private(set) var place: oes_place_t?
    private(set) var terms: oes_terms_t?
    private(set) var reject: Rejection?
    private(set) var guards: [Guard] = []
    /// What the plugin did wrong, for the log; nil where it did nothing wrong.
    private(set) var failure: String?

    let out: UnsafeMutablePointer<oes_out_t>
    private var allowed: Set = []
    private var bounds = InstructionBounds()
    private var rule = ""
    private var mode = RuleMode.enforce
    private var isOpen = false

    struct Set: OptionSet {
        let rawValue: UInt32
        static let plan: Set = [.bit(OES_INSTRUCTION_PLACE), .bit(OES_INSTRUCTION_REJECT)]
        static let apply: Set = [.bit(OES_INSTRUCTION_TERMS), .bit(OES_INSTRUCTION_REJECT)]
        static let check: Set = [.bit(OES_INSTRUCTION_GUARD), .bit(OES_INSTRUCTION_REJECT)]

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

    /// Begins a call. `rule` and `mode` go into the guards.
    func open(
        _ allowed: Set, bounds: InstructionBounds, rule: String = "", mode: RuleMode = .enforce
    ) {
        place = nil
        terms = nil
        reject = nil
        failure = nil
        if !guards.isEmpty { guards.removeAll(keepingCapacity: true) }
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
        let fields = instruction.pointee
        guard covers(fields.struct_size, oes_instruction_t.self) else {
            return fail("instruction's struct_size is \(fields.struct_size)")
        }
        guard allowed.takes(fields.kind) else {
            failure = failure ?? "it emitted instruction kind \(fields.kind), unknown here"
            return OES_UNSUPPORTED
        }
        switch fields.kind {
        case OES_INSTRUCTION_PLACE: return take(place: fields.place)
        case OES_INSTRUCTION_REJECT: return take(reject: fields.reject)
        case OES_INSTRUCTION_TERMS: return take(terms: fields.terms)
        default: return take(guard: fields.guard)
        }
    }

    private var isFull: Bool { place != nil || terms != nil || reject != nil }

    private func take(place pointer: UnsafePointer<oes_place_t>?) -> oes_status {
        guard !isFull else { return failFull() }
        guard let fields = pointer?.pointee, covers(fields.struct_size, oes_place_t.self) else {
            return fail("place is missing or its struct_size is wrong")
        }
        if let wrong = wrongNumber(fields) ?? wrongChoice(fields) { return fail(wrong) }
        place = fields
        return OES_OK
    }

    private func wrongChoice(_ fields: oes_place_t) -> String? {
        if Pricing(fields.pricing) == nil { return "place's pricing is \(fields.pricing)" }
        if RemainderPolicy(fields.remainder) == nil {
            return "place's remainder is \(fields.remainder)"
        }
        if BookKind(fields.book) == nil { return "place's book is \(fields.book)" }
        return nil
    }

    private func wrongNumber(_ fields: oes_place_t) -> String? {
        let market = fields.pricing == OES_PRICING_MARKET
        if market && fields.price != .min { return "place has market pricing and a price" }
        if !market {
            let price = fields.price
            guard price > 0, price <= Scaled.maximum, price % bounds.tick == 0 else {
                return "place's price is \(price), tick \(bounds.tick)"
            }
        }
        let quantity = fields.quantity
        guard quantity > 0, quantity <= bounds.quantity, quantity % bounds.lot == 0 else {
            return "place's quantity is \(quantity) of \(bounds.quantity), lot \(bounds.lot)"
        }
        return wrongExpiry(fields.expire_at).map { "place's \($0)" }
    }

    private func take(terms pointer: UnsafePointer<oes_terms_t>?) -> oes_status {
        guard !isFull else { return failFull() }
        guard let fields = pointer?.pointee, covers(fields.struct_size, oes_terms_t.self) else {
            return fail("terms are missing or their struct_size is wrong")
        }
        guard RemainderPolicy(fields.remainder) != nil else {
            return fail("terms' remainder is \(fields.remainder)")
        }
        if let wrong = wrongExpiry(fields.expire_at) { return fail("terms' \(wrong)") }
        terms = fields
        return OES_OK
    }

    private func wrongExpiry(_ time: Int64) -> String? {
        if time == .min || (time > 0 && time >= bounds.time && time <= Scaled.maximum) {
            return nil
        }
        return "expire_at is \(time) at time \(bounds.time)"
    }

    private func take(reject pointer: UnsafePointer<oes_reject_t>?) -> oes_status {
        guard !isFull, guards.isEmpty else { return failFull() }
        guard let fields = pointer?.pointee, covers(fields.struct_size, oes_reject_t.self) else {
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

    private func take(guard pointer: UnsafePointer<oes_guard_t>?) -> oes_status {
        guard reject == nil, guards.count < Self.maximumGuards else { return failFull() }
        guard let fields = pointer?.pointee, covers(fields.struct_size, oes_guard_t.self) else {
            return fail("guard is missing or its struct_size is wrong")
        }
        guard fields.metric == OES_GUARD_POSITION else {
            return fail("guard's metric is \(fields.metric)")
        }
        guard fields.limit >= 0, fields.limit <= Scaled.maximum, fields.exempt_if_reducing <= 1
        else { return fail("guard's limit is \(fields.limit)") }
        guard let code = fields.code.checkedName(limit: 64, allowed: NameBytes.code) else {
            return fail("guard's code isn't a code")
        }
        guards.append(
            Guard(
                rule: rule, mode: mode, metric: .position, limit: fields.limit, code: code,
                exemptIfReducing: fields.exempt_if_reducing == 1))
        return OES_OK
    }

    /// A struct is read whole, so it must be as long as ours. (When ours grows, only the fields
    /// that struct_size covers may be read.)
    private func covers<Type>(_ size: UInt32, _ type: Type.Type) -> Bool {
        size >= MemoryLayout<Type>.size && size <= 4_096
    }

    private func fail(_ text: String) -> oes_status {
        failure = failure ?? text
        return OES_INVALID
    }

    private func failFull() -> oes_status {
        failure = failure ?? "it emitted more than one decision"
        return OES_TOO_MANY
    }
}
