// Schemas in words, for the documents that are made from the loaded plugins.

import Wire

enum SchemaText {
    static func object(_ source: [UInt8]) -> JSONObject? {
        guard case .object(let root)? = try? JSONParser.parse(source) else { return nil }
        return root
    }

    /// By x-oes-order, as the page's ticket shows them.
    static func ordered(_ properties: JSONObject) -> [(String, JSONValue)] {
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

    static func facts(_ field: JSONObject, isRequired: Bool) -> String {
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

    static func text(_ value: JSONValue?, or other: String = "") -> String {
        guard case .string(let text)? = value else { return other }
        return text
    }

    static func strings(_ value: JSONValue?) -> [String] {
        guard case .array(let items)? = value else { return [] }
        return items.map { text($0) }
    }

    /// On one line, with blanks where people put them.
    static func json(_ value: JSONValue) -> String {
        if case .object(let object) = value {
            let members = object.members.map { "\(json(.string($0.name))): \(json($0.value))" }
            return "{\(members.joined(separator: ", "))}"
        }
        var writer = JSONWriter()
        writer.value(value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
