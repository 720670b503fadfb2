// `oco`: two orders of one side, a limit and a stop, of which each takes away from the other what
// it fills. The limit is the order itself, the stop its child.

import OESPluginKit

struct OneCancelsOther: OrderType {
    static let description = describe(
        "oco", "One cancels the other",
        Part.schema(
            "A limit order at price and a stop order, for one quantity: what one fills, the "
                + "other loses.",
            price: "required", required: ["stop_price"],
            [
                Part.price(
                    "stop_price", "Stop price", "Where the stop order is set off.", order: 1),
                Part.price(
                    "stop_limit_price", "Stop limit",
                    "The stop order's limit; without it, it trades at the market.", order: 2),
                Part.trigger(order: 3),
            ],
            example: """
                {"symbol": "AAPL", "side": "sell", "order_type": "oco", "quantity": "100",
                 "price": "160.00", "time_in_force": "gtc", "params": {"stop_price": "145.00"}}
                """,
            then: "Offers 100 at 160.00, and sells them from 145.00 down if the price falls "
                + "first. When 30 are sold at 160.00, 70 remain for both."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            let limit = try input.requiredPrice("oco")
            let params = input.order.params
            let side = input.order.side
            let stop = ("params.stop_price", params.required(0))
            let why = "The two prices of a \(side == .buy ? "buy" : "sell") oco are crossed"
            if side == .buy {
                try input.require(stop, above: ("price", limit), because: why)
            } else {
                try input.require(("price", limit), above: stop, because: why)
            }
            var main = input.place(.limit(limit))
            main.link = Link(group: 1, .reduce)
            let pricing = params.integer(1).map(Place.Pricing.limit) ?? .market
            var other = input.child("stop", pricing, side: side)
            other.link = Link(group: 1, .reduce)
            other.trigger = .at(params.required(0), params.source(2), side.stop)
            return .work([.place(main), .place(other)])
        }
    }
}
