// `market`: trades at once with what is there, within the instrument's protection band.

import OESPluginKit

struct Market: OrderType {
    static let description = EntryDescription(
        id: "org.oes.market", name: "market", title: "Market", vendor: Library.vendor,
        version: Library.version,
        paramsSchema: """
            {"type": "object", "properties": {}, "additionalProperties": false,
             "description": "Trades at once within the instrument's price band.",
             "x-oes-price": "none"}
            """)

    init(host: Host, config: Values) {}

    /// A price is refused rather than ignored: whoever sent one wanted it to hold.
    func plan(_ input: PlanInput) -> Planned {
        let order = input.order
        if let price = order.price {
            let shown = input.instrument.show(price: price)
            return .reject(
                Reject(
                    code: "price_not_allowed", field: "price",
                    text: "A market order takes no price, given was \(shown). Leave it out, or "
                        + "send a limit order.", values: "price=\(shown)"))
        }
        return .place(
            Place(.market, quantity: order.quantity, book: order.book, remainder: .cancel))
    }
}
