// A key of a wrong type in the way of each function: an error, and not a key changes, since every
// key is read before the first write.

import TestSupport
import Testing
import Trading

private struct Damage: CustomTestStringConvertible, Sendable {
    let function: String
    let key: String
    var testDescription: String { "\(function) with a wrong \(key)" }
}

private let damages: [Damage] = [
    ("submit", ["seq", "events", "instruments", "accounts", "positions", "orders"]),
    ("submit", ["book:AAPL:s", "levels:AAPL:b", "expiry:AAPL", "book:AAPL:b", "levels:AAPL:s"]),
    ("submit", ["market", "fees", "switches", "scopes"]),
    ("guarded", ["scopes", "rates", "throttles"]),
    ("throttle", ["seq", "events", "instruments", "accounts", "positions", "throttles"]),
    ("cancel", ["seq", "events", "instruments", "accounts", "positions", "orders"]),
    ("cancel", ["book:AAPL:b", "levels:AAPL:b", "expiry:AAPL"]),
    ("amend", ["seq", "events", "instruments", "accounts", "positions", "orders"]),
    ("amend", ["book:AAPL:b", "book:AAPL:s", "levels:AAPL:b", "expiry:AAPL"]),
    ("account", ["seq", "events", "accounts", "account_id"]),
    ("transact", ["seq", "events", "accounts"]),
    ("shares", ["seq", "events", "accounts", "instruments", "positions", "market"]),
    ("instrument", ["seq", "events", "instruments"]),
    ("tick", ["seq", "events", "instruments", "accounts", "positions", "orders"]),
    ("tick", ["book:AAPL:b", "levels:AAPL:b", "expiry:AAPL"]),
    ("key", ["seq", "events", "keys"]),
    ("session", ["keys", "sessions", "sessions:000000a1"]),
    ("revoke", ["keys", "sessions", "sessions:000000a1"]),
    ("project", ["projected", "list:orders"]),
    (
        "bust",
        ["seq", "events", "instruments", "accounts", "positions", "orders", "fees", "busted"]
    ),
].flatMap { function, keys in keys.map { Damage(function: function, key: $0) } }

@Suite struct LuaDamageTests {
    /// An order that crosses, rests with what remains, expires later and pays fees: it writes every
    /// kind of key.
    private func call(_ function: String, _ world: LuaWorld, _ item: [UInt8] = []) -> Reply {
        let functions = world.functions
        switch function {
        case "submit":
            return world.buy("2", "new", 30, at: 15_000) {
                $0.expireAt = functions.time() + 60_000_000
            }
        case "guarded":
            return world.buy("2", "new", 30, at: 15_000) {
                $0.guards = "r|1|6|2|9|60000|rate|0;r|1|7|1|9|60000|run|0;r|1|5|4|9|0|open|0"
            }
        case "throttle": return functions.call("throttle", "1", "AAPL", "seen", "")
        case "cancel": return functions.cancel("1-day")
        case "amend": return functions.amend("1-day", price: 14_001, quantity: 20)
        case "account": return functions.account(balance: 5)
        case "transact": return functions.transact("1", kind: 1, amount: 5)
        case "shares": return functions.transact("1", kind: 3, symbol: "AAPL", quantity: 5)
        case "instrument":
            return functions.instrument("MSFT", create: true, packed: LuaWorld.instrument())
        case "key": return functions.key("000000a2", 1, packed: LuaKeyTests.key("a2"))
        case "session":
            return functions.key(
                "000000b2", 1, packed: LuaKeyTests.session(functions.time() + 60_000_000))
        case "revoke": return functions.key("000000a1", 2)
        case "tick": return functions.tick("AAPL")
        case "project":
            return functions.call(
                "project", "0", "1", "list:trades", "1", "a", "list:orders", "1", "b")
        case "bust": return functions.call("bust", Argument(item), "error", "")
        default: preconditionFailure(function)
        }
    }

    /// A resting sell to trade with, and a buy that expires (soon, for the function that waits).
    private func prepared(_ function: String) throws -> LuaWorld {
        let world = try LuaWorld(makerBps: 10, takerBps: 20)
        try #require(world.sell("1", "ask", 10, at: 15_000).word == "ok")
        let isSoon = function == "tick"
        let expireAt = world.functions.time() + (isSoon ? 300_000 : 60_000_000)
        try #require(world.buy("1", "day", 10, at: 14_000) { $0.expireAt = expireAt }.word == "ok")
        if isSoon { world.functions.wait(until: expireAt) }
        if ["key", "session", "revoke"].contains(function) { try LuaKeyTests.prepare(world) }
        if function == "throttle" {
            // At a limit of none it shuts at once.
            _ = world.buy("1", "shut", 1, at: 14_000) { $0.guards = "r|1|7|1|0|60000|run|0" }
        }
        return world
    }

    /// A trade, as the lists hold it.
    private func madeTrade(_ world: LuaWorld) throws -> [UInt8] {
        let reply = world.buy("2", "taker", 5, at: 15_000)
        for change in try world.event(reply.sequence).changes {
            if case .trade(let trade) = change { return trade.listItem }
        }
        return []
    }

    @Test(arguments: damages) fileprivate func nothingChanges(_ damage: Damage) throws {
        let world = try prepared(damage.function)
        let item = damage.function == "bust" ? try madeTrade(world) : []
        let key = world.functions.key(damage.key)
        // Of a type that no key of ours is.
        _ = world.redis.call("DEL", key)
        _ = world.redis.call("PFADD", "\(key)0", "x")
        _ = world.redis.call("RENAME", "\(key)0", key)
        let before = world.redis.dump()
        let reply = call(damage.function, world, item)
        // A HyperLogLog is a string, but no number: a stale cursor, or arithmetic that fails.
        let isString = ["seq", "account_id", "projected"].contains(damage.key)
        #expect(isString ? reply.word != "ok" : reply.failure.contains("WRONGTYPE"), "\(reply)")
        #expect(world.redis.dump() == before)
    }

    /// The same calls without damage do change things: the test above tests something.
    @Test(arguments: Set(damages.map(\.function)).sorted()) func undamaged(function: String) throws
    {
        let world = try prepared(function)
        let before = world.redis.dump()
        let item = function == "bust" ? try madeTrade(world) : []
        #expect(call(function, world, item).word == "ok")
        #expect(world.redis.dump() != before)
    }

    /// A stream that stands ahead of the sequence number: the first write is the one that fails.
    @Test func aStreamAheadOfItsNumber() throws {
        let world = try LuaWorld()
        _ = world.redis.call("XADD", world.functions.key("events"), "99-0", "e", "x")
        world.expectUnchanged({ world.buy("1", "a", 1, at: 15_000) }, "ERR")
    }

    /// Full: nothing new comes in, but one can get out.
    @Test func aFullRedis() throws {
        let world = try LuaWorld()
        try #require(world.buy("1", "a", 1, at: 15_000).word == "ok")
        _ = world.redis.call("CONFIG", "SET", "maxmemory", "1")
        world.expectUnchanged({ world.buy("1", "b", 1, at: 15_000) }, "OOM")
        world.expectUnchanged({ world.functions.amend("1-a", quantity: 2) }, "OOM")
        #expect(world.functions.cancel("1-a").word == "ok")
        #expect(try world.account("1").held.raw == 0)
    }
}
