// What a position is worth at a price.

import Base

extension Position {
    /// Signed as the quantity is; nil where it is beyond what can be kept.
    package func marketValue(_ instrument: Instrument, at price: Price) -> Money? {
        let size = Quantity(abs(quantity.raw))
        guard let value = instrument.notional(price, size, rounding: .down) else { return nil }
        return quantity.raw < 0 ? Money(-value.raw) : value
    }
}
