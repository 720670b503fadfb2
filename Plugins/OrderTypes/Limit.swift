// `limit`: trades at its price or better, for all of its quantity.

import OESPluginKit

struct Limit: OrderType {
    static let description = describe(
        "limit", "Limit",
        Part.schema(
            "Trades at its price or better; what can't trade at once rests in the book.",
            price: "required",
            example: """
                {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "100",
                 "price": "150.00", "time_in_force": "gtc"}
                """,
            then: "Buys what is offered at 150.00 or less at once, and bids 150.00 for the rest."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            .place(input.place(.limit(try input.requiredPrice("limit"))))
        }
    }
}
