// The curl commands of each route, which work as they stand on a fresh host with samples; those of keys
// and sessions on one with keys. A test runs them all.

import Foundation

struct CurlExample {
    let facts: RouteFacts

    private var route: Route { facts.route }

    /// The commands, in order. What the route is about is made first, so that it is there and its
    /// end hurts nobody: an order, a key, a session.
    var commands: [String] {
        switch route.pattern {
        case "/api/v1/session" where route.method == .post: [signIn]
        case "/api/v1/session" where route.method == .delete:
            [signIn, "curl -b cookies.txt -X DELETE \"$OES_URL/api/v1/session\""]
        case "/api/v1/admin/keys/{key}": [makeKey, command]
        case "/api/v1/admin/trades/{trade}/bust": makeTrade + [command]
        case "/api/v1/groups/{group}": [makeGroup, command]
        case "/api/v1/risk/alerts/{alert}", "/api/v1/risk/alerts/{alert}/acknowledge":
            makeAlert + [command]
        case "/api/v1/risk/kill-switch" where route.method == .post: [makeGroup, press]
        case "/api/v1/risk/kill-switch" where route.method == .delete: [makeGroup, press, lift]
        case "/api/v1/risk/limits" where route.method == .delete: [setLimit, takeLimitAway]
        default: isAboutOrder ? [place, command] : [command]
        }
    }

    private var isAboutOrder: Bool {
        route.parameterNames.contains { $0 == "order" || $0 == "client_order_id" }
    }

    private var orderName: String { String(facts.operationID.lowercased().prefix(36)) }

    private var place: String {
        CurlExample.command(
            "POST", "/api/v1/orders",
            body: "{\"account_id\": \"1\", \"side\": \"buy\", \"symbol\": \"AAPL\", "
                + "\"quantity\": \"2\", \"price\": \"140.00\", "
                + "\"client_order_id\": \"\(orderName)\"}")
    }

    /// The shell puts the key in, so the body stands in double quotes.
    private var signIn: String {
        "curl -c cookies.txt -X POST \"$OES_URL/api/v1/session\" \\\n"
            + "  -H \"Content-Type: application/json\" \\\n  -d \"{\\\"key\\\": \\\"$OES_KEY\\\"}\""
    }

    private var makeKey: String {
        let make = CurlExample.command(
            "POST", "/api/v1/admin/keys", body: "{\"name\": \"Example\", \"role\": \"viewer\"}")
        return "KEY_ID=$(\(make) \\\n  | sed 's/.*\"key_id\":\"\\([^\"]*\\)\".*/\\1/')"
    }

    /// Two orders that meet, and the id of their trade.
    private var makeTrade: [String] {
        let orders = [("2", "sell"), ("1", "buy")].map { account, side in
            CurlExample.command(
                "POST", "/api/v1/orders",
                body: "{\"account_id\": \"\(account)\", \"side\": \"\(side)\", "
                    + "\"symbol\": \"AAPL\", \"quantity\": \"1\", \"price\": \"150.00\"}")
        }
        let find = CurlExample.command("GET", "/api/v1/market/AAPL/trades?limit=1", body: nil)
        return orders + [
            "TRADE_ID=$(\(find) \\\n  | sed 's/.*\"trade_id\":\"\\([^\"]*\\)\".*/\\1/')"
        ]
    }

    /// A group of its own, which no account is in.
    private var groupName: String { String(facts.operationID.lowercased().prefix(32)) }

    private var makeGroup: String {
        CurlExample.command(
            "POST", "/api/v1/groups",
            body: "{\"group\": \"\(groupName)\", \"name\": \"Example\"}")
    }

    private var press: String {
        CurlExample.command(
            "POST", "/api/v1/risk/kill-switch",
            body: "{\"scope\": \"group\", \"id\": \"\(groupName)\", "
                + "\"reason\": \"An example\"}")
    }

    private var lift: String {
        CurlExample.command(
            "DELETE",
            "/api/v1/risk/kill-switch?scope=group&id=\(groupName)&reason=An%20example", body: nil)
    }

    private var setLimit: String {
        CurlExample.command(
            "PUT", "/api/v1/risk/limits",
            body: "{\"rule\": \"max-order\", \"limit\": \"quantity\", \"value\": \"5000\", "
                + "\"account_id\": \"3\"}")
    }

    private var takeLimitAway: String {
        CurlExample.command(
            "DELETE", "/api/v1/risk/limits?rule=max-order&account_id=3&reason=An%20example",
            body: nil)
    }

    /// An act that staff should hear of, and the id of its alert.
    private var makeAlert: [String] {
        let act = CurlExample.command(
            "PATCH", "/api/v1/risk/rules/max-order",
            body: "{\"mode\": \"enforce\", \"reason\": \"An example\"}")
        let find = CurlExample.command("GET", "/api/v1/risk/alerts?limit=1", body: nil)
        return [
            act, "ALERT_ID=$(\(find) \\\n  | sed 's/.*\"id\":\"\\([0-9-]*\\)\".*/\\1/')",
        ]
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
        case "key": "$KEY_ID"
        case "trade": "$TRADE_ID"
        case "group": groupName
        case "alert": "$ALERT_ID"
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
