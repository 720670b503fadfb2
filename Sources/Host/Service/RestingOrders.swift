// The lit books order by order, so that a dry run walks what an order would meet and no more.
//
// A level is an array in the order of book sequences, which only grow: an order nearly always comes
// to its end, and its place is found by binary search.

import Base
import Trading

struct RestingOrders {
    private struct Level: Hashable {
        let symbol: String
        let side: Side
        let price: Price
    }

    private var levels: [Level: [(sequence: Int64, id: OrderID)]] = [:]

    /// The earliest first.
    func ids(symbol: String, side: Side, price: Price) -> [OrderID] {
        (levels[Level(symbol: symbol, side: side, price: price)] ?? []).map(\.id)
    }

    mutating func insert(_ order: Order) {
        guard order.book == .lit else { return }
        let level = RestingOrders.level(of: order)
        let place = place(of: order.bookSequence, in: level)
        levels[level, default: []].insert((order.bookSequence, order.id), at: place)
    }

    mutating func remove(_ order: Order) {
        guard order.book == .lit else { return }
        let level = RestingOrders.level(of: order)
        let place = place(of: order.bookSequence, in: level)
        guard let entries = levels[level], place < entries.count, entries[place].id == order.id
        else { return }
        if entries.count == 1 { levels[level] = nil } else { levels[level]?.remove(at: place) }
    }

    /// A change that keeps its place keeps its book sequence.
    mutating func move(from known: Order, to order: Order) {
        guard known.bookSequence != order.bookSequence else { return }
        remove(known)
        insert(order)
    }

    private static func level(of order: Order) -> Level {
        Level(symbol: order.symbol, side: order.side, price: order.price)
    }

    private func place(of sequence: Int64, in level: Level) -> Int {
        guard let entries = levels[level] else { return 0 }
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
