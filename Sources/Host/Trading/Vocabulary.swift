// The words of trading, in FIX's sense, with the numbers that stand for them in Redis's records.

package enum Side: UInt8, Sendable {
    case buy = 1
    case sell = 2

    package var name: String { self == .buy ? "buy" : "sell" }
    package var opposite: Side { self == .buy ? .sell : .buy }
    package init?(name: String) {
        switch name {
        case "buy": self = .buy
        case "sell": self = .sell
        default: return nil
        }
    }
}

package enum OrderStatus: UInt8, Sendable, CaseIterable {
    case new = 1
    case partiallyFilled, filled, cancelled, rejected, expired, triggered, parked

    package var isOpen: Bool {
        switch self {
        case .new, .partiallyFilled, .triggered, .parked: true
        case .filled, .cancelled, .rejected, .expired: false
        }
    }

    /// /api/v1's name.
    package var name: String {
        switch self {
        case .new: "new"
        case .partiallyFilled: "partially_filled"
        case .filled: "filled"
        case .cancelled: "cancelled"
        case .rejected: "rejected"
        case .expired: "expired"
        case .triggered: "triggered"
        case .parked: "parked"
        }
    }

    /// The predecessor's clients know a new order as open.
    package var keptName: String { self == .new ? "open" : name }
}

/// What happens to what can't trade at once.
package enum RemainderPolicy: UInt8, Sendable {
    case rest = 1
    case cancel = 2
    case allOrNone = 3
}

/// What an order was given beside its price and quantity, and where it stands when it isn't in a
/// book: the record's byte of flags.
package struct OrderFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It is never the taker of a trade.
    package static let postOnly = OrderFlags(rawValue: 1)
    /// It only makes the position smaller, and shrinks with it.
    package static let reduceOnly = OrderFlags(rawValue: 2)
    /// It stands in its symbol's work queue, on its way to a book.
    package static let queued = OrderFlags(rawValue: 4)
    /// A child without anything to work with until its main order fills.
    package static let waiting = OrderFlags(rawValue: 8)
    /// It is the main order of a family.
    package static let hasChildren = OrderFlags(rawValue: 16)
    /// A container's child: its fills count in its parent too.
    package static let rollsUp = OrderFlags(rawValue: 32)

    /// Those that a new order may be given; the script sets the others.
    package static let asked: OrderFlags = [.postOnly, .reduceOnly]
}

/// What happens where an order would meet one of its own account's.
package enum SelfTradeMode: UInt8, Sendable, CaseIterable {
    case cancelNewest = 1
    case cancelOldest, cancelBoth
    /// Both lose what they would have traded.
    case decrement

    package var name: String {
        switch self {
        case .cancelNewest: "cancel_newest"
        case .cancelOldest: "cancel_oldest"
        case .cancelBoth: "cancel_both"
        case .decrement: "decrement"
        }
    }

    package init?(name: String) {
        guard let mode = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = mode
    }
}

/// Which of a symbol's two books. Internal orders are unseen and cross only each other.
package enum BookKind: UInt8, Sendable {
    case lit = 0
    case `internal` = 1
}

package enum Pricing: UInt8, Sendable {
    case limit = 1
    /// Without a limit of the client's: the script sets a protection price.
    case market = 2
}

package enum InstrumentState: UInt8, Sendable, CaseIterable {
    case open = 1
    case halted = 2
    case closed = 3

    package var name: String {
        switch self {
        case .open: "open"
        case .halted: "halted"
        case .closed: "closed"
        }
    }
}

package enum AccountState: UInt8, Sendable, CaseIterable {
    case active = 1
    case reducing = 2
    case cancelOnly = 3
    case halted = 4

    package var name: String {
        switch self {
        case .active: "active"
        case .reducing: "reducing"
        case .cancelOnly: "cancel_only"
        case .halted: "halted"
        }
    }
}

package enum LedgerKind: UInt8, Sendable, CaseIterable {
    case deposit = 1
    case withdrawal, adjustment, tradeBuy, tradeSell, fee, bust

    package var name: String {
        switch self {
        case .deposit: "deposit"
        case .withdrawal: "withdrawal"
        case .adjustment: "adjustment"
        case .tradeBuy: "trade_buy"
        case .tradeSell: "trade_sell"
        case .fee: "fee"
        case .bust: "bust"
        }
    }
}
