// Values to try a call with on a fresh host with samples. A field's value goes by its name; a call
// for which that isn't good enough has a body of its own here.

import Wire

enum Examples {
    private static let inPaths = [
        "account": "1", "order": "1-example", "client_order_id": "example", "symbol": "AAPL",
        "key": "k1", "calendar": "us-equities", "trade": "12-1", "notifier": "log-file",
        "group": "desk", "rule": "max-order", "change": "12", "alert": "12-1",
    ]

    /// Of the query parameters that a call needs.
    static func queryValue(_ name: String) -> String? { name == "date" ? "2026-01-31" : nil }

    static func pathValue(_ name: String) -> String? { inPaths[name] }

    /// By field, as JSON. Fields without one are left out.
    private static let values = [
        "account_id": "\"1\"", "type": "\"buy\"", "side": "\"buy\"", "symbol": "\"AAPL\"",
        "quantity": "\"10\"", "price": "\"150.00\"", "client_order_id": "\"example\"",
        "name": "\"Example\"", "transaction_type": "\"deposit\"", "amount": "\"100\"",
        "initial_balance": "\"1000\"", "price_scale": "2", "quantity_scale": "0",
        "tick_size": "\"0.01\"", "lot_size": "\"1\"", "description": "\"An example\"",
    ]

    /// Members that go together, where not every known field does.
    private static let bodies = [
        "POST /api/orders/{order}/edit": "{\"price\": \"149.50\"}",
        "PUT /api/accounts/{account}": "{\"risk_level\": \"low\"}",
        "POST /api/accounts/{account}/transactions":
            "{\"transaction_type\": \"deposit\", \"amount\": \"100\"}",
        "PATCH /api/v1/orders/{order}": "{\"price\": \"149.50\"}",
        "POST /api/v1/orders/batch":
            "{\"orders\": [{\"account_id\": \"1\", \"side\": \"buy\", \"symbol\": \"AAPL\", "
            + "\"quantity\": \"10\", \"price\": \"140.00\"}]}",
        "POST /api/v1/orders/cancel-all": "{\"account_id\": \"1\", \"symbol\": \"AAPL\"}",
        "POST /api/v1/session": "{\"key\": \"oes_…\"}",
        "POST /api/v1/admin/keys":
            "{\"name\": \"Example\", \"role\": \"trader\", \"accounts\": [\"1\"]}",
        "POST /api/v1/admin/trades/{trade}/bust": "{\"reason\": \"An example\"}",
        "PUT /api/v1/accounts/{account}/state": "{\"state\": \"active\"}",
        "PATCH /api/v1/accounts/{account}": "{\"risk_level\": \"low\"}",
        "POST /api/v1/accounts/{account}/ledger":
            "{\"transaction_type\": \"deposit\", \"amount\": \"100\"}",
        "POST /api/v1/groups": "{\"group\": \"desk\", \"name\": \"Desk\"}",
        "PATCH /api/v1/groups/{group}": "{\"state\": \"reducing\"}",
        "PUT /api/v1/risk/limits":
            "{\"rule\": \"max-order\", \"limit\": \"quantity\", \"value\": \"1000\", "
            + "\"account_id\": \"3\", \"reason\": \"An example\"}",
        "PATCH /api/v1/risk/rules/{rule}": "{\"mode\": \"enforce\", \"reason\": \"An example\"}",
        "POST /api/v1/risk/kill-switch":
            "{\"scope\": \"account\", \"id\": \"3\", \"reason\": \"An example\"}",
        "POST /api/v1/risk/throttles/{account}/{symbol}/reset": "{\"reason\": \"An example\"}",
        "POST /api/v1/accounts/{account}/cancel-all-after": "{\"seconds\": 0}",
        "POST /api/v1/instruments":
            "{\"symbol\": \"EXMPL\", \"name\": \"Example\", \"price_scale\": 2, "
            + "\"quantity_scale\": 0, \"tick_size\": \"0.01\", \"lot_size\": \"1\"}",
    ]

    /// A JSON object that the call takes.
    static func body(of route: Route) -> [UInt8] {
        if let body = bodies["\(route.method.name) \(route.pattern)"] { return Array(body.utf8) }
        let members = (route.body ?? []).compactMap { field in
            values[field.name].map { "\"\(field.name)\": \($0)" }
        }
        return Array("{\(members.joined(separator: ", "))}".utf8)
    }
}
