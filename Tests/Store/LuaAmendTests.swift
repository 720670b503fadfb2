// Amends, cancels and expiries.

import Base
import TestSupport
import Testing
import Trading

@Suite struct LuaAmendTests {
    private let world: LuaWorld
    private var functions: Functions { world.functions }

    init() throws { world = try LuaWorld() }

    /// priority_kept, changed, fills, last price and quantity, later.
    private func outcome(_ reply: Reply) -> [Int64] {
        reply.rest.dropFirst(2).compactMap(\.integer)
    }

    @Test func lessKeepsItsPlace() throws {
        _ = world.buy("1", "first", 10, at: 14_000)
        _ = world.buy("1", "second", 10, at: 14_000)
        #expect(outcome(functions.amend("1-first", quantity: 4)) == [1, 1, 0, 0, 0, 0])
        #expect(try world.level(.buy, 14_000) == "14 2")
        #expect(try world.account("1").held == Money(14 * 1_400_000))
        #expect(try world.position("1").openBuy == Quantity(14))
        _ = world.sell("2", "s", 4, at: 14_000)
        #expect(try world.order("1-first").status == .filled)
    }

    @Test func moreGoesToTheBack() throws {
        _ = world.buy("1", "first", 10, at: 14_000)
        _ = world.buy("1", "second", 10, at: 14_000)
        #expect(outcome(functions.amend("1-first", quantity: 11)) == [0, 1, 0, 0, 0, 0])
        _ = world.sell("2", "s", 10, at: 14_000)
        #expect(try world.order("1-second").status == .filled)
        #expect(try world.order("1-first").filled == .zero)
    }

    @Test func theSameChangesNothing() throws {
        _ = world.buy("1", "a", 10, at: 14_000)
        for (price, quantity) in [(nil, nil), (14_000, nil), (nil, 10), (14_000, 10)]
            as [(Int64?, Int64?)]
        {
            let before = world.redis.dump()
            let reply = functions.amend("1-a", price: price, quantity: quantity)
            #expect(reply.word == "ok" && reply.sequence == 2)
            #expect(outcome(reply) == [1, 0, 0, 0, 0, 0])
            #expect(world.redis.dump() == before)
        }
    }

    @Test func aBetterPriceTrades() throws {
        _ = world.sell("2", "s", 4, at: 14_500)
        _ = world.buy("1", "a", 10, at: 14_000)
        #expect(outcome(functions.amend("1-a", price: 14_600)) == [0, 1, 1, 14_500, 4, 0])
        let order = try world.order("1-a")
        #expect(order.filled == Quantity(4) && order.status == .partiallyFilled)
        #expect(order.hold == 6 * 1_460_000)
        #expect(try world.level(.buy, 14_000).isEmpty)
        #expect(try world.level(.buy, 14_600) == "6 1")
    }

    @Test func downToWhatIsFilled() throws {
        _ = world.buy("1", "a", 10, at: 14_000)
        _ = world.sell("2", "s", 4, at: 14_000)
        world.expectUnchanged(
            { functions.amend("1-a", quantity: 3) }, "refused below_filled quantity=3, filled=4")
        #expect(outcome(functions.amend("1-a", quantity: 4)) == [1, 1, 0, 0, 0, 0])
        let order = try world.order("1-a")
        #expect(order.status == .filled && order.quantity == Quantity(4) && order.hold == 0)
        #expect(try world.account("1").held == .zero)
        #expect(try world.level(.buy, 14_000).isEmpty)
        #expect(functions.amend("1-a", quantity: 5).code == "order_closed")
    }

    @Test func moreNeedsCoverAndGuards() throws {
        _ = world.buy("1", "b", 10, at: 14_000)
        _ = world.sell("1", "s", 10, at: 15_000)
        world.expectUnchanged(
            { functions.amend("1-b", quantity: 10_000) },
            "refused insufficient_cash required=1400000, available=100000")
        world.expectUnchanged(
            { functions.amend("1-s", quantity: 1_001) },
            "refused insufficient_shares required=1001, available=1000")
        world.expectUnchanged(
            {
                functions.amend(
                    "1-b", quantity: 20, guards: "r|1|1|1|1019|0|position_limit|0")
            }, "refused position_limit value=1020, limit=1019")
        #expect(functions.amend("1-s", quantity: 1_000).word == "ok")
    }

    @Test func cancelIsOnce() throws {
        _ = world.sell("1", "s", 10, at: 15_000) { $0.expireAt = functions.time() + 60_000_000 }
        let reply = functions.cancel("1-s", reason: "user_cancel")
        let order = try Order(id: OrderID("1-s"), record: reply.bytes(1))
        #expect(order.status == .cancelled && order.reason == "user_cancel")
        #expect(try world.position("1").held == .zero)
        let before = world.redis.dump()
        let again = functions.cancel("1-s")
        #expect(again.code == "order_closed")
        #expect(try Order(id: OrderID("1-s"), record: again.bytes(1)) == order)
        #expect(world.redis.dump() == before)
        for key in ["book:AAPL:s", "levels:AAPL:s", "expiry:AAPL"] {
            #expect(world.redis.call("EXISTS", functions.key(key)) == .integer(0), "\(key)")
        }
    }

    @Test func expiry() throws {
        world.expectUnchanged(
            { world.buy("1", "old", 1, at: 14_000) { $0.expireAt = functions.time() } },
            "refused expire_time_passed")
        let expireAt = functions.time() + 300_000
        _ = world.buy("1", "a", 10, at: 14_000) { $0.expireAt = expireAt }
        _ = world.sell("1", "b", 10, at: 15_000) { $0.expireAt = expireAt }
        functions.wait(until: expireAt)
        // An amend that is too late ends what is due, and is answered when it is made again.
        #expect(functions.amend("1-a", quantity: 5).word == "busy")
        #expect(functions.amend("1-a", quantity: 5).code == "order_closed")
        for id in ["1-a", "1-b"] {
            let order = try world.order(id)
            #expect(order.status == .expired && order.reason == "expired" && order.hold == 0)
        }
        #expect(try world.account("1").held == .zero)
        #expect(try world.event(4).kind == .expire)
    }

    /// A call ends at most 100 expired orders; with more due it does nothing else.
    @Test func manyExpiries() throws {
        let expireAt = functions.time() + 2_000_000
        for index in 0..<250 {
            let reply = world.buy("1", "e\(index)", 1, at: 10_000) { $0.expireAt = expireAt }
            try #require(reply.word == "ok")
        }
        functions.wait(until: expireAt)
        #expect(functions.cancel("1-e249").word == "ok")
        #expect(world.sell("2", "s", 1, at: 10_000).word == "busy")
        #expect(try world.level(.buy, 10_000) == "149 149")
        #expect(functions.tick("AAPL").rest == [.integer(254), .integer(1)])
        let reply = world.sell("2", "s", 1, at: 10_000)
        #expect(reply.word == "ok" && reply.fills == 0)
        #expect(try world.level(.buy, 10_000).isEmpty)
        #expect(try world.account("1").held == .zero)
    }
}
