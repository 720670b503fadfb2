// Fees, positions, cash and the largest numbers.

import Base
import TestSupport
import Testing
import Trading

@Suite struct LuaLedgerTests {
    /// 100 fills of 0.0001 each at a fee of 1 bps: the fee is that of the sum, not of each rounded up.
    @Test func feesAreRoundedOnce() throws {
        let world = try LuaWorld(isSeeded: false)
        let functions = world.functions
        let instrument = LuaWorld.instrument(
            priceScale: 4, quantityScale: 0, makerBps: 1, takerBps: 3)
        _ = functions.instrument("AAPL", create: true, packed: instrument)
        for _ in 1...2 { _ = functions.account(balance: 1_000_000) }
        _ = functions.transact("1", kind: 3, symbol: "AAPL", quantity: 100)
        _ = world.sell("1", "s", 100, at: 333)
        for index in 0..<100 {
            try #require(world.buy("2", "b\(index)", 1, at: 333).word == "ok")
        }
        // 100 × 333 × 1 bps = 3.33 → 4; each buy pays 333 × 3 bps = 0.0999 → 1.
        let sell = try world.order("1-s")
        #expect(sell.fee == Money(4) && sell.feeRest == 6_700 && sell.amount == Money(33_300))
        #expect(try world.account("1").balance == Money(1_000_000 + 33_300 - 4))
        #expect(try world.account("2").balance == Money(1_000_000 - 33_300 - 100))
        #expect(world.redis.call("HGET", functions.key("fees"), "USD").text == "104")
    }

    /// A buy's hold covers the worst fee at every fill, and ends at nothing.
    @Test func aHoldIsNeverShort() throws {
        let world = try LuaWorld(makerBps: 7, takerBps: 33)
        _ = world.buy("2", "b", 100, at: 14_999)
        let full = try world.account("2").held.raw
        #expect(full == 149_990_000 + 494_967)
        for index in 0..<99 {
            _ = world.sell("1", "s\(index)", 1, at: 14_999)
            let account = try world.account("2")
            let left = Int64(99 - index) * 1_499_900
            #expect(account.held.raw >= left && account.balance >= account.held)
        }
        _ = functions(world).cancel("2-b")
        #expect(try world.account("2").held == .zero)
        let fee = try world.order("2-b").fee
        #expect(fee == Money((99 * 1_499_900 * 7 + 9_999) / 10_000))
    }

    private func functions(_ world: LuaWorld) -> Functions { world.functions }

    @Test func costAndProfit() throws {
        let world = try LuaWorld()
        func trade(_ side: Side, _ quantity: Int64, _ price: Int64, _ client: String) {
            _ = world.sell(side == .buy ? "1" : "2", "s\(client)", quantity, at: price)
            _ = world.buy(side == .buy ? "2" : "1", "b\(client)", quantity, at: price)
        }
        _ = world.functions.account("2", create: false, shortLimit: 500)
        _ = world.functions.transact("1", kind: 1, amount: 10_000_000_000)
        // 1,000 at 150.00, 500 more at 180.00: 160.00 each.
        trade(.buy, 500, 18_000, "1")
        #expect(try world.position("2").cost == Money(2_400_000_000))
        trade(.sell, 300, 17_000, "2")
        #expect(try world.position("2").realized == Money(300 * 100_000))
        // 1,200 owned, 1,500 sold: closes, and opens 300 short at 150.00.
        trade(.sell, 1_500, 15_000, "3")
        let short = try world.position("2")
        #expect(short.quantity == Quantity(-300) && short.cost == Money(-450_000_000))
        #expect(short.realized == Money(300 * 100_000 - 1_200 * 100_000))
        trade(.buy, 100, 14_000, "4")
        let last = try world.position("2")
        #expect(last.cost == Money(-300_000_000))
        #expect(last.realized == Money(-900 * 100_000 + 100 * 100_000))
    }

    @Test func transactions() throws {
        let world = try LuaWorld()
        let functions = world.functions
        _ = world.buy("1", "b", 100, at: 15_000)
        world.expectUnchanged(
            { functions.transact("1", kind: 2, amount: 850_000_001) },
            "refused insufficient_cash required=85000.0001, available=85000")
        #expect(functions.transact("1", kind: 2, amount: 850_000_000).word == "ok")
        world.expectUnchanged(
            { functions.transact("1", kind: 3, amount: -1) }, "refused insufficient")
        #expect(functions.transact("1", kind: 3, amount: 7).word == "ok")
        _ = world.sell("1", "s", 990, at: 16_000)
        world.expectUnchanged(
            { functions.transact("1", kind: 3, symbol: "AAPL", quantity: -11) },
            "refused insufficient_shares required=11, available=10")
        #expect(functions.transact("1", kind: 3, symbol: "AAPL", quantity: -10).word == "ok")
        let position = try world.position("1")
        #expect(position.quantity == Quantity(990) && position.realized == .zero)
        #expect(position.cost == Money(990 * 1_500_000))
        let reply = functions.transact("1", kind: 3, symbol: "AAPL", quantity: 10, price: 20_000)
        let changes = try world.event(reply.sequence).changes
        #expect(try world.position("1").cost == Money(990 * 1_500_000 + 10 * 2_000_000))
        #expect(changes.count == 3)
    }

    @Test func accountNumbers() throws {
        let world = try LuaWorld()
        let functions = world.functions
        #expect(functions.account().rest[1].text == "3")
        #expect(functions.account("7").rest[1].text == "7")
        #expect(functions.account("5").rest[1].text == "5")
        #expect(functions.account().rest[1].text == "8")
        #expect(functions.account("999999999999999").word == "ok")
        let reply = functions.account("1", create: false, state: 3, isActive: false, shortLimit: 9)
        let account = try Account(id: "1", record: reply.bytes(2))
        #expect(account.state == .cancelOnly && !account.isActive)
        #expect(account.shortLimit == Quantity(9) && account.balance == Money(1_000_000_000))
    }

    @Test func projecting() {
        let functions: Functions
        do {
            let world = try LuaWorld()
            functions = world.functions
            let many = (0..<9_000).map { Argument("order\($0)") }
            let arguments: [Argument] = ["0", "7", "list:orders", Argument(many.count)] + many
            #expect(functions.call("project", arguments).word == "ok")
            #expect(world.redis.call("LLEN", functions.key("list:orders")) == .integer(9_000))
            #expect(
                world.redis.call("LRANGE", functions.key("list:orders"), "-1", "-1").items.first?
                    .text == "order8999")
            world.expectUnchanged({ functions.call("project", arguments) }, "stale 7")
            #expect(functions.call("project", "7", "8").word == "ok")
        } catch {
            Issue.record(error)
        }
    }
}

@Suite struct LuaExtremeTests {
    private let most = Scaled.maximum

    /// No fraction of price or quantity, so that one unit at price 1 is 10,000 of money.
    private func world(priceScale: Int, quantityScale: Int, balance: Int64) throws -> LuaWorld {
        let world = try LuaWorld(isSeeded: false)
        let packed = LuaWorld.instrument(
            priceScale: priceScale, quantityScale: quantityScale, bandBps: 1_000_000)
        try #require(world.functions.instrument("AAPL", create: true, packed: packed).word == "ok")
        _ = world.functions.account(balance: balance)
        _ = world.functions.account(balance: balance)
        return world
    }

    @Test func theLargestQuantityAndPrice() throws {
        let world = try world(priceScale: 9, quantityScale: 9, balance: most)
        let functions = world.functions
        #expect(
            functions.transact("1", kind: 3, symbol: "AAPL", quantity: most, price: 0).word == "ok")
        world.expectUnchanged(
            { functions.transact("1", kind: 3, symbol: "AAPL", quantity: 1, price: 0) },
            "refused amount_too_large")
        // (2^53-1)² ÷ 10^14 has 8.1e17 units of money: too much by far; at price 10^14 ÷ 100 it fits.
        world.expectUnchanged(
            { world.sell("1", "x", most, at: most) }, "refused amount_too_large")
        #expect(world.sell("1", "s", most, at: 1_000_000_000_000).word == "ok")
        let held = try world.position("1").held
        #expect(held == Quantity(most))
        // 2^53-1 × 10^12 ÷ 10^14 = 90071992547409.91: rounded down for the trade, up for the hold.
        #expect(world.buy("2", "b", most, at: 1_000_000_000_000).word == "refused")
        _ = functions.transact("1", kind: 2, amount: most)
        #expect(world.buy("2", "b", most, at: 1_000_000_000_000).word == "ok")
        #expect(try world.account("2").balance == Money(most - 90_071_992_547_409))
        #expect(try world.account("1").balance == Money(90_071_992_547_409))
        let order = try world.order("2-b")
        #expect(order.notionalHigh == 90_071_992_547_409)
        #expect(order.notionalLow == 91_000_000_000_000)
        #expect(try world.position("2").quantity == Quantity(most))
    }

    @Test func balancesStopAtTheLargest() throws {
        let world = try world(priceScale: 0, quantityScale: 0, balance: most)
        let functions = world.functions
        world.expectUnchanged(
            { functions.transact("1", kind: 1, amount: 1) }, "refused amount_too_large")
        _ = functions.transact("1", kind: 3, symbol: "AAPL", quantity: 10, price: 0)
        _ = world.sell("1", "s", 1, at: 1)
        // The seller can't be paid, so the whole call is refused.
        world.expectUnchanged({ world.buy("2", "b", 1, at: 1) }, "refused amount_too_large")
        _ = functions.transact("1", kind: 2, amount: 10_000)
        #expect(world.buy("2", "b", 1, at: 1).word == "ok")
        #expect(try world.account("1").balance == Money(most))
        // 900,719,925,474 × 10^4 is the largest that fits.
        world.expectUnchanged(
            { world.buy("2", "c", 900_719_925_475, at: 1) }, "refused amount_too_large")
        #expect(world.buy("2", "d", 900_719_925_474, at: 1).word == "rejected")
        #expect(world.buy("2", "e", 900_719_925_473, at: 1).word == "ok")
    }

    @Test func openQuantitiesStopAtTheLargest() throws {
        let world = try world(priceScale: 9, quantityScale: 9, balance: most)
        let half = most / 2
        #expect(world.buy("1", "a", half, at: 1).word == "ok")
        #expect(world.buy("1", "b", half, at: 1).word == "ok")
        world.expectUnchanged({ world.buy("1", "c", 2, at: 1) }, "refused amount_too_large")
        // Another account's order fits its position, but not the level.
        world.expectUnchanged({ world.buy("2", "c", half, at: 1) }, "refused amount_too_large")
        #expect(world.buy("1", "d", 1, at: 1).word == "ok")
        #expect(try world.level(.buy, 1) == "\(most) 3")
    }

    /// Three numbers near 2^53 are added and taken away without rounding on the way.
    @Test func holdsStayExactNearTheLargest() throws {
        let world = try world(priceScale: 4, quantityScale: 0, balance: most)
        _ = world.functions.transact("2", kind: 2, amount: most)
        _ = world.functions.transact("2", kind: 3, symbol: "AAPL", quantity: 1, price: 0)
        _ = world.buy("1", "a", 1, at: 4_500_000_000_000_000)
        _ = world.buy("1", "b", 3, at: 1_500_000_000_000_001)
        #expect(try world.account("1").held == Money(9_000_000_000_000_003))
        _ = world.functions.cancel("1-a")
        _ = world.buy("1", "c", 1, at: 1_400_000_000_000_000)
        _ = world.buy("1", "d", 1, at: 1_400_000_000_000_001)
        let held = try world.account("1").held
        #expect(held == Money(4_500_000_000_000_003 + 2_800_000_000_000_001))
        _ = world.sell("2", "s", 1, at: 1_500_000_000_000_001)
        #expect(try world.account("1").held == held - Money(1_500_000_000_000_001))
    }
}
