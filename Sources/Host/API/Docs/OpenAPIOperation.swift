// One operation of the OpenAPI document: one line of the route table.

import Plugins
import Wire

struct OpenAPIOperation {
    let facts: RouteFacts
    let registry: PluginRegistry

    private var route: Route { facts.route }

    func write(into json: inout JSONWriter) {
        json.beginObject()
        json.pair("operationId", facts.operationID)
        json.pair("summary", route.summary)
        json.strings("tags", [facts.tag])
        json.pair("description", facts.accessText)
        json.pair("x-access", facts.accessName)
        json.key("x-permission")
        if let permission = route.access.permission {
            json.string(permission.name)
        } else {
            json.null()
        }
        writeSecurity(into: &json)
        writeParameters(into: &json)
        writeBody(into: &json)
        writeResponses(into: &json)
        json.endObject()
    }

    /// Any of the three; none at all where anyone may, or while the host has no keys.
    private func writeSecurity(into json: inout JSONWriter) {
        json.key("security")
        json.beginArray()
        if route.access.permission != nil {
            for scheme in ["bearer", "key", "session"] {
                json.beginObject()
                json.strings(scheme, [])
                json.endObject()
            }
        }
        json.endArray()
    }

    // MARK: What it takes

    private func writeParameters(into json: inout JSONWriter) {
        json.key("parameters")
        json.beginArray()
        for field in facts.pathFields { write(field, place: "path", into: &json) }
        for field in route.query { write(field, place: "query", into: &json) }
        json.endArray()
    }

    private func write(_ field: Field, place: String, into json: inout JSONWriter) {
        json.beginObject()
        json.pair("name", field.name)
        json.pair("in", place)
        json.pair("description", field.help)
        json.pair("required", place == "path" || field.isRequired)
        json.key("schema")
        FieldSchema(registry: registry).write(field, isNullable: false, into: &json)
        if place == "path", let example = Examples.pathValue(field.name) {
            json.pair("example", example)
        }
        json.endObject()
    }

    private func writeBody(into json: inout JSONWriter) {
        guard let body = route.body else { return }
        json.key("requestBody")
        json.beginObject()
        json.pair("required", !route.isBodyOptional)
        json.key("content")
        json.beginObject()
        json.key("application/json")
        json.beginObject()
        json.key("schema")
        FieldSchema(registry: registry).write(
            object: body, isEmptyAllowed: route.isBodyOptional, into: &json)
        json.key("example")
        json.raw(Examples.body(of: route))
        json.endObject()
        json.endObject()
        json.endObject()
    }

    // MARK: What it answers

    private func writeResponses(into json: inout JSONWriter) {
        json.key("responses")
        json.beginObject()
        for answer in route.answers {
            json.key(String(answer.status))
            write(answer, into: &json)
        }
        for status in facts.refusals {
            json.key(String(status))
            json.beginObject()
            json.pair("$ref", "#/components/responses/Error\(status)")
            json.endObject()
        }
        json.endObject()
    }

    private func write(_ answer: Answer, into json: inout JSONWriter) {
        json.beginObject()
        json.pair("description", HTTPResponse.reason(answer.status) + ".")
        switch answer.body {
        case .none: break
        case .text(let type): json.content(type) { $0.pair("type", "string") }
        case .json(let kind):
            json.content("application/json") {
                ShapeSchema.write(kind, isNullable: false, into: &$0)
            }
        }
        if answer.status != 101 {
            json.headers(["X-Request-Id"] + (facts.hasLink(answer) ? ["Link"] : []))
        }
        json.endObject()
    }
}

extension JSONWriter {
    /// `write` writes the schema's members.
    fileprivate mutating func content(_ type: String, _ write: (inout JSONWriter) -> Void) {
        key("content")
        beginObject()
        key(type)
        beginObject()
        key("schema")
        beginObject()
        write(&self)
        endObject()
        endObject()
        endObject()
    }
}
