// What is wrong with the stream itself and with the lists that are made of it; checkpoints; a system
// that trades meanwhile.

import Base
import TestSupport
import Testing
import Trading

@testable import Verify

@Suite struct VerifyStreamTests {
    private let world: VerifyWorld

    init() throws { world = try VerifyWorld() }

    @Test func anEventThatIsMissing() throws {
        _ = world.call("XDEL", "events", "7-0")
        let findings = try world.verify().findings
        #expect(findings.text(.sequence).contains("event 8 follows 6"))
    }

    @Test func aSequenceNumberThatIsAhead() throws {
        _ = world.call("INCR", "seq")
        let findings = try world.verify().findings
        #expect(findings.text(.sequence).contains("the stream ends at "))
    }

    @Test func anEntryThatIsNoEvent() throws {
        _ = world.call("XADD", "events", "9000-0", "e", "nonsense")
        _ = world.call("SET", "seq", "9000")
        let findings = try world.verify().findings
        #expect(findings.text(.sequence).contains("event 9000 can't be read"))
    }

    @Test func listsThatAreWrong() throws {
        _ = world.call("LSET", "list:orders", "0", "1-other")
        _ = world.call("RPOP", "list:trades")
        _ = world.call("RPUSH", "list:ledger:1", "x")
        _ = world.call("HDEL", "history", "3-sweep")
        let text = try world.verify().findings.text(.lists)
        #expect(text.contains("list:orders[0] isn't what it should be"), "\(text)")
        #expect(text.contains("list:trades["), "\(text)")
        #expect(text.contains("list:ledger:1 has "), "\(text)")
        #expect(text.contains("history 3-sweep doesn't lead"), "\(text)")
    }

    @Test func listsThatAreBehindAreNoDifference() throws {
        world.order("1", "late", .buy, 1, at: 100)
        let findings = try world.verify().findings
        #expect(findings.differences == 0, "\(findings.lines)")
        #expect(findings[.lists].note.contains("they end before event"))
    }

    // Events that no script of ours makes: folded by themselves.

    private func entries() -> [StreamEntry] {
        world.call("XRANGE", "events", "-", "+").items.compactMap { entry in
            let sequence = Int64(entry.items.first?.text.prefix { $0 != "-" } ?? "") ?? 0
            return try? StreamEntry(
                sequence: sequence, bytes: entry.items.last?.items.last?.bytes ?? [])
        }
    }

    private func hasTrade(_ event: Event) -> Bool {
        event.changes.contains { if case .trade = $0 { true } else { false } }
    }

    @Test func aTradeThatPassesSomebodyOver() throws {
        let findings = Findings()
        let fold = Fold(findings)
        let asks = BookPlace(symbol: "AAPL", book: .lit, side: .sell)
        for entry in entries() {
            // A better order than any other, of which the events know nothing.
            if hasTrade(entry.event), findings[.priority].checked == 0 {
                fold.books[asks]?.add(id: "9-best", price: 1, place: 0)
            }
            fold.apply(entry)
        }
        #expect(findings.text(.priority).contains("passed over 9-best"), "\(findings.lines)")
    }

    @Test func aTradeThatNobodyFilled() throws {
        let findings = Findings()
        let fold = Fold(findings)
        for entry in entries() where !hasTrade(entry.event) { fold.apply(entry) }
        #expect(findings.text(.sequence).contains("follows"))
        #expect(findings.differences > 1)
    }

    // Checkpoints.

    @Test func aTrimmedStreamIsVerifiedFromACheckpoint() throws {
        let checkpoint = try Checkpoint(bytes: try world.verify().checkpoint().bytes)
        _ = world.call("XTRIM", "events", "MINID", "\(checkpoint.sequence)")
        world.order("3", "more", .buy, 30, at: 15_150)
        world.order("1", "rest", .buy, 30, at: 14_800)
        _ = world.functions.cancel("2-stop")
        try world.project()
        let verification = try world.verify([checkpoint])
        #expect(verification.origin == .checkpoint(checkpoint.sequence))
        #expect(
            verification.findings.differences == 0,
            "\(verification.table.joined(separator: "\n"))")
        #expect(verification.findings[.lists].checked > 0)
        world.damage("accounts", "2", at: 4, by: 1)
        let again = try world.verify([checkpoint])
        #expect(again.findings.text(.cash).contains("USD: accounts have "))
    }

    @Test func withoutACheckpointTheStateIsBelieved() throws {
        _ = world.call("XTRIM", "events", "MINID", "20")
        let verification = try world.verify()
        #expect(verification.origin == .state(19))
        #expect(
            verification.findings.differences == 0,
            "\(verification.table.joined(separator: "\n"))")
        #expect(verification.findings[.lists].note.contains("the stream begins at 20"))
        world.damage("accounts", "3", at: 12, by: 1)
        #expect(try !world.verify().isRight)
    }

    @Test func aDamagedOrForeignCheckpointIsNotUsed() throws {
        let made = try world.verify().checkpoint()
        var bytes = made.bytes
        bytes[bytes.count / 2] ^= 1
        #expect(throws: RecordError(what: "it is damaged")) { try Checkpoint(bytes: bytes) }
        #expect(throws: RecordError.self) { try Checkpoint(bytes: [1, 2, 3]) }
        let other = try VerifyWorld()
        #expect(try other.verify([made]).origin == .beginning)
    }

    @Test func checkpointsAreKeptInAFolderTheNewestTwo() throws {
        let path = "\(world.server.socket).checkpoints"
        let folder = CheckpointFolder(path)
        var kept: [Int64] = []
        for number in 0..<3 {
            world.order("1", "c\(number)", .buy, 1, at: 100)
            try world.project()
            let checkpoint = try world.verify().checkpoint()
            kept.append(checkpoint.sequence)
            _ = try folder.save(checkpoint)
        }
        var complaints: [String] = []
        #expect(folder.load { complaints.append($0) }.map(\.sequence) == [kept[2], kept[1]])
        #expect(complaints.isEmpty)
        removeFolder(path)
    }
}
