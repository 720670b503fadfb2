// `oto`: an entry, and one more order that works with what the entry has filled.

import OESPluginKit

struct OneTriggersOther: OrderType {
    static let description = describe(
        "oto", "One triggers the other",
        Part.schema(
            "An entry, at price or at the market, whose fills set off a second order: a limit "
                + "order (exit_price), a stop (exit_stop_price) or a stop limit (both).",
            price: "optional",
            [
                """
                "exit_side": {"type": "string", "enum": ["buy", "sell"],
                    "title": "Side of the second", "x-oes-order": 1,
                    "description": "The opposite of the entry's, unless given."}
                """,
                Part.price(
                    "exit_price", "Limit of the second", "The second order's limit.", order: 2),
                Part.price(
                    "exit_stop_price", "Stop of the second",
                    "The second order waits for this price first.", order: 3),
                Part.trigger(order: 4),
            ],
            example: """
                {"symbol": "AAPL", "side": "buy", "order_type": "oto", "quantity": "100",
                 "price": "150.00", "time_in_force": "gtc", "params": {"exit_price": "155.00"}}
                """,
            then: "Bids 150.00 for 100. Whatever is bought is offered at 155.00."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            let params = input.order.params
            let limit = params.integer(1)
            let stop = params.integer(2)
            guard limit != nil || stop != nil else {
                throw Reject(
                    code: "exit_required", field: "params.exit_price",
                    text: "An oto order needs exit_price, exit_stop_price or both.")
            }
            let side = side(params.text(0)) ?? input.order.side.opposite
            var exit = input.child("exit", limit.map { .limit($0) } ?? .market, side: side)
            exit.worksAfterFills = true
            if let stop { exit.trigger = .at(stop, params.source(3), side.stop) }
            return .work([.place(input.place(input.optionalPricing)), .place(exit)])
        }
    }

    private func side(_ name: String?) -> Side? {
        switch name {
        case "buy": .buy
        case "sell": .sell
        default: nil
        }
    }
}
