// What an order type may emit for a plan of several pieces, and each rule that it can break.

import Base
import Testing
import Trading

@testable import Plugins

@Suite struct PiecesTests {
    private func plan(_ statements: String, event: String? = "return OES_OK") throws
        -> Result<Plan, Rejection>
    {
        let desk = try desk(plan: statements, event: event)
        return desk.plan(
            Sample.request(.sell, 3_000, at: 15_025, type: "pieces", symbol: "BTC-USD"),
            instrument: Sample.coin)
    }

    @Test func aBracketLikePlanComesOutAsItWasEmitted() throws {
        let plan = try plan(
            """
            PLACE(self_place);
            child.after = 1; child.side = OES_SIDE_BUY; child.link_group = 7;
            child.link_action = OES_LINK_REDUCE; child.price = 14000;
            PLACE(child);
            child.child_key = TEXT("b"); child.pricing = OES_PRICING_MARKET; child.price = OES_NONE;
            child.remainder = OES_REMAINDER_CANCEL; child.expire_at = input->market->time + 5;
            child.trigger_source = OES_TRIGGER_BID;
            child.trigger_direction = OES_TRIGGER_AT_OR_ABOVE; child.trigger_price = 16000;
            PLACE(child)
            """
        ).get()
        #expect(plan.extra == nil && plan.flags == [])
        let first = try #require(plan.children.first)
        #expect(first.key == "a" && first.side == .buy && first.price == Price(14_000))
        #expect(first.extra?.role == .after && first.extra?.link == 7)
        #expect(first.extra?.linkAction == .reduce && first.expireAt == 0)
        let second = try #require(plan.children.last)
        #expect(second.pricing == .market && second.price == Price(0))
        #expect(second.policy == .cancel && second.expireAt == Sample.time + 5)
        #expect(second.extra?.triggerSource == .bid)
        #expect(second.extra?.triggerDirection == .atOrAbove)
        #expect(second.extra?.triggerPrice == Price(16_000))
        #expect(second.terms.orderType == "pieces" && second.terms.paramsJSON.isEmpty)
    }

    @Test func aContainerComesWithStateTimerAndWakes() throws {
        let plan = try plan(
            """
            CONTAINER(); STATE("kept"); TIMER(input->market->time + 9);
            WAKES(OES_WAKE_CHILD_ENDED); child.quantity = 1000; PLACE(child)
            """
        ).get()
        #expect(plan.isContainer && plan.timer == Sample.time + 9)
        #expect(plan.extra?.wakes == [.childEnded, .timer])
        #expect(
            KeptState(plan.state)
                == KeptState(version: 3, isReduceOnly: false, bytes: Array("kept".utf8)))
        #expect(plan.children.map(\.quantity) == [Quantity(1_000)])
    }

    @Test func everyFieldOfAPlaceArrives() throws {
        let plan = try plan(
            """
            self_place.self_trade = OES_SELF_TRADE_DECREMENT; self_place.reduce_only = 1;
            self_place.min_quantity = 2000; self_place.display_quantity = 1000;
            self_place.trigger_source = OES_TRIGGER_LAST;
            self_place.trigger_direction = OES_TRIGGER_AT_OR_BELOW;
            self_place.trail = OES_TRAIL_BPS; self_place.trail_offset = 25;
            self_place.limit_offset = -50; PLACE(self_place)
            """
        ).get()
        var extra = OrderExtension()
        extra.minQuantity = Quantity(2_000)
        extra.display = Quantity(1_000)
        extra.triggerSource = .last
        extra.triggerDirection = .atOrBelow
        extra.trail = .bps
        extra.trailOffset = 25
        extra.limitOffset = -50
        #expect(plan.extra == extra)
        #expect(plan.flags == .reduceOnly && plan.selfTrade == .decrement)
        let pegged = try self.plan(
            """
            self_place.peg = OES_PEG_MIDPOINT; self_place.peg_offset = -25; PLACE(self_place)
            """
        ).get()
        #expect(pegged.extra?.peg == .midpoint && pegged.extra?.pegOffset == -25)
        #expect(pegged.extra?.pegLimit == Price(15_025))
    }

    @Test(arguments: [
        "PLACE(child)", "CONTAINER(); PLACE(self_place)", "PLACE(self_place); CONTAINER()",
        "PLACE(self_place); PLACE(child); PLACE(child)", "PLACE(self_place); STATE(\"x\")",
        "PLACE(self_place); TIMER(input->market->time)", "PLACE(self_place); WAKES(1)",
        "CONTAINER(); WAKES(16)", "CONTAINER(); TIMER(0)", "CONTAINER(); TIMER(INT64_MAX)",
        "CONTAINER(); STATE(\"x\"); STATE(\"y\")",
        "CONTAINER(); state.bytes = NULL; state.length = 5; emit(OES_INSTRUCTION_SET_STATE, &state)",
        "CONTAINER(); state.length = 4097; emit(OES_INSTRUCTION_SET_STATE, &state)",
        "CONTAINER(); CANCEL(\"a\")", "PLACE(self_place); DONE(\"\")",
        "PLACE(self_place); REJECT(\"no\")", "REJECT(\"no\"); PLACE(self_place)",
        "container.quantity -= 1000; CONTAINER()", "container.price = 15026; CONTAINER()",
        "container.pricing = 3; CONTAINER()", "container.struct_size = 8; CONTAINER()",
        "CONTAINER(); child.after = 1; PLACE(child)",
        "CONTAINER(); child.side = OES_SIDE_BUY; PLACE(child)",
        "CONTAINER(); PLACE(child); child.child_key = TEXT(\"b\"); PLACE(child)",
    ])
    func aPlanThatIsNoneIsRefused(statements: String) throws {
        #expect(try plan(statements).code == "plugin_error")
    }

    @Test func aContainerNeedsSomeoneToGoOnWithIt() throws {
        #expect(try plan("CONTAINER()", event: nil).code == "plugin_error")
        let stateless = try desk(
            plan: "CONTAINER(); STATE(\"x\")", event: "return OES_OK", stateVersion: 0)
        #expect(stateless.plan(Sample.request(type: "pieces")).code == "plugin_error")
    }

    @Test func tenChildrenAreTheMost() throws {
        let many = { (count: Int) in
            """
            char key[] = "a"; CONTAINER(); child.quantity = 1000; child.link_group = 1;
            child.link_action = OES_LINK_CANCEL; child.child_key.ptr = key;
            for (int n = 0; n < \(count); n++, key[0]++) PLACE(child)
            """
        }
        #expect(try plan(many(10)).get().children.count == 10)
        #expect(try plan(many(11)).code == "plugin_error")
    }

    @Test(arguments: [
        "post_only = 2", "reduce_only = 7", "after = 1", "side = 3", "side = OES_SIDE_BUY",
        "self_trade = 5", "min_quantity = 4000", "min_quantity = 500", "min_quantity = -1000",
        "display_quantity = 3000", "display_quantity = 1", "display_quantity = INT64_MAX",
        "trigger_source = 1", "trigger_direction = 1", "trigger_price = 25", "trail = 1",
        "trail_offset = 5", "limit_offset = 25", "peg = 4", "peg_offset = 25", "link_group = 1",
        "link_action = 1", "link_group = 256; self_place.link_action = 1",
        "child_key = TEXT(\"A\")", "child_key = TEXT(\"seventeen_letters\")",
    ])
    func aFieldOutsideItsBoundsIsRefused(change: String) throws {
        #expect(try plan("self_place.\(change); PLACE(self_place)").code == "plugin_error")
    }

    /// On a place that trails, is pegged or waits for a price as it should.
    @Test(arguments: [
        "trail_offset = 0", "trail_offset = 10", "trail = OES_TRAIL_BPS; it->trail_offset = 10000",
        "trail = 3", "trigger_price = 15000", "trigger_source = OES_TRIGGER_BID",
        "trigger_direction = OES_TRIGGER_AT_OR_ABOVE", "limit_offset = 10",
        "pricing = OES_PRICING_MARKET; it->price = OES_NONE; it->limit_offset = 25",
        "peg = OES_PEG_BID",
    ])
    func aTrailKeepsToItsRules(change: String) throws {
        let trail = """
            oes_place_t *it = &self_place; it->trigger_source = OES_TRIGGER_LAST;
            it->trigger_direction = OES_TRIGGER_AT_OR_BELOW; it->trail = OES_TRAIL_AMOUNT;
            it->trail_offset = 50;
            """
        #expect(try plan("\(trail) PLACE(self_place)").rejection == nil)
        #expect(try plan("\(trail) it->\(change); PLACE(self_place)").code == "plugin_error")
    }

    @Test(arguments: [
        ("link_group = 1; child.link_action = 1", false),
        (
            "link_group = 1; child.link_action = 1; self_place.link_group = 1; "
                + "self_place.link_action = 2", true
        ),
        ("after = 1", true), ("after = 1; child.quantity = 1000", false),
        ("child_key.ptr = NULL", false), ("price = 0", false), ("quantity = 4000", false),
    ])
    func aChildKeepsToItsRules(change: String, isFine: Bool) throws {
        let result = try plan("child.\(change); PLACE(self_place); PLACE(child)")
        #expect(result.code == (isFine ? nil : "plugin_error"))
    }
}
