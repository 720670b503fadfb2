// What a call takes, as JSON Schema. It says what the readers of fields accept, no more and no less,
// as far as a schema can: how many decimals a price may have is its instrument's to say.

import Base
import Plugins
import Wire

struct FieldSchema {
    let registry: PluginRegistry

    /// A body, or an object in it: closed. A field that may be left away may also be null.
    func write(object fields: [Field], isEmptyAllowed: Bool, into json: inout JSONWriter) {
        json.beginObject()
        json.pair("type", "object")
        if !isEmptyAllowed { json.pair("minProperties", 1) }
        json.key("properties")
        json.beginObject()
        for field in fields {
            json.key(field.name)
            write(field, isNullable: !field.isRequired, into: &json)
        }
        json.endObject()
        let required = fields.filter(\.isRequired).map(\.name)
        if !required.isEmpty { json.strings("required", required) }
        json.pair("additionalProperties", false)
        json.endObject()
    }

    func write(_ field: Field, isNullable: Bool, into json: inout JSONWriter) {
        json.beginObject()
        writeKind(field.kind, isNullable: isNullable, into: &json)
        json.pair("description", field.help)
        json.endObject()
    }

    private func writeKind(_ kind: Field.Kind, isNullable: Bool, into json: inout JSONWriter) {
        switch kind {
        case .text(let most):
            json.type("string", isNullable)
            json.pair("minLength", 1)
            json.pair("maxLength", Int64(most))
            json.pair("pattern", "^[^\\u0000-\\u001f\\u007f]*$")
        case .identifier(let most):
            json.type("string", isNullable)
            json.pair("pattern", FieldSchema.identifier(most))
        case .currency:
            json.type("string", isNullable)
            json.pair("pattern", "^[A-Z]{3,5}$")
        case .choice(let words): json.choice(words, isNullable)
        case .orderTypeName: json.choice(registry.orderTypes.map(\.name), isNullable)
        case .timeInForceName: json.choice(registry.timesInForce.map(\.name), isNullable)
        case .flag: json.type("boolean", isNullable)
        case .decimal(let sign): writeDecimal(sign, isNullable, into: &json)
        case .whole(let range):
            json.type("integer", isNullable)
            json.pair("minimum", range.lowerBound)
            json.pair("maximum", range.upperBound)
        case .time: writeTime(isNullable, into: &json)
        case .choices(let words):
            let word = "(\(words.joined(separator: "|")))"
            json.type("string", isNullable)
            json.pair("pattern", "^\(word)(,\(word))*$")
        case .symbol:
            json.type("string", isNullable)
            json.pair("pattern", "^[A-Za-z0-9][A-Za-z0-9._-]{0,\(Limits.symbolBytes - 1)}$")
        case .token:
            json.type("string", isNullable)
            json.pair("pattern", PageToken.pattern)
        case .object(let fields):
            json.either(isNullable) { write(object: fields, isEmptyAllowed: true, into: &$0) }
        case .objects(let fields, let most):
            json.type("array", isNullable)
            json.pair("minItems", 1)
            json.pair("maxItems", Int64(most))
            json.key("items")
            write(object: fields, isEmptyAllowed: true, into: &json)
        case .identifiers(let most):
            json.type("array", isNullable)
            json.pair("minItems", 1)
            json.pair("maxItems", Int64(most))
            json.key("items")
            json.beginObject()
            json.pair("type", "string")
            json.pair("pattern", FieldSchema.identifier(Limits.clientOrderIdBytes))
            json.endObject()
        case .orderTypeParameters: writeParameters(isNullable, into: &json)
        }
    }

    private static func identifier(_ most: Int) -> String { "^[A-Za-z0-9._-]{1,\(most)}$" }

    private func writeDecimal(
        _ sign: Field.Sign, _ isNullable: Bool, into json: inout JSONWriter
    ) {
        let digits = "[0-9]{1,12}(\\.[0-9]{1,9})?$"
        json.alternatives(isNullable) { json in
            json.beginObject()
            json.pair("type", "number")
            switch sign {
            case .positive: json.pair("exclusiveMinimum", 0)
            case .zeroOrMore: json.pair("minimum", 0)
            case .any: break
            }
            json.pair("maximum", 999_999_999_999)
            json.endObject()
            json.beginObject()
            json.pair("type", "string")
            switch sign {
            case .positive: json.pair("pattern", "^(?=.*[1-9])\(digits)")
            case .zeroOrMore: json.pair("pattern", "^\(digits)")
            case .any: json.pair("pattern", "^-?\(digits)")
            }
            json.endObject()
        }
    }

    private func writeTime(_ isNullable: Bool, into json: inout JSONWriter) {
        json.alternatives(isNullable) { json in
            json.beginObject()
            json.pair("type", "string")
            json.pair("format", "date-time")
            json.endObject()
            json.beginObject()
            json.pair("type", "integer")
            json.pair("minimum", 0)
            json.endObject()
        }
    }

    /// Those of any loaded order type, each under its name.
    private func writeParameters(_ isNullable: Bool, into json: inout JSONWriter) {
        json.alternatives(isNullable) { json in
            for entry in registry.orderTypes {
                PluginSchema.write(entry.schemas.params, title: entry.name, into: &json)
            }
        }
    }
}

/// A plugin's schema as the host reads it: numbers may also come as text.
enum PluginSchema {
    static func write(_ schema: Schema, title: String, into json: inout JSONWriter) {
        json.beginObject()
        json.pair("title", title)
        json.pair("type", "object")
        json.key("properties")
        json.beginObject()
        for property in schema.properties {
            json.key(property.name)
            write(property, into: &json)
        }
        json.endObject()
        let required = schema.properties.filter(\.isRequired).map(\.name)
        if !required.isEmpty { json.strings("required", required) }
        json.pair("additionalProperties", false)
        json.endObject()
    }

    private static func write(_ property: SchemaProperty, into json: inout JSONWriter) {
        json.beginObject()
        json.pair("title", property.title)
        switch property.kind {
        case .text:
            if property.choices.isEmpty {
                json.pair("type", "string")
            } else {
                json.choice(property.choices, false)
            }
        case .boolean: json.pair("type", "boolean")
        case .integer, .decimal: write(number: property, into: &json)
        }
        if let value = property.defaultValue { write(standard: value, into: &json) }
        json.endObject()
    }

    private static func write(number property: SchemaProperty, into json: inout JSONWriter) {
        json.strings("type", [property.kind.rawValue, "string"])
        json.pair(
            "pattern", property.kind == .integer ? "^-?[0-9]+$" : "^-?[0-9]+(\\.[0-9]+)?$")
        for (name, bound) in [
            ("minimum", property.minimum), ("exclusiveMinimum", property.exclusiveMinimum),
            ("maximum", property.maximum),
        ] {
            guard let bound else { continue }
            json.key(name)
            json.raw(bound)
        }
        if let format = property.format { json.pair("x-oes-format", format.rawValue) }
    }

    private static func write(standard value: SchemaScalar, into json: inout JSONWriter) {
        json.key("default")
        switch value {
        case .text(let text): json.string(text)
        case .number(let digits): json.raw(digits)
        case .boolean(let flag): json.bool(flag)
        }
    }
}
