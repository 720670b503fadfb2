// One entry of the event stream: everything that one call changed (docs/REDIS.md, Event entries).

import Base

package enum EventKind: UInt8, Sendable {
    case submit = 1
    case cancel, amend, expire, account, transaction, instrument, seed, key, work, commit, bust
    /// Limits, modes and pending changes; kill switches and cancels that are due.
    case policy, control
    case alert, lease, throttle, group, day
}

/// Why an order changed: the first thing that happened to it in the call. How it ended is its status.
package enum OrderCause: UInt8, Sendable {
    case accepted = 1
    case trade, cancelled, amended, expired, rejected
    /// Anything else; its steps say what.
    case changed

    package var name: String {
        switch self {
        case .accepted: "accepted"
        case .trade: "trade"
        case .cancelled: "cancelled"
        case .amended: "amended"
        case .expired: "expired"
        case .rejected: "rejected"
        case .changed: "changed"
        }
    }
}

package struct Trade: Hashable, Sendable {
    package let sequence: Int64
    package let index: UInt32
    package let time: Int64
    package let aggressor: Side
    package let book: BookKind
    package let price: Price
    package let quantity: Quantity
    package let amount: Money
    package let buyFee: Money
    package let sellFee: Money
    package let symbol: String
    package let buyOrderID: OrderID
    package let sellOrderID: OrderID
    /// Taken back later: never in the event that made it.
    package var isBusted = false

    package var id: String { "\(sequence)-\(index)" }
    package var takerID: OrderID { aggressor == .buy ? buyOrderID : sellOrderID }

    init(sequence: Int64, time: Int64, from reader: inout ByteReader) throws(RecordError) {
        self.sequence = sequence
        self.time = time
        index = try reader.uint32()
        aggressor = try known(Side(rawValue: try reader.byte()), "side")
        book = try known(BookKind(rawValue: try reader.byte()), "book")
        price = Price(try reader.int64())
        quantity = Quantity(try reader.int64())
        amount = Money(try reader.int64())
        buyFee = Money(try reader.int64())
        sellFee = Money(try reader.int64())
        symbol = try reader.string()
        buyOrderID = OrderID(try reader.string())
        sellOrderID = OrderID(try reader.string())
    }
}

/// A level's totals after the call; quantity 0 means that it is gone.
package struct LevelChange: Hashable, Sendable {
    package let book: BookKind
    package let side: Side
    package let price: Price
    package let quantity: Quantity
    package let orderCount: Int64

    package init(book: BookKind, side: Side, price: Price, quantity: Quantity, orderCount: Int64) {
        self.book = book
        self.side = side
        self.price = price
        self.quantity = quantity
        self.orderCount = orderCount
    }
}

package struct LedgerEntry: Hashable, Sendable {
    package let kind: LedgerKind
    package let amount: Money
    package let balanceAfter: Money
    /// Shares moved; 0 where only money moved.
    package let quantity: Quantity
    package let account: String
    package let symbol: String
    package let description: String
}

package enum Change: Hashable, Sendable {
    case order(Order, cause: OrderCause)
    case account(Account)
    case position(Position)
    case trade(Trade)
    case level(LevelChange)
    case instrument(Instrument)
    case ledger(LedgerEntry)
    case market(Market)
    case guardValue(GuardValue)
    /// A key or session after the call; one with `revokedAt` is of no use any more.
    case key(AccessKey)
    case audit(AuditEntry)
    case bust(TradeBust)
    case step(OrderStep)
    case decision(DecisionRecord)
    case throttle(Throttle)
    case control(ControlChange)
    /// As it is after the call: raised, counted or acknowledged.
    case alert(Alert)
}

package struct Event: Hashable, Sendable {
    package let sequence: Int64
    package let kind: EventKind
    /// UTC microseconds, Redis's clock.
    package let time: Int64
    /// Empty where the call touched no symbol.
    package let symbol: String
    package let changes: [Change]

    package init(sequence: Int64, entry: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(entry)
        self.sequence = sequence
        guard try reader.byte() == 1 else { throw RecordError(what: "event of another version") }
        kind = try known(EventKind(rawValue: try reader.byte()), "event kind")
        time = try reader.int64()
        symbol = try reader.string()
        var changes: [Change] = []
        while !reader.isAtEnd {
            let type = try reader.byte()
            let length = Int(try reader.uint32())
            let payload = try reader.take(length)
            changes.append(
                try Event.change(type, payload, sequence: sequence, time: time))
        }
        self.changes = changes
    }

    private static func change(
        _ type: UInt8, _ payload: ArraySlice<UInt8>, sequence: Int64, time: Int64
    ) throws(RecordError) -> Change {
        var reader = ByteReader(payload)
        switch type {
        case 1:
            let cause = try known(OrderCause(rawValue: try reader.byte()), "cause")
            let id = OrderID(try reader.string())
            return .order(try Order(id: id, record: reader.rest()), cause: cause)
        case 2:
            let id = try reader.string()
            return .account(try Account(id: id, record: reader.rest()))
        case 3:
            let key = try reader.string()
            return .position(try Position(key: key, record: reader.rest()))
        case 4: return .trade(try Trade(sequence: sequence, time: time, from: &reader))
        case 5: return .level(try LevelChange(from: &reader))
        case 6:
            let symbol = try reader.string()
            return .instrument(try Instrument(symbol: symbol, record: reader.rest()))
        case 7: return .ledger(try LedgerEntry(from: &reader))
        case 8:
            let symbol = try reader.string()
            return .market(try Market(symbol: symbol, record: reader.rest()))
        case 9: return .guardValue(try GuardValue(from: &reader))
        case 10:
            let id = try reader.string()
            return .key(try AccessKey(id: id, record: reader.rest()))
        case 11: return .audit(try AuditEntry(sequence: sequence, time: time, from: &reader))
        case 12: return .step(try OrderStep(from: &reader))
        case 13: return .bust(try TradeBust(from: &reader))
        case 23:
            let key = try reader.string()
            return .throttle(try Throttle(key: key, record: reader.rest()))
        case 21: return .decision(try DecisionRecord(from: &reader))
        case 14...18, 22, 25: return .control(try ControlChange(type, payload))
        case 19:
            let id = try reader.string()
            return .alert(try Alert(id: id, record: reader.rest()))
        case let other: throw RecordError(what: "unknown event section \(other)")
        }
    }
}

extension LevelChange {
    init(from reader: inout ByteReader) throws(RecordError) {
        book = try known(BookKind(rawValue: try reader.byte()), "book")
        side = try known(Side(rawValue: try reader.byte()), "side")
        price = Price(try reader.int64())
        quantity = Quantity(try reader.int64())
        orderCount = try reader.int64()
    }
}

extension LedgerEntry {
    init(from reader: inout ByteReader) throws(RecordError) {
        kind = try known(LedgerKind(rawValue: try reader.byte()), "ledger type")
        amount = Money(try reader.int64())
        balanceAfter = Money(try reader.int64())
        quantity = Quantity(try reader.int64())
        account = try reader.string()
        symbol = try reader.string()
        description = try reader.string()
    }
}
