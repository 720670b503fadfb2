// Every active risk rule judges a planned order. Verdicts are ANDed; a rule that fails or breaks
// the interface's rules refuses the order (fail closed); a rule in shadow mode decides, is
// recorded, and refuses nothing. Cancels never come here.

import Base
import COESPlugin
import Trading

package struct RiskDecision: Sendable {
    /// The first enforced refusal, in the configuration's order of rules.
    package fileprivate(set) var rejection: Rejection?
    /// For the script to judge atomically, shadow ones included.
    package fileprivate(set) var guards: [Guard] = []
    package fileprivate(set) var shadowRejections: [Rejection] = []
    /// One for each rule that was asked: the order's explain record.
    package fileprivate(set) var records: [RiskRecord] = []
}

package struct RiskRecord: Sendable {
    package enum Outcome: UInt8, Sendable {
        case passed, guarded, rejected, failed
    }
    package let rule: String
    package let version: String
    package let mode: RuleMode
    package let outcome: Outcome
    /// The refusal's code and values; empty where there is none.
    package let reason: String
}

package struct RiskGate {
    private let registry: PluginRegistry
    private let frame = InputFrame()
    private let sink = InstructionSink()
    private let limits = LimitCache()
    private let input = UnsafeBox(oes_check_input_t())

    package init(registry: PluginRegistry) {
        self.registry = registry
        input.value = oes_check_input_t(
            struct_size: UInt32(MemoryLayout<oes_check_input_t>.size),
            operation: OES_OPERATION_SUBMIT, order: frame.order, place: frame.place,
            instrument: frame.instrument, market: frame.market, account: frame.account,
            position: nil, limits: nil, limit_count: 0, worst_price: .min, filled: 0,
            order_hold: 0)
    }

    /// `request` and `plan` are the order as it would be, `amending` the order as it stands where
    /// one is amended. `position` is the account's in the order's symbol. One that is covered later
    /// needs no money now.
    package func check(
        _ operation: RiskOperation, request: OrderRequest, plan: Plan, account: Account,
        position: Position?, instrument: Instrument, market: MarketSnapshot,
        amending: Order? = nil, isCoveredLater: Bool = false
    ) -> RiskDecision {
        frame.begin(
            request, type: registry.orderType(request.orderType), instrument: instrument,
            market: market)
        frame.fill(plan)
        frame.fill(account)
        if let position { frame.fill(position) }
        input.value.position = position == nil ? nil : UnsafePointer(frame.position)
        input.value.operation = operation.abi
        input.value.worst_price =
            WorstPrice.of(plan, side: request.side, instrument: instrument, market: market)?.raw
            ?? .min
        input.value.filled = amending?.filled.raw ?? 0
        input.value.order_hold = isCoveredLater ? Scaled.maximum : amending?.hold ?? 0
        return judge(limits.limits(for: instrument, of: registry.riskRules))
    }

    private func judge(_ limits: LimitSet) -> RiskDecision {
        var decision = RiskDecision()
        decision.records.reserveCapacity(registry.riskRules.count)
        for (index, rule) in registry.riskRules.enumerated() where rule.mode != .off {
            let lent = limits.limits(at: index)
            input.value.limits = lent.pointer
            input.value.limit_count = lent.count
            ask(rule, &decision)
        }
        return decision
    }

    private func ask(_ rule: RiskRuleEntry, _ decision: inout RiskDecision) {
        sink.open(.check, bounds: InstructionBounds(), rule: rule.name, mode: rule.mode)
        let wrong = sink.close(rule.check(input.pointer, sink.out))
        let rejection = wrong.map { registry.pluginError(rule, $0) } ?? sink.reject
        let outcome: RiskRecord.Outcome
        if let rejection {
            outcome = wrong == nil ? .rejected : .failed
            if rule.mode == .shadow {
                decision.shadowRejections.append(rejection)
            } else if decision.rejection == nil {
                decision.rejection = rejection
            }
        } else {
            outcome = sink.guards.isEmpty ? .passed : .guarded
            decision.guards.append(contentsOf: sink.guards)
        }
        decision.records.append(
            RiskRecord(
                rule: rule.name, version: rule.descriptor.version, mode: rule.mode,
                outcome: outcome, reason: rejection?.reason ?? ""))
    }
}

/// The worst price at which a plan can trade, as far as the picture of the market tells.
package enum WorstPrice {
    /// A limit order's limit. For market pricing the last tick within the instrument's band around
    /// the opposite best, else around the last trade; nil where there is neither. As the script does
    /// it, on the host's picture of the market.
    package static func of(
        _ plan: Plan, side: Side, instrument: Instrument, market: MarketSnapshot
    ) -> Price? {
        guard plan.pricing == .market else { return plan.price }
        let opposite = side == .buy ? market.bestAsk : market.bestBid
        guard let reference = opposite ?? market.last, reference.raw > 0,
            let band = multiplyDivide(
                reference.raw, instrument.bandBps, 10_000, rounding: .down)
        else { return nil }
        let tick = instrument.tickSize
        switch side {
        case .buy:
            let (highest, overflow) = reference.raw.addingReportingOverflow(band)
            let bounded = overflow ? Scaled.maximum : min(highest, Scaled.maximum)
            return Price(max(bounded - bounded % tick, reference.raw))
        case .sell:
            let lowest = max(reference.raw - band, 0)
            let onTick = lowest + (tick - lowest % tick) % tick
            return Price(min(max(onTick, tick), reference.raw))
        }
    }
}

/// The limits for each instrument, converted once for its scales.
private final class LimitCache {
    private var sets: [String: LimitSet] = [:]

    func limits(for instrument: Instrument, of rules: [RiskRuleEntry]) -> LimitSet {
        let scales = Scales(instrument)
        if let known = sets[instrument.symbol], known.scales == scales { return known }
        let made = LimitSet(rules, scales: scales)
        sets[instrument.symbol] = made
        return made
    }
}

/// One struct at an address that stays.
final class UnsafeBox<Value> {
    private let memory: UnsafeMutablePointer<Value>

    init(_ value: Value) {
        memory = .allocate(capacity: 1)
        memory.initialize(to: value)
    }

    deinit {
        memory.deinitialize(count: 1)
        memory.deallocate()
    }

    var pointer: UnsafePointer<Value> { UnsafePointer(memory) }
    var value: Value {
        get { memory.pointee }
        set { memory.pointee = newValue }
        _modify { yield &memory.pointee }
    }
}
