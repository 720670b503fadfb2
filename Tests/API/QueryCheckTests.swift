import Testing
import Trading

@testable import API

@Suite("Query check")
struct QueryCheckTests {
    private func isTaken(_ kind: Field.Kind, _ text: String) -> Bool {
        do throws(Rejection) {
            try Field("field", kind, "").checkQuery(text)
            return true
        } catch {
            return false
        }
    }

    @Test("whole numbers as JSON writes them, within their range")
    func whole() {
        for text in ["1", "1000"] { #expect(isTaken(.whole(1...1_000), text), "\(text)") }
        for text in ["", "0", "1001", "+5", "007", "5.0", "1e2", " 5", "-", "99999999999999999999"]
        {
            #expect(!isTaken(.whole(1...1_000), text), "\(text)")
        }
        #expect(isTaken(.whole(-5...5), "-5"))
        #expect(isTaken(.whole(-5...5), "0"))
        // JSON has it, too.
        #expect(isTaken(.whole(-5...5), "-0"))
    }

    @Test("page tokens are judged by their form")
    func tokens() {
        #expect(isTaken(.token, PageToken(place: 7, mark: 9).text))
        #expect(!isTaken(.token, "7"))
    }

    @Test("identifiers, choices, flags and text")
    func words() {
        #expect(isTaken(.identifier(most: 4), "A.-_"))
        for text in ["", "AAAAA", "A B", "ä"] { #expect(!isTaken(.identifier(most: 4), text)) }
        #expect(isTaken(.choice(["buy", "sell"]), "buy"))
        #expect(!isTaken(.choice(["buy", "sell"]), "Buy"))
        #expect(isTaken(.flag, "true"))
        #expect(!isTaken(.flag, "1"))
        #expect(isTaken(.text(most: 3), "äb"))
        #expect(!isTaken(.text(most: 3), "four"))
        #expect(!isTaken(.text(most: 3), "a\n"))
    }
}
