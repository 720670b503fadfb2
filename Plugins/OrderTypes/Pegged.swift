// `pegged`: rests at a distance from the best bid, the best ask or their middle, and moves with it,
// but never beyond its limit and never across the other side.

import OESPluginKit

struct Pegged: OrderType {
    static let description = describe(
        "pegged", "Pegged",
        Part.schema(
            "Follows the market at a distance; price is the worst that it may come to.",
            price: "required", required: ["reference"],
            [
                """
                "reference": {"type": "string", "enum": ["bid", "ask", "midpoint"],
                    "title": "Follows", "x-oes-order": 1,
                    "description": "The best bid, the best ask, or the middle between them."}
                """,
                """
                "offset": {"type": "number", "x-oes-format": "price", "default": 0,
                    "title": "Offset", "x-oes-order": 2,
                    "description": "Added to what it follows; of either sign."}
                """,
            ],
            example: """
                {"symbol": "AAPL", "side": "buy", "order_type": "pegged", "quantity": "100",
                 "price": "152.00", "time_in_force": "gtc",
                 "params": {"reference": "bid", "offset": "-0.05"}}
                """,
            then: "With a best bid of 150.00 it bids 149.95 and moves with the best bid of others, "
                + "up to 152.00."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            let limit = try input.requiredPrice("pegged")
            guard input.order.book == .lit else {
                throw Reject(
                    code: "internal_not_allowed", field: "internal",
                    text: "A pegged order follows the public book and rests in it. Leave internal "
                        + "out.")
            }
            let params = input.order.params
            var place = input.place(.limit(limit))
            place.peg = Peg(reference(params.text(0)), offset: params.required(1))
            return .place(place)
        }
    }

    private func reference(_ name: String?) -> Peg.Reference {
        switch name {
        case "ask": .ask
        case "midpoint": .midpoint
        default: .bid
        }
    }
}
