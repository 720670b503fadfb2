// A day's statement from lists that are written by hand: balances to the unit, positions, profit.

import Base
import TestSupport
import Testing
import Trading

@testable import Service

@Suite struct StatementTests {
    private static let dayMicros = Statement.dayMicros
    /// 2026-03-09.
    private static let day: Int64 = 1_773_014_400_000_000
    private let scene: HistoryScene
    private let account: Account

    init() throws {
        scene = try HistoryScene()
        account = try StatementTests.account("9")
    }

    private static func account(_ id: String) throws -> Account {
        var record = ByteWriter()
        for byte: UInt8 in [2, 1, 1, 0] { record.byte(byte) }
        for number: Int64 in [0, 0, 0, 1, 1, 1, -1, -1, 10_000, 0, 0, 0, 0, 0] {
            record.int64(number)
        }
        for text in ["USD", "", "=Fund, \"X\"", "cash", "low"] { record.string(text) }
        return try Account(id: id, record: record.bytes[...])
    }

    private func push(_ list: String, _ item: [UInt8]) {
        let words = ["RPUSH", "oes:{0}:list:\(list)"].map { Array($0.utf8) } + [item]
        _ = scene.client.call(words)
    }

    private var sequence: Int64 { 1_000 }

    /// Kind as docs/REDIS.md numbers it.
    private func line(
        _ kind: UInt8, _ amount: Int64, _ balance: Int64, hours: Int64, quantity: Int64 = 0,
        symbol: String = "", description: String = ""
    ) {
        var item = ByteWriter()
        item.int64(sequence + hours)
        item.uint32(0)
        item.int64(StatementTests.day + hours * 3_600_000_000)
        item.byte(kind)
        for number in [amount, balance, quantity] { item.int64(number) }
        for text in ["9", symbol, description] { item.string(text) }
        push("ledger:9", item.bytes)
    }

    private func trade(_ price: Int64, hours: Int64, book: UInt8 = 0) {
        var item = ByteWriter()
        item.int64(sequence + hours)
        item.int64(StatementTests.day + hours * 3_600_000_000)
        item.uint32(1)
        item.byte(1)
        item.byte(book)
        for number: Int64 in [price, 1, price * 100, 0, 0] { item.int64(number) }
        for text in ["MSFT", "8-a", "7-b"] { item.string(text) }
        push("trades:MSFT", item.bytes)
    }

    private func statement(_ day: Int64 = StatementTests.day) throws -> Statement {
        let msft = Instrument(
            symbol: "MSFT", priceScale: 2, quantityScale: 0, tickSize: 1, lotSize: 1,
            bandBps: 1_000, name: "MSFT", assetType: "stock")
        return try scene.read {
            scene.history.statement(of: account, day: day, ["MSFT": msft], $0)
        }.get()
    }

    /// The day before 100.0000 came in and 10 shares; on the day 5 more are bought at 2.00 with a fee,
    /// 2 are sold, and 1.0000 goes out; the day after, something else happens.
    private func fill() {
        line(1, 1_000_000, 1_000_000, hours: -20)
        line(3, 0, 1_000_000, hours: -19, quantity: 10, symbol: "MSFT")
        line(4, -100_000, 900_000, hours: 1, quantity: 5, symbol: "MSFT", description: "9-a")
        line(6, -25, 899_975, hours: 1, symbol: "MSFT", description: "9-a")
        line(5, 50_000, 949_975, hours: 2, quantity: -2, symbol: "MSFT", description: "9-b")
        line(2, -10_000, 939_975, hours: 3, description: "=cmd()")
        line(1, 5, 939_980, hours: 24)
        trade(150, hours: -5)
        trade(999, hours: -4, book: 1)
        trade(200, hours: 1)
        trade(250, hours: 2)
        trade(300, hours: 30)
    }

    @Test func aDayInTheMiddle() throws {
        fill()
        let statement = try statement()
        #expect(statement.openingBalance == Money(1_000_000))
        #expect(statement.closingBalance == Money(939_975))
        #expect(statement.lines.count == 4)
        let sum = statement.lines.reduce(0) { $0 + $1.entry.amount.raw }
        #expect(statement.openingBalance.raw + sum == statement.closingBalance.raw)
        #expect(statement.closingPositions.map(\.quantity.raw) == [13])
        // 10 at 1.50 before, 13 at 2.50 after, 1.0000 taken out.
        #expect(statement.openingEquity == Money(1_000_000 + 150_000))
        #expect(statement.closingEquity == Money(939_975 + 325_000))
        #expect(statement.profit == Money(939_975 + 325_000 - 1_150_000 + 10_000))
        #expect(statement.sum([.fee]) == Money(-25))
    }

    @Test func theSameAgainAndTheDaysAround() throws {
        fill()
        let first = try statement()
        let again = try statement()
        #expect(again.lines == first.lines && again.profit == first.profit)
        let before = try statement(StatementTests.day - StatementTests.dayMicros)
        #expect(before.openingBalance == .zero && before.closingBalance == Money(1_000_000))
        // Shares that came by an adjustment are no profit, at the day's last price.
        #expect(before.profit == .zero && before.adjustedShares == Money(150_000))
        let after = try statement(StatementTests.day + StatementTests.dayMicros)
        #expect(after.openingBalance == first.closingBalance && after.lines.count == 1)
        #expect(after.openingEquity == first.closingEquity)
        #expect(after.profit == Money(13 * 50 * 100))
        let long = try statement(StatementTests.day - 30 * StatementTests.dayMicros)
        #expect(long.lines.isEmpty && long.profit == .zero)
    }
}
