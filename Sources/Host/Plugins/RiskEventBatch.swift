// Tells risk rules what has happened (oes_risk_rule_t's on_events), and collects what they ask for.
// A cold path: each batch is laid out anew.

import Base
import COESPlugin
import Trading

/// Something that a rule is told of.
package struct RiskHappening: Sendable {
    package enum Kind: UInt32, Sendable {
        case orderTaken = 1
        case orderRefused, trade
        /// An account's money, positions or their prices may have changed.
        case account
    }

    package let kind: Kind
    package let sequence: Int64
    package let time: Int64
    package let account: Account
    /// nil with `account`.
    package let instrument: Instrument?
    package var side: Side?
    package var price: Price?
    package var quantity = Quantity.zero
    package var orderID = ""
    /// Why an order was refused.
    package var code = ""
    /// Cash and what the positions are worth; and what became of that today. nil = not known.
    package var equity: Money?
    package var dayProfit: Money?

    package init(
        _ kind: Kind, sequence: Int64, time: Int64, account: Account, instrument: Instrument?
    ) {
        self.kind = kind
        self.sequence = sequence
        self.time = time
        self.account = account
        self.instrument = instrument
    }
}

/// What a rule asks for.
package struct RiskRequest: Sendable {
    package let rule: String
    package let mode: RuleMode
    package let action: RiskAction
}

package final class RiskEventGate {
    private let registry: PluginRegistry
    private let resolver: LimitResolver
    private let sink = InstructionSink()

    package init(registry: PluginRegistry) {
        self.registry = registry
        resolver = LimitResolver(registry.riskRules)
    }

    /// Whether any rule looks at what has happened.
    package var isNeeded: Bool { registry.riskRules.contains(where: \.takesEvents) }

    /// Whether any of them, as limits and modes are now, has something to judge an account by.
    package func concerns(_ account: Account, policy: RiskPolicy) -> Bool {
        resolver.adopt(policy)
        let places = registry.riskRules.indices.filter { registry.riskRules[$0].takesEvents }
        return resolver.concern(
            account: account.id, group: account.group ?? "", at: places)
    }

    /// What the rules want done about it. One in shadow mode asks for alerts alone; a block or cancel
    /// that the operator didn't allow is left out.
    package func tell(
        _ happenings: [RiskHappening], policy: RiskPolicy, now: Int64
    ) -> [RiskRequest] {
        guard !happenings.isEmpty else { return [] }
        var requests: [RiskRequest] = []
        each(happenings, policy, now) { rule, mode in
            let wanted = sink.risk.actions.filter { isAllowed($0, rule, mode) }
            requests += wanted.map {
                RiskRequest(rule: rule.name, mode: mode, action: mode == .shadow ? $0.shadow : $0)
            }
        }
        return requests
    }

    /// What the rules measure of an account as it stands: its headroom by rules that judge after the
    /// fact.
    package func measures(
        of happening: RiskHappening, policy: RiskPolicy, now: Int64
    ) -> [RiskRecord] {
        var records: [RiskRecord] = []
        each([happening], policy, now) { rule, mode in
            let measures = sink.risk.measures.map { $0.named(by: rule) }
            guard !measures.isEmpty else { return }
            records.append(
                RiskRecord(
                    rule: rule.name, version: rule.descriptor.version, mode: mode,
                    outcome: .passed, reason: "", measures: measures))
        }
        return records
    }

    private func each(
        _ happenings: [RiskHappening], _ policy: RiskPolicy, _ now: Int64,
        _ take: (RiskRuleEntry, RuleMode) -> Void
    ) {
        resolver.adopt(policy)
        let sets = happenings.map { happening in
            let (account, group) = (happening.account.id, happening.account.group ?? "")
            return happening.instrument.map {
                resolver.limits(account: account, group: group, $0)
            } ?? resolver.limits(account: account, group: group)
        }
        let batch = RiskEventBatch(happenings, now: now)
        for (index, rule) in registry.riskRules.enumerated() where rule.takesEvents {
            let mode = resolver.modes[index]
            if mode == .off { continue }
            batch.lend(sets, at: index)
            sink.open(.riskEvents, bounds: InstructionBounds(), rule: rule, mode: mode)
            let wrong = batch.withBatch { sink.close(rule.onEvents($0, sink.out)) }
            if let wrong {
                _ = registry.ruleError(rule, wrong)
            } else {
                take(rule, mode)
            }
        }
    }

    private func isAllowed(_ action: RiskAction, _ rule: RiskRuleEntry, _ mode: RuleMode) -> Bool {
        switch action {
        case .alert: true
        case .block: mode == .enforce && rule.mayBlock
        case .cancelAll: mode == .enforce && rule.mayCancel
        }
    }
}

extension RiskAction {
    /// An alert that says that nothing was done.
    fileprivate var shadow: RiskAction {
        guard case .alert(var alert) = self else { return self }
        alert.severity = .info
        alert.text = String("Shadow, nothing was done: \(alert.text)".prefix(200))
        return .alert(alert)
    }
}

/// The structs of one batch; what they point to lives as long as this.
private final class RiskEventBatch {
    private let events: UnsafeMutableBufferPointer<oes_risk_event_t>
    private let pointers: UnsafeMutableBufferPointer<UnsafePointer<oes_risk_event_t>?>
    private let accounts: UnsafeMutableBufferPointer<oes_account_t>
    private let instruments: UnsafeMutableBufferPointer<oes_instrument_t>
    private let arena = TextArena()
    private let now: Int64

    init(_ happenings: [RiskHappening], now: Int64) {
        self.now = now
        events = .allocate(capacity: happenings.count)
        pointers = .allocate(capacity: happenings.count)
        accounts = .allocate(capacity: happenings.count)
        instruments = .allocate(capacity: happenings.count)
        for (index, happening) in happenings.enumerated() { fill(index, happening) }
    }

    deinit {
        events.deallocate()
        pointers.deallocate()
        accounts.deallocate()
        instruments.deallocate()
    }

    private func fill(_ index: Int, _ happening: RiskHappening) {
        var account = oes_account_t()
        account.set(happening.account, arena)
        account.equity = happening.equity?.raw ?? .min
        account.day_profit = happening.dayProfit?.raw ?? .min
        accounts.initializeElement(at: index, to: account)
        var instrument = oes_instrument_t()
        if let source = happening.instrument { instrument.set(source, arena) }
        instruments.initializeElement(at: index, to: instrument)
        var event = oes_risk_event_t()
        event.struct_size = UInt32(MemoryLayout<oes_risk_event_t>.size)
        event.kind = happening.kind.rawValue
        event.seq = UInt64(clamping: happening.sequence)
        event.time = happening.time
        event.account = UnsafePointer(accounts.baseAddress! + index)
        event.instrument =
            happening.instrument == nil ? nil : UnsafePointer(instruments.baseAddress! + index)
        event.side = happening.side?.abi ?? 0
        event.price = happening.price?.raw ?? .min
        event.quantity = happening.quantity.raw
        event.order_id = arena.lend(happening.orderID)
        event.code = arena.lend(happening.code)
        events.initializeElement(at: index, to: event)
        pointers.initializeElement(at: index, to: UnsafePointer(events.baseAddress! + index))
    }

    /// Each event's limits of the rule at this place.
    func lend(_ sets: [LimitSet], at rule: Int) {
        for (index, set) in sets.enumerated() {
            let lent = set.limits(at: rule)
            events[index].limits = lent.pointer
            events[index].limit_count = lent.count
        }
    }

    func withBatch<Result>(_ body: (UnsafePointer<oes_risk_batch_t>) -> Result) -> Result {
        var batch = oes_risk_batch_t(
            struct_size: UInt32(MemoryLayout<oes_risk_batch_t>.size),
            money_scale: UInt32(Money.scale), events: UnsafePointer(pointers.baseAddress!),
            event_count: UInt64(events.count), time: now)
        return withUnsafePointer(to: &batch) { body($0) }
    }
}
