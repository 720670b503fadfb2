// What a client asks beside the type, laid over what the type placed: what each needs, and what can't
// be had together.

import Base
import Testing
import Trading

@testable import Plugins

@Suite struct InstructionsTests {
    let desk: Desk

    init() throws { desk = try Desk() }

    private func plan(
        _ type: String = "limit", _ time: String = "gtc", price: Int64? = 15_000,
        params: String = "{}", asking asked: OrderInstructions
    ) -> Result<Plan, Rejection> {
        desk.plan(
            type, .sell, at: price, time: time, params: params
        ) { $0.instructions = asked }
    }

    /// What is asked, in few words.
    private static func ask(
        post: Bool = false, whole: Bool = false, reduce: Bool = false, least: Int64? = nil,
        shown: Int64? = nil, mode: SelfTradeMode? = nil
    ) -> OrderInstructions {
        var asked = OrderInstructions()
        asked.postOnly = post
        asked.allOrNone = whole
        asked.reduceOnly = reduce
        asked.minQuantity = least.map { Quantity($0) }
        asked.displayQuantity = shown.map { Quantity($0) }
        asked.selfTrade = mode
        return asked
    }

    @Test func allOfThemReachThePlan() throws {
        let resting = try plan(
            asking: Self.ask(post: true, reduce: true, shown: 99, mode: .cancelBoth)
        ).get()
        #expect(resting.flags == [.postOnly, .reduceOnly] && resting.policy == .rest)
        #expect(resting.extra?.display == Quantity(99) && resting.selfTrade == .cancelBoth)
        let taking = try plan("limit", "ioc", asking: Self.ask(least: 100)).get()
        #expect(taking.extra?.minQuantity == Quantity(100) && taking.policy == .cancel)
        let whole = try plan(asking: Self.ask(whole: true)).get()
        #expect(whole.policy == .allOrNone && whole.extra == nil)
        #expect(whole.selfTrade == .cancelNewest)
    }

    @Test func aTriggeredOrderMayCarryThemToo() throws {
        let stop = "{\"stop_price\": 150}"
        let plan = try plan("stop_limit", params: stop, asking: Self.ask(post: true, shown: 1))
            .get()
        #expect(plan.flags == .postOnly && plan.extra?.display == Quantity(1))
        #expect(plan.extra?.triggerPrice == Price(15_000))
    }

    @Test(arguments: [
        ("limit", "ioc", "post_only", ask(post: true)),
        ("limit", "fok", "post_only", ask(post: true)),
        ("market", "gtc", "post_only", ask(post: true)),
        ("limit", "gtc", "all_or_none", ask(post: true, whole: true)),
        ("limit", "gtc", "min_quantity", ask(post: true, least: 1)),
        ("limit", "gtc", "min_quantity", ask(least: 101)),
        ("limit", "gtc", "all_or_none", ask(whole: true, least: 1)),
        ("limit", "gtc", "all_or_none", ask(whole: true, shown: 1)),
        ("limit", "gtc", "display_quantity", ask(shown: 100)),
        ("limit", "gtc", "display_quantity", ask(shown: 101)),
        ("limit", "ioc", "display_quantity", ask(shown: 1)),
        ("market", "gtc", "display_quantity", ask(shown: 1)),
    ])
    func whatCantBeHadTogetherIsRefusedByItsField(
        type: String, time: String, field: String, asked: OrderInstructions
    ) {
        let result = plan(type, time, price: type == "market" ? nil : 15_000, asking: asked)
        #expect(result.code == "instruction_conflict")
        #expect(result.rejection?.field == field && result.rejection?.refusal == .refused)
        #expect(result.rejection?.message.hasPrefix(field) == true)
    }

    @Test(arguments: [
        ("iceberg", "{\"display_quantity\": 10}", "all_or_none", ask(whole: true)),
        ("iceberg", "{\"display_quantity\": 10}", "display_quantity", ask(shown: 11)),
        ("post_only", "{}", "all_or_none", ask(whole: true)),
        ("pegged", "{\"reference\": \"bid\"}", "all_or_none", ask(whole: true)),
        ("pegged", "{\"reference\": \"bid\"}", "min_quantity", ask(least: 1)),
        ("oco", "{\"stop_price\": 145}", "all_or_none", ask(whole: true)),
        ("twap", "{\"duration\": 1000, \"slices\": 2}", "all_or_none", ask(whole: true)),
        ("twap", "{\"duration\": 1000, \"slices\": 2}", "post_only", ask(post: true)),
        ("twap", "{\"duration\": 1000, \"slices\": 2}", "min_quantity", ask(least: 1)),
        ("twap", "{\"duration\": 1000, \"slices\": 2}", "display_quantity", ask(shown: 1)),
    ])
    func aTypesOwnMannerStandsInTheWay(
        type: String, params: String, field: String, asked: OrderInstructions
    ) {
        let result = plan(type, params: params, asking: asked)
        #expect(result.code == "instruction_conflict" && result.rejection?.field == field)
    }

    @Test func theSameDisplayTwiceIsNoConflict() throws {
        let plan = try plan(
            "iceberg", params: "{\"display_quantity\": 10}", asking: Self.ask(shown: 10)
        ).get()
        #expect(plan.extra?.display == Quantity(10))
    }

    @Test func theirNumbersAreWholeLots() {
        for (field, asked) in [
            ("min_quantity", Self.ask(least: 1_001)), ("min_quantity", Self.ask(least: 0)),
            ("display_quantity", Self.ask(shown: 999)),
            ("display_quantity", Self.ask(shown: -1_000)),
        ] {
            let result = desk.plan("limit", .buy, 3_000, at: 25, instrument: Sample.coin) {
                $0.instructions = asked
            }
            #expect(result.code == "lot_size" && result.rejection?.field == field)
        }
    }

    /// What the family shares, and what is the order's own.
    @Test func childrenGetTheModeAndTheExpiryButNotTheRest() throws {
        let params = "{\"take_profit_price\": 140, \"stop_loss_price\": 160}"
        let plan = try plan(
            "bracket", "day", params: params,
            asking: Self.ask(post: true, reduce: true, shown: 5, mode: .decrement)
        ).get()
        #expect(plan.flags == [.postOnly, .reduceOnly] && plan.extra?.display == Quantity(5))
        for child in plan.children {
            #expect(child.flags == [] && child.extra?.display == .zero)
            #expect(child.selfTrade == .decrement && child.expireAt == Sample.sessionEnd)
        }
    }
}
