// The rules of keys and sessions, which the script keeps for all hosts together; and the audit log,
// whose records are those that the script itself read and wrote.

import Base
import TestSupport
import Testing
import Trading

@Suite struct LuaKeyTests {
    private let world: LuaWorld
    private var functions: Functions { world.functions }

    init() throws { world = try LuaWorld() }

    static func key(
        _ name: String, _ role: Role = .admin, accounts: AccountScope = .all
    ) -> [UInt8] {
        AccessKey(
            newKey: "", name: name, role: role, accounts: accounts,
            digest: Array(repeating: 7, count: 32), ordersPerSecond: 5, createdBy: "command"
        ).encoded()
    }

    static func session(_ expiresAt: Int64, of parent: String = "000000a1") -> [UInt8] {
        let key = AccessKey(
            newKey: parent, name: "x", role: .viewer, accounts: .only(["9"]),
            digest: Array(repeating: 7, count: 32), ordersPerSecond: 1, createdBy: "")
        return AccessKey(
            newSession: "", of: key, digest: Array(repeating: 8, count: 32), expiresAt: expiresAt,
            createdBy: parent
        ).encoded()
    }

    /// An administrator's key a1 with a session b1, and a second one's, a0.
    static func prepare(_ world: LuaWorld) throws {
        let functions = world.functions
        try #require(functions.key("000000a0", 1, packed: key("a0")).word == "ok")
        try #require(functions.key("000000a1", 1, packed: key("a1")).word == "ok")
        let session = session(functions.time() + 60_000_000)
        try #require(functions.key("000000b1", 1, packed: session).word == "ok")
    }

    private func stored(_ id: String) throws -> AccessKey? {
        let record = world.redis.call("HGET", functions.key("keys"), id).bytes
        return record.isEmpty ? nil : try AccessKey(id: id, record: record[...])
    }

    private func changedKeys(_ reply: Reply) throws -> [AccessKey] {
        try world.event(reply.sequence).changes.compactMap { change in
            if case .key(let key) = change { key } else { nil }
        }
    }

    private func audit(_ reply: Reply) throws -> AuditEntry {
        let entries = try world.event(reply.sequence).changes.compactMap { change in
            if case .audit(let entry) = change { entry } else { nil }
        }
        try #require(entries.count == 1)
        return entries[0]
    }

    private func actor(_ action: AuditAction) -> [UInt8] {
        Actor(id: "000000a1", name: "Ada", requestID: "r-1", address: "10.0.0.7").encoded(action)
    }

    // MARK: Rules

    @Test func theFirstKeyIsAnAdministratorsForAllAccounts() throws {
        for packed in [
            Self.key("k", .trader), Self.key("k", .risk), Self.key("k", .viewer),
            Self.key("k", .admin, accounts: .only(["1"])),
        ] {
            world.expectUnchanged(
                { functions.key("000000a1", 1, packed: packed) }, "refused first_key_admin")
        }
        #expect(functions.key("000000a1", 1, packed: Self.key("k")).word == "ok")
        let trader = Self.key("t", .trader, accounts: .only(["1", "2"]))
        let reply = functions.key("000000a2", 1, packed: trader)
        let made = try #require(try changedKeys(reply).first)
        #expect(try stored("000000a2") == made)
        #expect(made.name == "t" && made.role == .trader && made.accounts == .only(["1", "2"]))
        #expect(made.ordersPerSecond == 5 && made.createdBy == "command")
        #expect(made.createdAt > 0 && made.lastSequence == reply.sequence && made.revokedAt == 0)
        world.expectUnchanged(
            { functions.key("000000a2", 1, packed: trader) }, "refused key_exists key=000000a2")
    }

    @Test func theLastAdministratorStays() throws {
        _ = functions.key("000000a1", 1, packed: Self.key("a1"))
        _ = functions.key("000000a2", 1, packed: Self.key("a2", accounts: .only(["1"])))
        // One for some accounts couldn't make a key for all of them.
        world.expectUnchanged({ functions.key("000000a1", 2) }, "refused last_admin_key")
        #expect(functions.key("000000a2", 2).word == "ok")
        world.expectUnchanged(
            { functions.key("000000a2", 2) }, "refused key_revoked key=000000a2")
        world.expectUnchanged({ functions.key("000000a1", 2) }, "refused last_admin_key")
        #expect(functions.key("000000a3", 1, packed: Self.key("a3")).word == "ok")
        let reply = functions.key("000000a1", 2)
        #expect(reply.word == "ok")
        #expect(try stored("000000a1")?.revokedAt == world.event(reply.sequence).time)
        world.expectUnchanged(
            { functions.key("000000ff", 2) }, "refused unknown_key key=000000ff")
    }

    @Test func sessionsHaveTheirKeysRightsAndDieWithIt() throws {
        try Self.prepare(world)
        let limited = Self.key("t", .trader, accounts: .only(["2"]))
        _ = functions.key("000000a2", 1, packed: limited)
        let end = functions.time() + 60_000_000
        for id in ["000000b2", "000000b3"] {
            let reply = functions.key(id, 1, packed: Self.session(end, of: "000000a2"))
            #expect(reply.word == "ok", "\(reply)")
        }
        // Not what the record claimed.
        let session = try #require(try stored("000000b2"))
        #expect(session.kind == .session && session.parent == "000000a2")
        #expect(session.role == .trader && session.accounts == .only(["2"]))
        #expect(session.ordersPerSecond == 5 && session.name == "t" && session.expiresAt == end)

        // A key isn't ended, and a session isn't revoked.
        world.expectUnchanged({ functions.key("000000a2", 3) }, "refused unknown_key")
        world.expectUnchanged({ functions.key("000000b2", 2) }, "refused unknown_key")

        let ended = functions.key("000000b3", 3)
        #expect(try changedKeys(ended).map(\.id) == ["000000b3"])
        #expect(try changedKeys(ended)[0].revokedAt > 0)
        #expect(try stored("000000b3") == nil)
        world.expectUnchanged({ functions.key("000000b3", 3) }, "refused unknown_key")

        let revoked = functions.key("000000a2", 2)
        #expect(try changedKeys(revoked).map(\.id) == ["000000a2", "000000b2"])
        #expect(try changedKeys(revoked).allSatisfy { $0.revokedAt > 0 })
        #expect(try stored("000000b2") == nil)
        #expect(try stored("000000b1") != nil)
        #expect(world.redis.call("ZCARD", functions.key("sessions")).integer == 1)
        world.expectUnchanged(
            {
                functions.key("000000b4", 1, packed: Self.session(end, of: "000000a2"))
            }, "refused key_revoked key=000000a2")
        world.expectUnchanged(
            {
                functions.key("000000b4", 1, packed: Self.session(end, of: "000000ff"))
            }, "refused unknown_key key=000000ff")
    }

    @Test func thereIsABoundToBoth() throws {
        let world = try LuaWorld { source in
            source.replacingOccurrences(
                of: "SESSIONS_PER_KEY, PURGED_PER_CALL = 1000, 10000,",
                with: "SESSIONS_PER_KEY, PURGED_PER_CALL = 3, 2,")
        }
        let functions = world.functions
        try Self.prepare(world)
        let end = functions.time() + 60_000_000
        #expect(functions.key("000000b2", 1, packed: Self.session(end)).word == "ok")
        world.expectUnchanged(
            { functions.key("000000b3", 1, packed: Self.session(end)) },
            "refused too_many_sessions limit=2")
        #expect(functions.key("000000b1", 3).word == "ok")
        #expect(functions.key("000000b3", 1, packed: Self.session(end)).word == "ok")
        #expect(functions.key("000000a3", 1, packed: Self.key("k", .viewer)).word == "ok")
        world.expectUnchanged(
            { functions.key("000000a4", 1, packed: Self.key("k")) },
            "refused too_many_keys limit=3")
        #expect(functions.key("000000a3", 2).word == "ok")
        #expect(functions.key("000000a4", 1, packed: Self.key("k")).word == "ok")
    }

    @Test func wrongArgumentsChangeNothing() throws {
        let good = Self.key("k")
        for id in ["", "0000000", "000000a11", "000000A1", "0000 0a1", "zzzzzzzz"] {
            world.expectUnchanged(
                { functions.key(id, 1, packed: good) }, "refused bad_argument name=key")
        }
        for operation: Int64 in [0, 4, -1] {
            world.expectUnchanged(
                { functions.key("000000a1", operation, packed: good) },
                "refused bad_argument name=operation")
        }
        // Up to the host's own part, which begins with the name.
        for length in 0...good.count - 2 {
            world.expectUnchanged(
                { functions.key("000000a1", 1, packed: Array(good.prefix(length))) },
                "refused bad_argument name=record")
        }
        let wrong: [(String, Int, UInt8)] = [
            ("version", 0, 2), ("kind", 1, 0), ("kind", 1, 3), ("role", 2, 0), ("role", 2, 5),
            ("scope", 3, 2), ("orders_per_second", 11, 0x80), ("expires_at", 35, 0x80),
        ]
        for (name, index, value) in wrong {
            var packed = good
            packed[index] = value
            world.expectUnchanged(
                { functions.key("000000a1", 1, packed: packed) },
                "refused bad_argument name=\(name)")
        }
        world.expectUnchanged(
            { functions.key("000000a1", 2, packed: good) }, "refused bad_argument name=record")
        let long = [UInt8](repeating: 1, count: 1_281)
        world.expectUnchanged(
            { functions.key("000000a1", 1, packed: good, actor: long) },
            "refused bad_argument name=actor")
        world.expectUnchanged({ functions.call("key", "000000a1", 1) }, "refused bad_argument")
    }

    /// A key that is made before the first start doesn't take the place of the samples.
    @Test func aKeyMayComeBeforeTheSeed() throws {
        let world = try LuaWorld(isSeeded: false)
        #expect(world.functions.key("000000a1", 1, packed: Self.key("k")).word == "ok")
        let reply = world.functions.call("seed", LuaWorld.seedArguments())
        #expect(reply.word == "ok" && reply.sequence == 2)
        #expect(try world.account("2").balance.raw == 1_000_000_000)
    }

    // MARK: Audit

    @Test func everyActIsToldWithBeforeAndAfter() throws {
        let before = world.redis.call("HGET", functions.key("accounts"), "1").bytes
        let update = functions.account(
            "1", create: false, shortLimit: 9, actor: actor(.accountUpdated))
        let entry = try audit(update)
        #expect(entry.action == "account_updated" && entry.target == .account)
        #expect(entry.targetID == "1" && entry.sequence == update.sequence)
        #expect(
            entry.actor
                == Actor(id: "000000a1", name: "Ada", requestID: "r-1", address: "10.0.0.7"))
        #expect(entry.old == before)
        #expect(entry.new == world.redis.call("HGET", functions.key("accounts"), "1").bytes)
        #expect(entry.new != entry.old)
        #expect(try AuditEntry(listItem: entry.listItem[...]) == entry)

        let made = try audit(functions.account(balance: 5, actor: actor(.accountCreated)))
        #expect(made.targetID == "3" && made.old.isEmpty)
        #expect(try Account(id: "3", record: made.new[...]).balance.raw == 5)

        let paid = try audit(functions.transact("1", kind: 1, amount: 7, actor: actor(.deposit)))
        #expect(paid.old == entry.new)
        #expect(try Account(id: "1", record: paid.new[...]).balance.raw == 1_000_000_007)

        let moved = try audit(
            functions.transact(
                "3", kind: 3, symbol: "AAPL", quantity: 4, price: 1, actor: actor(.adjustment)))
        #expect(moved.target == .position && moved.targetID == "3:AAPL" && moved.old.isEmpty)
        #expect(try Position(key: "3:AAPL", record: moved.new[...]).quantity.raw == 4)

        let listed = world.redis.call("HGET", functions.key("instruments"), "AAPL").bytes
        let halted = try audit(
            functions.instrument(
                "AAPL", create: false, packed: LuaWorld.instrument(state: .halted),
                actor: actor(.instrumentUpdated)))
        #expect(halted.target == .instrument && halted.old == listed)
        #expect(try Instrument(symbol: "AAPL", record: halted.new[...]).state == .halted)

        let key = try audit(
            functions.key("000000a1", 1, packed: Self.key("k"), actor: actor(.keyCreated)))
        #expect(key.target == .key && key.targetID == "000000a1" && key.old.isEmpty)
        #expect(key.new == world.redis.call("HGET", functions.key("keys"), "000000a1").bytes)
        _ = functions.key("000000a2", 1, packed: Self.key("k"))
        let revoked = try audit(functions.key("000000a1", 2, actor: actor(.keyRevoked)))
        #expect(revoked.old == key.new)
        #expect(try AccessKey(id: "000000a1", record: revoked.new[...]).revokedAt > 0)
    }

    /// An act that is refused, or that nobody is named for, isn't told.
    @Test func otherwiseTheLogIsSilent() throws {
        world.expectUnchanged(
            { functions.account("9", create: false, actor: actor(.accountUpdated)) },
            "refused unknown_account")
        let event = try world.event(functions.account("1", create: false).sequence)
        #expect(event.changes.count == 1)
    }
}
