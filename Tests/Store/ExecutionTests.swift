// An event's executions, from events that the real functions made: whole lists, one a kind of event.

import Base
import TestSupport
import Testing
import Trading

@Suite(.serialized) struct ExecutionTests {
    /// An execution as a line: `index type order status cum/leaves of quantity@price avg | trade | reason`.
    private func line(_ step: Execution) -> String {
        var text = "\(step.index) \(step.execType.name) \(step.orderID.text) \(step.side.name)"
        text += " \(step.orderStatus.name) cum=\(step.cumQuantity.raw)"
        text += " leaves=\(step.leavesQuantity.raw) of \(step.quantity.raw)@\(step.price.raw)"
        if let average = step.averagePrice(extraDecimals: 2) { text += " avg=\(average)" }
        if let trade = step.tradeID {
            text += " last=\(step.lastQuantity.raw)@\(step.lastPrice.raw) \(step.liquidity.name)"
            text += " fee=\(step.fee.raw) trade=\(trade.drop { $0 != "-" })"
        } else {
            #expect(step.lastQuantity == .zero && step.fee == .zero && step.liquidity == .none)
        }
        if !step.reason.isEmpty { text += " \(step.reason)" }
        return text
    }

    /// The lines of the newest event, each item having been read back from what its list keeps.
    private func steps(_ world: LuaWorld, _ reply: Reply) throws -> [String] {
        try #require(reply.word == "ok" || reply.word == "rejected", "\(reply)")
        let event = try world.event(reply.sequence)
        return try event.executions.map { step in
            #expect(step.sequence == reply.sequence && step.time == event.time)
            #expect(step.symbol == "AAPL" && step.account == String(step.orderID.account))
            let kept = try Execution(listItem: step.listItem[...])
            #expect(kept == step)
            return line(step)
        }
    }

    @Test func restingFillingAndSweeping() throws {
        let world = try LuaWorld(makerBps: 10, takerBps: 20)
        #expect(
            try steps(world, world.sell("2", "a", 10, at: 15_000)) == [
                "1 new 2-a sell new cum=0 leaves=10 of 10@15000"
            ])
        #expect(
            try steps(world, world.buy("1", "b", 4, at: 15_100)) == [
                "1 new 1-b buy new cum=0 leaves=4 of 4@15100",
                "2 trade 1-b buy filled cum=4 leaves=0 of 4@15100 avg=1500000 last=4@15000 taker "
                    + "fee=12000 trade=-1",
                "3 trade 2-a sell partially_filled cum=4 leaves=6 of 10@15000 avg=1500000 "
                    + "last=4@15000 maker fee=6000 trade=-1",
            ])
        _ = world.sell("2", "c", 5, at: 15_010)
        _ = world.sell("2", "d", 5, at: 15_020)
        #expect(
            try steps(world, world.buy("1", "e", 13, at: 15_050)) == [
                "1 new 1-e buy new cum=0 leaves=13 of 13@15050",
                "2 trade 1-e buy partially_filled cum=6 leaves=7 of 13@15050 avg=1500000 "
                    + "last=6@15000 taker fee=18000 trade=-1",
                "3 trade 2-a sell filled cum=10 leaves=0 of 10@15000 avg=1500000 last=6@15000 "
                    + "maker fee=9000 trade=-1",
                "4 trade 1-e buy partially_filled cum=11 leaves=2 of 13@15050 avg=1500455 "
                    + "last=5@15010 taker fee=15010 trade=-2",
                "5 trade 2-c sell filled cum=5 leaves=0 of 5@15010 avg=1501000 last=5@15010 maker "
                    + "fee=7505 trade=-2",
                "6 trade 1-e buy filled cum=13 leaves=0 of 13@15050 avg=1500692 last=2@15020 taker "
                    + "fee=6008 trade=-3",
                "7 trade 2-d sell partially_filled cum=2 leaves=3 of 5@15020 avg=1502000 "
                    + "last=2@15020 maker fee=3004 trade=-3",
            ])
    }

    @Test func whatEndsInTheCallThatBroughtIt() throws {
        let world = try LuaWorld()
        _ = world.sell("2", "a", 5, at: 15_000)
        #expect(
            try steps(world, world.buy("1", "b", 9, at: 15_000) { $0.policy = 3 }) == [
                "1 new 1-b buy new cum=0 leaves=9 of 9@15000",
                "2 cancelled 1-b buy cancelled cum=0 leaves=0 of 9@15000 fok_unfillable",
            ])
        #expect(
            try steps(world, world.buy("1", "c", 8, at: 15_000) { $0.policy = 2 }) == [
                "1 new 1-c buy new cum=0 leaves=8 of 8@15000",
                "2 trade 1-c buy partially_filled cum=5 leaves=3 of 8@15000 avg=1500000 "
                    + "last=5@15000 taker fee=0 trade=-1",
                "3 trade 2-a sell filled cum=5 leaves=0 of 5@15000 avg=1500000 last=5@15000 maker "
                    + "fee=0 trade=-1",
                "4 cancelled 1-c buy cancelled cum=5 leaves=0 of 8@15000 avg=1500000 ioc_remainder",
            ])
        _ = world.sell("2", "d", 2, at: 15_000)
        _ = world.sell("1", "e", 2, at: 15_000)
        #expect(
            try steps(world, world.buy("1", "f", 4, at: 15_000)) == [
                "1 new 1-f buy new cum=0 leaves=4 of 4@15000",
                "2 trade 1-f buy partially_filled cum=2 leaves=2 of 4@15000 avg=1500000 "
                    + "last=2@15000 taker fee=0 trade=-1",
                "3 trade 2-d sell filled cum=2 leaves=0 of 2@15000 avg=1500000 last=2@15000 maker "
                    + "fee=0 trade=-1",
                "4 cancelled 1-f buy cancelled cum=2 leaves=0 of 4@15000 avg=1500000 self_trade",
            ])
        #expect(
            try steps(world, world.buy("2", "g", 9_999, at: 15_000)) == [
                "1 rejected 2-g buy rejected cum=0 leaves=0 of 9999@15000 insufficient_cash: "
                    + "required=1499850, available=\(try cash(world, "2"))"
            ])
    }

    private func cash(_ world: LuaWorld, _ account: String) throws -> String {
        let found = try world.account(account)
        return Scaled.format(found.balance.raw - found.held.raw, scale: 4)
    }

    @Test func amendsCancelsAndExpiries() throws {
        let world = try LuaWorld()
        _ = world.buy("1", "a", 10, at: 15_000)
        #expect(
            try steps(world, world.functions.amend("1-a", quantity: 8)) == [
                "1 replaced 1-a buy new cum=0 leaves=8 of 8@15000"
            ])
        _ = world.sell("2", "b", 3, at: 15_000)
        _ = world.sell("2", "c", 2, at: 15_050)
        #expect(
            try steps(world, world.functions.amend("1-a", price: 15_050, quantity: 9)) == [
                "1 replaced 1-a buy partially_filled cum=3 leaves=6 of 9@15050 avg=1500000",
                "2 trade 1-a buy partially_filled cum=5 leaves=4 of 9@15050 avg=1502000 "
                    + "last=2@15050 taker fee=0 trade=-1",
                "3 trade 2-c sell filled cum=2 leaves=0 of 2@15050 avg=1505000 last=2@15050 maker "
                    + "fee=0 trade=-1",
            ])
        #expect(
            try steps(world, world.functions.amend("1-a", quantity: 5)) == [
                "1 replaced 1-a buy filled cum=5 leaves=0 of 5@15050 avg=1502000"
            ])
        _ = world.buy("1", "d", 4, at: 14_000)
        #expect(
            try steps(world, world.functions.cancel("1-d")) == [
                "1 cancelled 1-d buy cancelled cum=0 leaves=0 of 4@14000 user_cancel"
            ])
    }

    @Test func whatIsDueEndsInTheSameCallAndIsNamedLast() throws {
        let world = try LuaWorld()
        let due = world.functions.time() + 50_000
        _ = world.buy("1", "a", 4, at: 14_000) { $0.expireAt = due }
        _ = world.buy("1", "b", 4, at: 14_000)
        world.functions.wait(until: due)
        #expect(
            try steps(world, world.sell("2", "c", 1, at: 14_000)) == [
                "1 new 2-c sell new cum=0 leaves=1 of 1@14000",
                "2 trade 2-c sell filled cum=1 leaves=0 of 1@14000 avg=1400000 last=1@14000 taker "
                    + "fee=0 trade=-1",
                "3 trade 1-b buy partially_filled cum=1 leaves=3 of 4@14000 avg=1400000 "
                    + "last=1@14000 maker fee=0 trade=-1",
                "4 expired 1-a buy expired cum=0 leaves=0 of 4@14000 expired",
            ])
        let later = world.functions.time() + 50_000
        _ = world.buy("1", "d", 4, at: 14_000) { $0.expireAt = later }
        world.functions.wait(until: later)
        #expect(
            try steps(world, world.functions.tick("AAPL")) == [
                "1 expired 1-d buy expired cum=0 leaves=0 of 4@14000 expired"
            ])
        #expect(
            try steps(world, world.functions.transact("1", kind: 1, amount: 5)) == [])
    }
}
