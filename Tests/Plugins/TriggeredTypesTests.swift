// Order types that wait for a price: stops, trailing stops, if-touched.

import Base
import Testing
import Trading

@testable import Plugins

@Suite struct TriggeredTypesTests {
    let desk: Desk

    init() throws { desk = try Desk() }

    @Test(
        arguments: [
            ("stop", Side.buy, nil, TriggerDirection.atOrAbove),
            ("stop", .sell, nil, .atOrBelow), ("stop_limit", .buy, 15_600, .atOrAbove),
            ("stop_limit", .sell, 14_400, .atOrBelow), ("market_if_touched", .buy, nil, .atOrBelow),
            ("market_if_touched", .sell, nil, .atOrAbove),
            ("limit_if_touched", .buy, 14_000, .atOrBelow),
            ("limit_if_touched", .sell, 16_000, .atOrAbove),
        ] as [(String, Side, Int64?, TriggerDirection)])
    func eachWaitsOnItsSide(
        type: String, side: Side, price: Int64?, direction: TriggerDirection
    ) throws {
        let plan = try desk.plan(type, side, at: price, params: "{\"stop_price\": \"150.25\"}")
            .get()
        var extra = OrderExtension()
        extra.triggerSource = .last
        extra.triggerDirection = direction
        extra.triggerPrice = Price(15_025)
        #expect(plan.extra == extra && plan.children.isEmpty && plan.flags == [])
        #expect(plan.pricing == (price == nil ? .market : .limit))
        #expect(plan.price == Price(price ?? 0) && plan.quantity == Quantity(100))
        #expect(plan.policy == (price == nil ? .cancel : .rest))
    }

    @Test(arguments: [("last", TriggerSource.last), ("bid", .bid), ("ask", .ask)])
    func theWatchedPriceIsTheClientsChoice(name: String, source: TriggerSource) throws {
        for type in ["stop", "market_if_touched"] {
            let params = "{\"stop_price\": 150, \"trigger\": \"\(name)\"}"
            #expect(try desk.plan(type, params: params).get().extra?.triggerSource == source)
        }
        let wrong = desk.plan("stop", params: "{\"stop_price\": 150, \"trigger\": \"mid\"}")
        #expect(wrong.code == "invalid_params" && wrong.rejection?.field == "params.trigger")
    }

    /// A stop beyond the market acts at once: it isn't wrong.
    @Test func aStopThatIsReachedAlreadyIsTaken() throws {
        let market = Sample.market(bid: 14_900, ask: 15_100, last: 15_000)
        let plan = try desk.plan(
            "stop", .sell, params: "{\"stop_price\": 160}", market: market
        ).get()
        #expect(plan.extra?.triggerPrice == Price(16_000))
    }

    @Test(arguments: ["stop", "stop_limit", "market_if_touched", "limit_if_touched"])
    func aStopPriceIsNeededPositiveAndOnATick(type: String) {
        let price: Int64? = type.contains("limit") ? 15_000 : nil
        func code(_ params: String) -> String? {
            desk.plan(
                type, .buy, 1_000, at: price, params: params, instrument: Sample.coin
            ).code
        }
        #expect(code("{}") == "invalid_params")
        #expect(code("{\"stop_price\": 0}") == "invalid_params")
        #expect(code("{\"stop_price\": \"-0.25\"}") == "invalid_params")
        #expect(code("{\"stop_price\": \"150.251\"}") == "invalid_params")
        #expect(code("{\"stop_price\": \"150.26\"}") == "tick_size")
        #expect(code("{\"stop_price\": \"0.25\"}") == nil)
        #expect(code("{\"stop_price\": \"90071992547409.75\"}") == nil)
    }

    @Test(
        arguments: [
            ("stop", 15_000, "price_not_allowed"), ("market_if_touched", 1, "price_not_allowed"),
            ("stop_limit", nil, "price_required"), ("limit_if_touched", nil, "price_required"),
        ] as [(String, Int64?, String)])
    func aPriceIsThereWhereItCounts(type: String, price: Int64?, code: String) {
        let result = desk.plan(type, at: price, params: "{\"stop_price\": 150}")
        #expect(result.code == code && result.rejection?.field == "price")
    }

    @Test func aTriggeredOrderIsWhatItsTimeInForceSays() throws {
        let params = "{\"stop_price\": 150}"
        let ioc = try desk.plan("stop_limit", at: 15_000, time: "ioc", params: params).get()
        #expect(ioc.policy == .cancel && ioc.extra?.triggerPrice == Price(15_000))
        let fok = try desk.plan("stop", time: "fok", params: params).get()
        #expect(fok.policy == .allOrNone)
        let day = try desk.plan("stop", time: "day", params: params).get()
        #expect(day.expireAt == Sample.sessionEnd)
    }

    // Trailing.

    private let traded = Sample.market(last: 15_000)

    @Test(arguments: [
        ("{\"trail_amount\": \"2\"}", TrailKind.amount, Int64(200)),
        ("{\"trail_amount\": \"0.01\"}", .amount, 1), ("{\"trail_bps\": 1}", .bps, 1),
        ("{\"trail_bps\": 9999}", .bps, 9_999),
    ])
    func aTrailIsAnAmountOrBasisPoints(params: String, kind: TrailKind, offset: Int64) throws {
        for side in [Side.buy, .sell] {
            let plan = try desk.plan("trailing_stop", side, params: params).get()
            var extra = OrderExtension()
            extra.triggerSource = .last
            extra.triggerDirection = side == .buy ? .atOrAbove : .atOrBelow
            extra.trail = kind
            extra.trailOffset = offset
            #expect(plan.extra == extra)
            #expect(plan.pricing == .market && plan.policy == .cancel)
        }
    }

    @Test(arguments: [
        ("{}", "trail_required"), ("{\"trail_amount\": 1, \"trail_bps\": 1}", "trail_given_twice"),
        ("{\"trail_amount\": 0}", "invalid_params"), ("{\"trail_bps\": 0}", "invalid_params"),
        ("{\"trail_bps\": 10000}", "invalid_params"), ("{\"trail_bps\": 1.5}", "invalid_params"),
    ])
    func exactlyOneTrailIsNeeded(params: String, code: String) {
        for type in ["trailing_stop", "trailing_stop_limit"] {
            #expect(desk.plan(type, .sell, params: params, market: traded).code == code)
        }
    }

    @Test(
        arguments: [
            (Side.sell, "{\"trail_amount\": 2}", 14_800),
            (.sell, "{\"trail_amount\": 2, \"limit_offset\": \"-0.50\"}", 14_750),
            (.buy, "{\"trail_amount\": 2, \"limit_offset\": \"0.50\"}", 15_250),
            (.sell, "{\"trail_bps\": 200}", 14_700), (.buy, "{\"trail_bps\": 200}", 15_300),
            (.sell, "{\"trail_amount\": 500}", 1),
            (.sell, "{\"trail_amount\": 2, \"limit_offset\": -400}", 1),
        ] as [(Side, String, Int64)])
    func aTrailingLimitIsEstimatedFromTheLastTrade(
        side: Side, params: String, price: Int64
    ) throws {
        let plan = try desk.plan(
            "trailing_stop_limit", side, params: params, market: traded
        ).get()
        #expect(plan.price == Price(price) && plan.pricing == .limit && plan.policy == .rest)
        #expect(plan.extra?.triggerPrice == Price(0))
    }

    @Test func aTrailingLimitsTrailIsWholeTicks() throws {
        let plan = try desk.plan(
            "trailing_stop_limit", .sell, 1_000, params: "{\"trail_bps\": 33}",
            instrument: Sample.coin, market: Sample.market(last: 10_000)
        ).get()
        #expect(plan.price == Price(9_975))
        let off = desk.plan(
            "trailing_stop", .sell, 1_000, params: "{\"trail_amount\": \"0.30\"}",
            instrument: Sample.coin)
        #expect(off.code == "tick_size" && off.rejection?.field == "params.trail_amount")
    }

    @Test func withoutATradeThereIsNothingToTrailBehind() {
        let result = desk.plan("trailing_stop_limit", .sell, params: "{\"trail_amount\": 2}")
        #expect(result.code == "no_reference_price")
        #expect(
            desk.plan("trailing_stop", at: 15_000, params: "{\"trail_amount\": 2}").code
                == "price_not_allowed")
    }
}
