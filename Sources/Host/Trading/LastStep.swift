// The last step of an order in one call, from what the call answers: who placed or changed the order
// is told it at once, under the id that the event's own steps will have (ExecutionSteps.swift).

import Base

/// The trades that the order which a call is about made when it arrived.
package struct CallTrades: Hashable, Sendable {
    package let count: Int
    /// The last one's; 0 where there is none.
    package let lastPrice: Price
    package let lastQuantity: Quantity
    /// Whether these weren't all: what the order set off came back to it.
    package let moreHappened: Bool

    package init(
        count: Int, lastPrice: Price, lastQuantity: Quantity, moreHappened: Bool = false
    ) {
        self.count = count
        self.lastPrice = lastPrice
        self.lastQuantity = lastQuantity
        self.moreHappened = moreHappened
    }

    package static let none = CallTrades(count: 0, lastPrice: Price(0), lastQuantity: .zero)
    /// Made in several calls.
    package static let unknown = CallTrades(
        count: 0, lastPrice: Price(0), lastQuantity: .zero, moreHappened: true)
}

extension Execution {
    /// The last step of a call that began with the step `first` (new, replaced or cancelled) and
    /// left the order as `order`. The order's first step has the number 1 in its event; each trade
    /// takes two numbers, the taker's and the resting order's. What happened to it after its own
    /// trades has a number that only the event knows: then it is the order as it stands.
    package init(lastOf order: Order, first: ExecutionType, _ trades: CallTrades) {
        let isCut = order.status == .cancelled && first != .cancelled
        // A main order that had ended before: its children were cancelled.
        let isOthers = first == .cancelled && order.status != .cancelled
        if trades.moreHappened || isOthers {
            self.init(standing: order)
        } else if isCut {
            self.init(standing: order, .cancelled, index: 2 * trades.count + 2)
        } else if trades.count > 0 {
            self.init(standing: order, .trade, index: 2 * trades.count, trades)
        } else {
            self.init(standing: order, first, index: 1)
        }
    }

    /// An order as it stands, for who asks again: not a step, so its number is 0. The type says what
    /// brought it there.
    package init(standing order: Order) {
        let type: ExecutionType =
            switch order.status {
            case .new, .triggered, .parked: .new
            case .partiallyFilled, .filled: .trade
            case .cancelled: .cancelled
            case .rejected: .rejected
            case .expired: .expired
            }
        self.init(standing: order, type, index: 0)
    }

    private init(
        standing order: Order, _ type: ExecutionType, index: Int, _ trades: CallTrades = .none
    ) {
        self.init(
            sequence: order.lastSequence, index: UInt32(index), time: order.updatedAt,
            execType: type, orderID: order.id, symbol: order.symbol, side: order.side,
            book: order.book, orderStatus: order.status, lastQuantity: trades.lastQuantity,
            lastPrice: trades.lastPrice, fee: .zero,
            liquidity: trades.count > 0 ? .taker : .none, tradeIndex: UInt32(trades.count),
            cumQuantity: order.filled, leavesQuantity: order.leaves, notional: order.notional,
            price: order.price, quantity: order.quantity, reason: order.reason)
    }
}
