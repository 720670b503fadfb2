// The model's own test: the Lua functions with a mistake planted in them must be found out.

import Foundation
import TestSupport
import Testing

struct PlantedBug: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let right: String
    let wrong: String
}

private let bugs = [
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
        right: "if resting.account == order.account then return matches, 'self' end", wrong: ""),
    PlantedBug(
        testDescription: "a partial fill forgotten in its level",
        right: "change_level_of(call, resting, -trade.quantity, 0)",
        wrong: "change_level_of(call, resting, 0, 0)"),
    PlantedBug(
        testDescription: "a hold that a fill doesn't release",
        right: "    update_hold(call, resting)\n", wrong: ""),
    PlantedBug(
        testDescription: "an amend that keeps its place where it may not",
        right: "or (price == order.price and quantity < order.quantity)",
        wrong: "or price == order.price"),
    PlantedBug(
        testDescription: "all or none that takes some",
        right: "if order.policy == ALL_OR_NONE and stop then",
        wrong: "if order.policy == ALL_OR_NONE and stop and #matches == 0 then"),
    PlantedBug(
        testDescription: "an expiry that comes to nothing",
        right: "    expire_orders(call, ids)\n    return false\n", wrong: "    return false\n"),
]

@Suite struct PlantedBugTests {
    @Test(arguments: bugs) func isFoundOut(_ bug: PlantedBug) throws {
        let server = try RedisServer()
        var wasPlanted = false
        let functions = try Functions(try server.connect()) { source in
            wasPlanted = source.contains(bug.right)
            return source.replacingOccurrences(of: bug.right, with: bug.wrong)
        }
        try #require(wasPlanted, "the source no longer says: \(bug.right)")
        let runner = Runner(functions, stepsPerAudit: 20)
        let caught = (1...40).contains { seed in
            runner.run(Generator.script(seed: UInt64(seed), steps: 150)) != nil
        }
        #expect(caught)
    }
}
