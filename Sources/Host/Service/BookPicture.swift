// One side of a symbol's lit book as level totals, best price last.
//
// Best last, because most changes happen near the best price: there an insertion into the array
// moves next to nothing.

import Base
import Trading

package struct BookLevel: Hashable, Sendable {
    package let price: Price
    package var quantity: Quantity
    package var orderCount: Int64
}

package struct BookSide: Sendable {
    package let side: Side
    /// Worst first, best last.
    private var levels: [BookLevel] = []

    package init(side: Side) { self.side = side }

    package var best: BookLevel? { levels.last }

    /// Best first, at most `depth`.
    package func top(_ depth: Int) -> [BookLevel] { levels.suffix(depth).reversed() }

    package mutating func set(_ change: LevelChange) {
        let index = position(of: change.price)
        let exists = index < levels.count && levels[index].price == change.price
        if change.quantity.raw == 0 {
            if exists { levels.remove(at: index) }
            return
        }
        let level = BookLevel(
            price: change.price, quantity: change.quantity, orderCount: change.orderCount)
        if exists { levels[index] = level } else { levels.insert(level, at: index) }
    }

    /// Where a price stands or would stand, by binary search.
    private func position(of price: Price) -> Int {
        var low = 0
        var high = levels.count
        while low < high {
            let middle = (low + high) / 2
            if isWorse(levels[middle].price, than: price) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    private func isWorse(_ price: Price, than other: Price) -> Bool {
        side == .buy ? price < other : other < price
    }
}

/// Both sides of a symbol's lit book.
package struct BookPicture: Sendable {
    package private(set) var bids = BookSide(side: .buy)
    package private(set) var asks = BookSide(side: .sell)
    /// The sequence of the last change.
    package private(set) var sequence: Int64 = 0
    /// Its time, UTC microseconds.
    package private(set) var time: Int64 = 0

    package init() {}

    /// The totals of some orders of one symbol as of a sequence: for books without kept totals.
    package init(of orders: [Order], sequence: Int64) {
        self.sequence = sequence
        var totals: [Side: [Price: (quantity: Int64, count: Int64)]] = [:]
        for order in orders {
            let total = totals[order.side]?[order.price] ?? (0, 0)
            totals[order.side, default: [:]][order.price] = (
                total.quantity + order.shown.raw, total.count + 1
            )
        }
        for (side, levels) in totals {
            for (price, total) in levels {
                let level = LevelChange(
                    book: .lit, side: side, price: price, quantity: Quantity(total.quantity),
                    orderCount: total.count)
                if side == .buy { bids.set(level) } else { asks.set(level) }
            }
        }
        time = orders.map(\.updatedAt).max() ?? 0
    }

    package mutating func apply(_ change: LevelChange, sequence: Int64, time: Int64) {
        if change.side == .buy { bids.set(change) } else { asks.set(change) }
        self.sequence = sequence
        self.time = time
    }
}
