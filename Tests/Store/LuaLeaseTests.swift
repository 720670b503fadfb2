// Session leases: which orders they hold, when they are over, what is left of them.

import Base
import TestSupport
import Testing
import Trading

@Suite struct LuaLeaseTests {
    private let world: LuaWorld
    private var functions: Functions { world.functions }

    init() throws { world = try LuaWorld() }

    private func leased(
        _ lease: String, _ id: String, millis: Int64 = 60_000, quantity: Int64 = 1,
        at price: Int64 = 10_000, change: (inout NewOrder) -> Void = { _ in }
    ) -> Reply {
        var order = NewOrder()
        order.clientID = id
        order.quantity = quantity
        order.price = price
        change(&order)
        return functions.call("leased", [Argument(lease), Argument(millis)] + order.arguments)
    }

    private func lease(_ id: String, _ millis: Int64?, ended: [String] = []) -> Reply {
        functions.call(
            "lease",
            [Argument(id), millis.map { Argument($0) } ?? ""] + ended.map { Argument($0) })
    }

    private func members(_ lease: String) -> Set<String> {
        let reply = world.redis.call("SMEMBERS", functions.key("leased:\(lease)"))
        return Set(reply.items.map(\.text))
    }

    private func overdue() -> String { functions.call("leases").description }

    @Test func anOrderAndItsPlaceInTheLeaseAreOneCall() throws {
        #expect(leased("s1", "a").word == "ok")
        #expect(leased("s1", "b", at: 9_900).word == "ok")
        #expect(leased("s2", "c").word == "ok")
        #expect(members("s1") == ["1-a", "1-b"] && members("s2") == ["1-c"])
        #expect(try world.order("1-a").status == .new)
        // Not over yet.
        #expect(overdue() == "ok")
        // The same request again is answered and adds nothing.
        #expect(leased("s3", "a").word == "duplicate")
        #expect(members("s3").isEmpty && members("s1").count == 2)
    }

    @Test func whatDoesNotStayOpenIsNotInIt() throws {
        #expect(world.sell("2", "s", 5, at: 10_000).word == "ok")
        #expect(leased("s1", "filled", quantity: 5).word == "ok")
        #expect(try world.order("1-filled").status == .filled)
        #expect(leased("s1", "ioc", change: { $0.policy = 2 }).word == "ok")
        #expect(leased("s1", "rule", change: { $0.reason = "max_order: x" }).word == "rejected")
        #expect(leased("s1", "poor", quantity: 1_000_000_000).word == "rejected")
        world.expectUnchanged(
            { leased("s1", "old", change: { $0.revision = 9 }) }, "stale")
        #expect(members("s1").isEmpty)
        #expect(world.redis.call("EXISTS", functions.key("leases")).integer == 0)
    }

    @Test func oneThatIsOverIsFoundWithItsOrdersUntilTheyAreForgotten() {
        #expect(leased("s1", "a").word == "ok")
        #expect(leased("s1", "b").word == "ok")
        #expect(lease("s1", 0).word == "ok")
        let found = overdue()
        #expect(found.hasPrefix("ok s1 ") && found.contains("1-a") && found.contains("1-b"))
        #expect(lease("s1", nil, ended: ["1-a"]).word == "ok")
        #expect(overdue() == "ok s1 1-b")
        // The client's host was only slow: its renewal gives the rest another while.
        #expect(lease("s1", 60_000).word == "ok")
        #expect(overdue() == "ok")
        #expect(lease("s1", nil, ended: ["1-b"]).word == "ok")
        #expect(world.redis.call("EXISTS", functions.key("leases")).integer == 0)
        #expect(world.redis.call("EXISTS", functions.key("leased:s1")).integer == 0)
        // Renewing what is gone brings nothing back.
        world.expectUnchanged({ lease("s1", 60_000) }, "ok")
    }

    @Test func itIsOverByItself() {
        #expect(leased("s1", "a", millis: 30).word == "ok")
        functions.wait(until: functions.time() + 40_000)
        #expect(overdue() == "ok s1 1-a")
        // A further order of the session is a further sign of life.
        #expect(leased("s1", "b", millis: 60_000).word == "ok")
        #expect(overdue() == "ok")
    }

    @Test func anAnswerHasAtMostFiveHundredOrders() {
        for number in 0..<Limits.leaseOrdersPerCall + 20 {
            #expect(leased("s1", "o\(number)").word == "ok")
        }
        _ = lease("s1", 0)
        #expect(functions.call("leases").rest.count == 1 + Limits.leaseOrdersPerCall)
    }

    @Test(arguments: [
        ["", "1"], ["a b", "1"], ["a:b", "1"], [String(repeating: "a", count: 65), "1"],
        ["s1", "-1"], ["s1", "x"], ["s1", "600001"], ["s1", "1.5"],
    ])
    func wrongArguments(given: [String]) {
        let arguments = given.map { Argument($0) }
        world.expectUnchanged({ functions.call("lease", arguments) }, "refused bad_argument")
        world.expectUnchanged(
            { functions.call("leased", arguments + NewOrder().arguments) }, "refused bad_argument")
    }

    @Test func damagedKeysStopACallBeforeItsFirstWrite() {
        _ = world.redis.call("SET", functions.key("leased:s1"), "x")
        world.expectUnchanged({ leased("s1", "a") }, "")
        _ = world.redis.call("SET", functions.key("leases"), "x")
        world.expectUnchanged({ leased("s2", "a") }, "")
    }
}
