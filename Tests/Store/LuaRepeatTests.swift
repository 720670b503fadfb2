// What is asked twice, and what was changed by somebody else in between.

import Base
import TestSupport
import Testing
import Trading

@Suite("Repeated and stale administration", .serialized)
struct LuaRepeatTests {
    private func standing(_ account: Account) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(account.state.rawValue)
        writer.byte(account.isActive ? 1 : 0)
        writer.byte(account.selfTradeScope.rawValue)
        for number in [
            account.shortLimit.raw, account.makerFeeBps ?? -1, account.takerFeeBps ?? -1,
            account.multiple,
        ] {
            writer.int64(number)
        }
        writer.string(account.group ?? "")
        return writer.bytes + account.profile.encoded()
    }

    @Test("a deposit with a client id counts once, and another one with it is a conflict")
    func deposit() throws {
        let world = try LuaWorld()
        let functions = world.functions
        let hash: [UInt8] = Array("request1".utf8)
        let first = functions.transact("1", kind: 1, amount: 5, clientID: "d-1", hash: hash)
        #expect(first.word == "ok")
        let balance = try world.account("1").balance
        world.expectUnchanged(
            { functions.transact("1", kind: 1, amount: 5, clientID: "d-1", hash: hash) },
            "duplicate")
        world.expectUnchanged(
            {
                functions.transact(
                    "1", kind: 1, amount: 6, clientID: "d-1", hash: Array("request2".utf8))
            }, "conflict")
        #expect(
            functions.transact("2", kind: 1, amount: 5, clientID: "d-1", hash: hash).word == "ok")
        #expect(
            functions.transact("1", kind: 1, amount: 5, clientID: "d-2", hash: hash).word == "ok")
        #expect(try world.account("1").balance == balance + Money(5))
    }

    @Test("a refused deposit may be repeated once there is a reason to")
    func refusedFirst() throws {
        let world = try LuaWorld()
        let functions = world.functions
        let hash: [UInt8] = Array("request1".utf8)
        let all = try world.account("1").balance.raw
        let take = { functions.transact("1", kind: 2, amount: all + 1, clientID: "w", hash: hash) }
        world.expectUnchanged(take, "refused insufficient_cash")
        _ = functions.transact("1", kind: 1, amount: 1)
        #expect(take().word == "ok")
    }

    @Test("a change of an account that was made from an older one is stale; trades don't matter")
    func account() throws {
        let world = try LuaWorld()
        let functions = world.functions
        let before = standing(try world.account("1"))
        _ = functions.transact("1", kind: 1, amount: 5)
        #expect(
            functions.account("1", create: false, state: 4, expected: before).word == "ok")
        world.expectUnchanged(
            { functions.account("1", create: false, state: 1, expected: before) }, "stale")
        let after = standing(try world.account("1"))
        #expect(functions.account("1", create: false, state: 1, expected: after).word == "ok")
    }

    @Test("a change of an instrument that was made from an older one is stale")
    func instrument() throws {
        let world = try LuaWorld()
        let functions = world.functions
        var packed = LuaWorld.instrument()
        // The revision's place: after 5 bytes and 6 numbers.
        packed[5 + 6 * 8] = 1
        #expect(functions.instrument("AAPL", create: false, packed: packed).word == "ok")
        world.expectUnchanged(
            { functions.instrument("AAPL", create: false, packed: packed) }, "stale")
        packed[5 + 6 * 8] = 2
        #expect(functions.instrument("AAPL", create: false, packed: packed).word == "ok")
    }
}
