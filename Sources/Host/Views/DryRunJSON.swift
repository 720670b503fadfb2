// A dry run's result as JSON.

import Base
import Plugins
import Service
import Trading
import Wire

package enum DryRunJSON {
    /// All but whether it would be refused, and why.
    package static func writeFields(
        _ result: DryRunResult, scales: DisplayScales, into json: inout JSONWriter
    ) {
        json.optionalField("order_status", result.status?.name ?? "")
        json.optionalField("reason", result.reason)
        json.optionalField("price", result.price?.raw, scale: scales.price, .strings)
        json.key("fills")
        json.beginArray()
        for fill in result.fills { write(fill, scales, into: &json) }
        json.endArray()
        json.field("filled_quantity", result.filled.raw, scale: scales.quantity, .strings)
        let average = result.averagePrice(extraDecimals: OrderJSON.averageDecimals)
        json.optionalField(
            "avg_price", average, scale: scales.price + OrderJSON.averageDecimals, .strings)
        json.field("estimated_amount", money: result.amount, .strings)
        json.field("estimated_fee", money: result.fee, .strings)
        let isBuy = result.side == .buy
        json.optionalField(
            "required_cash", isBuy ? result.need : nil, scale: Money.scale, .strings)
        json.optionalField(
            "required_units", isBuy ? nil : result.need, scale: scales.quantity, .strings)
        json.key("rules")
        json.beginArray()
        for rule in result.rules { write(rule, result, scales, into: &json) }
        json.endArray()
    }

    private static func write(
        _ fill: DryRunFill, _ scales: DisplayScales, into json: inout JSONWriter
    ) {
        json.beginObject()
        json.field("price", fill.price.raw, scale: scales.price, .strings)
        json.field("quantity", fill.quantity.raw, scale: scales.quantity, .strings)
        json.field("amount", money: fill.amount, .strings)
        json.endObject()
    }

    private static func write(
        _ rule: RiskRecord, _ result: DryRunResult, _ scales: DisplayScales,
        into json: inout JSONWriter
    ) {
        let guards = result.guards.filter { $0.limit.rule == rule.rule }
        let broken = guards.first { !$0.holds }
        RuleDecisionJSON(scales: scales).write(
            rule: rule.rule, version: rule.version, mode: rule.mode,
            outcome: outcome(rule, broken), reason: broken?.reason ?? rule.reason,
            measures: rule.measures.map(RuleMeasure.init) + guards.map(\.measure), into: &json)
    }

    private static func outcome(_ rule: RiskRecord, _ broken: DryRunGuard?) -> String {
        switch rule.outcome {
        case .passed: "passed"
        case .guarded: broken == nil ? "passed" : "rejected"
        case .rejected: "rejected"
        case .failed: "failed"
        }
    }
}
