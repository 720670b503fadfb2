// Each guard at its limit and just beyond it. The random scripts of Tests/Model go further; these say in
// a line each what a metric counts.

import Foundation
import TestSupport
import Testing
import Trading

private struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// Without rule and mode.
    let text: String
    /// What is placed before, each a buy (or sell) of so many at a price; all rest.
    let before: [(side: Int64, quantity: Int64, price: Int64)]
    let order: (side: Int64, quantity: Int64, price: Int64)
    let value: Int64
    let limit: Int64
}

/// Prices have two decimals, money four: a unit at 10.00 is 100,000. Both accounts begin with 1,000
/// units at 150.00, so with 1,500,000,000 of cost, and 1,000,000,000 of cash.
private let cases: [Case] = [
    Case(
        testDescription: "position", text: "1|1|%|0|position_limit|0",
        before: [(1, 5, 1_000)], order: (1, 7, 1_000), value: 1_012, limit: 1_012),
    Case(
        testDescription: "position of the firm", text: "1|4|%|0|position_limit|0",
        before: [(1, 5, 1_000)], order: (1, 7, 1_000), value: 2_012, limit: 2_012),
    Case(
        testDescription: "open notional", text: "2|2|%|0|open_notional_limit|0",
        before: [(1, 5, 1_000), (2, 1, 20_000)], order: (1, 7, 1_000), value: 3_200_000,
        limit: 3_200_000),
    Case(
        testDescription: "gross", text: "3|2|%|0|gross_limit|0", before: [(1, 5, 1_000)],
        order: (2, 1, 20_000), value: 1_502_500_000, limit: 1_502_500_000),
    Case(
        testDescription: "net", text: "4|2|%|0|net_limit|0", before: [(2, 1, 20_000)],
        order: (1, 5, 1_000), value: 1_500_500_000, limit: 1_500_500_000),
    Case(
        testDescription: "open orders", text: "5|2|%|0|open_orders_limit|0",
        before: [(1, 1, 1_000), (2, 1, 20_000)], order: (1, 1, 1_000), value: 3, limit: 3),
    Case(
        testDescription: "open orders of the firm", text: "5|4|%|0|open_orders_limit|0",
        before: [(1, 1, 1_000)], order: (1, 1, 1_000), value: 2, limit: 2),
]

@Suite struct LuaGuardTests {
    private let world: LuaWorld
    private var functions: Functions { world.functions }

    init() throws { world = try LuaWorld() }

    private func place(
        _ id: String, _ order: (side: Int64, quantity: Int64, price: Int64), guards: String = "",
        account: String = "1"
    ) -> Reply {
        var new = NewOrder()
        new.account = account
        new.clientID = id
        new.side = order.side
        new.quantity = order.quantity
        new.price = order.price
        new.guards = guards
        return functions.submit(new)
    }

    private func values(_ sequence: Int64) throws -> [GuardValue] {
        try world.event(sequence).changes.compactMap { change in
            if case .guardValue(let value) = change { value } else { nil }
        }
    }

    @Test(arguments: cases) fileprivate func atItsLimit(_ one: Case) throws {
        for (index, order) in one.before.enumerated() {
            #expect(place("b\(index)", order).word == "ok")
        }
        let text = { (limit: Int64) in
            one.text.replacingOccurrences(of: "%", with: String(limit))
        }
        let shadow = place("shadow", one.order, guards: "r|2|\(text(0))")
        #expect(shadow.word == "ok")
        let seen = try values(shadow.sequence)
        #expect(seen.map(\.value) == [one.value] && seen.map(\.held) == [false])
        _ = functions.cancel("1-shadow")
        let over = place("over", one.order, guards: "r|1|\(text(one.limit - 1))")
        #expect(over.word == "rejected")
        #expect(place("within", one.order, guards: "r|1|\(text(one.limit))").word == "ok")
    }

    @Test func cashThatIsLeft() throws {
        let left = { (limit: Int64) in "r|1|8|2|\(limit)|0|cash_limit|0" }
        #expect(place("a", (1, 10, 1_000), guards: left(999_000_001)).word == "rejected")
        #expect(place("b", (1, 10, 1_000), guards: left(999_000_000)).word == "ok")
    }

    @Test func ratesCountWhatWasTaken() throws {
        let rate = "r|1|6|2|2|3600000|order_rate_limit|0"
        #expect(place("a", (1, 1, 1_000), guards: rate).word == "ok")
        #expect(place("b", (2, 9_999, 1_000), guards: rate).word == "rejected")
        #expect(functions.amend("1-a", quantity: 2, guards: rate).word == "ok")
        #expect(functions.amend("1-a", quantity: 1, guards: rate).code == "order_rate_limit")
        let reply = place("c", (1, 1, 1_000), guards: rate)
        #expect(try world.order("1-c").reason == "order_rate_limit: value=3, limit=2")
        #expect(reply.word == "rejected")
        // Another account's are its own.
        #expect(place("a", (1, 1, 1_000), guards: rate, account: "2").word == "ok")
    }

    @Test func windowsPass() throws {
        let rate = "r|1|6|2|1|20|order_rate_limit|0"
        #expect(place("a", (1, 1, 1_000), guards: rate).word == "ok")
        functions.wait(until: functions.time() + 25_000)
        #expect(place("b", (1, 1, 1_000), guards: rate).word == "ok")
    }

    @Test func aDoubleClick() throws {
        let once = "r|1|9|1|0|60000|duplicate|0"
        #expect(place("a", (1, 1, 1_000), guards: once).word == "ok")
        #expect(place("b", (1, 1, 1_000), guards: once).word == "rejected")
        #expect(place("c", (1, 2, 1_000), guards: once).word == "ok")
        #expect(place("d", (1, 1, 1_001), guards: once).word == "ok")
        #expect(place("e", (1, 1, 1_000)).word == "ok")
    }

    /// At its limit it shuts, in mode enforce alone, and stays so until it is opened.
    @Test func aThrottleLatches() throws {
        let throttle = { (mode: Int) in "t|\(mode)|7|1|1|60000|execution_throttle|0" }
        #expect(place("s", (2, 5, 1_000), account: "2").word == "ok")
        #expect(place("a", (1, 1, 1_000), guards: throttle(1)).word == "ok")
        #expect(place("b", (1, 1, 1_000), guards: throttle(2)).word == "ok")
        let shut = place("c", (1, 1, 1_000), guards: throttle(1))
        #expect(shut.word == "rejected")
        let latched = try world.event(shut.sequence).changes.contains { change in
            if case .throttle(let throttle) = change { throttle.isLatched } else { false }
        }
        #expect(latched)
        #expect(try world.position("1").executed == 2)
        #expect(functions.call("throttle", "1", "AAPL", "seen", "").word == "ok")
        #expect(place("d", (1, 1, 1_000), guards: throttle(1)).word == "ok")
        world.expectUnchanged(
            { functions.call("throttle", "1", "AAPL", "seen", "") },
            "refused not_latched account=1, symbol=AAPL")
    }

    @Test func throttlesArguments() {
        let refused = "refused bad_argument name="
        world.expectUnchanged({ functions.call("throttle", "1", "AAPL", "") }, refused + "count")
        world.expectUnchanged(
            { functions.call("throttle", "1", "AAPL", "", "") }, refused + "reason")
        world.expectUnchanged(
            { functions.call("throttle", "9", "AAPL", "r", "") }, "refused unknown_account")
        world.expectUnchanged(
            { functions.call("throttle", "1", "NONE", "r", "") }, "refused unknown_symbol")
    }

    @Test func buyingPower() throws {
        _ = functions.account("1", create: false, multiple: 20_000)
        // Twice of cash and shares at cost, less the shares: 3,500,000,000.
        let account = try world.account("1")
        #expect(account.available.raw == 3_500_000_000)
        #expect(place("a", (1, 35_001, 1_000)).word == "rejected")
        #expect(place("b", (1, 35_000, 1_000)).word == "ok")
        world.expectUnchanged(
            { functions.account("1", create: false) }, "refused insufficient_cash")
    }

    @Test func feesOfAnAccount() throws {
        _ = functions.account("1", create: false, takerBps: 100)
        #expect(place("s", (2, 10, 1_000), account: "2").word == "ok")
        #expect(place("a", (1, 10, 1_000)).word == "ok")
        #expect(try world.order("1-a").fee.raw == 10_000)
        #expect(try world.order("2-s").fee.raw == 0)
        #expect(place("b", (1, 1, 900)).word == "ok")
        world.expectUnchanged(
            { functions.account("1", create: false, takerBps: 5) }, "refused open_orders account=1")
    }

    @Test func anOldPolicy() throws {
        _ = world.redis.call("HSET", functions.key("scopes"), "policy", "7")
        var order = NewOrder()
        order.price = 1_000
        order.quantity = 1
        order.knownPolicy = "6"
        world.expectUnchanged({ functions.submit(order) }, "stale")
        order.knownPolicy = "7"
        order.decisions = [1, 2]
        let reply = functions.submit(order)
        let told = try world.event(reply.sequence).changes.contains { change in
            change == .decision(DecisionRecord(orderID: OrderID("1-a"), bytes: [1, 2]))
        }
        #expect(reply.word == "ok" && told)
        world.expectUnchanged(
            { functions.amend("1-a", quantity: 2, policy: "6") }, "stale")
    }
}
