// `bracket`: an entry, and two exits for what it fills, one at a profit and one at a loss. Each
// exit takes away from the other what it fills, so both together never close more than was opened.

import OESPluginKit

struct Bracket: OrderType {
    static let description = describe(
        "bracket", "Bracket",
        Part.schema(
            "An entry with a profit target and a stop for what it fills. With a price it enters "
                + "as a limit order, else at the market.",
            price: "optional", required: ["take_profit_price", "stop_loss_price"],
            [
                Part.price(
                    "take_profit_price", "Profit target", "Where a limit order closes at a profit.",
                    order: 1),
                Part.price(
                    "stop_loss_price", "Stop loss", "Where a stop order closes at a loss.",
                    order: 2),
                Part.price(
                    "stop_loss_limit_price", "Stop loss limit",
                    "The worst price of the stop loss; without it, it closes at the market.",
                    order: 3),
                Part.trigger(order: 4),
            ],
            example: """
                {"symbol": "AAPL", "side": "buy", "order_type": "bracket", "quantity": "100",
                 "price": "150.00", "time_in_force": "gtc",
                 "params": {"take_profit_price": "160.00", "stop_loss_price": "145.00"}}
                """,
            then: "Bids 150.00 for 100. As soon as 40 are bought, 40 are offered at 160.00 and "
                + "wait to be sold from 145.00 down; whatever one of the two sells, the other "
                + "sells no more. A cancel of the order cancels all of it."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            try requireSides(input)
            let params = input.order.params
            let away = input.order.side.opposite
            var profit = input.child("take_profit", .limit(params.required(0)), side: away)
            profit.worksAfterFills = true
            profit.link = Link(group: 1, .reduce)
            let pricing = params.integer(2).map(Place.Pricing.limit) ?? .market
            var loss = input.child("stop_loss", pricing, side: away)
            loss.worksAfterFills = true
            loss.link = Link(group: 1, .reduce)
            loss.trigger = .at(params.required(1), params.source(3), away.stop)
            return .work([
                .place(input.place(input.optionalPricing)), .place(profit), .place(loss),
            ])
        }
    }

    /// The entry lies between its exits; a market entry's is where it would trade now.
    private func requireSides(_ input: PlanInput) throws(Reject) {
        let params = input.order.params
        let profit = ("params.take_profit_price", params.required(0))
        let loss = ("params.stop_loss_price", params.required(1))
        let side = input.order.side
        let why = "The exits of a \(side == .buy ? "buy" : "sell") bracket are on the wrong side"
        let (high, low) = side == .buy ? (profit, loss) : (loss, profit)
        try input.require(high, above: low, because: why)
        let entry =
            input.order.price.map { ("price", $0) }
            ?? input.market.reference(for: side).map { ("market", $0) }
        guard let entry else { return }
        try input.require(high, above: entry, because: why)
        try input.require(entry, above: low, because: why)
    }
}
