// The model's own test: the Lua functions with a mistake planted in them must be found out.

import Foundation
import TestSupport
import Testing

struct PlantedBug: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let right: String
    let wrong: String
}

private let bugs =
    [
        PlantedBug(
            testDescription: "the latest of a level first",
            right: "format('%016d%s', order.book_seq, order.id)",
            wrong: "format('%016d%s', 1000000 - order.book_seq, order.id)"),
        PlantedBug(
            testDescription: "fees rounded down",
            right: "if rest > 0 then fee, rest = fee + 1, rest - 10000 end",
            wrong: "if rest > 0 then rest = 0 end"),
        PlantedBug(
            testDescription: "trading with oneself",
            right: "local is_own = risk.is_own(call, order, resting)\n"
                + "        if is_own and order.self_trade == SELF_TRADE.NEWEST then return 'self' end",
            wrong: "local is_own = false"),
        PlantedBug(
            testDescription: "a partial fill forgotten in its level",
            right: "change_level_of(call, resting, -quantity, 0)\n    if not x",
            wrong: "if not x"),
        PlantedBug(
            testDescription: "a hold that a fill doesn't release",
            right: "    update_hold(call, resting)\n    note_in_market",
            wrong: "    note_in_market"),
        PlantedBug(
            testDescription: "an amend that keeps its place where it may not",
            right: "or (is_same_price and quantity < order.quantity)",
            wrong: "or is_same_price"),
        PlantedBug(
            testDescription: "all or none that takes some",
            right: "if is_whole and stop then",
            wrong: "if is_whole and stop and found == 0 then"),
        PlantedBug(
            testDescription: "an expiry that comes to nothing",
            right: "end_order(call, order, EXPIRED, 'expired', 5)",
            wrong: ""),
        PlantedBug(
            testDescription: "a minimum that isn't one",
            right: "if found < least then",
            wrong: "if found < 0 then"),
        PlantedBug(
            testDescription: "an iceberg that keeps its place",
            right: "    take_from_book(call, order, 0)\n"
                + "    order.home = false\n"
                + "    place_in_book(call, order)\n",
            wrong: "    local x, left = order.x, working_of(order)\n"
                + "    x.shown = x.display < left and x.display or left\n"
                + "    change_level_of(call, order, x.shown, 0)\n"),
        PlantedBug(
            testDescription: "a decrement of one side only",
            right: "    order.quantity = order.quantity - less\n",
            wrong: ""),
        PlantedBug(
            testDescription: "post only that takes",
            right: "if not resting or is_beyond(order, resting.price) then return nil end",
            wrong: "if true then return nil end"),
        PlantedBug(
            testDescription: "a link that reduces nothing",
            right: "                cut(call, member, quantity, 'linked')\n",
            wrong: ""),
        PlantedBug(
            testDescription: "a link group that holds the sum",
            right: "local other_hold, other_working = largest_of_others(call, order)",
            wrong: "local other_hold, other_working = 0, 0"),
        PlantedBug(
            testDescription: "reduce-only orders that outgrow their position",
            right: "            if order.working > allowed then\n",
            wrong: "            if order.working < 0 then\n"),
        PlantedBug(
            testDescription: "a trigger that its own price doesn't set off",
            right: "return price >= x.trigger_price end",
            wrong: "return price > x.trigger_price end"),
        PlantedBug(
            testDescription: "triggers of one price, the latest first",
            right:
                "if a.accepted_seq ~= b.accepted_seq then return a.accepted_seq < b.accepted_seq end\n"
                + "        return a.id < b.id",
            wrong:
                "if a.accepted_seq ~= b.accepted_seq then return a.accepted_seq > b.accepted_seq end\n"
                + "        return a.id < b.id"),
        PlantedBug(
            testDescription: "a sweep whose first price sets nothing off",
            right: "call.points = first == last and { last } or { first, last }",
            wrong: "call.points = { last }"),
        PlantedBug(
            testDescription: "a trail that may lie on its peak",
            right: "if offset < tick then offset = tick end",
            wrong: ""),
        PlantedBug(
            testDescription: "a sweep that loses its turn",
            right: "if x.was_queued then",
            wrong: "if false then"),
        PlantedBug(
            testDescription: "a child that is given the last fill alone",
            right: "x.granted = bounded(x.granted + quantity)",
            wrong: "x.granted = quantity"),
        PlantedBug(
            testDescription: "a child that outlives its main order",
            right: "if x.granted < child.quantity then",
            wrong: "if false then"),
        PlantedBug(
            testDescription: "children that a cancel leaves",
            right:
                "end_order(call, child, CANCELLED, 'parent_cancelled', 7)\n            any = true",
            wrong: "any = true"),
        PlantedBug(
            testDescription: "a container that pays no fees",
            right: "bounded(main.amount + trade.amount), bounded(main.fee + fee)",
            wrong: "bounded(main.amount + trade.amount), main.fee"),
        PlantedBug(
            testDescription: "a peg that crosses",
            right: "if best and price >= best then price = best - tick end",
            wrong: ""),
        PlantedBug(
            testDescription: "midpoints rounded to one side",
            right: "if over > 0 or odd > 0 then return middle - over + tick end",
            wrong: "if over > 0 then return middle - over + tick end"),
        PlantedBug(
            testDescription: "a pegged iceberg that shows more than it has",
            right: "        clamp_shown(order)\n"
                + "        change_level_of(call, order, shown_of(order) - shown, 0)\n"
                + "        update_hold(call, order)\n        return true",
            wrong: "        update_hold(call, order)\n        return true"),
        PlantedBug(
            testDescription: "linked orders that are counted twice",
            right: "if gone > 0 then open = x.link_action == 1 and 0 or open - gone end",
            wrong: ""),
        PlantedBug(
            testDescription: "self-trades that a call prevents without an end",
            right: "if is_own then\n            call.fills = call.fills + 1",
            wrong: "if is_own then"),
        PlantedBug(
            testDescription: "an order that stops whoever sets it off",
            right: "culprits.at_risk = order.id",
            wrong: ""),
        PlantedBug(
            testDescription: "a trail that leaves the scale",
            right: "if price > last then return last end",
            wrong: "bounded(price)"),
    ] + riskBugs

@Suite struct PlantedBugTests {
    @Test(arguments: bugs) func isFoundOut(_ bug: PlantedBug) throws {
        let server = try RedisServer()
        var wasPlanted = false
        let engine = try Engine(try server.connect()) { source in
            wasPlanted = source.contains(bug.right)
            return source.replacingOccurrences(of: bug.right, with: bug.wrong)
        }
        let caught = try (1...250).contains { seed in
            let script = Generator.script(seed: UInt64(seed), steps: 150)
            return Runner(try engine.functions(for: script), stepsPerAudit: 20).run(script) != nil
        }
        try #require(wasPlanted, "the source no longer says: \(bug.right)")
        #expect(caught)
    }
}
