// `open-orders`: how many orders may be open at once. Guards.

import OESPluginKit

struct OpenOrders: RiskRule {
    static let description = EntryDescription(
        id: "org.oes.open-orders", name: "open-orders", title: "Open orders",
        vendor: Library.vendor, version: Library.version,
        limitsSchema: """
            {"type": "object", "additionalProperties": false,
             "description": "How many orders may be open at once, parked ones included. Redis judges it in the step that matches. An order that only reduces its position passes, so that there is always a way out.",
             "x-oes-example": {
               "limits": {"account": 0},
               "request": {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "1", "price": "150.00"},
               "gives": "open_orders_limit",
               "then": "Refused by Redis: the account may have none open."},
             "properties": {
              "account": {"type": "integer", "minimum": 0, "title": "Most open orders",
                "description": "Of one account.", "x-oes-order": 1},
              "group": {"type": "integer", "minimum": 0, "title": "Most open orders of a group",
                "description": "All accounts of the account's group together.", "x-oes-order": 2},
              "firm": {"type": "integer", "minimum": 0, "title": "Most open orders of the firm",
                "description": "All accounts in the account's currency together.", "x-oes-order": 3}}}
            """)

    init(host: Host, config: Values) {}

    func check(_ input: CheckInput) -> Verdict {
        // An amended order is open already.
        if input.isAmend { return .pass }
        let limits = input.limits
        func require(_ index: Int, _ scope: GuardScope, _ code: StaticString) {
            guard let limit = limits.integer(index) else { return }
            input.require(.openOrders, scope, limit: limit, code: code, exemptIfReducing: true)
        }
        require(0, .account, "open_orders_limit")
        require(1, .group, "group_open_orders_limit")
        require(2, .firm, "firm_open_orders_limit")
        return .pass
    }
}
