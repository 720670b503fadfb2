import Base
import Testing
import Trading

@testable import Service

@Suite("BookAt")
struct BookAtTests {
    private func picture(_ orders: [Order]) throws -> BookAt {
        var book = BookAt(symbol: "AAPL", sequence: 0)
        for order in orders { book.put(order) }
        return book
    }

    @Test("the earlier orders at one's price are ahead, and only they")
    func queue() throws {
        let book = try picture([
            order("1-a", sequence: 1, price: 100, quantity: 7),
            order("2-b", sequence: 2, price: 100, quantity: 5, filled: 2),
            order("1-c", sequence: 3, price: 100, quantity: 4),
            order("1-better", sequence: 4, price: 101),
            order("2-other", sequence: 1, side: .sell, price: 100),
            order("3-dark", sequence: 1, price: 100, book: .internal),
        ])
        let place = try #require(book.queue(of: OrderID("1-c")))
        #expect(place.ordersAhead == 2)
        #expect(place.quantityAhead.raw == 10)
        #expect(place.order.leaves.raw == 4)
        #expect(book.queue(of: OrderID("1-a"))?.ordersAhead == 0)
        #expect(book.queue(of: OrderID("3-dark")) == nil)
        #expect(book.queue(of: OrderID("9-x")) == nil)
        let bids = book.book.bids.top(9)
        #expect(bids.map(\.price.raw) == [101, 100])
        #expect(bids.map(\.quantity.raw) == [10, 14])
        #expect(bids.map(\.orderCount) == [1, 3])
    }

    @Test("a checkpoint holds all of it, and damage is found")
    func encoding() throws {
        var book = try picture([
            order("1-a", sequence: 1), order("2-b", sequence: 2, side: .sell, price: 105),
        ])
        book.pass(to: 77)
        let bytes = book.encoded()
        #expect(try BookAt(symbol: "AAPL", encoded: bytes[...]) == book)
        #expect(throws: RecordError.self) {
            try BookAt(symbol: "AAPL", encoded: bytes.dropLast(3))
        }
        #expect(throws: RecordError.self) { try BookAt(symbol: "AAPL", encoded: [2]) }
    }
}
