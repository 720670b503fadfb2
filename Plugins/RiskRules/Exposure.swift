// `exposure`: how much money an account, its group and the firm have at stake, positions at what they
// have cost and open orders at their worst prices. Guards.

import OESPluginKit

struct Exposure: RiskRule {
    static let description = EntryDescription(
        id: "org.oes.exposure", name: "exposure", title: "Exposure",
        vendor: Library.vendor, version: Library.version,
        limitsSchema: """
            {"type": "object", "additionalProperties": false,
             "description": "How much money is at stake: positions at what they have cost, open orders and this one at their worst prices. Redis judges it in the step that matches. An order that only reduces its position passes.",
             "x-oes-example": {
               "limits": {"gross": "10000"},
               "request": {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "100", "price": "150.00"},
               "gives": "gross_exposure",
               "then": "Refused by Redis: 15000 is above what the account may have at stake."},
             "properties": {
              "orders": {"type": "number", "x-oes-format": "money", "minimum": 0,
                "title": "Most value of open orders",
                "description": "An account's, this one included.", "x-oes-order": 1},
              "gross": {"type": "number", "x-oes-format": "money", "minimum": 0,
                "title": "Most gross exposure",
                "description": "An account's long and short positions and open orders, all added.", "x-oes-order": 2},
              "net": {"type": "number", "x-oes-format": "money", "minimum": 0,
                "title": "Most net exposure",
                "description": "An account's long less short positions, as if all its open buys, or all its open sales, were filled: the larger size.", "x-oes-order": 3},
              "group_gross": {"type": "number", "x-oes-format": "money", "minimum": 0,
                "title": "Most gross exposure of a group",
                "description": "All accounts of the account's group together.", "x-oes-order": 4},
              "group_net": {"type": "number", "x-oes-format": "money", "minimum": 0,
                "title": "Most net exposure of a group",
                "description": "All accounts of the account's group together.", "x-oes-order": 5},
              "firm_gross": {"type": "number", "x-oes-format": "money", "minimum": 0,
                "title": "Most gross exposure of the firm",
                "description": "All accounts in the account's currency together.", "x-oes-order": 6},
              "firm_net": {"type": "number", "x-oes-format": "money", "minimum": 0,
                "title": "Most net exposure of the firm",
                "description": "All accounts in the account's currency together.", "x-oes-order": 7}}}
            """)

    init(host: Host, config: Values) {}

    func check(_ input: CheckInput) -> Verdict {
        let limits = input.limits
        func require(
            _ index: Int, _ metric: GuardMetric, _ scope: GuardScope, _ code: StaticString
        ) {
            guard let limit = limits.integer(index) else { return }
            input.require(metric, scope, limit: limit, code: code, exemptIfReducing: true)
        }
        require(0, .openNotional, .account, "open_orders_value")
        require(1, .gross, .account, "gross_exposure")
        require(2, .net, .account, "net_exposure")
        require(3, .gross, .group, "group_gross_exposure")
        require(4, .net, .group, "group_net_exposure")
        require(5, .gross, .firm, "firm_gross_exposure")
        require(6, .net, .firm, "firm_net_exposure")
        return .pass
    }
}
