// `price-collar`: no price far beyond the market on the side where it would trade at once. A far
// passive price can only wait; it is bound only where a limit for it is set.

import OESPluginKit

struct PriceCollar: RiskRule {
    static let description = EntryDescription(
        id: "org.oes.price-collar", name: "price-collar", title: "Price collar",
        vendor: Library.vendor, version: Library.version,
        limitsSchema: """
            {"type": "object", "additionalProperties": false,
             "description": "No price far from the reference: the opposite best, else the last trade; without either there is nothing to compare with. A market order is judged by the end of its protection band, an order with a trigger by its trigger's price.",
             "x-oes-example": {
               "limits": {"beyond": 1000},
               "request": {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "10", "price": "1501.00"},
               "gives": "price_collar",
               "then": "Refused while the offer is 150.10: at most 165.11 is allowed."},
             "properties": {
              "beyond": {"type": "integer", "x-oes-format": "bps", "minimum": 0,
                "maximum": 1000000, "default": 1000,
                "title": "Furthest price beyond the reference", "x-oes-unit": "bps",
                "description": "On the side where it would trade at once. 1000 is 10 %.", "x-oes-order": 1},
              "passive": {"type": "integer", "x-oes-format": "bps", "minimum": 0,
                "maximum": 1000000, "x-oes-unit": "bps",
                "title": "Furthest price on the waiting side",
                "description": "Unset, a far price may wait in the book. A sale's may be above the reference by any number of basis points, a buy's below it by at most 9999.", "x-oes-order": 2}}}
            """)

    init(host: Host, config: Values) {}

    func check(_ input: CheckInput) -> Verdict {
        let side = input.order.side
        guard let price = input.worstPrice, let reference = input.market.reference(for: side)
        else { return .pass }
        let isBeyond = side == .buy ? price > reference : price < reference
        // A market order has no passive side.
        if !isBeyond && input.isMarketPricing { return .pass }
        let isBuy = side == .buy
        if let bps = input.limits.integer(0) {
            let wrong = judge(
                input, price, reference, bps, "beyond", isAbove: isBuy, isOutside: isBeyond)
            if let wrong { return .reject(wrong) }
        }
        if let bps = input.limits.integer(1), !isBeyond {
            let wrong = judge(
                input, price, reference, bps, "passive", isAbove: !isBuy, isOutside: true)
            if let wrong { return .reject(wrong) }
        }
        return .pass
    }

    /// The refusal of a price that is further above, or below, the reference than the limit.
    private func judge(
        _ input: CheckInput, _ price: Int64, _ reference: Int64, _ bps: Int64,
        _ name: StaticString, isAbove: Bool, isOutside: Bool
    ) -> Reject? {
        let gap = isOutside ? (price > reference ? price - reference : reference - price) : 0
        let share = input.host.multiplyDivide(gap, 10_000, max(reference, 1), rounding: .up)
        input.measure(name, share ?? .max, limit: bps, .bps)
        guard isOutside else { return nil }
        // What doesn't fit is further away than any price.
        guard
            let distance = input.host.multiplyDivide(reference, bps, 10_000, rounding: .down),
            reference <= Int64.max - distance
        else { return nil }
        let edge = isAbove ? reference + distance : max(reference - distance, 0)
        let isWithin = isAbove ? price <= edge : price >= edge
        return isWithin ? nil : reject(input, price, edge, reference, isAbove: isAbove)
    }

    private func reject(
        _ input: CheckInput, _ price: Int64, _ edge: Int64, _ reference: Int64, isAbove: Bool
    ) -> Reject {
        let instrument = input.instrument
        let what = input.isMarketPricing ? "worst price of this market order" : "price"
        return Reject(
            code: "price_collar", field: "price",
            text: "The \(what), \(instrument.show(price: price)), is "
                + "\(isAbove ? "above" : "below") \(instrument.show(price: edge)), the "
                + "\(isAbove ? "highest" : "lowest") allowed at the reference "
                + "\(instrument.show(price: reference)). Look at the decimal point, the side and "
                + "the symbol, and send a price nearer to the market.",
            values: "price=\(instrument.show(price: price)), "
                + "limit=\(instrument.show(price: edge)), "
                + "reference=\(instrument.show(price: reference))")
    }
}
