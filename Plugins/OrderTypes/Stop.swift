// `stop` and `stop_limit`: wait until the market has come to a price, a buy's from below, a sell's
// from above. One whose price is reached already acts at once.

import OESPluginKit

private let stopPrice = Part.price(
    "stop_price", "Stop price", "It waits until the watched price is here or beyond.", order: 1)

struct Stop: OrderType {
    static let description = describe(
        "stop", "Stop",
        Part.schema(
            "Waits for its stop price, then trades as a market order.", price: "none",
            required: ["stop_price"], [stopPrice, Part.trigger(order: 2)],
            example: """
                {"symbol": "AAPL", "side": "sell", "order_type": "stop", "quantity": "100",
                 "time_in_force": "gtc", "params": {"stop_price": "145.00"}}
                """,
            then: "Waits unseen. A trade at 145.00 or less sets it off: it sells at once, within "
                + "the price band, and cancels what found no buyer."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            try input.requireNoPrice("stop", instead: "stop_limit")
            return .place(stop(input, .market))
        }
    }
}

struct StopLimit: OrderType {
    static let description = describe(
        "stop_limit", "Stop limit",
        Part.schema(
            "Waits for its stop price, then trades as a limit order.", price: "required",
            required: ["stop_price"], [stopPrice, Part.trigger(order: 2)],
            example: """
                {"symbol": "AAPL", "side": "buy", "order_type": "stop_limit", "quantity": "100",
                 "price": "156.00", "time_in_force": "gtc", "params": {"stop_price": "155.00"}}
                """,
            then: "Waits unseen. A trade at 155.00 or more sets it off: it buys at 156.00 or less "
                + "and bids 156.00 for the rest."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            .place(stop(input, .limit(try input.requiredPrice("stop_limit"))))
        }
    }
}

private func stop(_ input: PlanInput, _ pricing: Place.Pricing) -> Place {
    let params = input.order.params
    var place = input.place(pricing)
    place.trigger = .at(params.required(0), params.source(1), input.order.side.stop)
    return place
}
