import Base
import Testing
import Trading

@testable import Service

/// An order as the script would have written it.
func order(
    _ id: String, sequence: Int64, last: Int64? = nil, status: OrderStatus = .new,
    side: Side = .buy, price: Int64 = 100, quantity: Int64 = 10, filled: Int64 = 0,
    expireAt: Int64 = 0, book: BookKind = .lit, bookSequence: Int64? = nil, flags: OrderFlags = [],
    extra: OrderExtension? = nil
) throws -> Order {
    var writer = ByteWriter()
    for byte in [1, status.rawValue, side.rawValue, 1, book.rawValue, 1, 1, flags.rawValue] {
        writer.byte(byte)
    }
    for number in [
        price, quantity, filled, 0, 0, 0, 0, 0, 0, bookSequence ?? sequence, sequence,
        last ?? sequence, 1, 1, 0, expireAt, 0,
    ] {
        writer.int64(number)
    }
    writer.string("AAPL")
    writer.string("")
    writer.block(extra?.encoded() ?? [])
    writer.raw(OrderTerms(orderType: "limit", timeInForce: "gtc").encoded())
    return try Order(id: OrderID(id), record: writer.bytes[...])
}

@Suite("OpenOrders")
struct OpenOrdersTests {
    private func ids(_ orders: [Order]) -> [String] { orders.map(\.id.text) }

    @Test("newest first, by account, page by page")
    func pages() throws {
        var open = OpenOrders()
        for sequence in 1...9 {
            open.update(try order("\(sequence % 2)-\(sequence)", sequence: Int64(sequence)))
        }
        let all = open.newest(account: nil, before: .max, limit: 3) { _ in true }
        #expect(ids(all) == ["1-9", "0-8", "1-7"])
        let next = open.newest(account: nil, before: 7, limit: 3) { _ in true }
        #expect(ids(next) == ["0-6", "1-5", "0-4"])
        let own = open.newest(account: "0", before: .max, limit: 9) { _ in true }
        #expect(ids(own) == ["0-8", "0-6", "0-4", "0-2"])
        #expect(open.newest(account: "7", before: .max, limit: 9) { _ in true }.isEmpty)
    }

    @Test("ended orders are gone, also once the index has been swept")
    func sweeping() throws {
        var open = OpenOrders()
        for sequence in 1...500 {
            open.update(try order("1-\(sequence)", sequence: Int64(sequence)))
        }
        for sequence in 1...499 {
            open.update(
                try order(
                    "1-\(sequence)", sequence: Int64(sequence), last: 501, status: .cancelled))
        }
        #expect(open.count == 1)
        #expect(ids(open.newest(account: "1", before: .max, limit: 9) { _ in true }) == ["1-500"])
    }

    @Test("an order that comes after younger ones stands in its place")
    func lateComer() throws {
        var open = OpenOrders()
        for sequence in [3, 9, 5] {
            open.update(try order("1-\(sequence)", sequence: Int64(sequence)))
        }
        let first = open.newest(account: nil, before: .max, limit: 2) { _ in true }
        #expect(ids(first) == ["1-9", "1-5"])
        #expect(ids(open.newest(account: "1", before: 5, limit: 2) { _ in true }) == ["1-3"])
    }

    @Test("an older record doesn't replace a newer one")
    func olderRecords() throws {
        var open = OpenOrders()
        open.update(try order("1-a", sequence: 5, last: 9, status: .partiallyFilled, filled: 4))
        open.update(try order("1-a", sequence: 5, last: 5))
        #expect(open[OrderID("1-a")]?.filled.raw == 4)
    }

    @Test("symbols are due once an expiry has come, and no longer after a look")
    func expiry() throws {
        var open = OpenOrders()
        open.update(try order("1-a", sequence: 1, expireAt: 1_000))
        open.update(try order("1-b", sequence: 2, expireAt: 2_000))
        #expect(open.symbolsDue(by: 999).isEmpty)
        #expect(open.symbolsDue(by: 1_000) == ["AAPL"])
        open.update(try order("1-a", sequence: 1, last: 3, status: .expired, expireAt: 1_000))
        open.refreshExpiry(of: "AAPL")
        #expect(open.symbolsDue(by: 1_999).isEmpty)
        #expect(open.symbolsDue(by: 2_000) == ["AAPL"])
    }

    @Test("a level's orders stand in their turn, and those that left are forgotten")
    func levels() throws {
        var open = OpenOrders()
        func level(_ price: Int64) -> [String] {
            ids(open.atLevel(symbol: "AAPL", side: .buy, price: Price(price)))
        }
        for sequence in 1...400 {
            open.update(try order("1-\(sequence)", sequence: Int64(sequence)))
        }
        open.update(try order("1-s", sequence: 401, side: .sell))
        open.update(try order("1-i", sequence: 402, book: .internal))
        for sequence in 1...398 {
            open.update(
                try order(
                    "1-\(sequence)", sequence: Int64(sequence), last: 403, status: .filled))
        }
        #expect(level(100) == ["1-399", "1-400"])
        #expect(open.restingPlaceCount < 300, "what left was swept out")
        // To the end of another level, and back to the end of this one.
        open.update(try moved("1-399", from: 399, to: 404, price: 101))
        #expect(level(100) == ["1-400"])
        #expect(level(101) == ["1-399"])
        open.update(try moved("1-399", from: 399, to: 405, price: 100))
        #expect(level(100) == ["1-400", "1-399"])
        #expect(level(101) == [])
        // A smaller quantity keeps its place.
        open.update(try order("1-400", sequence: 400, last: 406, quantity: 5))
        #expect(level(100) == ["1-400", "1-399"])
    }

    /// An open order with a new place in its book.
    private func moved(_ id: String, from: Int64, to: Int64, price: Int64) throws -> Order {
        try order(id, sequence: from, last: to, price: price, bookSequence: to)
    }
}
