// An order's explanation, and an account's headroom, as JSON.

import Base
import Plugins
import Service
import Trading
import Wire

package enum ExplanationJSON {
    package static func write(
        _ explanation: OrderExplanation, scales: DisplayScales, into json: inout JSONWriter
    ) {
        let order = explanation.order
        json.beginObject()
        json.field("order_id", order.id.text)
        json.field("order_status", order.status.name)
        json.optionalField("reason", order.reason)
        json.optionalField("message", order.terms.refusalText)
        json.field("event_seq", count: explanation.sequence)
        json.field("source", source(explanation))
        json.field("text", text(explanation))
        json.optionalField(
            "policy_version", explanation.decisions?.policyVersion, scale: 0, .numbers)
        json.key("rules")
        json.beginArray()
        let writer = RuleDecisionJSON(scales: scales)
        for rule in explanation.decisions?.rules ?? [] {
            let guards = explanation.guards[rule.rule] ?? []
            writer.write(
                rule: rule.rule, version: rule.version, mode: rule.mode,
                outcome: outcome(rule, guards), reason: rule.reason,
                measures: (rule.measure.map { [RuleMeasure($0)] } ?? [])
                    + guards.map(RuleMeasure.init),
                into: &json)
        }
        for rule in explanation.rulesOfGuardsAlone {
            let guards = explanation.guards[rule] ?? []
            let isEnforced = guards.contains(where: \.isEnforced)
            writer.write(
                rule: rule, version: "", mode: isEnforced ? .enforce : .shadow,
                outcome: guards.allSatisfy(\.held) ? "passed" : "rejected", reason: "",
                measures: guards.map(RuleMeasure.init), into: &json)
        }
        json.endArray()
        json.endObject()
    }

    private static func outcome(
        _ rule: RecordedDecisions.Rule, _ guards: [GuardValue]
    ) -> String {
        guard rule.outcome == .guarded else { return rule.outcome.name }
        return guards.allSatisfy(\.held) ? "passed" : "rejected"
    }

    private static func source(_ explanation: OrderExplanation) -> String {
        switch explanation.source {
        case .recorded: "recorded"
        case .trimmed: "trimmed"
        case .none: "none"
        }
    }

    private static func text(_ explanation: OrderExplanation) -> String {
        switch explanation.source {
        case .recorded: "As it was recorded when the order came."
        case .trimmed(let begins):
            "The event stream begins at \(begins) by now: what the rules decided is gone. "
                + "The order's reason stands."
        case .none: "No rule was asked about this order when it came."
        }
    }
}

package enum HeadroomJSON {
    package static func write(
        _ entry: HeadroomEntry, scales: DisplayScales, into json: inout JSONWriter
    ) {
        json.beginObject()
        json.field("rule", entry.rule)
        json.field("mode", entry.mode.name)
        json.optionalField("symbol", entry.symbol ?? "")
        json.optionalField("side", entry.side?.name ?? "")
        json.field("per_order", entry.isPerOrder)
        RuleDecisionJSON(scales: scales).fields(entry.measure, into: &json)
        json.optionalField("used_percent", entry.measure.share, scale: 0, .numbers)
        json.endObject()
    }
}
