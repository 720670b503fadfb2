// A symbol's lit book, order by order, as it stood at one sequence: what checkpoints hold, and what is made
// of one by applying the events after it.

import Base
import Trading

package struct BookAt: Sendable, Equatable {
    package struct Resting: Sendable, Equatable {
        package let id: OrderID
        package let side: Side
        package let price: Price
        /// What stands in its level: an iceberg's shown part.
        package let shown: Quantity
        package let leaves: Quantity
        /// Its place in the queue of its price: later ones have larger numbers.
        let place: Int64
    }

    package let symbol: String
    /// All events up to here are in it.
    package private(set) var sequence: Int64
    /// The last event that changed a level, and when; 0 before the first.
    package private(set) var changedSequence: Int64
    package private(set) var changedTime: Int64
    private var orders: [OrderID: Resting] = [:]

    /// An empty one.
    package init(symbol: String, sequence: Int64) {
        self.symbol = symbol
        self.sequence = sequence
        changedSequence = 0
        changedTime = 0
    }

    /// As the picture has it now.
    package init(symbol: String, picture: Picture) {
        self.init(symbol: symbol, sequence: picture.sequence)
        changedSequence = picture.books[symbol]?.sequence ?? 0
        changedTime = picture.books[symbol]?.time ?? 0
        for side in [Side.buy, .sell] {
            picture.forEachResting(symbol, .lit, side) { order in
                orders[order.id] = Resting(order)
                return true
            }
        }
    }

    package var count: Int { orders.count }
    package subscript(id: OrderID) -> Resting? { orders[id] }

    /// The next event of any symbol.
    package mutating func apply(_ event: Event) {
        for change in event.changes {
            if case .order(let order, _) = change { put(order) }
            if case .level(let level) = change, event.symbol == symbol, level.book == .lit {
                changedSequence = event.sequence
                changedTime = event.time
            }
        }
        sequence = event.sequence
    }

    /// An order as it is from now on.
    mutating func put(_ order: Order) {
        guard order.symbol == symbol, order.book == .lit else { return }
        orders[order.id] = order.isInBook ? Resting(order) : nil
    }

    /// Nothing happened to the symbol up to here.
    package mutating func pass(to later: Int64) { sequence = max(sequence, later) }

    /// Its levels.
    package var book: BookPicture {
        var totals: [Level: (quantity: Int64, count: Int64)] = [:]
        for order in orders.values {
            let level = Level(side: order.side, price: order.price)
            let total = totals[level] ?? (0, 0)
            totals[level] = (total.quantity + order.shown.raw, total.count + 1)
        }
        var book = BookPicture()
        for (level, total) in totals {
            book.apply(
                LevelChange(
                    book: .lit, side: level.side, price: level.price,
                    quantity: Quantity(total.quantity), orderCount: total.count),
                sequence: changedSequence, time: changedTime)
        }
        if totals.isEmpty {
            // Only its sequence and time are told.
            book.apply(
                LevelChange(
                    book: .lit, side: .buy, price: Price(1), quantity: .zero, orderCount: 0),
                sequence: changedSequence, time: changedTime)
        }
        return book
    }

    private struct Level: Hashable {
        let side: Side
        let price: Price
    }

    /// What would trade before an order at its price, as far as it is shown; nil where it doesn't stand
    /// in the book.
    package func queue(of id: OrderID) -> QueuePlace? {
        guard let own = orders[id] else { return nil }
        var place = QueuePlace(order: own)
        for other in orders.values
        where other.side == own.side && other.price == own.price && other.place < own.place {
            place.ordersAhead += 1
            place.quantityAhead = place.quantityAhead + other.shown
        }
        return place
    }
}

package struct QueuePlace: Sendable, Equatable {
    package let order: BookAt.Resting
    package var ordersAhead: Int64 = 0
    package var quantityAhead = Quantity.zero
}

extension BookAt.Resting {
    init(_ order: Order) {
        id = order.id
        side = order.side
        price = order.price
        shown = order.shown
        leaves = order.leaves
        place = order.bookSequence
    }
}

// As Redis keeps it (docs/REDIS.md, Checkpoint).
extension BookAt {
    /// The same bytes on every host.
    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: 32 + orders.count * 56)
        writer.byte(1)
        writer.int64(sequence)
        writer.int64(changedSequence)
        writer.int64(changedTime)
        for order in orders.values.sorted(by: { ($0.place, $0.id.text) < ($1.place, $1.id.text) }) {
            writer.string(order.id.text)
            writer.byte(order.side.rawValue)
            for number in [order.price.raw, order.shown.raw, order.leaves.raw, order.place] {
                writer.int64(number)
            }
        }
        return writer.bytes
    }

    init(symbol: String, encoded: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(encoded)
        guard try reader.byte() == 1 else {
            throw RecordError(what: "checkpoint of another version")
        }
        self.init(symbol: symbol, sequence: try reader.int64())
        changedSequence = try reader.int64()
        changedTime = try reader.int64()
        while !reader.isAtEnd {
            let id = OrderID(try reader.string())
            guard let side = Side(rawValue: try reader.byte()) else {
                throw RecordError(what: "unknown side")
            }
            orders[id] = Resting(
                id: id, side: side, price: Price(try reader.int64()),
                shown: Quantity(try reader.int64()), leaves: Quantity(try reader.int64()),
                place: try reader.int64())
        }
    }
}
