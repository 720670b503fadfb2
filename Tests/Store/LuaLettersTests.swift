// letters: what is done about a notifier's dead letters, and what the audit log says of it.

import Base
import TestSupport
import Testing
import Trading

@testable import Store

@Suite(.serialized) struct LuaLettersTests {
    private let world: LuaWorld
    private var functions: Functions { world.functions }
    private let actor = Actor(id: "000000a1", name: "ops", requestID: "r", address: "::1")

    init() throws {
        world = try LuaWorld()
        for id in ["7-0", "7-2", "9-1"] {
            _ = world.redis.call("XADD", functions.key("letters:desk"), id, "event", "{}")
        }
    }

    private func letters(_ operation: Int, _ ids: String..., name: String = "desk") -> Reply {
        let action: AuditAction = operation == 1 ? .deadLettersRetried : .deadLettersDropped
        return functions.call(
            "letters",
            [Argument(name), Argument(operation), Argument(actor.encoded(action))]
                + ids.map { Argument($0) })
    }

    private var left: [String] {
        let entries = world.redis.call("XRANGE", functions.key("letters:desk"), "-", "+").items
        return entries.map { $0.items[0].text }
    }

    private var waiting: [String] {
        world.redis.call("LRANGE", functions.key("resend:desk"), "0", "-1").items.map(\.text)
    }

    @Test func theyAreSentAgainByTheirIds() throws {
        let reply = letters(1, "9-1", "7-0", "9-1")
        #expect(reply.word == "ok")
        #expect(waiting == ["9-1", "7-0"])
        #expect(left == ["7-0", "7-2", "9-1"])
        let event = try world.event(reply.sequence)
        #expect(event.kind == .notifier)
        guard case .audit(let entry)? = event.changes.first else {
            Issue.record("no audit: \(event)")
            return
        }
        #expect(event.changes.count == 1)
        #expect(entry.action == "dead_letters_retried" && entry.actor == actor)
        #expect(entry.target == .notifier && entry.targetID == "desk")
        #expect(entry.old.isEmpty && entry.new == Array("9-1,7-0".utf8))
    }

    @Test func withoutIdsAllAreMeant() throws {
        #expect(letters(2).word == "ok")
        #expect(left.isEmpty && waiting.isEmpty)
        world.expectUnchanged({ letters(2) }, "ok 0 0 0")
        world.expectUnchanged({ letters(1, name: "other") }, "ok 0 0 0")
    }

    @Test func someAreDropped() throws {
        #expect(letters(2, "7-2").word == "ok")
        #expect(left == ["7-0", "9-1"])
    }

    @Test func whatIsntThereIsRefusedWhole() throws {
        world.expectUnchanged(
            { letters(2, "7-0", "8-0") }, "refused unknown_dead_letter event_id=8-0")
        world.expectUnchanged({ letters(1, "x") }, "refused bad_argument name=id")
        world.expectUnchanged({ letters(3) }, "refused bad_argument name=operation")
        world.expectUnchanged({ letters(1, name: "A B") }, "refused bad_argument name=name")
    }
}
