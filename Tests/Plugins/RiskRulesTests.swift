// The shipped risk rules: each at its limit, just below and just above, and in each mode.

import Base
import Testing
import Trading
import Wire

@testable import Plugins

/// A desk on which one rule works, with the given limits.
private func desk(
    _ rule: String, _ limits: [(name: String, value: JSONValue)] = [],
    mode: RuleMode = .enforce
) throws -> Desk {
    let entry = PluginConfiguration.Entry(
        name: rule, mode: mode, limits: JSONObject(members: limits))
    return try Desk([
        orderTypes, PluginConfiguration.Library(path: "libOESRiskRules.so", entries: [entry]),
    ])
}

@Suite struct MaxOrderTests {
    @Test(arguments: [(Int64(99_999), true), (100_000, true), (100_001, false)])
    func quantityAsShipped(quantity: Int64, passes: Bool) throws {
        let decision = try desk("max-order").check(Sample.request(.buy, quantity, at: 1))
        #expect((decision.rejection == nil) == passes)
        guard !passes else { return }
        #expect(decision.rejection?.code == "max_order_quantity")
        #expect(decision.rejection?.values == "quantity=100001, limit=100000")
        #expect(decision.rejection?.field == "quantity")
    }

    /// 1,000,000 of money: 10,000 units at 100.00.
    @Test(arguments: [(Int64(9_999), true), (10_000, true), (10_001, false)])
    func valueAsShipped(quantity: Int64, passes: Bool) throws {
        let decision = try desk("max-order").check(Sample.request(.buy, quantity, at: 10_000))
        #expect((decision.rejection == nil) == passes)
        guard !passes else { return }
        #expect(decision.rejection?.code == "max_order_value")
        #expect(decision.rejection?.values == "value=1000100.0000, limit=1000000.0000")
    }

    @Test func limitsFollowTheInstrumentsScale() throws {
        let desk = try desk("max-order", [("quantity", .string("0.5"))])
        let half = Sample.request(.buy, 50_000_000, at: 25, symbol: "BTC-USD")
        #expect(try desk.check(half, instrument: Sample.coin).rejection == nil)
        let more = Sample.request(.buy, 50_001_000, at: 25, symbol: "BTC-USD")
        #expect(
            try desk.check(more, instrument: Sample.coin).rejection?.values
                == "quantity=0.50001000, limit=0.50000000")
        // Half a share is no share.
        #expect(
            try desk.check(Sample.request(.buy, 1, at: 1)).rejection?.code
                == "max_order_quantity")
    }

    @Test func aLimitBeyondEveryNumberNeverBinds() throws {
        let huge = JSONValue.string("99999999999999999999")
        let desk = try desk("max-order", [("quantity", huge), ("value", huge)])
        let largest = Sample.request(.buy, Scaled.maximum / 100, at: 1)
        #expect(try desk.check(largest).rejection == nil)
    }

    @Test func aValueThatPassesInt64IsRefused() throws {
        let decision = try desk("max-order", [("quantity", .string("9007199254740991"))])
            .check(Sample.request(.buy, Scaled.maximum, at: Scaled.maximum))
        #expect(decision.rejection?.code == "max_order_value")
    }

    @Test func aLowLimitDoesNotHideALargeSale() throws {
        // 10,000 units offered at 0.01 would sell at the bid of 200.00.
        let decision = try desk("max-order").check(
            Sample.request(.sell, 10_000, at: 1), market: Sample.market(bid: 20_000))
        #expect(decision.rejection?.code == "max_order_value")
    }

    @Test func aMarketOrderIsValuedAtTheEndOfItsBand() throws {
        // 5 % above 100.00 is 105.00: 9,523 units are 999,915 and 9,524 are 1,000,020.
        let desk = try desk("max-order")
        let market = Sample.market(ask: 10_000)
        let below = Sample.request(.buy, 9_523, at: nil, type: "market")
        #expect(try desk.check(below, market: market).rejection == nil)
        let above = Sample.request(.buy, 9_524, at: nil, type: "market")
        #expect(try desk.check(above, market: market).rejection?.code == "max_order_value")
        // Without any price there is nothing to value it by; the script refuses it.
        #expect(try desk.check(above).rejection == nil)
    }
}

@Suite struct PriceCollarTests {
    @Test(arguments: [
        // A buy at 10 % above the ask, and beyond; a far lower one only waits.
        (Side.buy, Int64(11_000), true), (.buy, 11_001, false), (.buy, 1, true),
        // A sale at 10 % below the bid, and beyond; a far higher one only waits.
        (.sell, 8_910, true), (.sell, 8_909, false), (.sell, 900_000, true),
    ])
    func onlyTheAggressiveSideIsBound(side: Side, price: Int64, passes: Bool) throws {
        let decision = try desk("price-collar").check(
            Sample.request(side, 1, at: price),
            market: Sample.market(bid: 9_900, ask: 10_000, last: 5))
        #expect((decision.rejection == nil) == passes)
        #expect(passes || decision.rejection?.code == "price_collar")
    }

    @Test func theReferenceIsTheLastTradeWhereTheOppositeSideIsEmpty() throws {
        let desk = try desk("price-collar")
        let market = Sample.market(bid: 100, last: 10_000)
        #expect(try desk.check(Sample.request(.buy, 1, at: 11_000), market: market).passes)
        let refused = try desk.check(Sample.request(.buy, 1, at: 11_001), market: market)
        #expect(refused.rejection?.values == "price=110.01, limit=110.00, reference=100.00")
    }

    @Test func withoutAReferenceEverythingPasses() throws {
        #expect(try desk("price-collar").check(Sample.request(.buy, 1, at: 900_000)).passes)
    }

    @Test func aMarketOrderIsBoundByItsBand() throws {
        let market = Sample.market(bid: 9_900, ask: 10_000)
        let order = Sample.request(.buy, 1, at: nil, type: "market")
        #expect(try desk("price-collar").check(order, market: market).passes)
        let tight = try desk("price-collar", [("beyond", .number(Array("499".utf8)))])
        #expect(try tight.check(order, market: market).rejection?.code == "price_collar")
        let equal = try desk("price-collar", [("beyond", .number(Array("500".utf8)))])
        #expect(try equal.check(order, market: market).passes)
    }

    @Test func anExtremeReferenceIsNoError() throws {
        let market = Sample.market(ask: Scaled.maximum)
        let order = Sample.request(.buy, 1, at: Scaled.maximum)
        #expect(try desk("price-collar").check(order, market: market).passes)
    }
}

@Suite struct PositionLimitTests {
    @Test func theLimitIsAGuardForTheScript() throws {
        let decision = try desk("position-limit").check(Sample.request())
        #expect(decision.passes)
        #expect(
            decision.guards.map(\.encoded) == ["position-limit|1|1|1|1000000|0|position_limit|1"]
        )
        #expect(decision.records.map(\.outcome) == [.guarded])
    }

    @Test func theGuardIsInTheInstrumentsScaleAndTheRulesMode() throws {
        let shadow = try desk("position-limit", mode: .shadow)
        let order = Sample.request(.buy, 1_000, at: 25, symbol: "BTC-USD")
        let decision = try shadow.check(order, instrument: Sample.coin)
        #expect(
            decision.guards.map(\.encoded) == [
                "position-limit|2|1|1|100000000000000|0|position_limit|1"
            ])
    }
}

@Suite struct BuyingPowerTests {
    /// 100 units at 150.00 cost 15,000.
    @Test(arguments: [
        (Int64(150_000_001), true), (150_000_000, true), (149_999_999, false), (0, false),
    ])
    func aBuyMustBeCovered(balance: Int64, passes: Bool) throws {
        let decision = try desk("buying-power").check(Sample.request(), balance: balance)
        #expect(decision.passes == passes)
        #expect(passes || decision.rejection?.code == "insufficient_cash")
    }

    @Test func heldCashIsNotThere() throws {
        let desk = try desk("buying-power")
        let decision = try desk.check(Sample.request(), balance: 150_000_010, held: 11)
        #expect(
            decision.rejection?.values == "required=15000.0000, available=14999.9999")
        #expect(try desk.check(Sample.request(), balance: 150_000_010, held: 10).passes)
    }

    @Test func theWorstFeeIsCounted() throws {
        // One unit at 100.00 and 20 bps: 100.20.
        let order = Sample.request(.buy, 100_000_000, at: 10_000, symbol: "BTC-USD")
        let desk = try desk("buying-power")
        #expect(try desk.check(order, instrument: Sample.coin, balance: 1_002_000).passes)
        #expect(try !desk.check(order, instrument: Sample.coin, balance: 1_001_999).passes)
    }

    @Test func aSaleNeedsNoCashAndAMarketOrderIsLeftToTheScript() throws {
        let desk = try desk("buying-power")
        #expect(try desk.check(Sample.request(.sell), balance: 0).passes)
        let market = Sample.request(.buy, 1, at: nil, type: "market")
        #expect(try desk.check(market, market: Sample.market(ask: 100), balance: 0).passes)
    }

    @Test func anAmendedOrderMayUseWhatItHolds() throws {
        // 60 of 100 are open and hold 9,000; the amend to 110 leaves 70 open, which need 10,500.
        let order = try Sample.order(quantity: 100, filled: 40, hold: 90_000_000)
        let desk = try desk("buying-power")
        let request = Sample.request(.buy, 110)
        let enough = try desk.check(
            request, balance: 105_000_000, held: 90_000_000, amending: order)
        #expect(enough.passes)
        let short = try desk.check(
            request, balance: 104_999_999, held: 90_000_000, amending: order)
        #expect(short.rejection?.code == "insufficient_cash")
    }

    @Test func aCostThatPassesInt64IsRefused() throws {
        let order = Sample.request(.buy, Scaled.maximum, at: Scaled.maximum)
        #expect(try desk("buying-power").check(order).rejection?.code == "insufficient_cash")
    }
}

@Suite struct RuleModeTests {
    @Test func enforceRefuses() throws {
        let decision = try desk("max-order").check(Sample.request(.buy, 100_001, at: 1))
        #expect(decision.rejection?.code == "max_order_quantity")
        #expect(decision.shadowRejections.isEmpty)
        #expect(decision.records.map(\.outcome) == [.rejected])
        #expect(
            decision.records.first?.reason
                == "max_order_quantity: quantity=100001, limit=100000")
    }

    @Test func shadowDecidesAndRefusesNothing() throws {
        let desk = try desk("max-order", mode: .shadow)
        let decision = try desk.check(Sample.request(.buy, 100_001, at: 1))
        #expect(decision.rejection == nil)
        #expect(decision.shadowRejections.map(\.code) == ["max_order_quantity"])
        #expect(decision.records.map(\.mode) == [.shadow])
    }

    @Test func offIsNotAsked() throws {
        let desk = try desk("max-order", mode: .off)
        let decision = try desk.check(Sample.request(.buy, 100_001, at: 1))
        #expect(decision.passes)
        #expect(decision.records.isEmpty)
        #expect(desk.registry.riskRules.first?.statistics.count == 0)
    }

    @Test func allRulesAreAskedAndTheFirstRefusalCounts() throws {
        let desk = try Desk()
        let decision = try desk.check(Sample.request(.buy, 100_001, at: 15_000), balance: 0)
        #expect(decision.rejection?.code == "max_order_quantity")
        #expect(
            decision.records.prefix(4).map(\.outcome) == [
                .rejected, .passed, .guarded, .rejected,
            ])
        #expect(decision.records.dropFirst(4).allSatisfy { $0.outcome == .passed })
        #expect(decision.guards.count == 1)
    }

    @Test func oneRuleMayBeConfiguredTwice() throws {
        let entries = [
            PluginConfiguration.Entry(name: "max-order"),
            PluginConfiguration.Entry(
                name: "max-order", alias: "tighter", mode: .shadow,
                limits: JSONObject(members: [("quantity", .string("10"))])),
        ]
        let desk = try Desk([
            orderTypes,
            PluginConfiguration.Library(path: "libOESRiskRules.so", entries: entries),
        ])
        let decision = try desk.check(Sample.request(.buy, 11, at: 1))
        #expect(decision.rejection == nil)
        #expect(decision.records.map(\.rule) == ["max-order", "tighter"])
        #expect(decision.shadowRejections.count == 1)
    }
}

extension RiskDecision {
    var passes: Bool { rejection == nil }
}
