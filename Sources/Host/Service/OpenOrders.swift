// The orders that still work, so that lists of them cost Redis nothing and read no more than what
// they show.

import Base
import Trading

package struct OpenOrders {
    private var orders: [OrderID: Order] = [:]
    private var everyone = RecencyIndex()
    private var byAccount: [Substring: RecencyIndex] = [:]
    private var internalBySymbol: [String: Set<OrderID>] = [:]
    private var resting = RestingOrders()
    private var unfinished = UnfinishedWork()
    private var containers: Set<OrderID> = []
    /// The earliest expiry of a symbol's orders, or an earlier time: only a hint of when to look.
    private var earliestExpiry: [String: Int64] = [:]

    package var count: Int { orders.count }

    package func count(account: String) -> Int { byAccount[Substring(account)]?.count ?? 0 }

    package subscript(id: OrderID) -> Order? { orders[id] }

    /// Whether there are orders whose plugins may want to be called.
    package var hasContainers: Bool { !containers.isEmpty }

    /// An account's open orders, newest first, those that `isWanted` only, accepted before the
    /// sequence `before`: at most `limit`, but all that one call made together, so that the next page
    /// can begin below the last one's sequence.
    package func newest(
        account: String?, before: Int64, limit: Int, where isWanted: (Order) -> Bool
    ) -> [Order] {
        let index = account.map { byAccount[Substring($0)] ?? RecencyIndex() } ?? everyone
        var found: [Order] = []
        for entry in index.newestFirst where entry.sequence < before {
            if found.count >= limit, found.last?.acceptedSequence != entry.sequence { break }
            if let order = orders[entry.id], order.acceptedSequence == entry.sequence,
                isWanted(order)
            {
                found.append(order)
            }
        }
        return found
    }

    /// The internal book's orders of a symbol, in no order.
    package func internalOrders(symbol: String) -> [Order] {
        (internalBySymbol[symbol] ?? []).compactMap { orders[$0] }.filter(\.isInBook)
    }

    /// The lit book's orders at a price, the earliest first.
    func atLevel(symbol: String, side: Side, price: Price) -> [Order] {
        resting.orders(symbol, side, price, of: orders)
    }

    /// For tests.
    var restingPlaceCount: Int { resting.placeCount }

    /// Symbols with an order that is due at `time`, so far as is known.
    func symbolsDue(by time: Int64) -> [String] {
        earliestExpiry.filter { $0.value <= time }.map(\.key)
    }

    /// Looks again when a symbol's orders are due, once nothing was found to be.
    mutating func refreshExpiry(of symbol: String) {
        let times = orders.values.lazy.filter { $0.symbol == symbol && $0.expireAt > 0 }
        earliestExpiry[symbol] = times.map(\.expireAt).min()
    }

    /// Symbols whose work may have been left undone since `time` or earlier.
    func symbolsWithWork(since time: Int64) -> [String] { unfinished.symbols(since: time) }

    mutating func finishWork(of symbol: String) { unfinished.finish(symbol) }

    mutating func update(_ order: Order) {
        if let known = orders[order.id], known.lastSequence > order.lastSequence { return }
        unfinished.update(order)
        if order.extra?.role == .container {
            if order.status.isOpen {
                containers.insert(order.id)
            } else {
                containers.remove(order.id)
            }
        }
        if order.status.isOpen { insert(order) } else { remove(order) }
    }

    private mutating func insert(_ order: Order) {
        if let known = orders.updateValue(order, forKey: order.id) {
            return resting.move(from: known, to: order, of: orders)
        }
        resting.insert(order)
        if order.expireAt > 0 {
            earliestExpiry[order.symbol] = min(
                earliestExpiry[order.symbol] ?? .max, order.expireAt)
        }
        everyone.insert(order.acceptedSequence, order.id)
        byAccount[order.id.account, default: RecencyIndex()].insert(
            order.acceptedSequence, order.id)
        if order.book == .internal { internalBySymbol[order.symbol, default: []].insert(order.id) }
    }

    private mutating func remove(_ order: Order) {
        guard let known = orders.removeValue(forKey: order.id) else { return }
        resting.remove(known, of: orders)
        let stillOpen = { [orders] (id: OrderID) in orders[id] != nil }
        everyone.forgetOne(stillOpen)
        byAccount[order.id.account]?.forgetOne(stillOpen)
        if order.book == .internal { internalBySymbol[order.symbol]?.remove(order.id) }
    }
}

/// Ids in the order of their acceptance. Removal only counts; once half of the entries are dead they
/// are swept out together, so that both ways cost constant time on average.
private struct RecencyIndex {
    private var entries: [(sequence: Int64, id: OrderID)] = []
    private var dead = 0

    var count: Int { entries.count - dead }

    var newestFirst: ReversedCollection<[(sequence: Int64, id: OrderID)]> { entries.reversed() }

    /// Nearly always the newest. After a start an event may bring an order that the snapshot's scan
    /// missed, and that is older than what it found: that one is put in its place.
    mutating func insert(_ sequence: Int64, _ id: OrderID) {
        var place = entries.count
        while place > 0, entries[place - 1].sequence > sequence { place -= 1 }
        entries.insert((sequence, id), at: place)
    }

    mutating func forgetOne(_ isAlive: (OrderID) -> Bool) {
        dead += 1
        guard dead > 64, dead * 2 > entries.count else { return }
        entries.removeAll { !isAlive($0.id) }
        dead = 0
    }
}
