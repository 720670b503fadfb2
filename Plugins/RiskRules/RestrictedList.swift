// `restricted-list`: symbols that may not be traded, or only be left. By limits, which can be set for
// one account, a group or all, in one symbol, without a restart; or by the operator's list.

import OESPluginKit

struct RestrictedList: RiskRule {
    static let description = EntryDescription(
        id: "org.oes.restricted-list", name: "restricted-list", title: "Restricted list",
        vendor: Library.vendor, version: Library.version,
        configSchema: """
            {"type": "object", "additionalProperties": false, "properties": {
              "symbols": {"type": "string", "default": "", "title": "Closed symbols",
                "description": "Separated by commas: nobody may trade them, whatever the limits say.",
                "x-oes-order": 1}}}
            """,
        limitsSchema: """
            {"type": "object", "additionalProperties": false,
             "description": "Symbols that may not be traded, or only be left. Set the limit at the scope of a symbol, or of an account or group in a symbol.",
             "x-oes-example": {
               "limits": {"level": 2},
               "request": {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "1", "price": "150.00"},
               "gives": "restricted_symbol",
               "then": "Refused: nothing is traded here."},
             "properties": {
              "level": {"type": "integer", "minimum": 0, "maximum": 2, "default": 0,
                "title": "How restricted",
                "description": "0: not at all. 1: only orders that reduce the position. 2: no orders.", "x-oes-order": 1}}}
            """)

    private let closed: [String]

    init(host: Host, config: Values) throws(ConfigurationRefusal) {
        closed = (config.text(0) ?? "").split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        if let wrong = closed.first(where: \.isEmpty) {
            throw ConfigurationRefusal(field: "symbols", text: "has an empty symbol \(wrong)")
        }
    }

    func check(_ input: CheckInput) -> Verdict {
        let level = input.limits.integer(0) ?? 0
        if level >= 2 || (!closed.isEmpty && closed.contains(input.order.symbol)) {
            return .reject(reject(input.order.symbol))
        }
        if level == 1 {
            input.require(
                .position, .accountSymbol, limit: 0, code: "restricted_reduce_only",
                exemptIfReducing: true)
        }
        return .pass
    }

    private func reject(_ symbol: String) -> Reject {
        Reject(
            code: "restricted_symbol", field: "symbol",
            text: "\(symbol) is on the restricted list and may not be traded. "
                + "Choose another symbol, or ask compliance.",
            values: "symbol=\(symbol)")
    }
}
