// calendars.json: the calendars that instruments may name.
//
//     {"calendars": {"us-equities": {"description": "…", "time_zone": "America/New_York",
//       "sessions": [{"days": ["mon", "tue"], "open": "09:30", "close": "16:00"}],
//       "holidays": ["2026-12-25"], "half_days": [{"date": "2026-12-24", "close": "13:00"}]}}}
//
// A close that isn't after its opening is the next day's. An unknown key is refused, as is a calendar
// whose sessions overlap: a typing error must not open a market at night.

import Base
import Foundation
import Trading
import Wire

package struct CalendarError: Error, Equatable, CustomStringConvertible {
    package let description: String
}

package enum CalendarFile {
    package static func load(path: String) throws(CalendarError) -> [String: TradingCalendar] {
        let bytes: [UInt8]?
        do throws(SystemReadError) {
            bytes = try readWhole(path, most: Limits.calendarFileBytes)
        } catch {
            throw CalendarError(description: "\(path) can't be read: \(error.reason)")
        }
        guard let bytes else { throw CalendarError(description: "there is no \(path)") }
        do throws(CalendarError) {
            return try parse(bytes)
        } catch {
            throw CalendarError(description: "\(path): \(error.description)")
        }
    }

    package static func parse(_ bytes: [UInt8]) throws(CalendarError) -> [String: TradingCalendar] {
        let value: JSONValue
        do throws(JSONFailure) { value = try JSONParser.parse(bytes) } catch {
            throw CalendarError(description: "byte \(error.offset): \(error.message)")
        }
        let file = Part(value, "the file")
        let members = try file.object(of: ["calendars"])
        let calendars = try Part(members["calendars"] ?? .null, "calendars").anyObject()
        var known: [String: TradingCalendar] = [:]
        for (name, value) in calendars.members {
            known[name] = try calendar(name, Part(value, name))
        }
        return known
    }

    private static func calendar(
        _ name: String, _ part: Part
    ) throws(CalendarError) -> TradingCalendar {
        // "none" is what an instrument without a calendar asks for.
        guard (1...Limits.calendarNameBytes).contains(name.utf8.count), name != "none",
            name.utf8.allSatisfy({ "abcdefghijklmnopqrstuvwxyz0123456789._-".utf8.contains($0) })
        else {
            throw part.refuse("is no name: allowed are small letters, digits, . _ - and not none")
        }
        let members = try part.object(
            of: ["description", "time_zone", "sessions", "holidays", "half_days"])
        let zoneName = try part.member(members, "time_zone").text()
        // Foundation takes "EST" and "GMT+2" too, which have no daylight saving time.
        guard zoneName == "UTC" || zoneName.contains("/"),
            let zone = TimeZone(identifier: zoneName)
        else {
            throw part.refuse(
                "has the time_zone \"\(zoneName)\", which is no name of the IANA's, such as "
                    + "America/New_York")
        }
        var sessions: [TradingCalendar.Session] = []
        for item in try part.member(members, "sessions").items() {
            sessions += try Self.sessions(item)
        }
        guard !sessions.isEmpty else { throw part.refuse("has no sessions") }
        try refuseOverlap(sessions, part)
        var holidays: Set<Int64> = []
        for item in try part.optional(members, "holidays") { holidays.insert(try item.date()) }
        var halfDays: [Int64: Int] = [:]
        for item in try part.optional(members, "half_days") {
            let day = try item.object(of: ["date", "close"])
            halfDays[try item.member(day, "date").date()] = try item.member(day, "close").minute()
        }
        var description = ""
        if let text = members["description"] {
            description = try Part(text, "\(name).description").text()
        }
        return TradingCalendar(
            name: name, description: description, zoneName: zoneName, zone: zone,
            sessions: sessions, holidays: holidays, halfDays: halfDays)
    }

    private static func sessions(
        _ part: Part
    ) throws(CalendarError) -> [TradingCalendar.Session] {
        let members = try part.object(of: ["days", "open", "close"])
        let open = try part.member(members, "open").minute()
        var close = try part.member(members, "close").minute()
        guard open < 1_440 else { throw part.refuse("opens at 24:00") }
        if close <= open { close += 1_440 }
        var sessions: [TradingCalendar.Session] = []
        for item in try part.member(members, "days").items() {
            let name = try item.text()
            guard let weekday = weekdays.firstIndex(of: name) else {
                throw item.refuse("is \"\(name)\"; allowed is \(weekdays.joined(separator: ", "))")
            }
            sessions.append(TradingCalendar.Session(weekday: weekday, open: open, close: close))
        }
        return sessions
    }

    package static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// Each must have closed before the next one opens, the week's last before its first.
    private static func refuseOverlap(
        _ sessions: [TradingCalendar.Session], _ part: Part
    ) throws(CalendarError) {
        let starts = sessions.map { $0.weekday * 1_440 + $0.open }.sorted()
        for session in sessions {
            let start = session.weekday * 1_440 + session.open
            let next = starts.first { $0 > start } ?? starts[0] + 7 * 1_440
            let isTwice = starts.filter { $0 == start }.count > 1
            guard !isTwice, start + session.close - session.open <= next else {
                throw part.refuse("has sessions that overlap")
            }
        }
    }
}

/// A value of the file and where it stands, for messages.
private struct Part {
    let value: JSONValue
    let place: String

    init(_ value: JSONValue, _ place: String) {
        self.value = value
        self.place = place
    }

    func refuse(_ problem: String) -> CalendarError {
        CalendarError(description: "\(place) \(problem)")
    }

    func anyObject() throws(CalendarError) -> JSONObject {
        guard case .object(let object) = value else {
            throw refuse("is \(value.kind) and must be an object")
        }
        return object
    }

    func object(of names: [String]) throws(CalendarError) -> JSONObject {
        let object = try anyObject()
        if let unknown = object.names.first(where: { !names.contains($0) }) {
            throw refuse("has \"\(unknown)\"; known is \(names.joined(separator: ", "))")
        }
        return object
    }

    func member(_ object: JSONObject, _ name: String) throws(CalendarError) -> Part {
        guard let value = object[name] else { throw refuse("needs \(name)") }
        return Part(value, "\(place).\(name)")
    }

    /// A list's items; none where it isn't given.
    func optional(_ object: JSONObject, _ name: String) throws(CalendarError) -> [Part] {
        guard let value = object[name] else { return [] }
        return try Part(value, "\(place).\(name)").items()
    }

    func items() throws(CalendarError) -> [Part] {
        guard case .array(let items) = value else {
            throw refuse("is \(value.kind) and must be an array")
        }
        return items.enumerated().map { Part($0.element, "\(place)[\($0.offset)]") }
    }

    func text() throws(CalendarError) -> String {
        guard case .string(let text) = value else {
            throw refuse("is \(value.kind) and must be a string")
        }
        return text
    }

    /// Days since 1970-01-01 of `2026-12-25`.
    func date() throws(CalendarError) -> Int64 {
        let text = try text()
        guard let micros = CivilTime.micros(rfc3339: "\(text)T00:00:00Z"), micros >= 0 else {
            throw refuse("is \"\(text)\" and must be a date such as 2026-12-25")
        }
        return micros / 86_400_000_000
    }

    /// Minutes of `09:30`; 24:00 is the day's end.
    func minute() throws(CalendarError) -> Int {
        let text = try text()
        let digits = text.utf8.map { Int($0) - Int(UInt8(ascii: "0")) }
        let isTime =
            digits.count == 5 && text.utf8.dropFirst(2).first == UInt8(ascii: ":")
            && [0, 1, 3, 4].allSatisfy { (0...9).contains(digits[$0]) }
        let minutes = isTime ? (digits[0] * 10 + digits[1]) * 60 + digits[3] * 10 + digits[4] : -1
        guard (0...1_440).contains(minutes), digits[3] < 6 else {
            throw refuse("is \"\(text)\" and must be a time from 00:00 to 24:00")
        }
        return minutes
    }
}
