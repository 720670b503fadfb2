// project: lists, and where an order's items stand in them.

import Base
import TestSupport
import Testing
import Trading

@testable import Store

@Suite(.serialized) struct LuaProjectTests {
    /// Calls project with what the host would send for these additions.
    private func project(
        _ world: LuaWorld, from: Int64, _ additions: [ProjectCall.Addition]
    ) -> Reply {
        var arguments = [Argument(from), Argument(from + 1)]
        for addition in additions {
            arguments += [Argument(addition.list.name), Argument(addition.items.count)]
            arguments += addition.items.map { Argument($0) }
            let history = addition.history
            guard !history.isEmpty else { continue }
            arguments += ["history", Argument(2 * history.count)]
            for (order, places) in history {
                arguments += [Argument(order.text), Argument(places)]
            }
        }
        return world.functions.call("project", arguments)
    }

    private func executions(_ account: String, _ orders: [String]) -> ProjectCall.Addition {
        ProjectCall.Addition(
            .executionsOf(account: account), orders.map { Array($0.utf8) },
            orders.map { OrderID($0) })
    }

    private func positions(_ world: LuaWorld, _ order: String) throws -> [UInt32] {
        let bytes = world.redis.call("HGET", world.functions.key("history"), order).bytes
        var reader = ByteReader(bytes[...])
        var found: [UInt32] = []
        while !reader.isAtEnd { found.append(try reader.uint32()) }
        return found
    }

    @Test func anOrdersItemsAreFoundByPosition() throws {
        let world = try LuaWorld()
        let first = [executions("1", ["1-a", "1-b", "1-a"]), executions("2", ["2-c"])]
        #expect(project(world, from: 0, first).word == "ok")
        #expect(project(world, from: 1, [executions("1", ["1-b", "1-a", "1-d"])]).word == "ok")
        #expect(try positions(world, "1-a") == [0, 2, 4])
        #expect(try positions(world, "1-b") == [1, 3])
        #expect(try positions(world, "1-d") == [5])
        #expect(try positions(world, "2-c") == [0])
        // The list has at these places what the index says.
        let list = world.redis.call("LRANGE", world.functions.key("list:executions:1"), "0", "-1")
        #expect(list.items.map(\.text) == ["1-a", "1-b", "1-a", "1-b", "1-a", "1-d"])
        world.expectUnchanged({ project(world, from: 1, first) }, "stale 2")
    }

    @Test func theIndexOfAnOrderOfManyFillsStaysSmall() throws {
        let world = try LuaWorld()
        for call in 0..<3 {
            let orders = Array(repeating: "1-a", count: 2_500)
            #expect(project(world, from: Int64(call), [executions("1", orders)]).word == "ok")
        }
        let kept = try positions(world, "1-a")
        #expect(kept == (6_499..<7_500).map { UInt32($0) })
        #expect(kept.count == Limits.historySteps + 1)
    }

    @Test func manyOrdersAreIndexedInOneCall() throws {
        let world = try LuaWorld()
        let orders = (0..<5_000).map { "1-\($0)" }
        #expect(project(world, from: 0, [executions("1", orders)]).word == "ok")
        for place in [0, 1_999, 2_000, 4_999] {
            #expect(try positions(world, "1-\(place)") == [UInt32(place)])
        }
    }

    @Test func anIndexOfAnotherTypeStopsTheCallBeforeItWrites() throws {
        let world = try LuaWorld()
        _ = world.redis.call("SET", world.functions.key("history"), "x")
        let before = world.redis.dump()
        let reply = project(world, from: 0, [executions("1", ["1-a"])])
        #expect(reply.failure.contains("WRONGTYPE"), "\(reply)")
        #expect(world.redis.dump() == before)
    }
}
