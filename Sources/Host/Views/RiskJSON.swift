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
    package static func write(_ rule: RiskRuleEntry, into json: inout JSONWriter) {
        json.beginObject()
        json.field("rule", rule.name)
        json.field("title", rule.descriptor.title)
        json.field("version", rule.descriptor.version)
        json.field("library", rule.library.id)
        json.field("mode", rule.mode.name)
        json.key("limits")
        json.beginObject()
        for limit in rule.limitValues {
            json.key(limit.name)
            json.string(limit.value)
        }
        json.endObject()
        json.endObject()
    }
}
