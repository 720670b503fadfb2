// The rules that judge an order by itself: fat-finger, and the collar's waiting side; each at its
// limit, just below and just above, and in each mode.

import Base
import Testing
import Trading
import Wire

@testable import Plugins

@Suite struct FatFingerTests {
    private static func usual(_ sizes: [Int64]) -> UsualSize {
        var usual = UsualSize()
        for size in sizes { usual.add(Quantity(size)) }
        return usual
    }

    /// Ten times the mean of 100.
    @Test(arguments: [(Int64(999), true), (1_000, true), (1_001, false)])
    func tenTimesTheMean(quantity: Int64, passes: Bool) throws {
        let usual = Self.usual(Array(repeating: 100, count: 10))
        let decision = try ruleDesk("fat-finger", #"{"times": 10}"#).check(
            Sample.request(.buy, quantity, at: 1), usual: usual)
        #expect(decision.passes == passes)
        #expect(decision.records.first?.measures.first?.value == (passes ? 10 : 11))
        guard !passes else { return }
        #expect(decision.rejection?.code == "fat_finger")
        #expect(decision.rejection?.values == "quantity=1001, usual=100, times=10")
    }

    @Test func aFewOrdersAreNoCustom() throws {
        let huge = Sample.request(.buy, 99_999, at: 1)
        let desk = try ruleDesk("fat-finger", #"{"times": 10, "orders": 3}"#)
        #expect(try desk.check(huge).passes)
        #expect(try desk.check(huge, usual: Self.usual([1, 1])).passes)
        #expect(try !desk.check(huge, usual: Self.usual([1, 1, 1])).passes)
    }

    @Test(arguments: [(Int64(500), true), (501, false)])
    func aSetSizeCountsInsteadOfTheMean(quantity: Int64, passes: Bool) throws {
        let desk = try ruleDesk("fat-finger", #"{"times": 5, "usual": "100"}"#)
        let decision = try desk.check(
            Sample.request(.buy, quantity, at: 1), usual: Self.usual([1, 1, 1]))
        #expect(decision.passes == passes)
    }

    @Test func theModes() throws {
        let limits = #"{"times": 1, "usual": "1"}"#
        let order = Sample.request(.buy, 2, at: 1)
        let shadow = try ruleDesk("fat-finger", limits, mode: .shadow).check(order)
        #expect(shadow.passes && shadow.shadowRejections.map(\.code) == ["fat_finger"])
        #expect(try ruleDesk("fat-finger", limits, mode: .off).check(order).records.isEmpty)
        #expect(try ruleDesk("fat-finger", "{}").check(order).passes)
        #expect(try ruleDesk("fat-finger", limits).check(order, isChild: true).passes)
    }

    @Test func theMeanForgetsSlowly() {
        var usual = UsualSize()
        for _ in 0..<63 { usual.add(Quantity(10)) }
        #expect((usual.quantity, usual.count) == (10, 63))
        usual.add(Quantity(10))
        #expect((usual.quantity, usual.count) == (10, 32))
        for _ in 0..<32 { usual.add(Quantity(30)) }
        #expect((usual.quantity, usual.count) == (20, 32))
        usual.add(Quantity(Scaled.maximum))
        #expect(usual.quantity > 1_000)
    }
}

@Suite struct PassiveCollarTests {
    private let limits = #"{"beyond": 1000, "passive": 5000}"#
    private let market = Sample.market(bid: 9_900, ask: 10_000)

    @Test(arguments: [
        (Side.buy, Int64(5_000), true), (.buy, 4_999, false), (.sell, 14_850, true),
        (.sell, 14_851, false),
    ])
    func theWaitingSideIsBoundWhereALimitIsSet(side: Side, price: Int64, passes: Bool) throws {
        let decision = try ruleDesk("price-collar", limits).check(
            Sample.request(side, 1, at: price), market: market)
        #expect(decision.passes == passes)
        #expect(passes || decision.rejection?.code == "price_collar")
    }

    @Test func whatIsMeasuredIsInBasisPoints() throws {
        let decision = try ruleDesk("price-collar", limits).check(
            Sample.request(.buy, 1, at: 10_501), market: market)
        #expect(
            decision.records.first?.measures
                == [RiskMeasure(name: "beyond", value: 501, limit: 1_000, unit: .bps)])
        let waiting = try ruleDesk("price-collar", limits).check(
            Sample.request(.buy, 1, at: 9_000), market: market)
        #expect(waiting.records.first?.measures.map(\.value) == [0, 1_000])
        #expect(waiting.records.first?.measures.map(\.headroom) == [1_000, 4_000])
    }
}

@Suite struct MeasureTests {
    @Test func theLargestOrderIsMeasuredAlsoWhereItPasses() throws {
        let decision = try ruleDesk("max-order", "{}").check(Sample.request(.buy, 80_000, at: 100))
        #expect(
            decision.records.first?.measures == [
                RiskMeasure(name: "quantity", value: 80_000, limit: 100_000, unit: .quantity),
                RiskMeasure(
                    name: "value", value: 800_000_000, limit: 10_000_000_000, unit: .money),
            ])
        #expect(decision.records.first?.measures.first?.share == 80)
    }

    @Test func buyingPowerIsWhatIsThere() throws {
        let decision = try ruleDesk("buying-power", "{}").check(
            Sample.request(), balance: 150_000_000)
        #expect(
            decision.records.first?.measures == [
                RiskMeasure(
                    name: "required", value: 150_000_000, limit: 150_000_000, unit: .money)
            ])
        #expect(decision.records.first?.measures.first?.headroom == 0)
    }

    @Test func shares() {
        func share(_ value: Int64, _ limit: Int64) -> Int64? {
            RiskMeasure(name: "a", value: value, limit: limit, unit: .count).share
        }
        #expect(share(79, 100) == 79)
        #expect(share(899, 1_000) == 89)
        #expect(share(Scaled.maximum, Scaled.maximum) == 100)
        #expect(share(1, 0) == nil)
        #expect(share(-1, 10) == nil)
    }
}
