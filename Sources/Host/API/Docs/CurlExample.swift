// A curl command for each route that works as it stands on a fresh host with samples. A test runs
// them all.

import Foundation

struct CurlExample {
    let facts: RouteFacts

    private var route: Route { facts.route }

    /// The commands, in order: an order of its own is placed first where the route is about one.
    var commands: [String] {
        let isAboutOrder = route.parameterNames.contains {
            $0 == "order" || $0 == "client_order_id"
        }
        return (isAboutOrder ? [place] : []) + [command]
    }

    private var orderName: String { String(facts.operationID.lowercased().prefix(36)) }

    private var place: String {
        CurlExample.command(
            "POST", "/api/accounts/1/orders",
            body: "{\"type\": \"buy\", \"symbol\": \"AAPL\", \"price\": \"140.00\", "
                + "\"quantity\": \"2\", \"client_order_id\": \"\(orderName)\"}")
    }

    private var command: String {
        var path = route.pattern
        for name in route.parameterNames {
            path = path.replacing("{\(name)}", with: value(name))
        }
        let body = route.body.map { _ in String(decoding: Examples.body(of: route), as: UTF8.self) }
        return CurlExample.command(
            route.method.name, path, body: route.isBodyOptional && body == "{}" ? nil : body)
    }

    private func value(_ name: String) -> String {
        switch name {
        case "order": "1-\(orderName)"
        case "client_order_id": orderName
        default: Examples.pathValue(name) ?? name.uppercased()
        }
    }

    private static func command(_ method: String, _ path: String, body: String?) -> String {
        var parts = ["curl"]
        if method != "GET" { parts.append("-X \(method)") }
        parts.append("\"$OES_URL\(path)\" -H \"X-API-Key: $OES_KEY\"")
        guard let body else { return parts.joined(separator: " ") }
        return parts.joined(separator: " ")
            + " \\\n  -H \"Content-Type: application/json\" \\\n  -d '\(body)'"
    }
}
