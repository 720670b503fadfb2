// calendars.json: the shipped one is whole, and a mistake is told with its place.

import Base
import Foundation
import Testing
import Trading

@testable import Service

@Suite struct CalendarFileTests {
    @Test func shippedFile() throws {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path = root.appendingPathComponent("calendars.json").path
        let calendars = try CalendarFile.load(path: path)
        #expect(Set(calendars.keys) == ["us-equities", "london-equities", "fx"])
        let christmas = CivilTime.micros(rfc3339: "2026-12-25T15:00:00Z")!
        for (name, calendar) in calendars where name != "fx" {
            #expect(calendar.schedule(at: christmas).state(at: christmas) == .closed, "\(name)")
            let weekends = calendar.holidays.filter { [0, 6].contains(($0 + 4) % 7) }
            #expect(weekends.isEmpty, "\(name): a weekend needs no holiday")
        }
    }

    private static func text(_ calendar: String) -> String {
        #"{"calendars": {"a": \#(calendar)}}"#
    }

    @Test(arguments: [
        ("", "byte 0"), ("[]", "the file is an array"), (#"{"calender": {}}"#, "calender"),
        (text(#"{"time_zone": "UTC"}"#), "a needs sessions"),
        (text(#"{"time_zone": "UTC", "sessions": []}"#), "no sessions"),
        (text(#"{"time_zone": "EST", "sessions": []}"#), "America/New_York"),
        (text(#"{"time_zone": "America/Gotham", "sessions": []}"#), "America/Gotham"),
        (
            text(
                #"{"time_zone": "UTC", "sessions": [{"days": ["m"], "open": "1", "close": "2"}]}"#),
            "a.sessions[0].open is \"1\""
        ),
        (text(session(#"["monday"]"#, "09:00", "10:00")), #"days[0] is "monday""#),
        (text(session(#"["mon"]"#, "09:00", "24:01")), "24:01"),
        (text(session(#"["mon"]"#, "9:000", "10:00")), "9:000"),
        (text(session(#"["mon"]"#, "24:00", "10:00")), "24:00"),
        (text(session(#"["mon"]"#, "+9:00", "10:00")), "+9:00"),
        (text(session(#"["mon"]"#, "09:60", "10:00")), "09:60"),
        (text(session(#"["mon", "mon"]"#, "09:00", "10:00")), "overlap"),
        (text(session(#"["mon", "tue"]"#, "09:00", "08:00", more: #"["wed"]"#)), "overlap"),
        (
            text(session(#"["mon"]"#, "09:00", "10:00", tail: #", "holidays": ["2026-02-30"]"#)),
            "02-30"
        ),
        (text(session(#"["mon"]"#, "09:00", "10:00", tail: #", "half_days": [{}]"#)), "needs date"),
        (text(session(#"["mon"]"#, "09:00", "10:00", tail: #", "note": """#)), "note"),
        (#"{"calendars": {"A b": {}}}"#, "A b is no name"),
        (#"{"calendars": {"none": {}}}"#, "none is no name"),
    ])
    func mistakes(text: String, expected: String) {
        let error = #expect(throws: CalendarError.self) {
            try CalendarFile.parse(Array(text.utf8))
        }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }

    /// `more`: days of a second session, from 05:00 to 06:00.
    private static func session(
        _ days: String, _ open: String, _ close: String, more: String = "", tail: String = ""
    ) -> String {
        let second =
            more.isEmpty ? "" : #", {"days": \#(more), "open": "05:00", "close": "06:00"}"#
        return #"{"time_zone": "UTC", "sessions": [{"days": \#(days), "open": "\#(open)", "#
            + #""close": "\#(close)"}\#(second)]\#(tail)}"#
    }

    @Test func aSessionMayBeginWhenOneEnds() throws {
        let file = Self.text(Self.session(#"["mon", "tue"]"#, "05:00", "05:00", more: #"["wed"]"#))
        let calendar = try #require(try CalendarFile.parse(Array(file.utf8))["a"])
        #expect(calendar.sessions.count == 3 && calendar.sessions[0].close == 1_740)
    }
}
