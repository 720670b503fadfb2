// `limit`: trades at its price or better, for all of its quantity.

import OESPluginKit

struct Limit: OrderType {
    static let description = EntryDescription(
        id: "org.oes.limit", name: "limit", title: "Limit", vendor: Library.vendor,
        version: Library.version,
        paramsSchema: """
            {"type": "object", "properties": {}, "additionalProperties": false,
             "description": "Trades at its price or better.", "x-oes-price": "required"}
            """)

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        let order = input.order
        guard let price = order.price else {
            return .reject(
                Reject(
                    code: "price_required", field: "price",
                    text: "A limit order needs a price. Give one, or send a market order."))
        }
        return .place(Place(.limit(price), quantity: order.quantity, book: order.book))
    }
}
