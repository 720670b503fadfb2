// What a rule decided, with what it measured, as JSON: for the dry run, explain and headroom.

import Base
import Plugins
import Service
import Trading
import Wire

package struct RuleDecisionJSON {
    let scales: DisplayScales

    package init(scales: DisplayScales) { self.scales = scales }

    /// `measures`: those of the rule and of its guards; the one with the least room is told by value,
    /// limit and headroom, too.
    package func write(
        rule: String, version: String, mode: RuleMode, outcome: String, reason: String,
        measures: [RuleMeasure], into json: inout JSONWriter
    ) {
        let tightest = measures.min { isTighter($0, $1) }
        json.beginObject()
        json.field("rule", rule)
        json.field("version", version)
        json.field("mode", mode.name)
        json.field("outcome", outcome)
        json.optionalField("reason", reason)
        let scale = tightest.map(scale) ?? 0
        json.optionalField("value", tightest?.value, scale: scale, .strings)
        json.optionalField("limit", tightest?.limit, scale: scale, .strings)
        json.optionalField("headroom", tightest?.headroom, scale: scale, .strings)
        json.key("measures")
        json.beginArray()
        for measure in measures {
            json.beginObject()
            fields(measure, into: &json)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    package func fields(_ measure: RuleMeasure, into json: inout JSONWriter) {
        let scale = scale(measure)
        json.field("name", measure.name)
        json.optionalField("scope", measure.scope?.name ?? "")
        json.field("unit", measure.unit.name)
        json.optionalField("value", measure.value, scale: scale, .strings)
        json.field("limit", measure.limit, scale: scale, .strings)
        json.optionalField("headroom", measure.headroom, scale: scale, .strings)
        json.field("bound", measure.isAtLeast ? "at_least" : "at_most")
        json.optionalField(
            "window_ms", measure.windowMillis > 0 ? measure.windowMillis : nil, scale: 0, .numbers)
        json.field("holds", measure.holds)
    }

    private func scale(_ measure: RuleMeasure) -> Int {
        switch measure.unit {
        case .price: scales.price
        case .quantity: scales.quantity
        case .money: Money.scale
        case .count, .bps: 0
        }
    }

    private func isTighter(_ first: RuleMeasure, _ second: RuleMeasure) -> Bool {
        if first.holds != second.holds { return !first.holds }
        return (first.share ?? -1) > (second.share ?? -1)
    }
}
