// Σ price × quantity of an order's fills, exact. It passes 64 bits, and Redis's Lua keeps no number
// above 2^53: so it is kept in two parts (docs/REDIS.md, ORDER).

import Base

package struct Notional: Hashable, Sendable {
    /// The sum = high × 10^14 + low.
    package let high: Int64
    package let low: Int64

    private static let base: Int128 = 100_000_000_000_000

    package init(high: Int64, low: Int64) {
        self.high = high
        self.low = low
    }

    package init(total: Int128) {
        let (quotient, remainder) = total.quotientAndRemainder(dividingBy: Notional.base)
        high = Int64(truncatingIfNeeded: quotient)
        low = Int64(truncatingIfNeeded: remainder)
    }

    var total: Int128 { Int128(high) * Notional.base + Int128(low) }

    /// The average price over `quantity` in the price scale, rounded to the nearest unit plus
    /// `extra` further decimals; nil where the quantity is 0, and where the price passes 64 bits: one
    /// of 2^53 has room for three.
    package func averagePrice(over quantity: Quantity, extraDecimals: Int) -> Int64? {
        guard quantity.raw > 0, high >= 0, low >= 0 else { return nil }
        let high = UInt64(high).multipliedFullWidth(by: 100_000_000_000_000)
        let (low, carry) = high.low.addingReportingOverflow(UInt64(low))
        let factor = UInt64(Scaled.powersOfTen[extraDecimals])
        let scaledLow = low.multipliedFullWidth(by: factor)
        let scaledHigh = (high.high + (carry ? 1 : 0)) * factor + scaledLow.high
        let divisor = UInt64(quantity.raw)
        guard scaledHigh < divisor else { return nil }
        let (quotient, remainder) = divisor.dividingFullWidth((scaledHigh, scaledLow.low))
        return Int64(exactly: remainder >= divisor - remainder ? quotient &+ 1 : quotient)
    }
}
