// Which lines of a ledger, and which day's statement, from the query.

import Base
import Service
import Trading

enum LedgerQuery {
    private static let kindNames = LedgerKind.allCases.map(\.name)

    static let fields = [
        Field("type", .choices(kindNames), "Only these, separated by commas."), Field.symbol,
    ]
    static let date = Field(
        "date", .text(most: 10), "A UTC day that is over, as 2026-01-31.", required: true)

    static func kinds(_ query: [String: String]) throws(Rejection) -> Set<LedgerKind> {
        guard let text = query["type"] else { return [] }
        var kinds: Set<LedgerKind> = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let kind = LedgerKind.allCases.first(where: { $0.name == name }) else {
                throw .invalid(
                    "type", given: text,
                    allowed: "some of \(kindNames.joined(separator: ", ")), separated by commas")
            }
            kinds.insert(kind)
        }
        return kinds
    }

    /// The day's beginning, UTC microseconds; it must be over.
    static func day(_ query: [String: String], now: Int64) throws(Rejection) -> Int64 {
        guard let text = query["date"] else {
            throw .missing("date", expected: "a UTC day such as 2026-01-31")
        }
        guard text.utf8.count == 10, let start = CivilTime.micros(rfc3339: text + "T00:00:00Z")
        else {
            throw .invalid("date", given: text, allowed: "a UTC day such as 2026-01-31")
        }
        guard start + Statement.dayMicros <= now else {
            throw .invalid(
                "date", given: text, allowed: "a UTC day that is over", code: "out_of_range")
        }
        return start
    }
}
