// `market_if_touched` and `limit_if_touched`: wait for a better price than the present one, the
// other way round than a stop.

import OESPluginKit

private let touchPrice = Part.price(
    "stop_price", "Trigger price", "It waits until the watched price is here or better.",
    order: 1)

struct MarketIfTouched: OrderType {
    static let description = describe(
        "market_if_touched", "Market if touched",
        Part.schema(
            "Waits for a better price, then trades as a market order.", price: "none",
            required: ["stop_price"], [touchPrice, Part.trigger(order: 2)],
            example: """
                {"symbol": "AAPL", "side": "buy", "order_type": "market_if_touched",
                 "quantity": "100", "time_in_force": "gtc",
                 "params": {"stop_price": "140.00", "trigger": "ask"}}
                """,
            then: "Waits unseen until somebody offers at 140.00 or less, then buys at once."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            try input.requireNoPrice("market_if_touched", instead: "limit_if_touched")
            return .place(touched(input, .market))
        }
    }
}

struct LimitIfTouched: OrderType {
    static let description = describe(
        "limit_if_touched", "Limit if touched",
        Part.schema(
            "Waits for a better price, then trades as a limit order.", price: "required",
            required: ["stop_price"], [touchPrice, Part.trigger(order: 2)],
            example: """
                {"symbol": "AAPL", "side": "sell", "order_type": "limit_if_touched",
                 "quantity": "100", "price": "159.50", "time_in_force": "gtc",
                 "params": {"stop_price": "160.00"}}
                """,
            then: "Waits unseen. A trade at 160.00 or more sets it off: it sells at 159.50 or more "
                + "and offers the rest at 159.50."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            .place(touched(input, .limit(try input.requiredPrice("limit_if_touched"))))
        }
    }
}

private func touched(_ input: PlanInput, _ pricing: Place.Pricing) -> Place {
    let params = input.order.params
    var place = input.place(pricing)
    place.trigger = .at(params.required(0), params.source(1), input.order.side.touch)
    return place
}
