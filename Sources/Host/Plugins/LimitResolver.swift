// Which limits and which mode hold for an order: what staff set at run time, the most specific scope
// first, else the operator's file, else the schema's default.
//
// Resolving reads dictionaries and decimals, so it is done once for each symbol and holder that has
// limits of its own, and kept until the policy's version changes. Most accounts have none and share.

import Base
import Trading

final class LimitResolver {
    private let rules: [RiskRuleEntry]
    private var policy = RiskPolicy()
    private var isFresh = true
    /// By the rules' places.
    private(set) var modes: [RuleMode]
    private var ownAccounts: Set<String> = []
    private var ownGroups: Set<String> = []
    private var general: [String: LimitSet] = [:]
    private var byGroup: [String: [String: LimitSet]] = [:]
    private var byAccount: [String: [String: LimitSet]] = [:]
    private var count = 0

    init(_ rules: [RiskRuleEntry]) {
        self.rules = rules
        modes = rules.map(\.mode)
    }

    /// To be called before anything is asked; does nothing while the policy is the same.
    func adopt(_ next: RiskPolicy) {
        guard isFresh || next.version != policy.version else { return }
        isFresh = false
        policy = next
        modes = rules.map { next.modes[$0.name] ?? $0.mode }
        ownAccounts = []
        ownGroups = []
        for scope in next.limits.values.flatMap(\.keys) {
            switch scope.holder {
            case .account(let id): ownAccounts.insert(id)
            case .group(let id): ownGroups.insert(id)
            case .firm: break
            }
        }
        forget()
    }

    private func forget() {
        general = [:]
        byGroup = [:]
        byAccount = [:]
        count = 0
    }

    /// The limits for an account's orders in an instrument. `group` is empty where it has none.
    func limits(account: String, group: String, _ instrument: Instrument) -> LimitSet {
        let symbol = instrument.symbol
        let scales = Scales(instrument)
        if ownAccounts.contains(account) {
            if let set = byAccount[account]?[symbol], set.scales == scales { return set }
            let set = make(.account(account), group, symbol, scales)
            byAccount[account, default: [:]][symbol] = set
            return set
        }
        if !group.isEmpty, ownGroups.contains(group) {
            if let set = byGroup[group]?[symbol], set.scales == scales { return set }
            let set = make(.group(group), group, symbol, scales)
            byGroup[group, default: [:]][symbol] = set
            return set
        }
        if let set = general[symbol], set.scales == scales { return set }
        let set = make(.firm, "", symbol, scales)
        general[symbol] = set
        return set
    }

    /// Those that hold whatever the symbol; only money and plain numbers mean anything.
    func limits(account: String, group: String) -> LimitSet {
        let settings = rules.map { rule in
            setting(rule, LimitScope(.account(account)), group.isEmpty ? nil : group)
        }
        return LimitSet(rules, settings, scales: .finest)
    }

    /// Whether one of the rules at these places has a limit for the account, or needs none.
    func concern(account: String, group: String, at places: [Int]) -> Bool {
        let scope = LimitScope(.account(account))
        return places.contains { place in
            guard modes[place] != .off else { return false }
            let limits = setting(rules[place], scope, group.isEmpty ? nil : group)
            return limits.isEmpty || limits.contains { $0.digits != nil }
        }
    }

    private func make(
        _ holder: LimitScope.Holder, _ group: String, _ symbol: String, _ scales: Scales
    ) -> LimitSet {
        if count >= Limits.limitSetsKept { forget() }
        count += 1
        let scope = LimitScope(holder, symbol: symbol)
        let group = group.isEmpty ? nil : group
        return LimitSet(rules, rules.map { setting($0, scope, group) }, scales: scales)
    }

    private func setting(
        _ rule: RiskRuleEntry, _ scope: LimitScope, _ group: String?
    ) -> [LimitSetting] {
        guard policy.limits[rule.name] != nil else { return rule.limits }
        return zip(rule.schemas.limits.properties, rule.limits).map { property, configured in
            let set = policy.limit(rule.name, property.name, for: scope, group: group)
            let digits = set.map { Array($0.value.utf8) }
            // What was set under another version of the rule and means nothing now is passed over.
            guard let digits, PlainDecimal(digits) != nil else { return configured }
            return LimitSetting(format: property.format, digits: digits)
        }
    }
}
