// `post_only`: a limit order that only ever adds to the book.

import OESPluginKit

struct PostOnly: OrderType {
    static let description = describe(
        "post_only", "Post only",
        Part.schema(
            "A limit order that is refused where it would trade at once.", price: "required",
            example: """
                {"symbol": "AAPL", "side": "sell", "order_type": "post_only", "quantity": "100",
                 "price": "151.00", "time_in_force": "gtc"}
                """,
            then: "Offers 100 at 151.00, unless somebody bids 151.00 or more: then it is rejected "
                + "with post_only and the best bid."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            var place = input.place(.limit(try input.requiredPrice("post_only")))
            place.isPostOnly = true
            return .place(place)
        }
    }
}
