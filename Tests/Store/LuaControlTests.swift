// What staff steer risk by: limits and modes with their policy's version, changes that a second person
// approves, switches, groups, cancel-all-after, alerts.

import Base
import TestSupport
import Testing
import Trading

@Suite struct LuaControlTests {
    private let world: LuaWorld
    private var functions: Functions { world.functions }

    init() throws { world = try LuaWorld() }

    private static func values(_ values: [String: String]) -> Argument {
        Argument(LimitRecord.encoded(values))
    }

    private func limit(
        _ scope: String, _ values: [String: String], version: String = "", actor: [UInt8] = []
    ) -> Reply {
        functions.call(
            "limit", "max-order", Argument(scope), Self.values(values), Argument(version), "k1",
            "why", Argument(actor))
    }

    private func control(_ reply: Reply) throws -> [ControlChange] {
        try world.event(reply.sequence).changes.compactMap { change in
            if case .control(let change) = change { change } else { nil }
        }
    }

    private func alerts(_ reply: Reply) throws -> [Alert] {
        try world.event(reply.sequence).changes.compactMap { change in
            if case .alert(let alert) = change { alert } else { nil }
        }
    }

    private func version() -> String {
        world.redis.call("HGET", functions.key("scopes"), "policy").text
    }

    // MARK: Limits and modes

    @Test func everyChangeIsAPolicyVersionWithTheOldValue() throws {
        #expect(limit("firm", ["quantity": "100"], version: "0").word == "ok")
        let actor = Actor(id: "k1", name: "Ada", requestID: "r", address: "a").encoded(.limitSet)
        let reply = limit("firm", ["quantity": "200"], version: version(), actor: actor)
        #expect(version() == "\(reply.sequence)")
        guard case .limit("max-order", let scope, let record?) = try control(reply).first else {
            return #expect(Bool(false), "no limit in the event")
        }
        #expect(scope == LimitScope(.firm) && record.values == ["quantity": "200"])
        #expect(record.updatedBy == "k1" && record.reason == "why")
        let entry = try #require(
            try world.event(reply.sequence).changes.compactMap { change in
                if case .audit(let entry) = change { entry } else { nil }
            }.first)
        #expect(entry.target == .limit && entry.targetID == "max-order|firm")
        #expect(
            try LimitRecord(field: entry.targetID, record: entry.old[...]).values
                == ["quantity": "100"])
    }

    @Test func aChangeFromAnOldPolicyIsStale() {
        _ = limit("firm", ["quantity": "100"])
        world.expectUnchanged({ limit("firm", ["quantity": "5"], version: "0") }, "stale")
        world.expectUnchanged(
            { functions.call("mode", "max-order", 3, "0", "k1", "why", "") }, "stale")
    }

    @Test(arguments: [
        ("account:9", "refused unknown_account"), ("group:none", "refused unknown_group"),
        ("firm|symbol:AAPL", "refused bad_argument name=scope"),
        ("account:1|group:x", "refused bad_argument name=scope"),
        ("account:1|symbol:AAPL|symbol:AAPL", "refused bad_argument name=scope"),
        ("", "refused bad_argument name=scope"), ("symbol:a b", "refused bad_argument"),
    ])
    func aScopeThatIsNoneIsRefused(_ scope: String, _ answer: String) {
        world.expectUnchanged({ limit(scope, ["quantity": "1"]) }, answer)
    }

    @Test func aLimitIsTakenAwayOnce() throws {
        _ = limit("account:1|symbol:AAPL", ["quantity": "100"])
        let reply = limit("account:1|symbol:AAPL", [:])
        #expect(
            try control(reply) == [
                .limit(
                    rule: "max-order", LimitScope(.account("1"), symbol: "AAPL"), nil)
            ])
        world.expectUnchanged(
            { limit("account:1|symbol:AAPL", [:]) }, "refused unknown_limit")
        let damaged = Argument([1, 8, 1])
        world.expectUnchanged(
            { functions.call("limit", "max-order", "firm", damaged, "", "k1", "", "") },
            "refused bad_argument name=values")
    }

    // MARK: The second person

    private func propose(_ value: String, by key: String = "k1") -> Reply {
        functions.call(
            "pending", 1, 0, 1, "max-order", "firm", Self.values(["quantity": value]),
            Argument(key), "Ada", "more", "", "")
    }

    private func decide(_ operation: Int64, _ id: String, by key: String) -> Reply {
        functions.call(
            "pending", Argument(operation), Argument(id), "", "", "", "", Argument(key), "x", "",
            "", "")
    }

    @Test func anotherKeyApproves() throws {
        _ = limit("firm", ["quantity": "100"])
        let id = "\(propose("1000").sequence)"
        world.expectUnchanged({ decide(2, id, by: "k1") }, "refused same_person key=k1")
        let before = version()
        let reply = decide(2, id, by: "k2")
        #expect(reply.word == "ok" && version() == "\(reply.sequence)" && version() != before)
        let changes = try control(reply)
        guard case .limit(_, _, let record?) = changes.first else {
            return #expect(Bool(false), "\(changes)")
        }
        #expect(record.values == ["quantity": "1000"] && record.updatedBy == "k2")
        #expect(changes.last == .pending(id, nil))
        world.expectUnchanged({ decide(2, id, by: "k2") }, "refused unknown_change")
    }

    @Test func whatChangedMeanwhileIsNotApproved() {
        _ = limit("firm", ["quantity": "100"])
        let id = "\(propose("1000").sequence)"
        _ = limit("firm", ["quantity": "7"])
        world.expectUnchanged({ decide(2, id, by: "k2") }, "refused changed_meanwhile")
        #expect(decide(3, id, by: "k1").word == "ok")
        world.expectUnchanged({ decide(3, id, by: "k1") }, "refused unknown_change")
    }

    @Test func aChangeThatWaitedTooLongIsNotApprovedAndGoes() throws {
        let id = "\(propose("1000").sequence)"
        // As if it had been asked for a day ago.
        let key = functions.key("pending")
        var record = world.redis.call("HGET", key, id).bytes
        var writer = ByteWriter()
        writer.int64(functions.time() - 1)
        record.replaceSubrange(10..<18, with: writer.bytes)
        _ = world.redis.call([Array("HSET".utf8), Array(key.utf8), Array(id.utf8), record])
        world.expectUnchanged({ decide(2, id, by: "k2") }, "refused change_expired")
        let next = propose("2000")
        #expect(try control(next).contains(.pending(id, nil)))
    }

    @Test func noMoreThanAHundredWait() {
        for _ in 0..<Limits.pendingChanges { _ = propose("1") }
        world.expectUnchanged({ propose("1") }, "refused too_many_pending limit=100")
    }

    // MARK: Switches and groups

    private func press(_ scope: String, kind: Int64 = 1, by: String = "k1") -> Reply {
        functions.call(
            "switch", 1, Argument(scope), Argument(kind), Argument(by), "why", "")
    }

    @Test func aSwitchStaysUntilItIsLifted() throws {
        let reply = press("firm")
        guard case .riskSwitch(.firm, let made?) = try control(reply).first else {
            return #expect(Bool(false), "no switch")
        }
        #expect(made.kind == .killSwitch && made.by == "k1" && made.reason == "why")
        #expect(made.since == (try world.event(reply.sequence).time))
        // Again: as it is.
        world.expectUnchanged({ press("firm", by: "k2") }, "ok \(reply.sequence)")
        let lifted = functions.call("switch", 2, "firm", 1, "k2", "over", "")
        #expect(try control(lifted) == [.riskSwitch(.firm, nil)])
        world.expectUnchanged(
            { functions.call("switch", 2, "firm", 1, "k2", "over", "") },
            "refused switch_not_on scope=firm")
    }

    @Test func staffsSwitchTakesTheRulesPlaceAndNotTheOtherWay() throws {
        _ = press("account:1", kind: 2, by: "daily-loss")
        let staff = press("account:1")
        guard case .riskSwitch(_, let made?) = try control(staff).first else {
            return #expect(Bool(false), "no switch")
        }
        #expect(made.kind == .killSwitch)
        world.expectUnchanged({ press("account:1", kind: 2) }, "ok \(staff.sequence)")
        world.expectUnchanged({ press("firm", kind: 2) }, "refused bad_argument name=scope")
        world.expectUnchanged({ press("account:9") }, "refused unknown_account")
        world.expectUnchanged({ press("group:x") }, "refused unknown_group")
    }

    private func group(_ operation: Int64, _ id: String, state: Int64 = 1) -> Reply {
        functions.call(
            "group", Argument(operation), Argument(id), Argument(state),
            Argument([4] + Array("Desk".utf8)), "", "")
    }

    @Test func groupsAreMadeChangedAndRemoved() throws {
        let made = group(1, "desk-1")
        #expect(made.word == "ok")
        world.expectUnchanged({ group(1, "desk-1") }, "refused group_exists group=desk-1")
        for id in ["firm", "Desk", "-a", "", "a b", String(repeating: "a", count: 33)] {
            world.expectUnchanged({ group(1, id) }, "refused bad_argument name=group")
        }
        let changed = group(2, "desk-1", state: 4)
        guard case .group("desk-1", let record?) = try control(changed).first else {
            return #expect(Bool(false), "no group")
        }
        #expect(record.state == .halted && record.name == "Desk")
        _ = press("group:desk-1")
        world.expectUnchanged({ group(3, "desk-1") }, "refused group_switch_on")
        _ = functions.call("switch", 2, "group:desk-1", 1, "k1", "over", "")
        #expect(try control(group(3, "desk-1")) == [.group("desk-1", nil)])
        world.expectUnchanged({ group(2, "desk-1") }, "refused unknown_group group=desk-1")
    }

    // MARK: Cancel-all-after

    private func deadline(_ operation: Int64, _ account: String, _ number: Int64 = 0) -> Reply {
        functions.call(
            "deadline", Argument(operation), Argument(account), Argument(number), "")
    }

    @Test func aDeadlineComesDueOnceAndLeavesATask() throws {
        let armed = deadline(1, "1", 1)
        #expect(try control(armed).count == 1)
        world.expectUnchanged({ deadline(2, "") }, "stale")
        functions.wait(until: functions.time() + 1_050_000)
        let fired = deadline(2, "")
        let changes = try control(fired)
        #expect(changes.first == .deadline(account: "1", dueAt: 0))
        guard case .cancelTask("1", let task?) = changes.last else {
            return #expect(Bool(false), "\(changes)")
        }
        #expect(task.upToSequence == fired.sequence && task.reason == "cancel_all_after")
        world.expectUnchanged({ deadline(2, "") }, "stale")
        world.expectUnchanged({ deadline(3, "1", fired.sequence - 1) }, "stale")
        #expect(
            try control(deadline(3, "1", fired.sequence)) == [.cancelTask(account: "1", nil)])
    }

    @Test func aDeadlineIsPutOffAndTurnedOff() throws {
        let first = deadline(1, "1", 1)
        let second = deadline(1, "1", 3_600)
        #expect(first.word == "ok" && second.word == "ok")
        functions.wait(until: functions.time() + 1_050_000)
        world.expectUnchanged({ deadline(2, "") }, "stale")
        #expect(try control(deadline(1, "1", 0)) == [.deadline(account: "1", dueAt: 0)])
        world.expectUnchanged({ deadline(1, "1", 0) }, "ok 0 0")
        world.expectUnchanged({ deadline(1, "1", 3_601) }, "refused bad_argument name=seconds")
        world.expectUnchanged({ deadline(1, "9", 5) }, "refused unknown_account account=9")
    }

    // MARK: Alerts

    private func alert(_ text: String, source: Int64 = 0, severity: Severity = .warning)
        -> Argument
    {
        Argument(
            NewAlert(
                severity, account: "1", symbol: "AAPL", rule: "max-order", code: "too_much",
                text: text, orderID: "1-a", sourceSequence: source
            ).encoded())
    }

    @Test func theLikeIsCountedAndNotRaisedAgain() throws {
        let reply = functions.call("alert", "", "", alert("one"), alert("two", severity: .critical))
        let raised = try #require(try alerts(reply).first)
        #expect(raised.count == 2 && raised.text == "two" && raised.severity == .critical)
        #expect(raised.isNew && raised.id == "\(reply.sequence)-1")
        let third = functions.call("alert", "", "", alert("three"))
        let counted = try #require(try alerts(third).first)
        #expect(counted.id == raised.id && counted.count == 3 && !counted.isNew)

        let seen = functions.call("acknowledge", Argument(raised.id), "k1", "")
        #expect(try alerts(seen).first?.acknowledgedBy == "k1")
        world.expectUnchanged(
            { functions.call("acknowledge", Argument(raised.id), "k2", "") },
            "ok \(seen.sequence)")
        world.expectUnchanged(
            { functions.call("acknowledge", "9-9", "k2", "") }, "refused unknown_alert")
        // What comes after somebody has seen it is news.
        let next = try #require(try alerts(functions.call("alert", "", "", alert("four"))).first)
        #expect(next.isNew && next.count == 1)
    }

    @Test func aStretchOfEventsIsTakenOnce() {
        #expect(functions.call("alert", 0, 10, alert("one", source: 5)).word == "ok")
        world.expectUnchanged(
            { functions.call("alert", 0, 10, alert("one", source: 5)) }, "stale 10")
        // Without any only the cursor moves.
        #expect(functions.call("alert", 10, 20).description == "ok 0")
        #expect(world.redis.call("GET", functions.key("alerted")).text == "20")
        // One that names its event isn't counted twice either.
        world.expectUnchanged(
            { functions.call("alert", "", "", alert("one", source: 5)) }, "ok 0")
    }

    @Test func aDamagedAlertIsRefused() {
        let whole = alert("one").bytes
        for bytes in [Array(whole.dropLast()), whole + [0], []] {
            world.expectUnchanged(
                { functions.call("alert", "", "", Argument(bytes)) }, "refused bad_argument")
        }
        world.expectUnchanged(
            { functions.call("alert", 20, 10) }, "refused bad_argument name=to")
    }
}
