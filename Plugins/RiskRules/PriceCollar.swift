// `price-collar`: no price far beyond the market on the side where it would trade at once. A far
// passive price is fine: it can only wait.

import OESPluginKit

struct PriceCollar: RiskRule {
    static let description = EntryDescription(
        id: "org.oes.price-collar", name: "price-collar", title: "Price collar",
        vendor: Library.vendor, version: Library.version,
        limitsSchema: """
            {"type": "object", "additionalProperties": false, "properties": {
              "beyond": {"type": "integer", "x-oes-format": "bps", "minimum": 0,
                "maximum": 1000000, "default": 1000,
                "title": "Furthest price beyond the reference", "x-oes-unit": "bps"}}}
            """)

    init(host: Host, config: Values) {}

    /// The reference is the opposite best, else the last trade; without one there is nothing to
    /// compare with. A market order is judged by the end of its protection band.
    func check(_ input: CheckInput) -> Verdict {
        let side = input.order.side
        guard let beyond = input.limits.integer(0), let price = input.worstPrice,
            let reference = input.market.reference(for: side)
        else { return .pass }
        // What doesn't fit is further away than any price.
        let distance = input.host.multiplyDivide(reference, beyond, 10_000, rounding: .down)
        guard let distance, reference <= Int64.max - distance else { return .pass }
        let edge = side == .buy ? reference + distance : max(reference - distance, 0)
        let isWithin = side == .buy ? price <= edge : price >= edge
        return isWithin ? .pass : .reject(reject(input, price, edge, reference))
    }

    private func reject(
        _ input: CheckInput, _ price: Int64, _ edge: Int64, _ reference: Int64
    ) -> Reject {
        let instrument = input.instrument
        let isBuy = input.order.side == .buy
        let what = input.isMarketPricing ? "worst price of this market order" : "price"
        return Reject(
            code: "price_collar", field: "price",
            text: "The \(what), \(instrument.show(price: price)), is "
                + "\(isBuy ? "above" : "below") \(instrument.show(price: edge)), the "
                + "\(isBuy ? "highest" : "lowest") allowed at the reference "
                + "\(instrument.show(price: reference)).",
            values: "price=\(instrument.show(price: price)), "
                + "limit=\(instrument.show(price: edge)), "
                + "reference=\(instrument.show(price: reference))")
    }
}
