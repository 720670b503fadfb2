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
    /// One for each rule that was asked; empty where the gate doesn't keep them.
    package fileprivate(set) var records: [RiskRecord] = []
    /// The same, as the order's event keeps them (RecordedDecisions).
    package fileprivate(set) var bytes: [UInt8] = []
    /// The policy by which it was judged.
    package fileprivate(set) var policyVersion: Int64 = 0
}

package struct RiskRecord: Sendable {
    package enum Outcome: UInt8, Sendable {
        case passed, guarded, rejected, failed

        package var name: String { "\(self)" }
    }
    package let rule: String
    package let version: String
    package let mode: RuleMode
    package let outcome: Outcome
    /// The refusal's code and values; empty where there is none.
    package let reason: String
    package let measures: [RiskMeasure]

    package func with(_ more: [RiskMeasure]) -> RiskRecord {
        RiskRecord(
            rule: rule, version: version, mode: mode, outcome: outcome, reason: reason,
            measures: measures + more)
    }
}

/// What a gate needs to know beside the order.
package struct RiskScene {
    package var account: Account
    /// The account's in the order's symbol.
    package var position: Position?
    package var instrument: Instrument
    package var market: MarketSnapshot
    package var policy: RiskPolicy
    /// nil before the account's first order in the symbol.
    package var usual: UsualSize?

    package init(
        account: Account, position: Position?, instrument: Instrument, market: MarketSnapshot,
        policy: RiskPolicy = RiskPolicy(), usual: UsualSize? = nil
    ) {
        self.account = account
        self.position = position
        self.instrument = instrument
        self.market = market
        self.policy = policy
        self.usual = usual
    }
}

package struct RiskGate {
    private let registry: PluginRegistry
    private let keepsRecords: Bool
    private let frame = InputFrame()
    private let sink = InstructionSink()
    private let resolver: LimitResolver
    private let input = UnsafeBox(oes_check_input_t())

    /// `keepsRecords`: whether decisions carry each rule's record for who will show it.
    package init(registry: PluginRegistry, keepsRecords: Bool = true) {
        self.registry = registry
        self.keepsRecords = keepsRecords
        resolver = LimitResolver(registry.riskRules)
        input.value.struct_size = UInt32(MemoryLayout<oes_check_input_t>.size)
        input.value.order = UnsafePointer(frame.order)
        input.value.place = UnsafePointer(frame.place)
        input.value.instrument = UnsafePointer(frame.instrument)
        input.value.market = UnsafePointer(frame.market)
        input.value.account = UnsafePointer(frame.account)
    }

    /// `request` and `plan` are the order as it would be, `amending` the order as it stands where
    /// one is amended. One that is covered later needs no money now; a child is what an order type
    /// places for its parent.
    package func check(
        _ operation: RiskOperation, request: OrderRequest, plan: Plan, scene: RiskScene,
        amending: Order? = nil, isCoveredLater: Bool = false, isChild: Bool = false
    ) -> RiskDecision {
        let instrument = scene.instrument
        frame.begin(
            request, type: registry.orderType(request.orderType), instrument: instrument,
            market: scene.market)
        frame.fill(plan)
        frame.fill(scene.account)
        if let position = scene.position { frame.fill(position) }
        input.value.position = scene.position == nil ? nil : UnsafePointer(frame.position)
        input.value.operation = operation.abi
        input.value.worst_price =
            WorstPrice.of(plan, side: request.side, instrument: instrument, market: scene.market)?
            .raw ?? .min
        input.value.filled = amending?.filled.raw ?? 0
        input.value.order_hold = isCoveredLater ? Scaled.maximum : amending?.hold ?? 0
        input.value.policy_version = UInt64(clamping: scene.policy.version)
        input.value.usual_quantity = scene.usual?.quantity ?? .min
        input.value.usual_count = scene.usual?.count ?? 0
        input.value.is_child = isChild ? 1 : 0
        resolver.adopt(scene.policy)
        let limits = resolver.limits(
            account: scene.account.id, group: scene.account.group ?? "", instrument)
        return judge(limits, scene.policy.version)
    }

    private func judge(_ limits: LimitSet, _ policyVersion: Int64) -> RiskDecision {
        var decision = RiskDecision()
        decision.policyVersion = policyVersion
        if keepsRecords { decision.records.reserveCapacity(registry.riskRules.count) }
        var writer = DecisionWriter(
            policyVersion: policyVersion, ruleCount: registry.riskRules.count)
        for index in registry.riskRules.indices {
            let mode = resolver.modes[index]
            if mode == .off { continue }
            let lent = limits.limits(at: index)
            input.value.limits = lent.pointer
            input.value.limit_count = lent.count
            ask(registry.riskRules[index], mode, &decision, &writer)
        }
        decision.bytes = writer.bytes
        return decision
    }

    private func ask(
        _ rule: RiskRuleEntry, _ mode: RuleMode, _ decision: inout RiskDecision,
        _ writer: inout DecisionWriter
    ) {
        sink.open(.check, bounds: InstructionBounds(), rule: rule, mode: mode)
        let wrong = sink.close(
            rule.isQuarantined ? OES_FAILED : rule.check(input.pointer, sink.out))
        let rejection = wrong.map { registry.ruleError(rule, $0) } ?? sink.reject
        let outcome: RiskRecord.Outcome
        if let rejection {
            outcome = wrong == nil ? .rejected : .failed
            if mode == .shadow {
                decision.shadowRejections.append(rejection)
            } else if decision.rejection == nil {
                decision.rejection = rejection
            }
        } else {
            outcome = sink.risk.guards.isEmpty ? .passed : .guarded
            decision.guards.append(contentsOf: sink.risk.guards)
        }
        let reason = rejection?.reason ?? ""
        writer.append(
            rule, mode: mode, outcome: outcome,
            measure: wrong == nil ? tightest(rule) : nil, reason: reason)
        guard keepsRecords else { return }
        decision.records.append(
            RiskRecord(
                rule: rule.name, version: rule.descriptor.version, mode: mode, outcome: outcome,
                reason: reason,
                measures: wrong == nil ? sink.risk.measures.map { $0.named(by: rule) } : []))
    }

    private func tightest(_ rule: RiskRuleEntry) -> EmittedMeasure? {
        let measures = sink.risk.measures
        guard var tightest = measures.first else { return nil }
        for measure in measures.dropFirst() where measure.plain.isTighter(than: tightest.plain) {
            tightest = measure
        }
        return tightest
    }
}

extension EmittedMeasure {
    /// Without its name.
    fileprivate var plain: RiskMeasure {
        RiskMeasure(name: "", value: value, limit: limit, unit: unit, isAtLeast: isAtLeast)
    }

    func named(by rule: RiskRuleEntry) -> RiskMeasure {
        RiskMeasure(
            name: limitIndex.map { rule.schemas.limits.properties[$0].name } ?? name,
            value: value, limit: limit, unit: unit, isAtLeast: isAtLeast)
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
