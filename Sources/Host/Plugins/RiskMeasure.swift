// What a risk rule measured, and what it compared that with.

import Base

package struct RiskMeasure: Hashable, Sendable {
    package enum Unit: UInt8, Sendable {
        case count, price, quantity, money, bps

        package var name: String { "\(self)" }
    }

    /// The limit's name in the rule's schema, or one of the rule's own.
    package let name: String
    package let value: Int64
    package let limit: Int64
    package let unit: Unit
    /// Whether the value must be the limit at least; else it may be the limit at most.
    package let isAtLeast: Bool

    package init(
        name: String, value: Int64, limit: Int64, unit: Unit, isAtLeast: Bool = false
    ) {
        self.name = name
        self.value = value
        self.limit = limit
        self.unit = unit
        self.isAtLeast = isAtLeast
    }

    package var holds: Bool { isAtLeast ? value >= limit : value <= limit }

    /// How much is left; below zero where it doesn't hold.
    package var headroom: Int64 { isAtLeast ? value - limit : limit - value }

    /// The value in percent of the limit, rounded down; nil where that says nothing.
    package var share: Int64? {
        guard !isAtLeast, limit > 0, value >= 0 else { return nil }
        return multiplyDivide(value, 100, limit, rounding: .down)
    }

    /// Whether less of this one's limit is left than of the other's.
    func isTighter(than other: RiskMeasure) -> Bool {
        if holds != other.holds { return !holds }
        switch (share, other.share) {
        case (let mine?, let theirs?): return mine > theirs
        case (.some, nil): return true
        case (nil, _): return false
        }
    }
}
