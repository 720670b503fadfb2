// The JSON Schema subset in which plugins describe an order's params, an operator's config and a
// rule's limits. One schema drives validation here, OpenAPI, the page's order ticket and the
// documentation, so what it can say is kept small, and what it says is checked at load.

import Base
import Wire

/// One property of a schema.
package struct SchemaProperty: Sendable {
    package enum Kind: String, Sendable {
        case text = "string"
        case integer
        case boolean
        /// A decimal in the scale that its format names.
        case decimal = "number"
    }

    package enum Format: String, Sendable {
        case price, quantity, money, duration, time, bps
    }

    package let name: String
    package let kind: Kind
    package let format: Format?
    /// Empty = any.
    package let choices: [String]
    package let minimum: [UInt8]?
    package let exclusiveMinimum: [UInt8]?
    package let maximum: [UInt8]?
    package let defaultValue: SchemaScalar?
    package let isRequired: Bool
    package let title: String
}

/// A JSON value that is no array, object or null.
package enum SchemaScalar: Hashable, Sendable {
    case text(String)
    /// As it was written.
    case number([UInt8])
    case boolean(Bool)

    package init?(_ value: JSONValue) {
        switch value {
        case .string(let text): self = .text(text)
        case .number(let digits): self = .number(digits)
        case .bool(let flag): self = .boolean(flag)
        case .null, .array, .object: return nil
        }
    }
}

package struct Schema: Sendable {
    /// What a schema is for decides which formats make sense in it.
    package enum Purpose: String, Sendable {
        case params, config, limits
    }

    package let purpose: Purpose
    package let properties: [SchemaProperty]
    /// The plugin's own JSON; empty where it takes nothing.
    package let source: [UInt8]

    /// Properties of one schema; an order ticket with more can't be used.
    static let maximumProperties = 64

    /// Reads a plugin's schema. `place` begins the error's text.
    init(_ source: [UInt8], purpose: Purpose, place: String) throws(PluginError) {
        self.source = source
        self.purpose = purpose
        properties =
            source.isEmpty
            ? [] : try SchemaReader(purpose: purpose, place: place).properties(of: source)
    }
}

/// Reads a schema's JSON and refuses what is outside the subset, naming the place.
private struct SchemaReader {
    let purpose: Schema.Purpose
    let place: String

    private static let rootKeywords = [
        "type", "properties", "required", "additionalProperties", "title", "description",
        "$schema", "$comment",
    ]
    private static let propertyKeywords = [
        "type", "enum", "minimum", "exclusiveMinimum", "maximum", "default", "title",
        "description", "$comment",
    ]

    func properties(of source: [UInt8]) throws(PluginError) -> [SchemaProperty] {
        let root = try parse(source)
        try check(root, keywords: Self.rootKeywords, at: "")
        guard case .string("object")? = root["type"] else {
            throw fail("type", "expected \"object\", found another")
        }
        if let additional = root["additionalProperties"] {
            guard case .bool(false) = additional else {
                throw fail("additionalProperties", "expected false, found another")
            }
        }
        guard case .object(let members)? = root["properties"] else {
            throw fail("properties", "expected an object, found none")
        }
        guard members.count <= Schema.maximumProperties else {
            throw fail("properties", "expected at most \(Schema.maximumProperties), found more")
        }
        let required = try strings(root["required"], "required")
        for name in required where members[name] == nil {
            throw fail("required", "expected names of properties, found \(name)")
        }
        var properties: [SchemaProperty] = []
        for (name, value) in members.members {
            properties.append(try property(name, value, isRequired: required.contains(name)))
        }
        return properties
    }

    private func parse(_ source: [UInt8]) throws(PluginError) -> JSONObject {
        let value: JSONValue
        do throws(JSONFailure) {
            value = try JSONParser.parse(source)
        } catch {
            throw fail("", "expected JSON, found at byte \(error.offset): \(error.message)")
        }
        guard case .object(let root) = value else {
            throw fail("", "expected a JSON object, found \(value.kind)")
        }
        return root
    }

    private func property(
        _ name: String, _ value: JSONValue, isRequired: Bool
    ) throws(PluginError) -> SchemaProperty {
        let at = "properties.\(name)"
        guard case .object(let fields) = value else {
            throw fail(at, "expected an object, found \(value.kind)")
        }
        guard !name.isEmpty, name.utf8.count <= 64, name.utf8.allSatisfy(NameBytes.code) else {
            throw fail(at, "expected a name of a-z, 0-9 and _ to 64 bytes, found another")
        }
        try check(fields, keywords: Self.propertyKeywords, at: at)
        let kind = try kind(fields, at)
        let format = try format(fields, kind, at)
        let property = SchemaProperty(
            name: name, kind: kind, format: format, choices: try strings(fields["enum"], at),
            minimum: try bound(fields["minimum"], kind, "\(at).minimum"),
            exclusiveMinimum: try bound(
                fields["exclusiveMinimum"], kind, "\(at).exclusiveMinimum"),
            maximum: try bound(fields["maximum"], kind, "\(at).maximum"),
            defaultValue: try scalar(fields["default"], "\(at).default"),
            isRequired: isRequired, title: string(fields["title"]) ?? name)
        try checkDefault(property, at)
        return property
    }

    private func kind(_ fields: JSONObject, _ at: String) throws(PluginError) -> SchemaProperty.Kind
    {
        guard let text = string(fields["type"]), let kind = SchemaProperty.Kind(rawValue: text)
        else {
            throw fail("\(at).type", "expected string, integer, boolean or number, found another")
        }
        if purpose == .limits && (kind == .text || kind == .boolean) {
            throw fail("\(at).type", "expected integer or number in limits, found \(text)")
        }
        if fields["enum"] != nil && kind != .text {
            throw fail("\(at).enum", "expected type string, found \(text)")
        }
        return kind
    }

    /// A decimal has the scale of something; a config is read before there is an instrument.
    private func format(
        _ fields: JSONObject, _ kind: SchemaProperty.Kind, _ at: String
    ) throws(PluginError) -> SchemaProperty.Format? {
        let at = "\(at).x-oes-format"
        guard let given = fields["x-oes-format"] else {
            guard kind != .decimal else {
                throw fail(at, "expected price, quantity or money with type number, found none")
            }
            return nil
        }
        guard let text = string(given), let format = SchemaProperty.Format(rawValue: text) else {
            throw fail(
                at, "expected price, quantity, money, duration, time or bps, found another")
        }
        switch format {
        case .price, .quantity, .money:
            guard kind == .decimal else { throw fail(at, "\(text) expects type number") }
            guard purpose != .config || format == .money else {
                throw fail(at, "\(text) needs an instrument: expected it in limits or params")
            }
        case .duration, .time, .bps:
            guard kind == .integer else { throw fail(at, "\(text) expects type integer") }
        }
        return format
    }

    private func bound(
        _ value: JSONValue?, _ kind: SchemaProperty.Kind, _ at: String
    ) throws(PluginError) -> [UInt8]? {
        guard let value else { return nil }
        guard case .number(let digits) = value, kind == .integer || kind == .decimal,
            PlainDecimal(digits) != nil
        else { throw fail(at, "expected a number without exponent, found another") }
        return digits
    }

    private func scalar(_ value: JSONValue?, _ at: String) throws(PluginError) -> SchemaScalar? {
        guard let value else { return nil }
        guard let scalar = SchemaScalar(value) else {
            throw fail(at, "expected a plain value, found \(value.kind)")
        }
        return scalar
    }

    /// A default must itself be allowed, at the finest scale that there is.
    private func checkDefault(_ property: SchemaProperty, _ at: String) throws(PluginError) {
        guard let value = property.defaultValue else { return }
        if case .failure(let wrong) = property.convert(value, scales: .finest) {
            throw fail("\(at).default", wrong.text)
        }
    }

    private func check(
        _ fields: JSONObject, keywords: [String], at: String
    ) throws(PluginError) {
        for name in fields.names where !keywords.contains(name) && !name.hasPrefix("x-") {
            throw fail(at, "expected keywords of the subset, found \(name)")
        }
    }

    private func strings(_ value: JSONValue?, _ at: String) throws(PluginError) -> [String] {
        guard let value else { return [] }
        guard case .array(let items) = value else {
            throw fail(at, "expected an array of strings, found \(value.kind)")
        }
        var texts: [String] = []
        for item in items {
            guard let text = string(item) else {
                throw fail(at, "expected an array of strings, found \(item.kind)")
            }
            texts.append(text)
        }
        return texts
    }

    private func string(_ value: JSONValue?) -> String? {
        guard case .string(let text)? = value else { return nil }
        return text
    }

    private func fail(_ at: String, _ text: String) -> PluginError {
        PluginError("\(place): \(at.isEmpty ? "" : "\(at): ")\(text)")
    }
}
