// `position-limit`: no position above a number of units in one symbol, long or short, counting
// open orders. Guards, so that two orders at once can't pass one together.

import OESPluginKit

struct PositionLimit: RiskRule {
    static let description = EntryDescription(
        id: "org.oes.position-limit", name: "position-limit", title: "Largest position",
        vendor: Library.vendor, version: Library.version,
        limitsSchema: """
            {"type": "object", "additionalProperties": false,
             "description": "No position above a number of units in one symbol, as if every open order on the order's side and this one were filled. Redis judges it in the step that matches, so that it holds whatever comes at once. An order that only reduces the position passes.",
             "x-oes-example": {
               "limits": {"long": "500"},
               "request": {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "501", "price": "150.00"},
               "gives": "long_position_limit",
               "then": "Refused by Redis, whatever the account has: it would own more than 500."},
             "properties": {
              "quantity": {"type": "number", "x-oes-format": "quantity", "minimum": 0,
                "default": 1000000, "title": "Most units in one symbol", "x-oes-unit": "units",
                "description": "An account's, long or short.", "x-oes-order": 1},
              "long": {"type": "number", "x-oes-format": "quantity", "minimum": 0,
                "title": "Most units owned", "x-oes-unit": "units",
                "description": "For buys; beside quantity the lower one holds.", "x-oes-order": 2},
              "short": {"type": "number", "x-oes-format": "quantity", "minimum": 0,
                "title": "Most units owed", "x-oes-unit": "units",
                "description": "For sales; beside quantity the lower one holds.", "x-oes-order": 3},
              "group": {"type": "number", "x-oes-format": "quantity", "minimum": 0,
                "title": "Most units of a group", "x-oes-unit": "units",
                "description": "All accounts of the account's group together.", "x-oes-order": 4},
              "firm": {"type": "number", "x-oes-format": "quantity", "minimum": 0,
                "title": "Most units of the firm", "x-oes-unit": "units",
                "description": "All accounts together.", "x-oes-order": 5}}}
            """)

    init(host: Host, config: Values) {}

    func check(_ input: CheckInput) -> Verdict {
        let limits = input.limits
        let isBuy = input.order.side == .buy
        let general = limits.integer(0)
        let sided = limits.integer(isBuy ? 1 : 2)
        if let sided, sided < general ?? .max {
            require(
                input, .accountSymbol, sided, isBuy ? "long_position_limit" : "short_position_limit"
            )
        } else if let general {
            require(input, .accountSymbol, general, "position_limit")
        }
        if let limit = limits.integer(3) { require(input, .group, limit, "group_position_limit") }
        if let limit = limits.integer(4) { require(input, .firm, limit, "firm_position_limit") }
        return .pass
    }

    private func require(
        _ input: CheckInput, _ scope: GuardScope, _ limit: Int64, _ code: StaticString
    ) {
        input.require(.position, scope, limit: limit, code: code, exemptIfReducing: true)
    }
}
