// The sorted sets of a symbol as its open orders' records say that they must be: books and the
// indexes of what waits (docs/REDIS.md, Keys). Names are without the shard's prefix.

import Base
import Trading

struct Indexes {
    /// Set → member → score.
    private(set) var sets: [String: [String: Int64]] = [:]
    /// Pegged orders by id, and whether each stands in a book: only those must be among `pegs`.
    private(set) var pegged: [String: Bool] = [:]

    init(_ orders: some Sequence<Order>) {
        for order in orders where order.status.isOpen { add(order) }
    }

    /// The names of all that a symbol may have, but reduce-only ones, which are by account.
    static func names(of symbol: String) -> [String] {
        ["book", "dark"].flatMap { ["\($0):\(symbol):b", "\($0):\(symbol):s"] }
            + ["parked", "work", "expiry"].map { "\($0):\(symbol)" }
            + ["lu", "ld", "bu", "bd", "au", "ad"].map { "stops:\(symbol):\($0)" }
            + ["u", "d"].map { "trails:\(symbol):\($0)" }
    }

    private mutating func add(_ order: Order) {
        let (id, symbol) = (order.id.text, order.symbol)
        let accepted = order.acceptedSequence
        if order.isInBook {
            let kind = order.book == .lit ? "book" : "dark"
            let member = padded(order.bookSequence) + id
            let name = "\(kind):\(symbol):\(order.side == .buy ? "b" : "s")"
            put(name, member, order.side == .buy ? -order.price.raw : order.price.raw)
        }
        let isPegged = order.extra?.peg != nil
        if isPegged { pegged[id] = order.isInBook }
        if !order.isInBook || isPegged { put("parked:\(symbol)", id, accepted) }
        if order.expireAt != 0 { put("expiry:\(symbol)", id, order.expireAt) }
        if order.flags.contains(.queued) { put("work:\(symbol)", id, order.bookSequence) }
        if order.flags.contains(.reduceOnly) {
            put("reduce:\(order.account):\(symbol)", id, accepted)
        }
        let waits = order.flags.contains(.waiting)
        if order.status == .parked, !waits, let extra = order.extra { addTrigger(order, extra) }
    }

    private mutating func addTrigger(_ order: Order, _ extra: OrderExtension) {
        guard let source = extra.triggerSource, let direction = extra.triggerDirection else {
            return
        }
        let letter =
            switch source {
            case .last: "l"
            case .bid: "b"
            case .ask: "a"
            }
        let isUp = direction == .atOrAbove
        let member = padded(order.acceptedSequence) + order.id.text
        put(
            "stops:\(order.symbol):\(letter)\(isUp ? "u" : "d")", member,
            isUp ? extra.triggerPrice.raw : -extra.triggerPrice.raw)
        if extra.trail != nil {
            // A sell trails its peak, a buy its trough, negated.
            put(
                "trails:\(order.symbol):\(isUp ? "u" : "d")", member,
                isUp ? -extra.pegLimit.raw : extra.pegLimit.raw)
        }
    }

    private mutating func put(_ name: String, _ member: String, _ score: Int64) {
        sets[name, default: [:]][member] = score
    }

    private func padded(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 16 - digits.count)) + digits
    }
}
