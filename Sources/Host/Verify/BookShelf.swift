// The books as the events tell them: who stands where, by price and place.

import Base
import Trading

struct BookPlace: Hashable {
    let symbol: String
    let book: BookKind
    let side: Side
}

struct Standing {
    let place: Int64
    let id: String
}

/// One side of a book.
struct BookSide {
    /// Ascending.
    private(set) var prices: [Int64] = []
    private(set) var levels: [Int64: [Standing]] = [:]

    mutating func add(_ order: Order) {
        add(id: order.id.text, price: order.price.raw, place: order.bookSequence)
    }

    mutating func add(id: String, price: Int64, place: Int64) {
        if levels[price] == nil { prices.insert(price, at: index(of: price)) }
        var level = levels[price] ?? []
        // Nearly always at the end.
        var at = level.endIndex
        while at > 0, level[at - 1].place > place { at -= 1 }
        level.insert(Standing(place: place, id: id), at: at)
        levels[price] = level
    }

    mutating func remove(_ order: Order) {
        let price = order.price.raw
        guard var level = levels.removeValue(forKey: price) else { return }
        level.removeAll { $0.id == order.id.text }
        if level.isEmpty {
            let at = index(of: price)
            if at < prices.count, prices[at] == price { prices.remove(at: at) }
        } else {
            levels[price] = level
        }
    }

    private func index(of price: Int64) -> Int {
        var (low, high) = (0, prices.count)
        while low < high {
            let middle = (low + high) / 2
            if prices[middle] < price { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Best first: bids from the highest.
    func best(_ side: Side) -> Int64? { side == .buy ? prices.last : prices.first }

    /// The first one that comes before a price, or before a place at that price, and isn't excused.
    func passedOver(
        _ side: Side, price: Int64, place: Int64, excused: (String) -> Bool
    ) -> String? {
        for index in prices.indices {
            let better = side == .buy ? prices[prices.count - 1 - index] : prices[index]
            guard side == .buy ? better >= price : better <= price else { break }
            for standing in levels[better] ?? [] {
                if better == price, standing.place >= place { break }
                if !excused(standing.id) { return standing.id }
            }
        }
        return nil
    }
}
