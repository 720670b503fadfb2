// Cells of a statement: quoted where they must be, and never a spreadsheet's formula.

import Testing

@testable import Views

@Suite struct StatementTextTests {
    private func text(_ cell: StatementText.Cell) -> String {
        String(decoding: cell.bytes, as: UTF8.self)
    }

    @Test func somebodysTextIsNoFormula() {
        for risky in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            #expect(text(.text(risky)).drop { $0 == "\"" }.hasPrefix("'"), "\(risky)")
        }
        #expect(text(.text("=a,b")) == "\"'=a,b\"")
        #expect(text(.plain("-1.5")) == "-1.5")
    }

    @Test func whatWouldBreakTheTableIsQuoted() {
        #expect(text(.text("plain")) == "plain")
        #expect(text(.text("a,b")) == "\"a,b\"")
        #expect(text(.text("say \"x\"")) == "\"say \"\"x\"\"\"")
        #expect(text(.text("two\nlines")) == "\"two\nlines\"")
        #expect(text(.text("")) == "")
    }
}
