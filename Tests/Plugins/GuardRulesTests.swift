// The shipped rules that are guards: what they hand to the script, in each mode and scale. That the
// script holds them is the model's and the live tests' to show.

import Base
import Testing
import Trading
import Wire

@testable import Plugins

/// The guards that a rule with these limits emits for an order, as the script reads them, without
/// the rule's name.
private func guards(
    _ rule: String, _ limits: String, _ request: OrderRequest = Sample.request(),
    mode: RuleMode = .enforce, isChild: Bool = false, amending: Order? = nil
) throws -> [String] {
    let decision = try ruleDesk(rule, limits, mode: mode).check(
        request, amending: amending, isChild: isChild)
    #expect(decision.passes)
    return decision.guards.map { String($0.encoded.dropFirst(rule.utf8.count + 1)) }
}

@Suite struct PositionGuardTests {
    @Test func theLowerOfTwoLimitsCountsOnItsSide() throws {
        let limits = #"{"quantity": "500", "long": "400", "short": "600"}"#
        #expect(
            try guards("position-limit", limits) == ["1|1|1|400|0|long_position_limit|1"])
        #expect(
            try guards("position-limit", limits, Sample.request(.sell))
                == ["1|1|1|500|0|position_limit|1"])
    }

    @Test func aGroupAndTheFirmHaveTheirOwn() throws {
        #expect(
            try guards("position-limit", #"{"quantity": "5", "group": "50", "firm": "500"}"#)
                == [
                    "1|1|1|5|0|position_limit|1", "1|1|3|50|0|group_position_limit|1",
                    "1|1|4|500|0|firm_position_limit|1",
                ])
    }
}

@Suite struct ExposureTests {
    @Test func eachLimitIsAGuardOfItsMetricAndScope() throws {
        let limits = """
            {"orders": "1", "gross": "2", "net": "3", "group_gross": "4", "group_net": "5",
             "firm_gross": "6", "firm_net": "7.5"}
            """
        #expect(
            try guards("exposure", limits) == [
                "1|2|2|10000|0|open_orders_value|1", "1|3|2|20000|0|gross_exposure|1",
                "1|4|2|30000|0|net_exposure|1", "1|3|3|40000|0|group_gross_exposure|1",
                "1|4|3|50000|0|group_net_exposure|1", "1|3|4|60000|0|firm_gross_exposure|1",
                "1|4|4|75000|0|firm_net_exposure|1",
            ])
    }

    @Test func unsetNothingIsJudged() throws { #expect(try guards("exposure", "{}") == []) }

    @Test func inShadowTheScriptIsToldSo() throws {
        #expect(
            try guards("exposure", #"{"net": 1}"#, mode: .shadow)
                == ["2|4|2|10000|0|net_exposure|1"])
    }
}

@Suite struct CountedGuardTests {
    @Test func openOrders() throws {
        let limits = #"{"account": 10, "group": 20, "firm": 30}"#
        #expect(
            try guards("open-orders", limits) == [
                "1|5|2|10|0|open_orders_limit|1", "1|5|3|20|0|group_open_orders_limit|1",
                "1|5|4|30|0|firm_open_orders_limit|1",
            ])
        // An amended order is open already.
        let order = try Sample.order(quantity: 100, filled: 0, hold: 0)
        #expect(try guards("open-orders", limits, amending: order) == [])
    }

    @Test func rates() throws {
        let limits = """
            {"second": 1, "minute": 2, "group_second": 3, "group_minute": 4, "firm_second": 5,
             "firm_minute": 6}
            """
        let all = [
            "1|6|2|1|1000|order_rate_second|0", "1|6|2|2|60000|order_rate_minute|0",
            "1|6|3|3|1000|group_order_rate_second|0", "1|6|3|4|60000|group_order_rate_minute|0",
            "1|6|4|5|1000|firm_order_rate_second|0", "1|6|4|6|60000|firm_order_rate_minute|0",
        ]
        #expect(try guards("order-rate", limits) == all)
        // An amend is a message, too; what an order type places isn't.
        let order = try Sample.order(quantity: 100, filled: 0, hold: 0)
        #expect(try guards("order-rate", limits, amending: order) == all)
        #expect(try guards("order-rate", limits, isChild: true) == [])
    }

    @Test func duplicates() throws {
        let limits = #"{"window": 3000, "same": 1}"#
        #expect(
            try guards("duplicate-order", limits) == ["1|9|1|1|3000|duplicate_order|0"])
        #expect(
            try guards("duplicate-order", #"{"window": 1}"#) == ["1|9|1|0|1|duplicate_order|0"])
        #expect(try guards("duplicate-order", #"{"same": 1}"#) == [])
        #expect(try guards("duplicate-order", limits, isChild: true) == [])
        let order = try Sample.order(quantity: 100, filled: 0, hold: 0)
        #expect(try guards("duplicate-order", limits, amending: order) == [])
    }

    @Test func executions() throws {
        #expect(
            try guards("execution-throttle", #"{"orders": 50}"#)
                == ["1|7|1|50|60000|execution_throttle|0"])
        #expect(try guards("execution-throttle", "{}") == [])
    }

    @Test func aReserveOfCash() throws {
        #expect(
            try guards("buying-power", #"{"reserve": "0.0001"}"#)
                == ["1|8|2|1|0|cash_reserve|1"])
        #expect(try guards("buying-power", #"{"reserve": 1}"#, Sample.request(.sell)) == [])
    }

    @Test(arguments: [(0, []), (1, ["1|1|1|0|0|restricted_reduce_only|1"])])
    func restrictedLevels(level: Int, expected: [String]) throws {
        #expect(try guards("restricted-list", "{\"level\": \(level)}") == expected)
    }
}

@Suite struct RestrictedListTests {
    @Test func levelTwoRefuses() throws {
        let decision = try ruleDesk("restricted-list", #"{"level": 2}"#).check(Sample.request())
        #expect(decision.rejection?.code == "restricted_symbol")
        #expect(decision.rejection?.field == "symbol")
    }

    @Test func theOperatorsListIsClosedWhateverTheLevel() throws {
        let desk = try ruleDesk("restricted-list", "{}", config: #"{"symbols": "MSFT, AAPL"}"#)
        #expect(try desk.check(Sample.request()).rejection?.values == "symbol=AAPL")
        let other = Sample.request(.buy, 1_000, at: 25, symbol: "BTC-USD")
        #expect(try desk.check(other, instrument: Sample.coin).passes)
    }

    @Test func aListWithAGapIsAMistake() {
        let said = refusal([
            orderTypes, ruleLibrary("restricted-list", "{}", config: #"{"symbols": "A, ,B"}"#),
        ])
        #expect(said.contains("config.symbols: has an empty symbol"), "\(said)")
    }

    @Test(arguments: ["3", "-1", "1.5"]) func noOtherLevel(level: String) {
        let said = refusal([orderTypes, ruleLibrary("restricted-list", "{\"level\": \(level)}")])
        #expect(said.contains("limits.level"), "\(said)")
    }
}
