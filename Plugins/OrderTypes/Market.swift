// `market`: trades at once with what is there, within the instrument's protection band.

import OESPluginKit

struct Market: OrderType {
    static let description = describe(
        "market", "Market",
        Part.schema(
            "Trades at once within the instrument's price band; the rest is cancelled.",
            price: "none",
            example: """
                {"symbol": "AAPL", "side": "sell", "order_type": "market", "quantity": "100"}
                """,
            then: "Sells to the best bids down to the end of the instrument's price band, and "
                + "cancels what found no buyer."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            try input.requireNoPrice("market", instead: "limit")
            return .place(input.place(.market))
        }
    }
}
