// The price at which a rule values an order.

import Base
import Trading

/// The worst price at which a plan can trade, as far as the picture of the market tells.
package enum WorstPrice {
    /// A limit order's limit. For market pricing the last tick within the instrument's band around
    /// the opposite best, else around the last trade; nil where there is neither. As the script does
    /// it, on the host's picture of the market.
    package static func of(
        _ plan: Plan, side: Side, instrument: Instrument, market: MarketSnapshot
    ) -> Price? {
        guard plan.pricing == .market else { return plan.price }
        let opposite = side == .buy ? market.bestAsk : market.bestBid
        guard let reference = opposite ?? market.last, reference.raw > 0,
            let band = multiplyDivide(
                reference.raw, instrument.bandBps, 10_000, rounding: .down)
        else { return nil }
        let tick = instrument.tickSize
        switch side {
        case .buy:
            let (highest, overflow) = reference.raw.addingReportingOverflow(band)
            let bounded = overflow ? Scaled.maximum : min(highest, Scaled.maximum)
            return Price(max(bounded - bounded % tick, reference.raw))
        case .sell:
            let lowest = max(reference.raw - band, 0)
            let onTick = lowest + (tick - lowest % tick) % tick
            return Price(min(max(onTick, tick), reference.raw))
        }
    }
}
