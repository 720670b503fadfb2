// The three kinds of numbers that must never be mixed up. Each is a whole number in a scale that
// its instrument or currency knows; sizes never pass Scaled.maximum.

/// A price of one unit, in the instrument's price scale.
package struct Price: Hashable, Sendable, Comparable {
    package var raw: Int64
    package init(_ raw: Int64) { self.raw = raw }
    package static func < (left: Price, right: Price) -> Bool { left.raw < right.raw }
}

/// A number of units, in the instrument's quantity scale.
package struct Quantity: Hashable, Sendable, Comparable {
    package var raw: Int64
    package init(_ raw: Int64) { self.raw = raw }
    package static let zero = Quantity(0)
    package static func < (left: Quantity, right: Quantity) -> Bool { left.raw < right.raw }
    package static func + (left: Quantity, right: Quantity) -> Quantity {
        Quantity(left.raw + right.raw)
    }
    package static func - (left: Quantity, right: Quantity) -> Quantity {
        Quantity(left.raw - right.raw)
    }
}

/// An amount of money, in its currency's scale (Money.scale decimals for every currency).
package struct Money: Hashable, Sendable, Comparable {
    /// Four decimals: finer than a cent, so that fees in basis points of small trades stay
    /// visible, and up to 900 billion in one account below 2^53.
    package static let scale = 4

    package var raw: Int64
    package init(_ raw: Int64) { self.raw = raw }
    package static let zero = Money(0)
    package static func < (left: Money, right: Money) -> Bool { left.raw < right.raw }
    package static func + (left: Money, right: Money) -> Money { Money(left.raw + right.raw) }
    package static func - (left: Money, right: Money) -> Money { Money(left.raw - right.raw) }
}

package enum Rounding {
    case down, up
}

/// Exact value × factor ÷ divisor with one rounding at the end; nil where the result passes Int64.
/// Non-negative inputs and a positive divisor.
package func multiplyDivide(
    _ value: Int64, _ factor: Int64, _ divisor: Int64, rounding: Rounding
) -> Int64? {
    let product = value.magnitude.multipliedFullWidth(by: factor.magnitude)
    guard product.high < divisor.magnitude else { return nil }
    let (quotient, remainder) = divisor.magnitude.dividingFullWidth(product)
    let rounded = rounding == .up && remainder > 0 ? quotient &+ 1 : quotient
    return rounded <= UInt64(Int64.max) ? Int64(rounded) : nil
}
