// Which limit holds for an order: the most specific that is set, each name by itself; and which mode.

import Base
import Testing
import Trading
import Wire

@testable import Plugins

@Suite struct LimitResolverTests {
    private let desk: Desk

    init() throws { desk = try ruleDesk("max-order", #"{"quantity": "100", "value": "1000000"}"#) }

    private func policy(_ version: Int64, _ limits: [(LimitScope, String)]) -> RiskPolicy {
        var policy = RiskPolicy()
        policy.version = version
        policy.limits["max-order"] = Dictionary(
            uniqueKeysWithValues: limits.map { ($0.0, ["quantity": $0.1]) })
        return policy
    }

    private func limit(_ policy: RiskPolicy, symbol: String = "AAPL") throws -> Int64? {
        let request = Sample.request(.buy, 1, at: 100, symbol: symbol)
        var instrument = Sample.stock
        if symbol != "AAPL" {
            instrument = Instrument(
                symbol: symbol, priceScale: 2, quantityScale: 0, tickSize: 1, lotSize: 1,
                bandBps: 500, name: symbol, assetType: "stocks")
        }
        let decision = try desk.check(request, instrument: instrument, policy: policy)
        let measures = try #require(decision.records.first?.measures)
        // The other name keeps its own.
        #expect(measures.last?.limit == 10_000_000_000)
        return measures.first?.limit
    }

    @Test func theMostSpecificWins() throws {
        let scopes: [(LimitScope, String)] = [
            (LimitScope(.firm), "1"), (LimitScope(.firm, symbol: "AAPL"), "2"),
            (LimitScope(.account("1")), "5"), (LimitScope(.account("1"), symbol: "AAPL"), "6"),
        ]
        #expect(try limit(RiskPolicy()) == 100)
        for count in 1...scopes.count {
            let set = policy(Int64(count), Array(scopes.prefix(count)))
            #expect(try limit(set) == Int64(scopes[count - 1].1))
        }
        let all = policy(9, scopes)
        #expect(try limit(all, symbol: "MSFT") == 5)
        #expect(try limit(policy(10, Array(scopes.prefix(2))), symbol: "MSFT") == 1)
    }

    @Test func anotherAccountsLimitIsNone() throws {
        #expect(try limit(policy(1, [(LimitScope(.account("2")), "5")])) == 100)
    }

    @Test func aChangeIsSeenByItsVersion() throws {
        #expect(try limit(policy(1, [(LimitScope(.firm), "7")])) == 7)
        #expect(try limit(policy(2, [(LimitScope(.firm), "8")])) == 8)
        #expect(try limit(policy(3, [])) == 100)
    }

    @Test func whatIsNoNumberAnyMoreIsPassedOver() throws {
        #expect(try limit(policy(1, [(LimitScope(.firm), "many")])) == 100)
    }

    @Test func modesAreSetAtRunTime() throws {
        let order = Sample.request(.buy, 101, at: 100)
        var policy = RiskPolicy()
        #expect(try desk.check(order, policy: policy).rejection?.code == "max_order_quantity")
        policy.version = 1
        policy.modes["max-order"] = .shadow
        let shadow = try desk.check(order, policy: policy)
        #expect(shadow.passes && shadow.shadowRejections.count == 1)
        policy.version = 2
        policy.modes["max-order"] = .off
        #expect(try desk.check(order, policy: policy).records.isEmpty)
        policy.version = 3
        policy.modes = [:]
        #expect(try !desk.check(order, policy: policy).passes)
    }
}

@Suite struct DecisionBytesTests {
    private func recorded(_ desk: Desk, _ decision: RiskDecision) throws -> RecordedDecisions {
        try RecordedDecisions(decision.bytes) { rule, place in
            desk.registry.riskRules.first { $0.name == rule }?.limitName(at: place)
        }
    }

    @Test func theyAreReadAsTheyWereMade() throws {
        let desk = try Desk()
        var policy = RiskPolicy()
        policy.version = 77
        let decision = try desk.check(
            Sample.request(.buy, 100_001, at: 15_000), balance: 0, policy: policy)
        let read = try recorded(desk, decision)
        #expect(read.policyVersion == 77)
        #expect(read.rules.map(\.rule) == decision.records.map(\.rule))
        #expect(read.rules.map(\.outcome) == decision.records.map(\.outcome))
        #expect(read.rules.map(\.reason) == decision.records.map(\.reason))
        #expect(read.rules.map(\.version) == decision.records.map(\.version))
        #expect(
            read.rules[0].measure
                == RiskMeasure(
                    name: "quantity", value: 100_001, limit: 100_000, unit: .quantity))
    }

    @Test func aRuleThatPassesTakesAtMostThirtyBytes() throws {
        let desk = try Desk()
        let decision = try desk.check(Sample.request(), market: Sample.market(ask: 15_000))
        #expect(decision.passes)
        let count = decision.records.count
        #expect(decision.bytes.count <= 12 + 30 * count, "\(decision.bytes.count) of \(count)")
        #expect(try recorded(desk, decision).rules.count == count)
    }

    @Test func theTightestMeasureIsKept() throws {
        let desk = try ruleDesk("max-order", #"{"quantity": "1000", "value": "100"}"#)
        let decision = try desk.check(Sample.request(.buy, 100, at: 99))
        #expect(try recorded(desk, decision).rules[0].measure?.name == "value")
    }

    @Test func whatIsCutOrDamagedIsSaid() throws {
        let desk = try Desk()
        let bytes = try desk.check(Sample.request()).bytes
        for wrong in [Array(bytes.dropLast()), [2] + bytes.dropFirst(), []] {
            #expect(throws: RecordError.self) {
                _ = try RecordedDecisions(wrong) { _, _ in nil }
            }
        }
    }
}
