// What an order type may answer when a container goes on, and each rule that it can break.

import Base
import Testing
import Trading

@testable import Plugins

@Suite struct FamilyPlannerTests {
    /// A container of 100 with a child `a` of 40, whose type answers with these statements.
    private func scene(_ statements: String) throws -> FamilyScene {
        let desk = try desk(
            plan: "CONTAINER(); STATE(\"one\"); WAKES(1); child.quantity = 40; PLACE(child)",
            event: statements)
        let plan = try desk.plan(Sample.request(type: "pieces")).get()
        return try FamilyScene(desk, plan, "pieces")
    }

    @Test func allThatItAnswersIsCommitted() throws {
        var scene = try scene(
            """
            child.child_key = TEXT("b"); child.quantity = 60; child.reduce_only = 1; PLACE(child);
            AMEND("a", 14900, 40); STATE("two"); TIMER(input->wake->time + 5000); WAKES(2)
            """)
        scene.fill("a", 10)
        let commit = try scene.ask().get()
        #expect(commit.steps.count == 2)
        guard case .place(let child) = commit.steps[0] else { throw Failure(what: "no place") }
        #expect(child.key == "b" && child.flags == .reduceOnly && child.side == .buy)
        #expect(
            commit.steps[1] == .amend(key: "a", price: Price(14_900), quantity: Quantity(40)))
        #expect(KeptState(commit.state)?.bytes == Array("two".utf8))
        #expect(commit.timer == Sample.time + 5_000)
        #expect(commit.wakes == [.childEnded, .timer] && commit.end == nil)
    }

    /// A wake is used up by any answer, so that what isn't armed again doesn't come again.
    @Test func whatItDoesNotSayStaysButTheTimer() throws {
        let scene = try scene("(void)0")
        let commit = try scene.ask().get()
        #expect(commit.steps.isEmpty && commit.timer == 0 && commit.end == nil)
        #expect(commit.wakes == [.childFilled, .timer] && commit.state == scene.state)
    }

    @Test func itSeesTheFamilyAsItStands() throws {
        var scene = try scene(
            """
            const oes_child_t *seen = input->children[0];
            int fine = input->child_count == 1 && seen->filled == 10 && seen->leaves == 30
                && seen->status == OES_STATUS_PARTIALLY_FILLED && seen->price == 15000
                && seen->key.len == 1 && seen->key.ptr[0] == 'a' && input->filled == 10
                && input->state_version == 3 && input->state_length == 3
                && memcmp(input->state, "one", 3) == 0 && input->commits == 0
                && input->created_at == input->wake->time && input->expire_at == OES_NONE
                && input->wake->kinds == OES_WAKE_CHILD_FILLED && input->wake->seq == 9
                && input->wake->price == OES_NONE && input->order->quantity == 100
                && input->order->price == 15000 && input->order->side == OES_SIDE_BUY;
            DONE(""); if (!fine) return OES_FAILED
            """)
        scene.fill("a", 10)
        #expect(try scene.ask(.childFilled).get().end == .done)
    }

    @Test func doneHasAReason() throws {
        #expect(try scene("DONE(\"\")").ask().get().end == .done)
        #expect(
            try scene("DONE(\"out_of_time\")").ask().get().end
                == .cancelled(reason: "out_of_time"))
        #expect(try scene("DONE(\"Out of time\")").ask().code == "plugin_error")
    }

    @Test(arguments: [
        "return OES_FAILED", "return 0", "return OES_UNSUPPORTED", "REJECT(\"no\")",
        "PLACE(self_place)", "CONTAINER()", "PLACE(child)", "CANCEL(\"b\")", "CANCEL(\"A!\")",
        "CANCEL(\"a\"); CANCEL(\"a\")", "CANCEL(\"a\"); AMEND(\"a\", 14000, OES_NONE)",
        "AMEND(\"a\", OES_NONE, OES_NONE)", "AMEND(\"a\", 0, OES_NONE)",
        "AMEND(\"a\", OES_NONE, 0)", "AMEND(\"a\", OES_NONE, 101)", "DONE(\"\"); DONE(\"\")",
        "TIMER(5); TIMER(6)", "WAKES(1); WAKES(1)", "emit(OES_INSTRUCTION_CANCEL, NULL)",
        "emit(OES_INSTRUCTION_AMEND, NULL)", "emit(OES_INSTRUCTION_DONE, NULL)",
        "emit(OES_INSTRUCTION_ARM, NULL)", "emit(OES_INSTRUCTION_SET_STATE, NULL)",
        "cancel.struct_size = 8; CANCEL(\"a\")", "amend.struct_size = 24; AMEND(\"a\", 1, 1)",
        "done.struct_size = 1; DONE(\"\")", "arm.struct_size = 5000; TIMER(5)",
        "emit(12, &child)", "emit(OES_INSTRUCTION_GUARD, &child)",
        "child.child_key = TEXT(\"b\"); child.after = 1; child.quantity = 10; PLACE(child)",
        "child.child_key = TEXT(\"b\"); child.side = OES_SIDE_SELL; child.quantity = 1; PLACE(child)",
        "child.child_key = TEXT(\"b\"); child.peg = 1; child.quantity = 1; PLACE(child)",
    ])
    func anAnswerThatIsNoneIsRefused(statements: String) throws {
        #expect(try scene(statements).ask().code == "plugin_error")
    }

    /// However much of it fills meanwhile: what is filled, open and new together never passes the
    /// container, and what is cancelled in the same answer still counts.
    @Test(
        arguments: [
            ("child.quantity = 60", nil), ("child.quantity = 61", "plugin_error"),
            ("CANCEL(\"a\"); child.quantity = 61", "plugin_error"),
            ("AMEND(\"a\", OES_NONE, 41); child.quantity = 60", "plugin_error"),
            ("AMEND(\"a\", OES_NONE, 30); child.quantity = 60", nil),
            ("AMEND(\"a\", OES_NONE, 30); child.quantity = 61", "plugin_error"),
        ] as [(String, String?)])
    func childrenNeverPassTheirContainer(statements: String, code: String?) throws {
        for filled in [0, 10, 39] as [Int64] {
            var scene = try scene("child.child_key = TEXT(\"b\"); \(statements); PLACE(child)")
            scene.fill("a", filled)
            #expect(try scene.ask().code == code)
        }
    }

    @Test func linkedChildrenCountOnce() throws {
        let two = try scene(
            """
            child.link_group = 2; child.link_action = OES_LINK_CANCEL; child.quantity = 60;
            child.child_key = TEXT("b"); PLACE(child); child.child_key = TEXT("c"); PLACE(child)
            """)
        #expect(try two.ask().code == nil)
    }

    @Test func anAmendIsAnsweredByWorkOrARefusal() throws {
        let amend = FamilyWake.Amend(price: Price(14_900), quantity: nil)
        let work = try scene(
            """
            if (input->wake->kinds & OES_WAKE_AMEND) AMEND("a", input->wake->price, OES_NONE)
            """)
        #expect(
            try work.ask([], amend: amend).get().steps
                == [.amend(key: "a", price: Price(14_900), quantity: nil)])
        #expect(try scene("REJECT(\"too_late\")").ask([], amend: amend).code == "too_late")
        #expect(
            try scene("return OES_UNSUPPORTED").ask([], amend: amend).code == "amend_unsupported")
    }

    @Test func damagedStateIsToldAsNone() throws {
        #expect(KeptState([]) == nil && KeptState([1, 2, 3, 4]) == nil)
        let state = KeptState(version: 70_000, isReduceOnly: true, bytes: [9])
        #expect(KeptState(state.encoded()) == state)
    }
}
