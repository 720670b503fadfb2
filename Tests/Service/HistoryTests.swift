import Base
import Testing
import Trading

@testable import Service

@Suite(.serialized) struct HistoryTests {
    /// Orders of all kinds of both symbols, in several milliseconds.
    private func busyScene() throws -> HistoryScene {
        let scene = try HistoryScene()
        for number in 0..<240 {
            let side: Side = number % 3 == 0 ? .buy : .sell
            scene.send(
                "\(number % 3 + 1)", "o\(number)", side, Int64(number % 7 + 1),
                at: Int64(100 + number % 5), symbol: number % 4 == 0 ? "MSFT" : "AAPL",
                policy: number % 11 == 0 ? .cancel : .rest, tag: number % 6 == 0 ? "six" : "")
            if number % 13 == 0 { scene.cancel("\(number % 3 + 1)-o\(number)") }
            if number % 40 == 0 { try scene.waitForAnswers() }
        }
        scene.send("1", "poor", .buy, 1_000_000, at: 50_000_000)
        scene.send("2", "poor", .sell, 9_000_000, at: 900)
        try scene.settle()
        return scene
    }

    @Test func filtersLetThroughWhatTheySay() throws {
        let scene = try busyScene()
        let every = try scene.all(limit: 1_000) {
            scene.history.orders(account: nil, $0, $1)
        }
        #expect(every.count == 242)
        #expect(every.map(\.acceptedSequence) == every.map(\.acceptedSequence).sorted(by: >))
        let early = every[200].createdAt
        let late = every[50].createdAt
        let filters = [
            OrderFilter(), OrderFilter(account: "2"), OrderFilter(symbol: "MSFT"),
            OrderFilter(side: .sell), OrderFilter(tag: "six"), OrderFilter(account: "9"),
            OrderFilter(statuses: [.cancelled]), OrderFilter(statuses: [.rejected]),
            OrderFilter(account: "1", statuses: [.rejected]),
            OrderFilter(statuses: [.filled, .new]),
            OrderFilter(statuses: [.new, .partiallyFilled]),
            OrderFilter(account: "3", symbol: "AAPL", statuses: [.new], since: early),
            OrderFilter(since: early), OrderFilter(until: late),
            OrderFilter(symbol: "AAPL", side: .buy, since: early, until: late),
            OrderFilter(since: late, until: early), OrderFilter(since: .max),
            OrderFilter(until: 0),
        ]
        for filter in filters {
            let wanted = every.filter { order in
                let account = String(order.id.account)
                return filter.takes(order) && (filter.account ?? account) == account
            }
            for limit in [7, 1_000] {
                let found = try scene.all(limit: limit) { scene.history.orders(filter, $0, $1) }
                #expect(found == wanted, "\(filter), \(limit)")
            }
        }
        #expect(every.contains { filters[14].takes($0) })
        let one = try scene.read {
            scene.history.orderByClientID(account: "2", "o1", $0)
        }.get()
        #expect(one == every.first { $0.id.text == "2-o1" })
    }

    @Test func tradesAndLedgerInASpanOfTime() throws {
        let scene = try busyScene()
        let trades = try scene.all(limit: 1_000) {
            scene.history.trades(symbol: nil, of: .all, $0, $1)
        }
        let spans = [
            TimeSpan(), TimeSpan(since: trades[30].time), TimeSpan(until: trades[10].time),
            TimeSpan(since: trades[30].time, until: trades[10].time),
        ]
        for span in spans {
            let found = try scene.all(limit: 4) {
                scene.history.trades(symbol: "AAPL", of: .all, in: span, $0, $1)
            }
            #expect(found == trades.filter { $0.symbol == "AAPL" && span.contains($0.time) })
            #expect(!found.isEmpty)
        }
        let lines = try scene.all(limit: 1_000) { scene.history.ledger(account: "1", $0, $1) }
        #expect(Set(lines.map(\.entry.kind)) == [.deposit, .adjustment, .tradeBuy])
        let deposits = try scene.all(limit: 5) {
            scene.history.ledger(account: "1", kinds: [.deposit], $0, $1)
        }
        #expect(deposits == lines.filter { $0.entry.kind == .deposit } && !deposits.isEmpty)
    }

    @Test func noListReadsTheWholeDatabase() throws {
        let scene = try HistoryScene()
        let count = 20_000
        for number in 0..<count {
            let tag = number == 3 ? "rare" : ""
            scene.send("1", "o\(number)", .buy, 1, at: 100 + Int64(number % 50), tag: tag)
            if number % 1_000 == 0 { try scene.waitForAnswers() }
        }
        try scene.settle()
        func cost(_ filter: OrderFilter, before: Int? = nil, _ next: Int?, items: Int) throws
            -> (commands: Int, bytes: Int)
        {
            try scene.cost {
                let page = try scene.read {
                    scene.history.orders(filter, Page(limit: 100, before: before), $0)
                }.get()
                #expect(page.items.count == items && page.next == next, "\(filter)")
            }
        }
        let plain = try cost(OrderFilter(), count - 100, items: 100)
        #expect(plain.commands <= 3 && plain.bytes < 40_000, "\(plain)")
        // Orders of one tag, the fourth of all: it is found on the fourth page of searching.
        var before: Int?
        for part in 1...4 {
            let next = part < 4 ? count - part * Limits.itemsPerScan : nil
            let rare = try cost(
                OrderFilter(tag: "rare"), before: before, next, items: part < 4 ? 0 : 1)
            let steps = Limits.itemsPerScan / Limits.itemsPerScanStep
            #expect(rare.commands <= 1 + 2 * steps && rare.bytes < 2_000_000, "\(rare)")
            before = next
        }
        let middle = scene.events.first { $0.sequence == 10_001 }?.time
        let span = try scene.cost {
            let page = try scene.read {
                scene.history.orders(
                    OrderFilter(until: middle), Page(limit: 100, before: nil), $0)
            }.get()
            #expect(page.items.first.map { $0.createdAt < middle! } == true)
        }
        #expect(span.commands <= 3 + 2 * 15 && span.bytes < 60_000, "\(span)")
        let open = try cost(OrderFilter(statuses: [.new]), count - 98, items: 100)
        #expect(open.commands == 0, "\(open)")
    }
}
