// The picture's orders that stand in no book: parked, waiting, queued; and icebergs and pegged ones.

import Base
import Testing
import Trading

@testable import Service

@Suite struct ParkedOrdersTests {
    private func levels(_ open: OpenOrders, _ price: Int64) -> [String] {
        open.atLevel(symbol: "AAPL", side: .buy, price: Price(price)).map(\.id.text)
    }

    @Test func onlyWhatRestsStandsInItsLevel() throws {
        var open = OpenOrders()
        open.update(try order("1-stop", sequence: 1, status: .parked))
        open.update(try order("1-sweep", sequence: 2, status: .partiallyFilled, flags: .queued))
        open.update(try order("1-m:x", sequence: 3, flags: .waiting))
        var container = OrderExtension()
        container.role = .container
        open.update(try order("1-c", sequence: 4, status: .partiallyFilled, extra: container))
        #expect(levels(open, 100).isEmpty && open.count == 4)
        open.update(try order("1-rest", sequence: 5))
        #expect(levels(open, 100) == ["1-rest"])
    }

    /// Parked, triggered, resting, waiting again with the place that it had, gone.
    @Test func fromBookToBook() throws {
        var open = OpenOrders()
        func step(
            _ last: Int64, _ status: OrderStatus, _ flags: OrderFlags = [], place: Int64,
            price: Int64 = 100
        ) throws {
            open.update(
                try order(
                    "1-a", sequence: 1, last: last, status: status, price: price,
                    bookSequence: place, flags: flags))
        }
        try step(1, .parked, place: 0)
        try step(2, .triggered, .queued, place: 8_192)
        #expect(levels(open, 100).isEmpty)
        try step(3, .new, place: 12_288)
        #expect(levels(open, 100) == ["1-a"])
        // A pegged order's move: another price, another place.
        try step(4, .new, place: 16_384, price: 101)
        #expect(levels(open, 100).isEmpty && levels(open, 101) == ["1-a"])
        // All that was granted is filled: it keeps the number of the place that it left.
        try step(5, .partiallyFilled, .waiting, place: 16_384, price: 101)
        #expect(levels(open, 101).isEmpty && open.count == 1)
        try step(6, .partiallyFilled, place: 20_480, price: 101)
        #expect(levels(open, 101) == ["1-a"] && open.restingPlaceCount == 1)
        try step(7, .cancelled, place: 20_480, price: 101)
        #expect(open.count == 0 && open.restingPlaceCount == 0)
    }

    @Test func anInternalBookShowsWhatIcebergsShow() throws {
        var iceberg = OrderExtension()
        iceberg.display = Quantity(3)
        iceberg.shown = Quantity(2)
        var open = OpenOrders()
        open.update(
            try order("1-ice", sequence: 1, quantity: 20, book: .internal, extra: iceberg))
        open.update(try order("1-all", sequence: 2, quantity: 5, book: .internal))
        open.update(try order("1-stop", sequence: 3, status: .parked, book: .internal))
        let book = BookPicture(of: open.internalOrders(symbol: "AAPL"), sequence: 3)
        #expect(book.bids.best?.quantity == Quantity(7) && book.bids.best?.orderCount == 2)
    }

    /// A page ends with all that one call made: the next one begins below its sequence.
    @Test func aFamilyIsNotCutByAPage() throws {
        var open = OpenOrders()
        open.update(try order("1-old", sequence: 1))
        for key in ["1-m", "1-m:a", "1-m:b"] { open.update(try order(key, sequence: 2)) }
        open.update(try order("1-new", sequence: 3))
        func page(_ before: Int64, _ limit: Int) -> [String] {
            open.newest(account: nil, before: before, limit: limit) { _ in true }.map(\.id.text)
        }
        #expect(page(.max, 2) == ["1-new", "1-m:b", "1-m:a", "1-m"])
        #expect(page(2, 2) == ["1-old"])
    }

    @Test func whatAChargeIs() throws {
        var after = OrderExtension()
        after.role = .after
        after.granted = Quantity(6)
        let child = try order(
            "1-m:x", sequence: 1, status: .partiallyFilled, filled: 2, extra: after)
        #expect(child.working == Quantity(4) && child.leaves == Quantity(8))
        #expect(child.shown == Quantity(4) && child.parentID == OrderID("1-m"))
        let waiting = try order("1-m:x", sequence: 1, flags: .waiting, extra: after)
        #expect(waiting.working == .zero && waiting.shown == .zero)
        #expect(try order("1-p", sequence: 1, status: .parked).shown == .zero)
    }
}

@Suite struct UnfinishedWorkTests {
    @Test func aQueuedOrderIsTakenUpOnceItLies() throws {
        var open = OpenOrders()
        open.update(try order("1-rest", sequence: 1))
        #expect(open.symbolsWithWork(since: .max).isEmpty)
        // Records of these tests are of the time 1.
        open.update(try order("1-a", sequence: 2, flags: .queued))
        #expect(open.symbolsWithWork(since: 0).isEmpty)
        #expect(open.symbolsWithWork(since: 1) == ["AAPL"])
        open.finishWork(of: "AAPL")
        #expect(open.symbolsWithWork(since: 1) == ["AAPL"])
        open.update(try order("1-a", sequence: 2, last: 3))
        #expect(open.symbolsWithWork(since: .max).isEmpty)
    }

    /// What a call's limit of triggers left shows in no order: where many are parked, a look follows
    /// each change.
    @Test func manyParkedOrdersAreLookedAtOnce() throws {
        var open = OpenOrders()
        for number in 1..<Int64(Limits.triggersPerCall / 2) {
            open.update(try order("1-\(number)", sequence: number, status: .parked))
        }
        #expect(open.symbolsWithWork(since: .max).isEmpty)
        open.update(try order("1-x", sequence: 999, status: .parked))
        #expect(open.symbolsWithWork(since: .max) == ["AAPL"])
        open.finishWork(of: "AAPL")
        #expect(open.symbolsWithWork(since: .max).isEmpty)
        open.update(try order("1-1", sequence: 1, last: 1_000, status: .parked))
        #expect(open.symbolsWithWork(since: .max) == ["AAPL"])
    }
}
