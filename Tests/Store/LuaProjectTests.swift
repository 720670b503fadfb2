// project: lists, and where an order's items stand in them.

import Base
import TestSupport
import Testing
import Trading

@testable import Store

@Suite(.serialized) struct LuaProjectTests {
    /// Projects one execution of each of these orders.
    private func project(_ world: LuaWorld, from: Int64, _ orders: [String]) -> Reply {
        let items = orders.enumerated().map { index, order in
            let text = Array(order.utf8)
            let numbers: [UInt8] = Array(repeating: UInt8(index % 256), count: 101)
            return Argument(numbers + [UInt8(text.count)] + text + [0, 0])
        }
        let head = [Argument(from), Argument(from + 1), "executions", Argument(items.count)]
        return world.functions.call("project", head + items)
    }

    /// The orders of a list's items.
    private func listed(_ world: LuaWorld, _ name: String) -> [String] {
        world.redis.call("LRANGE", world.functions.key("list:\(name)"), "0", "-1").items.map {
            String(decoding: $0.bytes[102...].dropLast(2), as: UTF8.self)
        }
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
        let first = ["1-a", "1-b", "2-c", "1-a"]
        let second = ["1-b", "1-a", "1-d"]
        #expect(project(world, from: 0, first).word == "ok")
        #expect(project(world, from: 1, second).word == "ok")
        #expect(listed(world, "executions") == first + second)
        #expect(listed(world, "executions:1") == ["1-a", "1-b", "1-a", "1-b", "1-a", "1-d"])
        #expect(listed(world, "executions:2") == ["2-c"])
        #expect(try positions(world, "1-a") == [0, 2, 4])
        #expect(try positions(world, "1-b") == [1, 3])
        #expect(try positions(world, "1-d") == [5])
        #expect(try positions(world, "2-c") == [0])
        world.expectUnchanged({ project(world, from: 1, first) }, "stale 2")
    }

    @Test func theIndexOfAnOrderOfManyFillsStaysSmall() throws {
        let world = try LuaWorld()
        for call in 0..<3 {
            let orders = Array(repeating: "1-a", count: 2_500)
            #expect(project(world, from: Int64(call), orders).word == "ok")
        }
        let kept = try positions(world, "1-a")
        #expect(kept == (6_499..<7_500).map { UInt32($0) })
        #expect(kept.count == Limits.historySteps + 1)
    }

    @Test func manyOrdersAreIndexedInOneCall() throws {
        let world = try LuaWorld()
        let orders = (0..<5_000).map { "\($0 % 2 + 1)-\($0)" }
        #expect(project(world, from: 0, orders).word == "ok")
        for place in [0, 1_999, 2_000, 3_999, 4_000, 4_999] {
            let found = try positions(world, "\(place % 2 + 1)-\(place)")
            #expect(found == [UInt32(place / 2)])
        }
        #expect(listed(world, "executions") == orders)
        #expect(listed(world, "executions:2") == orders.filter { $0.hasPrefix("2") })
    }

    @Test(arguments: ["history", "list:executions", "list:executions:1"])
    func aKeyOfAnotherTypeStopsTheCallBeforeItWrites(name: String) throws {
        let world = try LuaWorld()
        _ = world.redis.call("SET", world.functions.key(name), "x")
        let before = world.redis.dump()
        let reply = project(world, from: 0, ["1-a"])
        #expect(reply.failure.contains("WRONGTYPE"), "\(reply)")
        #expect(world.redis.dump() == before)
    }
}
