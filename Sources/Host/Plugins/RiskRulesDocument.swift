// docs/RISK_RULES.md: what the loaded risk rules say of themselves, each with every limit of its
// schema, how it is configured, and its worked example.

import Wire

package enum RiskRulesDocument {
    package static func text(_ registry: PluginRegistry) -> String {
        var parts = [opening, table(registry.riskRules)]
        parts += registry.riskRules.map(section)
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static let opening = """
        # Risk rules

        Made from the loaded plugins' descriptors by `script/risk-rules`; a test compares. Every rule
        judges every new and amended order, and every child that an order type places; a cancel is
        never judged. All must pass. A limit that isn't set isn't judged, so a rule without one is
        there to be given one: `PUT /api/v1/risk/limits` sets it, without a restart, for the firm, a
        symbol, a group, an account, or one of these in a symbol. The most specific that is set holds,
        each limit by itself: account and symbol, account, group and symbol, group, symbol, firm,
        plugins.json, the schema's default.

        A rule runs as `enforce`, `shadow` (decides, is recorded, refuses nothing) or `off`;
        `PATCH /api/v1/risk/rules/{rule}` changes it at once. Where a rule says that Redis judges, it is
        judged in the step that matches, so that no two orders pass a limit together; all else on a
        picture that may be milliseconds old. `GET /api/v1/orders/{order}/explain` tells what each rule
        measured, `POST /api/v1/orders/test` what it would, `GET /api/v1/accounts/{account}/headroom`
        how much is left.
        """

    private static func table(_ rules: [RiskRuleEntry]) -> String {
        let rows = rules.map { rule in
            let limits = rule.limitValues.map { "\($0.name) \($0.value)" }
            let leave = [rule.mayBlock ? "may block" : nil, rule.mayCancel ? "may cancel" : nil]
                .compactMap { $0 }
            let set = (limits + leave).joined(separator: ", ")
            return "| [`\(rule.name)`](#\(rule.name)) | \(rule.descriptor.title) "
                + "| \(rule.mode.name) | \(set.isEmpty ? "–" : set) |"
        }
        return (["| rule | | as shipped | set |", "|---|---|---|---|"] + rows)
            .joined(separator: "\n")
    }

    private static func section(_ rule: RiskRuleEntry) -> String {
        var lines = ["## \(rule.name)", ""]
        let root = SchemaText.object(rule.schemas.limits.source)
        lines.append("**\(rule.descriptor.title).** \(SchemaText.text(root?["description"]))")
        lines += rows("limit", root)
        lines += rows("config", SchemaText.object(rule.schemas.config.source))
        if case .object(let example)? = root?["x-oes-example"] {
            lines += ["", "With the limits"]
            lines += ["", "```json", SchemaText.json(example["limits"] ?? .null), "```", ""]
            if let request = example["request"] {
                lines += ["the order", "", "```json", SchemaText.json(request), "```", ""]
            }
            let code = SchemaText.text(example["gives"])
            let then = SchemaText.text(example["then"])
            lines.append(code.isEmpty ? then : "`\(code)`: \(then)")
        }
        return lines.joined(separator: "\n")
    }

    private static func rows(_ kind: String, _ root: JSONObject?) -> [String] {
        guard case .object(let properties)? = root?["properties"], properties.count > 0 else {
            return []
        }
        let required = SchemaText.strings(root?["required"])
        var lines = ["", "| \(kind) | takes | |", "|---|---|---|"]
        for (name, value) in SchemaText.ordered(properties) {
            guard case .object(let field) = value else { continue }
            let takes = SchemaText.facts(field, isRequired: required.contains(name))
            let words =
                "\(SchemaText.text(field["title"])): \(SchemaText.text(field["description"]))"
            lines.append("| `\(name)` | \(takes) | \(words) |")
        }
        return lines
    }
}
