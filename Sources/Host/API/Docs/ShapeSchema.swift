// What a call answers, as JSON Schema: closed objects, each under its shape's name.

import Wire

/// Every shape that the routes answer with, by name, and those within them.
struct ShapeCollection {
    private(set) var shapes: [String: Shape] = [:]

    mutating func add(_ answers: [Answer]) {
        for answer in answers {
            if case .json(let kind) = answer.body { add(kind) }
        }
    }

    mutating func add(_ kind: Shape.Kind) {
        switch kind {
        case .object(let shape):
            if let known = shapes[shape.name] {
                precondition(
                    known.members.map(\.name) == shape.members.map(\.name),
                    "two shapes are called \(shape.name)")
                return
            }
            shapes[shape.name] = shape
            for member in shape.members { add(member.kind) }
        case .list(let item), .map(let item): add(item)
        case .text, .decimal, .number, .integer, .flag, .time, .choice, .any: break
        }
    }
}

enum ShapeSchema {
    static func write(_ shape: Shape, into json: inout JSONWriter) {
        json.beginObject()
        json.pair("type", "object")
        json.key("properties")
        json.beginObject()
        for member in shape.members {
            json.key(member.name)
            json.beginObject()
            write(member.kind, isNullable: member.isNullable, into: &json)
            if !member.help.isEmpty { json.pair("description", member.help) }
            json.endObject()
        }
        json.endObject()
        let required = shape.members.filter { !$0.isOptional }.map(\.name)
        if !required.isEmpty { json.strings("required", required) }
        json.pair("additionalProperties", false)
        json.endObject()
    }

    /// Within an object that the caller opens and ends.
    static func write(_ kind: Shape.Kind, isNullable: Bool, into json: inout JSONWriter) {
        switch kind {
        case .text: json.type("string", isNullable)
        case .decimal:
            json.type("string", isNullable)
            json.pair("pattern", "^-?[0-9]+(\\.[0-9]+)?$")
        case .number: json.type("number", isNullable)
        case .integer: json.type("integer", isNullable)
        case .flag: json.type("boolean", isNullable)
        case .time:
            json.type("string", isNullable)
            json.pair("format", "date-time")
        case .choice(let words): json.choice(words, isNullable)
        case .object(let shape):
            json.either(isNullable) { json in
                json.beginObject()
                json.pair("$ref", "#/components/schemas/\(shape.name)")
                json.endObject()
            }
        case .list(let item):
            json.type("array", isNullable)
            json.key("items")
            json.beginObject()
            write(item, isNullable: false, into: &json)
            json.endObject()
        case .map(let item):
            json.type("object", isNullable)
            json.key("additionalProperties")
            json.beginObject()
            write(item, isNullable: false, into: &json)
            json.endObject()
        case .any: break
        }
    }
}

/// The pieces that schemas consist of.
extension JSONWriter {
    mutating func pair(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    mutating func pair(_ name: String, _ number: Int64) {
        key(name)
        self.number(number)
    }

    mutating func pair(_ name: String, _ flag: Bool) {
        key(name)
        bool(flag)
    }

    mutating func strings(_ name: String, _ texts: [String]) {
        key(name)
        beginArray()
        for text in texts { string(text) }
        endArray()
    }

    mutating func type(_ name: String, _ isNullable: Bool) {
        if isNullable { strings("type", [name, "null"]) } else { pair("type", name) }
    }

    mutating func choice(_ words: [String], _ isNullable: Bool) {
        type("string", isNullable)
        key("enum")
        beginArray()
        for word in words { string(word) }
        if isNullable { null() }
        endArray()
    }

    /// `write` writes one or more schemas, any of which may hold.
    mutating func alternatives(_ isNullable: Bool, _ write: (inout JSONWriter) -> Void) {
        key("anyOf")
        beginArray()
        write(&self)
        if isNullable {
            beginObject()
            pair("type", "null")
            endObject()
        }
        endArray()
    }

    /// One schema, or null.
    mutating func either(_ isNullable: Bool, _ write: (inout JSONWriter) -> Void) {
        if isNullable { return alternatives(true, write) }
        key("allOf")
        beginArray()
        write(&self)
        endArray()
    }
}
