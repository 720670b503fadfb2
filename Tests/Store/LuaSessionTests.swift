// How many sessions there are: those that are over are taken out, and one key never holds more than
// its share.

import Base
import TestSupport
import Testing
import Trading

@Suite struct LuaSessionTests {
    private let world: LuaWorld
    private var functions: Functions { world.functions }

    init() throws {
        world = try LuaWorld()
        try LuaKeyTests.prepare(world)
    }

    private func open(_ id: String, until end: Int64, of parent: String = "000000a1") -> Reply {
        functions.key(id, 1, packed: LuaKeyTests.session(end, of: parent))
    }

    private func changedKeys(_ reply: Reply) throws -> [AccessKey] {
        try world.event(reply.sequence).changes.compactMap { change in
            if case .key(let key) = change { key } else { nil }
        }
    }

    private func count(_ command: String, _ key: String) -> Int64? {
        world.redis.call(command, functions.key(key)).integer
    }

    private func id(_ letter: String, _ number: Int) -> String {
        "0000\(letter)" + String(1_000 + number).suffix(3)
    }

    @Test func sessionsThatAreOverAreTakenOut() throws {
        _ = functions.key("000000a2", 1, packed: LuaKeyTests.key("a2"))
        let end = functions.time() + 2_000_000
        for number in 0..<130 {
            #expect(open(id("c", number), until: end, of: "000000a\(number % 3)").word == "ok")
        }
        functions.wait(until: end + 1)
        let far = functions.time() + 60_000_000
        let first = open("000000b2", until: far)
        let gone = try changedKeys(first)
        #expect(gone.count == 101 && gone.dropLast().allSatisfy { $0.revokedAt > 0 })
        #expect(gone.last?.id == "000000b2" && gone.last?.revokedAt == 0)
        #expect(try changedKeys(open("000000b3", until: far)).count == 31)
        // a0, a1, a2, b1, b2, b3.
        #expect(count("HLEN", "keys") == 6)
        #expect(count("ZCARD", "sessions") == 3)
        #expect(count("ZCARD", "sessions:000000a1") == 3)
        #expect(count("EXISTS", "sessions:000000a0") == 0)
        world.expectUnchanged(
            { open("000000b4", until: functions.time()) }, "refused bad_argument name=expires_at")
    }

    @Test func aKeysOldestSessionGoesForAFurtherOne() throws {
        let end = functions.time() + 100_000_000
        #expect(open("000000d0", until: end, of: "000000a0").word == "ok")
        // b1 is the oldest, and the first to go.
        for number in 1..<Limits.sessionsPerKey {
            #expect(try changedKeys(open(id("c", number), until: end + Int64(number))).count == 1)
        }
        let ids = ["000000b1"] + (1...10).map { id("c", $0) }
        for (number, oldest) in ids.enumerated() {
            let further = id("e", number)
            let changed = try changedKeys(open(further, until: end + 1_000 + Int64(number)))
            #expect(changed.map(\.id) == [oldest, further])
            #expect(changed[0].revokedAt > 0 && changed[1].revokedAt == 0)
        }
        #expect(count("ZCARD", "sessions:000000a1") == Int64(Limits.sessionsPerKey))
        #expect(count("ZCARD", "sessions") == Int64(Limits.sessionsPerKey) + 1)
        #expect(count("ZCARD", "sessions:000000a0") == 1)
        // Revoking and signing out leave nothing behind.
        #expect(functions.key("000000d0", 3).word == "ok")
        #expect(functions.key("000000a1", 2).word == "ok")
        for key in ["sessions", "sessions:000000a0", "sessions:000000a1"] {
            #expect(count("EXISTS", key) == 0)
        }
        #expect(count("HLEN", "keys") == 2)
    }
}
