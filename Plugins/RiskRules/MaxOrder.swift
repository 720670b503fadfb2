// `max-order`: no single order above a quantity or a value.

import OESPluginKit

struct MaxOrder: RiskRule {
    static let description = EntryDescription(
        id: "org.oes.max-order", name: "max-order", title: "Largest order",
        vendor: Library.vendor, version: Library.version,
        limitsSchema: """
            {"type": "object", "additionalProperties": false,
             "description": "No single order, new or amended, is above a quantity or a value. A market order is valued at the worst price of its band, a sale at what it would get now where that is more than its limit.",
             "x-oes-example": {
               "limits": {"quantity": "1000"},
               "request": {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "10000", "price": "150.00"},
               "gives": "max_order_quantity",
               "then": "Refused: one zero too many."},
             "properties": {
              "quantity": {"type": "number", "x-oes-format": "quantity", "minimum": 0,
                "default": 100000, "title": "Most units in one order", "x-oes-unit": "units",
                "description": "An amend's new total counts.", "x-oes-order": 1},
              "value": {"type": "number", "x-oes-format": "money", "minimum": 0,
                "default": 1000000, "title": "Highest value of one order",
                "description": "Price times quantity, rounded up.", "x-oes-order": 2}}}
            """)

    init(host: Host, config: Values) {}

    func check(_ input: CheckInput) -> Verdict {
        if let limit = input.limits.integer(0) {
            input.measure("quantity", input.quantity, limit: limit, .quantity)
            if input.quantity > limit { return .reject(quantity(input, limit)) }
        }
        guard let limit = input.limits.integer(1), let price = highestPrice(input) else {
            return .pass
        }
        let value = input.instrument.notional(
            price: price, quantity: input.quantity, rounding: .up)
        input.measure("value", value ?? .max, limit: limit, .money)
        if let value, value <= limit { return .pass }
        return .reject(self.value(input, value, limit))
    }

    /// The price to value the order by: the worst it may pay; or what a sale would get now if
    /// that is more than its limit, so that a low limit doesn't hide a large sale. nil for a
    /// market order while there is no market.
    private func highestPrice(_ input: CheckInput) -> Int64? {
        guard input.order.side == .sell else { return input.worstPrice }
        guard let worst = input.worstPrice else { return nil }
        return max(worst, input.market.bestBid ?? worst)
    }

    private func quantity(_ input: CheckInput, _ limit: Int64) -> Reject {
        let given = input.instrument.show(quantity: input.quantity)
        let allowed = input.instrument.show(quantity: limit)
        return Reject(
            code: "max_order_quantity", field: "quantity",
            text: "The quantity \(given) is above the largest order of \(allowed) units. "
                + "Look for a zero too many; else send it in parts or ask risk staff for more.",
            values: "quantity=\(given), limit=\(allowed)")
    }

    private func value(_ input: CheckInput, _ value: Int64?, _ limit: Int64) -> Reject {
        let given = value.map { input.instrument.show(money: $0) } ?? "too large to count"
        let allowed = input.instrument.show(money: limit)
        return Reject(
            code: "max_order_value", field: "quantity",
            text: "The order's value \(given) is above the largest of \(allowed). "
                + "Look at price and quantity; else send it in parts or ask risk staff for more.",
            values: "value=\(given), limit=\(allowed)")
    }
}
