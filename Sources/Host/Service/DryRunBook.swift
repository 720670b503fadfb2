// What an order would meet in the host's picture of a book: as the matcher script walks the real
// one (Store/Lua/110_walk.lua), so that both find the same trades.

import Base
import Trading

package struct DryRunFill: Hashable, Sendable {
    package let price: Price
    package let quantity: Quantity
    package let amount: Money
}

/// What an order would trade, and why it would stop there.
struct DryRunWalk {
    enum Stop {
        case filled
        /// No more orders within its price; whether there are any beyond.
        case end(hasMore: Bool)
        /// The next is the same account's.
        case ownOrder
        /// The next, internal, has a price outside the lit book's.
        case outsideLit
        case fillLimit
    }

    private(set) var fills: [DryRunFill] = []
    private(set) var stop = Stop.end(hasMore: false)

    var quantity: Int64 { fills.reduce(0) { $0 + $1.quantity.raw } }
    /// nil where it passes what money can hold.
    var amount: Money? {
        let sum = fills.reduce(Int64(0)) { $0.addingReportingOverflow($1.amount.raw).partialValue }
        return fills.contains { $0.amount.raw < 0 } || sum < 0 || sum > Scaled.maximum
            ? nil : Money(sum)
    }

    /// `limit` is the order's price, or a market order's protection price.
    init(_ request: OrderRequest, _ plan: Plan, limit: Price, _ book: DryRunBook) {
        let bounds = plan.book == .internal ? book.litBounds : nil
        var leaves = plan.quantity.raw
        book.forEachOpposite(of: request.side, plan.book) { resting in
            if book.isBeyond(resting.price, limit, for: request.side) {
                stop = .end(hasMore: true)
            } else if resting.id.account == request.account {
                stop = .ownOrder
            } else if let bounds, !bounds.contains(resting.price) {
                stop = .outsideLit
            } else if fills.count == Limits.fillsPerCall {
                stop = .fillLimit
            } else {
                let quantity = Quantity(min(leaves, resting.working.raw))
                leaves -= quantity.raw
                fills.append(book.fill(resting.price, quantity))
                if leaves == 0 { stop = .filled }
                return leaves > 0
            }
            return false
        }
    }
}

/// One symbol's books as of a moment: orders that are due then have ended.
struct DryRunBook {
    let picture: Picture
    let instrument: Instrument
    let time: Int64

    func forEachOpposite(of side: Side, _ book: BookKind, _ visit: (Order) -> Bool) {
        picture.forEachResting(instrument.symbol, book, side.opposite) { order in
            order.expireAt > 0 && order.expireAt <= time ? true : visit(order)
        }
    }

    func best(_ book: BookKind, _ side: Side) -> Price? {
        var best: Price?
        forEachOpposite(of: side.opposite, book) { order in
            best = order.price
            return false
        }
        return best
    }

    /// What an internal trade's price must lie within; nil where the lit book isn't two-sided.
    var litBounds: ClosedRange<Price>? {
        guard let bid = best(.lit, .buy), let ask = best(.lit, .sell), bid <= ask else {
            return nil
        }
        return bid...ask
    }

    func isBeyond(_ price: Price, _ limit: Price, for side: Side) -> Bool {
        side == .buy ? price > limit : price < limit
    }

    /// The amount is -1 where it passes what money can hold.
    func fill(_ price: Price, _ quantity: Quantity) -> DryRunFill {
        let amount = instrument.notional(price, quantity, rounding: .down)
        return DryRunFill(price: price, quantity: quantity, amount: amount ?? Money(-1))
    }
}
