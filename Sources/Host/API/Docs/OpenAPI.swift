// The OpenAPI 3.1 document: the route table and the loaded plugins, written out for machines. It is
// made once, at the start, as neither changes afterwards.

import Base
import Plugins
import Wire

struct OpenAPI {
    let routes: [Route]
    let registry: PluginRegistry

    func document() -> [UInt8] {
        var json = JSONWriter(reservingBytes: 262_144)
        json.beginObject()
        json.pair("openapi", "3.1.0")
        writeInfo(into: &json)
        writeTags(into: &json)
        json.key("paths")
        json.beginObject()
        for pattern in patterns {
            json.key(pattern)
            writePath(pattern, into: &json)
        }
        json.endObject()
        writeComponents(into: &json)
        json.endObject()
        return json.bytes
    }

    /// Each once, in the table's order.
    private var patterns: [String] {
        var seen: Set<String> = []
        return routes.map(\.pattern).filter { seen.insert($0).inserted }
    }

    private func writeInfo(into json: inout JSONWriter) {
        json.key("info")
        json.beginObject()
        json.pair("title", "OES")
        json.pair("version", Version.text)
        json.pair("summary", "An order entry system.")
        json.pair("description", Conventions.text)
        json.key("license")
        json.beginObject()
        json.pair("name", "MIT")
        json.pair("identifier", "MIT")
        json.endObject()
        json.endObject()
    }

    private func writeTags(into json: inout JSONWriter) {
        var seen: Set<String> = []
        json.key("tags")
        json.beginArray()
        for tag in routes.map({ RouteFacts(route: $0).tag }) where seen.insert(tag).inserted {
            json.beginObject()
            json.pair("name", tag)
            json.endObject()
        }
        json.endArray()
    }

    private func writePath(_ pattern: String, into json: inout JSONWriter) {
        let here = routes.filter { $0.pattern == pattern }
        json.beginObject()
        for route in here {
            json.key(route.method.name.lowercased())
            OpenAPIOperation(facts: RouteFacts(route: route), registry: registry)
                .write(into: &json)
        }
        json.endObject()
    }

    // MARK: Components

    private func writeComponents(into json: inout JSONWriter) {
        json.key("components")
        json.beginObject()
        writeSchemas(into: &json)
        writeErrors(into: &json)
        writeHeaders(into: &json)
        writeSecurity(into: &json)
        json.endObject()
    }

    private func writeSchemas(into json: inout JSONWriter) {
        var collection = ShapeCollection()
        collection.add(.object(.error))
        for route in routes { collection.add(route.answers) }
        json.key("schemas")
        json.beginObject()
        for (name, shape) in collection.shapes.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            ShapeSchema.write(shape, into: &json)
        }
        json.endObject()
    }

    private func writeErrors(into json: inout JSONWriter) {
        json.key("responses")
        json.beginObject()
        let declared = Set(routes.flatMap { RouteFacts(route: $0).refusals })
        for error in ErrorText.all where declared.contains(error.status) {
            json.key("Error\(error.status)")
            json.beginObject()
            json.pair("description", error.text)
            var headers = ["X-Request-Id"]
            if error.status == 429 || error.status == 503 { headers.append("Retry-After") }
            json.headers(headers)
            json.key("content")
            json.beginObject()
            json.key("application/json")
            json.beginObject()
            json.key("schema")
            json.beginObject()
            json.pair("$ref", "#/components/schemas/Error")
            json.endObject()
            json.endObject()
            json.endObject()
            json.endObject()
        }
        json.endObject()
    }

    private func writeHeaders(into json: inout JSONWriter) {
        let headers = [
            ("X-Request-Id", "The request's own where it sent a plain one, else the host's."),
            ("Retry-After", "Seconds to wait. Not sent where repeating could do it twice."),
            ("Link", "`<…>; rel=\"next\"`: the next page; none after the last."),
        ]
        json.key("headers")
        json.beginObject()
        for (name, help) in headers {
            json.key(name)
            json.beginObject()
            json.pair("description", help)
            json.key("schema")
            json.beginObject()
            json.pair("type", name == "Retry-After" ? "integer" : "string")
            json.endObject()
            json.endObject()
        }
        json.endObject()
    }

    private func writeSecurity(into json: inout JSONWriter) {
        json.key("securitySchemes")
        json.beginObject()
        json.securityScheme("bearer", [("type", "http"), ("scheme", "bearer")])
        json.securityScheme("key", [("type", "apiKey"), ("in", "header"), ("name", "X-API-Key")])
        json.securityScheme(
            "session", [("type", "apiKey"), ("in", "cookie"), ("name", "oes_session")])
        json.endObject()
    }
}

extension JSONWriter {
    /// References to the headers of the components.
    mutating func headers(_ names: [String]) {
        key("headers")
        beginObject()
        for name in names {
            key(name)
            beginObject()
            pair("$ref", "#/components/headers/\(name)")
            endObject()
        }
        endObject()
    }

    fileprivate mutating func securityScheme(_ name: String, _ members: [(String, String)]) {
        key(name)
        beginObject()
        for (member, value) in members { pair(member, value) }
        endObject()
    }
}
