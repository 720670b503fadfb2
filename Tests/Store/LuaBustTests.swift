// Trades that are taken back: to the unit, once, and only where both sides can give back what they got.

import Base
import TestSupport
import Testing
import Trading

@Suite struct LuaBustTests {
    private let world: LuaWorld
    private var functions: Functions { world.functions }

    init() throws { world = try LuaWorld(makerBps: 7, takerBps: 13) }

    /// Account 1 buys from account 2: the trade.
    private func trade(_ clientID: String, _ quantity: Int64, at price: Int64) throws -> Trade {
        _ = world.sell("2", clientID, quantity, at: price)
        return try taken(world.buy("1", clientID, quantity, at: price))
    }

    private func taken(_ reply: Reply) throws -> Trade {
        let trades = try world.event(reply.sequence).changes.compactMap { change in
            if case .trade(let trade) = change { trade } else { nil }
        }
        return try #require(trades.first, "\(reply)")
    }

    private func bust(_ trade: Trade, _ reason: String = "error", actor: [UInt8] = []) -> Reply {
        functions.call(
            "bust", Argument(trade.listItem), Argument(reason), Argument(actor))
    }

    private func bust(item: [UInt8]) -> Reply {
        functions.call("bust", Argument(item), "error", "")
    }

    /// balance, quantity, cost, realized of an account.
    private func standing(_ account: String) throws -> [Int64] {
        let position = try world.position(account)
        return [
            try world.account(account).balance.raw, position.quantity.raw, position.cost.raw,
            position.realized.raw,
        ]
    }

    private var fees: Int64? {
        Int64(world.redis.call("HGET", functions.key("fees"), "USD").text)
    }

    @Test func everythingGoesBack() throws {
        let before = [try standing("1"), try standing("2")]
        let trade = try trade("a", 10, at: 15_001)
        #expect(trade.buyFee.raw > 0 && trade.sellFee.raw > 0 && fees != 0)
        let reply = bust(trade)
        #expect(reply.word == "ok", "\(reply)")
        #expect([try standing("1"), try standing("2")] == before)
        #expect(fees == 0)
        let mark = world.redis.call("HGET", functions.key("busted"), trade.id).text
        #expect(mark == "\(reply.sequence)")
    }

    @Test func eventTellsAll() throws {
        let trade = try trade("a", 10, at: 15_000)
        let actor = Actor(id: "k", name: "n", requestID: "r", address: "a")
        let event = try world.event(
            bust(trade, "typing error", actor: actor.encoded(.tradeBusted)).sequence)
        #expect(event.kind == .bust && event.symbol == "AAPL")
        let bust = try #require(event.bust)
        #expect(bust.reason == "typing error" && bust.trade.isBusted && bust.trade.id == trade.id)
        var ledger: [String] = []
        for change in event.changes {
            if case .ledger(let entry) = change {
                ledger.append("\(entry.account) \(entry.amount.raw) \(entry.quantity.raw)")
                #expect(entry.kind == .bust)
                #expect(entry.description.hasPrefix("trade \(trade.id) of \(entry.account)-a: typ"))
            }
            if case .audit(let entry) = change {
                #expect(entry.target == .trade && entry.targetID == trade.id)
                #expect(
                    entry.old == trade.listItem && entry.new == [12] + Array("typing error".utf8))
            }
        }
        #expect(
            ledger == [
                "1 15000000 -10", "1 \(trade.buyFee.raw) 0", "2 -15000000 10",
                "2 \(trade.sellFee.raw) 0",
            ])
        let steps = event.executions
        #expect(steps.map(\.orderID.text) == ["1-a", "2-a"], "the taker's first")
        #expect(steps.map(\.index) == [1, 2])
        for step in steps {
            #expect(step.execType == .tradeCancelled && step.orderStatus == .filled)
            #expect(step.tradeID == trade.id && step.lastQuantity == trade.quantity)
            #expect(step.cumQuantity.raw == 10, "filled figures stay")
        }
        #expect(try Execution(listItem: steps[0].listItem[...]).tradeID == trade.id)
        #expect(event.changes.filter { if case .market = $0 { true } else { false } }.isEmpty)
    }

    @Test func aTradeIsTakenBackOnce() throws {
        let trade = try trade("a", 1, at: 100)
        let first = bust(trade)
        world.expectUnchanged(
            { bust(trade, "again") },
            "refused already_busted trade_id=\(trade.id), seq=\(first.sequence)")
    }

    @Test func whatIsNoTradeIsRefused() throws {
        let trade = try trade("a", 2, at: 100)
        let item = trade.listItem
        for length in 0..<item.count {
            world.expectUnchanged(
                { bust(item: Array(item.prefix(length))) }, "refused bad_argument name=trade")
        }
        world.expectUnchanged({ bust(item: item + [0]) }, "refused bad_argument name=trade")
        // Sequence, time, index, price, an order's id: the event says otherwise.
        for place in [0, 8, 16, 22, item.count - 1] {
            var other = item
            other[place] ^= 1
            world.expectUnchanged({ bust(item: other) }, "refused unknown_trade")
        }
        for reason in ["", String(repeating: "x", count: 121)] {
            world.expectUnchanged({ bust(trade, reason) }, "refused bad_argument name=reason")
        }
        #expect(bust(trade, String(repeating: "x", count: 120)).word == "ok")
    }

    @Test func whereTheStreamBeginsLaterTheListIsBelieved() throws {
        let trade = try trade("a", 2, at: 100)
        _ = world.buy("1", "later", 1, at: 50)
        _ = world.redis.call("XTRIM", functions.key("events"), "MAXLEN", "1")
        #expect(bust(trade).word == "ok")
        // One of a sequence that isn't there yet is no trade.
        var future = trade.listItem
        future[0] = 200
        world.expectUnchanged({ bust(item: future) }, "refused unknown_trade")
    }

    @Test func theBuyersSharesMustBeFree() throws {
        let trade = try trade("a", 10, at: 15_000)
        _ = world.sell("1", "all", 1_005, at: 20_000)
        world.expectUnchanged(
            { bust(trade) },
            "refused insufficient_shares account=1, required=10, available=5")
        _ = functions.cancel("1-all")
        #expect(bust(trade).word == "ok")
    }

    @Test func theSellersMoneyMustBeFree() throws {
        let trade = try trade("a", 10, at: 15_000)
        let free = try world.account("2").available.raw
        _ = functions.transact("2", kind: 2, amount: free)
        let needed = trade.amount.raw - trade.sellFee.raw
        world.expectUnchanged(
            { bust(trade) },
            "refused insufficient_cash account=2, "
                + "required=\(Scaled.format(needed, scale: Money.scale)), available=0")
        _ = functions.transact("2", kind: 1, amount: needed)
        #expect(bust(trade).word == "ok")
        #expect(try world.account("2").available.raw == 0)
    }

    /// Whatever happened since, cost less realized profit is the money that the trades left have
    /// moved, and no size without shares costs anything.
    @Test func costAndProfit() throws {
        let start = [try standing("1"), try standing("2")]
        let first = try trade("a", 10, at: 16_000)
        let second = try trade("b", 30, at: 17_001)
        // Account 1 sells some of it again, at a profit.
        _ = world.buy("2", "c", 15, at: 18_000)
        let third = try taken(world.sell("1", "c", 15, at: 18_000))
        for trade in [second, third, first] {
            #expect(bust(trade).word == "ok")
            for account in ["1", "2"] {
                let position = try world.position(account)
                #expect(position.quantity.raw != 0 && position.cost.raw > 0)
            }
        }
        for (account, before) in zip(["1", "2"], start) {
            let after = try standing(account)
            #expect(after[0] == before[0] && after[1] == before[1])
            #expect(after[2] - after[3] == before[2] - before[3], "\(account): \(after)")
        }
    }

    @Test func aPositionThatTurns() throws {
        _ = functions.account("1", create: false, shortLimit: 5_000)
        let trade = try trade("a", 10, at: 5_000)
        // All that account 1 has goes, and the trade's shares are then owed.
        _ = world.buy("2", "s", 1_010, at: 5_100)
        _ = world.sell("1", "s", 1_010, at: 5_100)
        #expect(try world.position("1").quantity.raw == 0)
        #expect(bust(trade).word == "ok")
        let owing = try world.position("1")
        #expect(owing.quantity.raw == -10 && owing.cost.raw == -trade.amount.raw)
    }

    @Test func anOpenOrderStaysOpen() throws {
        _ = world.sell("2", "s", 10, at: 15_000)
        let trade = try taken(world.buy("1", "b", 4, at: 15_000))
        #expect(bust(trade).word == "ok")
        let resting = try world.order("2-s")
        #expect(resting.status == .partiallyFilled && resting.filled.raw == 4)
        #expect(try world.level(.sell, 15_000) == "6 1")
        #expect(world.buy("1", "c", 6, at: 15_000).fills == 1)
    }
}
