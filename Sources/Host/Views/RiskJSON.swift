// What an account risks, and the rules with their limits, as JSON.

import Base
import Plugins
import Service
import Trading
import Wire

package enum AccountRiskJSON {
    /// `dayProfit` nil: it isn't known.
    package static func write(
        _ risk: AccountRisk, dayProfit: Money?, into json: inout JSONWriter
    ) {
        let account = risk.account
        json.beginObject()
        json.field("account_id", account.id)
        json.field("state", account.state.name)
        json.field("active", account.isActive)
        json.field("currency", account.currency)
        json.field("balance", money: account.balance, .strings)
        json.field("held", money: account.held, .strings)
        json.field("available", money: account.available, .strings)
        json.field("equity", money: risk.equity, .strings)
        json.field("gross_exposure", money: risk.grossExposure, .strings)
        json.field("net_exposure", money: risk.netExposure, .strings)
        json.field("realized_pnl", money: risk.realized, .strings)
        json.field("unrealized_pnl", money: risk.unrealized, .strings)
        json.optionalField("day_profit", dayProfit?.raw, scale: Money.scale, .strings)
        json.key("unpriced")
        json.beginArray()
        for symbol in risk.unpriced { json.string(symbol) }
        json.endArray()
        json.field("open_orders", count: Int64(risk.openOrderCount))
        json.endObject()
    }
}

package enum RiskRuleJSON {
    /// With the limits of the operator's file.
    package static func write(
        _ rule: RiskRuleEntry, mode: RuleMode, into json: inout JSONWriter
    ) {
        json.beginObject()
        writeHead(rule, mode, into: &json)
        json.key("limits")
        LimitJSON.write(
            Dictionary(rule.limitValues.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
            into: &json)
        json.endObject()
    }

    /// With the limits that hold for orders of this scope, and where each comes from: a scope, or the
    /// file. `group`: the account's.
    package static func write(
        _ rule: RiskRuleEntry, for scope: LimitScope, group: String?, policy: RiskPolicy,
        into json: inout JSONWriter
    ) {
        var values: [String: String] = [:]
        var sources: [String: String] = [:]
        for (name, value) in rule.limitValues {
            (values[name], sources[name]) = (value, "file")
        }
        for name in rule.schemas.limits.properties.map(\.name) {
            guard let set = policy.limit(rule.name, name, for: scope, group: group) else {
                continue
            }
            (values[name], sources[name]) = (set.value, set.from.text)
        }
        json.beginObject()
        writeHead(rule, policy.modes[rule.name] ?? rule.mode, into: &json)
        json.key("limits")
        LimitJSON.write(values, into: &json)
        json.key("sources")
        LimitJSON.write(sources, into: &json)
        json.endObject()
    }

    private static func writeHead(
        _ rule: RiskRuleEntry, _ mode: RuleMode, into json: inout JSONWriter
    ) {
        json.field("rule", rule.name)
        json.field("title", rule.descriptor.title)
        json.field("version", rule.descriptor.version)
        json.field("library", rule.library.id)
        json.field("mode", mode.name)
    }
}
