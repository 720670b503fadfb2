// `order-rate`: how many orders and amends are taken in a second and in a minute. Guards; reducing
// orders count and are bound like all others, for the limit protects the market and not the account.

import OESPluginKit

struct OrderRate: RiskRule {
    static let description = EntryDescription(
        id: "org.oes.order-rate", name: "order-rate", title: "Order rate",
        vendor: Library.vendor, version: Library.version,
        limitsSchema: """
            {"type": "object", "additionalProperties": false,
             "description": "How many orders and amends are taken in any second and any minute. What a client sends counts; the children that an order type places do not, and neither do cancels. Redis judges it in the step that matches, on the careful side: never more than the limit, sometimes a little less. Orders that reduce a position are bound, too; cancels are never.",
             "x-oes-example": {
               "limits": {"second": 0},
               "request": {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "1", "price": "150.00"},
               "gives": "order_rate_second",
               "then": "Refused by Redis: the account may send none."},
             "properties": {
              "second": {"type": "integer", "minimum": 0, "title": "Most in a second",
                "description": "Of one account.", "x-oes-order": 1},
              "minute": {"type": "integer", "minimum": 0, "title": "Most in a minute",
                "description": "Of one account.", "x-oes-order": 2},
              "group_second": {"type": "integer", "minimum": 0, "title": "Most of a group in a second",
                "description": "All accounts of the account's group together.", "x-oes-order": 3},
              "group_minute": {"type": "integer", "minimum": 0, "title": "Most of a group in a minute",
                "description": "All accounts of the account's group together.", "x-oes-order": 4},
              "firm_second": {"type": "integer", "minimum": 0, "title": "Most of the firm in a second",
                "description": "All accounts together.", "x-oes-order": 5},
              "firm_minute": {"type": "integer", "minimum": 0, "title": "Most of the firm in a minute",
                "description": "All accounts together.", "x-oes-order": 6}}}
            """)

    private static let secondMillis: Int64 = 1_000
    private static let minuteMillis: Int64 = 60_000

    init(host: Host, config: Values) {}

    func check(_ input: CheckInput) -> Verdict {
        if input.isChild { return .pass }
        let limits = input.limits
        func require(
            _ index: Int, _ scope: GuardScope, _ window: Int64, _ code: StaticString
        ) {
            guard let limit = limits.integer(index) else { return }
            input.require(
                .orderRate, scope, limit: limit, windowMillis: window, code: code,
                exemptIfReducing: false)
        }
        require(0, .account, OrderRate.secondMillis, "order_rate_second")
        require(1, .account, OrderRate.minuteMillis, "order_rate_minute")
        require(2, .group, OrderRate.secondMillis, "group_order_rate_second")
        require(3, .group, OrderRate.minuteMillis, "group_order_rate_minute")
        require(4, .firm, OrderRate.secondMillis, "firm_order_rate_second")
        require(5, .firm, OrderRate.minuteMillis, "firm_order_rate_minute")
        return .pass
    }
}
