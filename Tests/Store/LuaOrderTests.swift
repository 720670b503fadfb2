// What becomes of orders: told apart by their records and events. The random scripts of Tests/Model
// go further; these say in a few lines each what a rule is.

import Base
import TestSupport
import Testing
import Trading

/// An event's changes in a few words each.
private func words(_ event: Event) -> [String] {
    event.changes.map { change in
        switch change {
        case .order(let order, let cause):
            "\(order.id.text) \(cause.name) \(order.status.name) \(order.filled.raw)"
        case .account(let account):
            "account \(account.id) \(account.balance.raw) \(account.held.raw)"
        case .position(let position):
            "\(position.account):\(position.symbol) \(position.quantity.raw) \(position.held.raw) "
                + "\(position.openBuy.raw)"
        case .trade(let trade):
            "trade \(trade.id) \(trade.aggressor.name) \(trade.quantity.raw) at \(trade.price.raw)"
        case .level(let level):
            "level \(level.side.name) \(level.price.raw) \(level.quantity.raw) \(level.orderCount)"
        case .instrument(let instrument): "instrument \(instrument.symbol)"
        case .ledger(let entry): "ledger \(entry.account) \(entry.kind.name) \(entry.amount.raw)"
        case .market(let market): "market \(market.last.raw) \(market.volume.raw)"
        case .guardValue(let value):
            "guard \(value.rule) \(value.held) \(value.value) \(value.limit)"
        case .key(let key): "key \(key.id)"
        case .audit(let entry): "audit \(entry.action)"
        case .bust(let bust): "bust \(bust.trade.id) \(bust.reason)"
        case .control(let change): "control \(change)"
        case .alert(let alert): "alert \(alert.code)"
        case .step(let step): "\(step.kind) \(step.orderID.text) \(step.reason)"
        case .decision(let decision): "decision \(decision.orderID.text)"
        case .throttle(let throttle): "throttle \(throttle.key) \(throttle.isLatched)"
        }
    }
}

@Suite struct LuaOrderTests {
    private let world: LuaWorld
    private var functions: Functions { world.functions }

    init() throws { world = try LuaWorld() }

    @Test func aTradeInOneEvent() throws {
        _ = world.sell("1", "s", 10, at: 15_000)
        let reply = world.buy("2", "b", 25, at: 15_100)
        #expect(reply.word == "ok")
        let event = try world.event(reply.sequence)
        #expect(
            words(event) == [
                "2-b accepted partially_filled 10", "trade 3-1 buy 10 at 15000",
                "1-s trade filled 10", "level sell 15000 0 0", "level buy 15100 15 1",
                "2:AAPL 1010 0 15", "1:AAPL 990 0 0",
                "account 2 985000000 22650000", "account 1 1015000000 0",
                "ledger 2 trade_buy -15000000", "ledger 1 trade_sell 15000000", "market 15000 10",
            ])
        #expect(event.kind == .submit && event.symbol == "AAPL")
    }

    @Test func priceThenTime() throws {
        for (client, price) in [("late", 15_002), ("second", 15_001), ("third", 15_001)] {
            _ = world.sell("1", client, 5, at: Int64(price))
        }
        _ = world.sell("1", "first", 5, at: 15_000)
        let event = try world.event(world.buy("2", "b", 18, at: 15_002).sequence)
        let sellers = event.changes.compactMap { change -> Substring? in
            if case .trade(let trade) = change { return trade.sellOrderID.clientOrderID }
            return nil
        }
        #expect(sellers == ["first", "second", "third", "late"])
        #expect(try world.order("1-late").filled == Quantity(3))
        #expect(try world.level(.sell, 15_002) == "2 1")
    }

    @Test func theSameRequestTwice() throws {
        let first = world.buy("1", "a", 10, at: 14_000)
        world.expectUnchanged({ world.buy("1", "a", 10, at: 14_000) }, "duplicate 2")
        world.expectUnchanged(
            { world.buy("1", "a", 11, at: 14_000) { $0.requestHash = 2 } }, "conflict")
        _ = functions.cancel("1-a")
        let again = world.buy("1", "a", 10, at: 14_000)
        #expect(again.word == "duplicate" && again.sequence == first.sequence + 1)
        #expect(try Order(id: OrderID("1-a"), record: again.bytes(1)).status == .cancelled)
        // Another account may use the same id.
        #expect(world.buy("2", "a", 10, at: 14_000).word == "ok")
    }

    @Test func allOrNoneTakesAllOrNothing() throws {
        _ = world.sell("1", "s", 10, at: 15_000)
        let none = world.buy("2", "none", 11, at: 15_000) { $0.policy = 3 }
        #expect(none.word == "ok" && none.fills == 0)
        #expect(try world.order("2-none").reason == "fok_unfillable")
        #expect(try world.account("2").held == .zero)
        #expect(world.buy("2", "all", 10, at: 15_000) { $0.policy = 3 }.fills == 1)
    }

    @Test func aRemainderIsCancelled() throws {
        _ = world.sell("1", "s", 10, at: 15_000)
        _ = world.buy("2", "b", 11, at: 15_000) { $0.policy = 2 }
        let order = try world.order("2-b")
        #expect(order.status == .cancelled && order.reason == "ioc_remainder")
        #expect(order.filled == Quantity(10) && order.hold == 0)
    }

    @Test func marketOrders() throws {
        func market(_ account: String, _ client: String, _ quantity: Int64) -> Reply {
            world.buy(account, client, quantity, at: 0) { $0.pricing = 2 }
        }
        #expect(market("2", "first", 1).word == "rejected")
        #expect(try world.order("2-first").reason == "no_reference_price")
        // 10 % from 150.00 is 165.00.
        _ = world.sell("1", "near", 5, at: 15_000)
        _ = world.sell("1", "edge", 5, at: 16_500)
        _ = world.sell("1", "far", 5, at: 16_501)
        #expect(market("2", "band", 20).word == "ok")
        let order = try world.order("2-band")
        #expect(order.price == Price(16_500) && order.filled == Quantity(10))
        #expect(order.status == .cancelled && order.reason == "protection_price")
        #expect(market("2", "rest", 20).word == "ok")
        #expect(try world.order("2-rest").reason == "no_liquidity")
        #expect(market("2", "none", 1).word == "rejected")
        #expect(try world.order("2-none").reason == "no_liquidity")
        _ = world.sell("1", "again", 900, at: 20_000)
        _ = functions.transact("2", kind: 2, amount: try world.account("2").balance.raw - 5)
        #expect(market("2", "poor", 900).word == "rejected")
        #expect(
            try world.order("2-poor").reason
                == "insufficient_cash: required=180000, available=0.0005")
    }

    @Test func selfTradeCancelsTheNewer() throws {
        _ = world.sell("1", "s", 10, at: 15_001)
        _ = world.sell("2", "t", 10, at: 15_000)
        _ = world.buy("1", "b", 30, at: 15_001)
        let order = try world.order("1-b")
        #expect(order.filled == Quantity(10) && order.reason == "self_trade")
        #expect(try world.order("1-s").status == .new)
        #expect(try world.account("1").held == .zero)
    }

    @Test func coverComesFirst() throws {
        #expect(world.buy("1", "b", 6_667, at: 15_000).word == "rejected")
        #expect(
            try world.order("1-b").reason
                == "insufficient_cash: required=1000050, available=100000")
        #expect(world.sell("1", "s", 1_001, at: 15_000).word == "rejected")
        #expect(
            try world.order("1-s").reason == "insufficient_shares: required=1001, available=1000")
        _ = functions.account("1", create: false, shortLimit: 1)
        #expect(world.sell("1", "short", 1_001, at: 15_000).word == "ok")
    }

    @Test func internalOrdersMeetWithinTheLitBook() throws {
        func dark(_ account: String, _ client: String, _ side: Side, _ price: Int64) -> Reply {
            let change: (inout NewOrder) -> Void = { $0.book = 1 }
            return side == .buy
                ? world.buy(account, client, 5, at: price, change: change)
                : world.sell(account, client, 5, at: price, change: change)
        }
        _ = world.buy("1", "bid", 5, at: 14_900)
        _ = world.sell("1", "ask", 5, at: 15_100)
        _ = dark("1", "d1", .sell, 15_200)
        #expect(try world.level(.sell, 15_200).isEmpty)
        // 152.00 lies above the lit ask: no trade, and both rest.
        #expect(dark("2", "d2", .buy, 15_200).fills == 0)
        // d3 meets d2 first, at 152.00 again; but d4 meets d3 between bid and ask.
        _ = dark("1", "d3", .sell, 15_000)
        #expect(try world.order("1-d3").status == .new)
        let reply = dark("2", "d4", .buy, 15_050)
        #expect(words(try world.event(reply.sequence)).contains("trade 7-1 buy 5 at 15000"))
        #expect(try world.order("1-d3").status == .filled)
        let record = world.redis.call("HGET", functions.key("market"), "AAPL").bytes
        let market = try Market(symbol: "AAPL", record: record[...])
        #expect(market.last == Price(0) && market.volume == Quantity(5))
    }

    @Test func guards() throws {
        let enforced = "position|1|1|1|1005|0|position_limit|1"
        let shadow = "shadow|2|1|1|1|0|other_limit|0"
        let reply = world.buy("1", "b", 6, at: 14_000) { $0.guards = "\(shadow);\(enforced)" }
        #expect(reply.word == "rejected")
        #expect(try world.order("1-b").reason == "position_limit: value=1006, limit=1005")
        #expect(
            words(try world.event(reply.sequence)) == [
                "1-b rejected rejected 0", "guard shadow false 1006 1",
                "guard position false 1006 1005",
            ])
        #expect(world.buy("1", "c", 5, at: 14_000) { $0.guards = enforced }.word == "ok")
        // What only reduces is exempt.
        let tight = "position|1|1|1|1|0|position_limit|1"
        #expect(world.sell("1", "s", 6, at: 15_000) { $0.guards = tight }.word == "ok")
        #expect(world.buy("1", "d", 1, at: 14_000) { $0.guards = tight }.word == "rejected")
    }

    @Test func aRulesReasonIsRecorded() throws {
        let reason = "max_order_quantity: quantity=15000, limit=10000"
        #expect(world.buy("1", "a", 15_000, at: 14_000) { $0.reason = reason }.word == "rejected")
        let order = try world.order("1-a")
        #expect(order.reason == reason && order.status == .rejected && order.closedAt > 0)
        #expect(try world.account("1").held == .zero)
    }

    @Test func statesRefuse() throws {
        let states: [(Int64, String)] = [
            (2, "account_reducing"), (3, "account_cancel_only"), (4, "account_halted"),
        ]
        try #require(world.buy("1", "open", 1, at: 14_000).word == "ok")
        for (state, code) in states {
            _ = functions.account("1", create: false, state: state)
            world.expectUnchanged(
                { world.buy("1", "x", 1, at: 14_000) }, "refused \(code) account=1")
        }
        _ = functions.account("1", create: false, state: 2)
        #expect(world.sell("1", "reduces", 1_000, at: 16_000).word == "ok")
        _ = functions.account("1", create: false, isActive: false)
        world.expectUnchanged({ world.buy("1", "x", 1, at: 14_000) }, "refused account_inactive")
        #expect(functions.amend("1-open", price: 13_000).code == "account_inactive")
        _ = functions.instrument(
            "AAPL", create: false, packed: LuaWorld.instrument(state: .halted))
        world.expectUnchanged({ world.buy("2", "x", 1, at: 14_000) }, "stale")
        world.expectUnchanged(
            { world.buy("2", "x", 1, at: 14_000) { $0.revision = 2 } }, "refused instrument_halted")
        #expect(functions.cancel("1-open").word == "ok")
        #expect(functions.account("", currency: "EUR").word == "ok")
    }

    @Test func anotherCurrency() {
        _ = functions.account("", currency: "EUR", balance: 1_000_000_000)
        let refused = "refused currency_mismatch account=EUR, instrument=USD"
        world.expectUnchanged({ world.buy("3", "a", 1, at: 14_000) }, refused)
        world.expectUnchanged(
            { functions.transact("3", kind: 3, symbol: "AAPL", quantity: 1) }, refused)
    }
}
