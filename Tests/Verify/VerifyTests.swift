// `oes verify` on a whole system, and on one that is damaged in each way that an invariant forbids.

import Base
import TestSupport
import Testing
import Trading

@testable import Verify

@Suite struct VerifyTests {
    private let world: VerifyWorld

    init() throws { world = try VerifyWorld() }

    /// The damage is named where it belongs: each invariant with a part of its text.
    private func expect(_ wanted: [(Invariant, String)]) throws {
        let findings = try world.verify().findings
        for (invariant, text) in wanted {
            #expect(findings.text(invariant).contains(text), "\(invariant): \(findings.lines)")
        }
    }

    @Test func aWholeSystemIsRight() throws {
        let verification = try world.verify()
        let findings = verification.findings
        #expect(findings.differences == 0, "\(verification.table.joined(separator: "\n"))")
        #expect(verification.origin == .beginning)
        for invariant in Invariant.allCases {
            #expect(findings[invariant].checked > 0, "\(invariant) was checked nowhere")
        }
    }

    @Test func ofAnEmptySystemToo() throws {
        _ = world.redis.call("FLUSHALL")
        #expect(try world.verify().isRight)
    }

    // Cash and shares.

    @Test func aBalanceThatIsOneUnitHigher() throws {
        world.damage("accounts", "1", at: 4, by: 1)
        try expect([
            (.accountRecords, "accounts 1: balance is "), (.ledger, "account 1 has "),
            (.cash, "USD: accounts have "),
        ])
    }

    @Test func aHoldThatIsHigher() throws {
        world.damage("accounts", "1", at: 12, by: 5)
        try expect([
            (.accountRecords, "accounts 1: held is "), (.cashHolds, "account 1 holds "),
        ])
    }

    @Test func anOrderThatHoldsLess() throws {
        world.damage("orders", "1-b2", at: 56, by: -1)
        try expect([
            (.orderRecords, "orders 1-b2: hold is "), (.cashHolds, "order 1-b2 holds "),
        ])
    }

    @Test func sharesFromNowhere() throws {
        world.damage("positions", "2:AAPL", at: 4, by: 3)
        try expect([
            (.positionRecords, "positions 2:AAPL: quantity is "),
            (.shares, "AAPL: positions sum to "),
        ])
    }

    @Test func sharesThatAreHeldForNobody() throws {
        world.damage("positions", "2:AAPL", at: 12, by: 3)
        try expect([(.shareHolds, "position 2:AAPL holds ")])
    }

    @Test func totalsThatAreWrong() throws {
        world.damage("accounts", "1", at: 76, by: 1)
        var record = ByteWriter()
        for number: Int64 in [0, 0, 1] { record.int64(number) }
        world.write("scopes", "firm:AAPL", record.bytes)
        try expect([
            (.accountRecords, "accounts 1: openOrderCount is "), (.totals, "account 1 says "),
            (.totals, "scopes firm:AAPL says [0, 0, 1], its accounts sum to "),
        ])
    }

    @Test func feesThatAreLost() throws {
        _ = world.call("HINCRBY", "fees", "USD", "-1")
        try expect([(.cash, "fees in USD are ")])
    }

    // Orders.

    @Test func anOrderThatWasFilledMore() throws {
        world.damage("orders", "3-sweep", at: 24, by: -1)
        try expect([(.orderRecords, "orders 3-sweep: filled is "), (.fills, "order 3-sweep: ")])
    }

    @Test func recordsThatAreMissingOrTooMany() throws {
        let record = world.call("HGET", "orders", "1-b2").bytes
        _ = world.call("HDEL", "orders", "2-hit")
        _ = world.call("HDEL", "orders", "1-b1")
        world.write("orders", "1-ghost", record)
        _ = world.call("HDEL", "positions", "3:MSFT")
        _ = world.call("HSET", "accounts", "9", "x")
        _ = world.call("HDEL", "market", "AAPL")
        try expect([
            (.orderRecords, "orders 2-hit is missing"), (.orderRecords, "orders 1-b1 is missing"),
            (.orderRecords, "orders has 1-ghost, which no event made"),
            (.positionRecords, "positions 3:MSFT is missing"),
            (.accountRecords, "accounts has 9, which no event made"),
            (.otherRecords, "market AAPL is missing"),
        ])
    }

    @Test func anInstrumentThatIsOther() throws {
        world.damage("instruments", "MSFT", at: 5, by: 4)
        try expect([(.otherRecords, "instruments MSFT: tickSize is 5, the events say 1")])
    }

    // Books.

    @Test func aMemberThatIsMissing() throws {
        let member = world.member("book:AAPL:b", "1-b2")
        _ = world.call("ZREM", "book:AAPL:b", member)
        try expect([(.books, "book:AAPL:b: \(member) has the score none")])
    }

    @Test func anOrderThatStandsTwice() throws {
        let member = world.member("book:AAPL:b", "1-b2")
        _ = world.call("ZADD", "book:AAPL:s", "15200", member)
        _ = world.call("ZADD", "book:AAPL:b", "-14800", "0000000000000001" + "1-b2")
        try expect([
            (.books, "book:AAPL:s has \(member), no order stands there"),
            (.books, "book:AAPL:b has 00000000000000011-b2, no order stands there"),
        ])
    }

    @Test func anOrderAtAnotherPrice() throws {
        let member = world.member("dark:MSFT:s", "3-dark")
        _ = world.call("ZADD", "dark:MSFT:s", "9001", member)
        try expect([(.books, "dark:MSFT:s: \(member) has the score 9001, its order says 9000")])
    }

    @Test func aLevelThatIsWrong() throws {
        var level = ByteWriter()
        level.int64(1)
        level.int64(1)
        world.write("levels:AAPL:b", "14900", level.bytes)
        world.write("levels:AAPL:s", "99999", level.bytes)
        try expect([
            (.levels, "levels:AAPL:b 14900: 1 in 1 orders, its orders are "),
            (.levels, "levels:AAPL:s has 99999, which no event made"),
        ])
    }

    // What waits.

    @Test func indexesThatAreWrong() throws {
        _ = world.call("ZREM", "parked:AAPL", "2-stop")
        _ = world.call("ZREM", "stops:AAPL:ld", world.member("stops:AAPL:ld", "2-stop"))
        _ = world.call("ZADD", "expiry:MSFT", "5", "1-day")
        _ = world.call("ZADD", "work:AAPL", "5", "1-b2")
        _ = world.call("ZADD", "pegs:AAPL", "5", "1-b2")
        _ = world.call("ZREM", "reduce:3:AAPL", "3-reduce")
        try expect([
            (.waiting, "parked:AAPL: 2-stop has the score none"), (.waiting, "stops:AAPL:ld: "),
            (.waiting, "expiry:MSFT: 1-day has the score 5"),
            (.waiting, "work:AAPL has 1 members, none belongs there"),
            (.waiting, "pegs:AAPL has 1-b2"), (.waiting, "reduce:3:AAPL: 3-reduce"),
        ])
    }

    @Test func whatBelongsToNoOrder() throws {
        _ = world.call("HSET", "guards", "1-b2", "rule|1|position|1|code|0")
        _ = world.call("HSET", "states", "1-b1", "x")
        _ = world.call("ZADD", "timers", "5", "1-b7")
        _ = world.call("HSET", "children", "1-b3", "stop")
        try expect([
            (.families, "guards are kept of 1-b2"), (.families, "a state is kept of 1-b1"),
            (.families, "a timer is kept of 1-b7"), (.families, "children has 1-b3"),
        ])
    }
}
