// The lit books order by order, so that a dry run walks what an order would meet and no more.
//
// A level is a list in the order of book sequences, which only grow: an order nearly always comes to
// its end. What leaves is only counted, and what has left is swept out together once it is half of
// the list: a long queue costs no more an order than a short one.

import Base
import Trading

struct RestingOrders {
    private struct Level: Hashable {
        let symbol: String
        let side: Side
        let price: Price

        init(_ symbol: String, _ side: Side, _ price: Price) {
            self.symbol = symbol
            self.side = side
            self.price = price
        }

        init(of order: Order) { self.init(order.symbol, order.side, order.price) }
    }

    fileprivate struct Place {
        let sequence: Int64
        let id: OrderID

        /// Whether the order still stands here, and not elsewhere with another sequence.
        func holds(_ orders: [OrderID: Order]) -> Bool {
            guard let order = orders[id] else { return false }
            return order.bookSequence == sequence && order.isInBook
        }
    }

    fileprivate struct Queue {
        var places: [Place] = []
        var left = 0
    }

    fileprivate static let sweptFrom = 64

    private var levels: [Level: Queue] = [:]

    /// A level's orders, the earliest first; `orders` are all that are open.
    func orders(
        _ symbol: String, _ side: Side, _ price: Price, of orders: [OrderID: Order]
    ) -> [Order] {
        (levels[Level(symbol, side, price)]?.places ?? []).compactMap { place in
            place.holds(orders) ? orders[place.id] : nil
        }
    }

    /// One that stands in no book has no place here.
    mutating func insert(_ order: Order) {
        guard order.book == .lit, order.isInBook else { return }
        levels[Level(of: order), default: Queue()].insert(
            Place(sequence: order.bookSequence, id: order.id))
    }

    /// To be called once `orders` no longer has it, or has it elsewhere.
    mutating func remove(_ order: Order, of orders: [OrderID: Order]) {
        guard order.book == .lit, order.isInBook else { return }
        let level = Level(of: order)
        if levels[level]?.forgetOne(orders) == true { levels[level] = nil }
    }

    /// A change that keeps its place keeps its book sequence, which one that leaves the book keeps,
    /// too.
    mutating func move(from known: Order, to order: Order, of orders: [OrderID: Order]) {
        guard known.bookSequence != order.bookSequence || known.isInBook != order.isInBook
        else { return }
        remove(known, of: orders)
        insert(order)
    }

    /// How many places are kept, those that were left included.
    var placeCount: Int { levels.values.reduce(0) { $0 + $1.places.count } }
}

extension RestingOrders.Queue {
    fileprivate mutating func insert(_ place: RestingOrders.Place) {
        var index = places.count
        while index > 0, places[index - 1].sequence > place.sequence { index -= 1 }
        places.insert(place, at: index)
    }

    /// True where nobody stands here any more.
    fileprivate mutating func forgetOne(_ orders: [OrderID: Order]) -> Bool {
        left += 1
        if left == places.count { return true }
        if left > RestingOrders.sweptFrom, left * 2 > places.count {
            places.removeAll { !$0.holds(orders) }
            left = 0
        }
        return false
    }
}
