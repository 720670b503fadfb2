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
        var about = "**\(entry.descriptor.title).** \(text(root["description"]))"
        if isType { about += " Price: \(text(root["x-oes-price"], or: "optional"))." }
        lines.append(about)
        if case .object(let properties)? = root["properties"], properties.count > 0 {
            lines += ["", "| parameter | takes | |", "|---|---|---|"]
            let required = strings(root["required"])
            for (name, value) in ordered(properties) {
                guard case .object(let field) = value else { continue }
                let takes = facts(field, isRequired: required.contains(name))
                let words = "\(text(field["title"])): \(text(field["description"]))"
                lines.append("| `\(name)` | \(takes) | \(words) |")
            }
        }
        if case .object(let example)? = root["x-oes-example"], let request = example["request"] {
            lines += ["", "```json", json(request), "```", "", text(example["then"])]
        }
        return lines.joined(separator: "\n")
    }

    /// By x-oes-order, as the page's ticket shows them.
    private static func ordered(_ properties: JSONObject) -> [(String, JSONValue)] {
        func place(_ value: JSONValue) -> Int {
            guard case .object(let field) = value, case .number(let digits)? = field["x-oes-order"]
            else { return .max }
            return Int(String(decoding: digits, as: UTF8.self)) ?? .max
        }
        return properties.members.map { ($0.name, $0.value) }
            .enumerated().sorted {
                (place($0.element.1), $0.offset) < (place($1.element.1), $1.offset)
            }.map(\.element)
    }

    private static func facts(_ field: JSONObject, isRequired: Bool) -> String {
        var facts = [isRequired ? "required" : "optional"]
        facts.append(text(field["x-oes-format"], or: text(field["type"])))
        let choices = strings(field["enum"])
        if !choices.isEmpty { facts.append("one of \(choices.joined(separator: ", "))") }
        for (keyword, words) in [
            ("exclusiveMinimum", "more than"), ("minimum", "at least"), ("maximum", "at most"),
        ] {
            if case .number(let digits)? = field[keyword] {
                facts.append("\(words) \(String(decoding: digits, as: UTF8.self))")
            }
        }
        if let unit = field["x-oes-unit"] { facts.append("in \(text(unit))") }
        if let standard = field["default"] { facts.append("default \(json(standard))") }
        return facts.joined(separator: ", ")
    }

    private static func text(_ value: JSONValue?, or other: String = "") -> String {
        guard case .string(let text)? = value else { return other }
        return text
    }

    private static func strings(_ value: JSONValue?) -> [String] {
        guard case .array(let items)? = value else { return [] }
        return items.map { text($0) }
    }

    /// On one line, with blanks where people put them.
    private static func json(_ value: JSONValue) -> String {
        if case .object(let object) = value {
            let members = object.members.map { "\(json(.string($0.name))): \(json($0.value))" }
            return "{\(members.joined(separator: ", "))}"
        }
        var writer = JSONWriter()
        writer.value(value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
