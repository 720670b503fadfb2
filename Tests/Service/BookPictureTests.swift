import Base
import Testing
import Trading

@testable import Service

/// Seeded, so that a failure can be repeated.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

@Suite("BookPicture")
struct BookPictureTests {
    private func level(_ side: Side, _ price: Int64, _ quantity: Int64) -> LevelChange {
        LevelChange(
            book: .lit, side: side, price: Price(price), quantity: Quantity(quantity), orderCount: 1
        )
    }

    @Test("best first on both sides, and levels that empty are gone")
    func sides() {
        var book = BookPicture()
        for price in [100, 103, 101, 102] as [Int64] {
            book.apply(level(.buy, price, 5), sequence: price, time: 1)
            book.apply(level(.sell, price + 10, 5), sequence: price, time: 1)
        }
        #expect(book.bids.top(3).map(\.price.raw) == [103, 102, 101])
        #expect(book.asks.top(9).map(\.price.raw) == [110, 111, 112, 113])
        book.apply(level(.buy, 103, 0), sequence: 200, time: 2)
        book.apply(level(.sell, 111, 0), sequence: 201, time: 3)
        book.apply(level(.sell, 150, 0), sequence: 202, time: 4)
        #expect(book.bids.best?.price.raw == 102)
        #expect(book.asks.top(9).map(\.price.raw) == [110, 112, 113])
        #expect(book.sequence == 202)
    }

    @Test("against a naive book, over random changes")
    func random() {
        var generator = SplitMix64(state: 7)
        var naive: [Int64: Int64] = [:]
        var book = BookPicture()
        for step in 1...2_000 {
            let price = Int64.random(in: 1...60, using: &generator)
            let quantity = Int64.random(in: 0...3, using: &generator)
            naive[price] = quantity == 0 ? nil : quantity
            book.apply(level(.buy, price, quantity), sequence: Int64(step), time: 0)
            let expected = naive.sorted { $0.key > $1.key }.map { "\($0.key) \($0.value)" }
            let shown = book.bids.top(.max).map { "\($0.price.raw) \($0.quantity.raw)" }
            #expect(shown == expected)
        }
    }

    @Test("totals of orders")
    func totals() throws {
        let orders = [
            try order("1-a", sequence: 1, price: 100, quantity: 10),
            try order(
                "1-b", sequence: 2, status: .partiallyFilled, price: 100, quantity: 10, filled: 3),
            try order("1-c", sequence: 3, side: .sell, price: 105, quantity: 4),
        ]
        let book = BookPicture(of: orders, sequence: 3)
        #expect(book.sequence == 3)
        #expect(
            book.bids.best == BookLevel(price: Price(100), quantity: Quantity(17), orderCount: 2))
        #expect(
            book.asks.best == BookLevel(price: Price(105), quantity: Quantity(4), orderCount: 1))
    }
}
