// Many orders at one price: nothing is skipped, repeated or taken out of turn, whatever the page.

import Base
import TestSupport
import Testing
import Trading

@Suite struct LuaVolumeTests {
    private let most = Int64(Limits.fillsPerCall)

    /// 10,000 resting sells at one price, crossed by buys of as many fills as a call makes and one
    /// more: a second call makes that one.
    @Test func tenThousandAtOnePrice() throws {
        let world = try LuaWorld()
        let functions = world.functions
        _ = functions.transact("1", kind: 3, symbol: "AAPL", quantity: 10_000)
        for index in 0..<10_000 {
            try #require(world.sell("1", "s\(index)", 1, at: 500).word == "ok")
        }
        #expect(try world.level(.sell, 500) == "10000 10000")
        var next = 0
        var longest = 0
        for round in 0..<10_000 / most {
            var reply: Reply
            repeat {
                reply = world.buy("2", "b\(round)", most + 1, at: 500)
                guard reply.word == "ok" || reply.word == "busy" else { break }
                let before = next
                for change in try world.event(reply.sequence).changes {
                    guard case .trade(let trade) = change else { continue }
                    try #require(trade.sellOrderID.text == "1-s\(next)")
                    next += 1
                }
                longest = max(longest, next - before)
            } while reply.word == "busy"
            let isLast = next == 10_000
            #expect(try world.order("2-b\(round)").status == (isLast ? .partiallyFilled : .filled))
        }
        #expect(longest == Int(most))
        #expect(next == 10_000)
        #expect(try world.level(.sell, 500).isEmpty)
        #expect(try world.level(.buy, 500) == "10 1")
        #expect(try world.position("1").quantity == Quantity(1_000))
        #expect(try world.position("1").held == .zero)
        #expect(try world.position("2").quantity == Quantity(11_000))
        #expect(try world.account("2").balance.raw == 1_000_000_000 - 10_000 * 50_000)
    }

    /// All or none over more fills than one call makes.
    @Test func allOrNoneBeyondTheFillLimit() throws {
        let world = try LuaWorld()
        _ = world.functions.transact("1", kind: 3, symbol: "AAPL", quantity: most + 1)
        for index in 0...most { _ = world.sell("1", "s\(index)", 1, at: 500) }
        let before = world.redis.call("ZCARD", world.functions.key("book:AAPL:s"))
        _ = world.buy("2", "fok", most + 1, at: 500) { $0.policy = 3 }
        #expect(try world.order("2-fok").reason == "fill_limit")
        #expect(world.redis.call("ZCARD", world.functions.key("book:AAPL:s")) == before)
        #expect(
            world.buy("2", "all", most, at: 500) { $0.policy = 3 }.fills == most)
    }
}
