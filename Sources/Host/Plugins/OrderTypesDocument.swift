// docs/ORDER_TYPES.md: what the loaded order types and times in force say of themselves, each with
// every parameter of its schema and its worked example.

import Wire

package enum OrderTypesDocument {
    package static func text(_ registry: PluginRegistry) -> String {
        var parts = [opening]
        parts += registry.orderTypes.map { section($0, isType: true) }
        parts.append("# Times in force")
        parts.append("`time_in_force` says how long an order works. The default is `day`.")
        parts += registry.timesInForce.map { section($0, isType: false) }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static let opening = """
        # Order types

        Made from the loaded plugins' descriptors by `script/order-types`; a test compares. A request
        names its type by `order_type` and gives the type's own parameters in `params`. Decimals may
        be numbers or strings. Examples are bodies of `POST /api/v1/orders`, without the account's id.

        Beside its type any order may carry `post_only` (refused where it would trade at once),
        `reduce_only` (only ever makes the position smaller), `all_or_none` (trades in full at once or
        not at all), `min_quantity` (what must trade at once), `display_quantity` (what the book shows
        at a time) and `stp_mode` (`cancel_newest`, `cancel_oldest`, `cancel_both` or `decrement`: what
        happens where it meets an order of its own account). Those that can't be had with the type or
        time in force are refused as `instruction_conflict`, naming the field.
        """

    private static func section(_ entry: PluginEntry, isType: Bool) -> String {
        var lines = ["## \(entry.name)", ""]
        guard case .object(let root)? = try? JSONParser.parse(entry.schemas.params.source) else {
            return "\(lines[0])\n\n\(entry.descriptor.title)."
        }
        var about = "**\(entry.descriptor.title).** \(SchemaText.text(root["description"]))"
        if isType { about += " Price: \(SchemaText.text(root["x-oes-price"], or: "optional"))." }
        lines.append(about)
        if case .object(let properties)? = root["properties"], properties.count > 0 {
            lines += ["", "| parameter | takes | |", "|---|---|---|"]
            let required = SchemaText.strings(root["required"])
            for (name, value) in SchemaText.ordered(properties) {
                guard case .object(let field) = value else { continue }
                let takes = SchemaText.facts(field, isRequired: required.contains(name))
                let words =
                    "\(SchemaText.text(field["title"])): \(SchemaText.text(field["description"]))"
                lines.append("| `\(name)` | \(takes) | \(words) |")
            }
        }
        if case .object(let example)? = root["x-oes-example"], let request = example["request"] {
            lines += [
                "", "```json", SchemaText.json(request), "```", "",
                SchemaText.text(example["then"]),
            ]
        }
        return lines.joined(separator: "\n")
    }
}
