// When markets open and close, in UTC: both changes of the clocks, sessions over midnight, holidays
// and half days. The times are those that each market's own rules give.

import Base
import Foundation
import Testing
import Trading

@testable import Service

@Suite struct TradingCalendarTests {
    static let weekdays = Array(1...5)
    static let newYork = calendar("America/New_York", weekdays, "09:30", "16:00")
    static let london = calendar("Europe/London", weekdays, "08:00", "16:30")
    /// Sunday evening to Friday evening, each session over a midnight.
    static let evenings = calendar("America/New_York", Array(0...4), "18:00", "17:00")

    static func calendar(
        _ zone: String, _ days: [Int], _ open: String, _ close: String,
        holidays: [String] = [], halfDays: [String: String] = [:]
    ) -> TradingCalendar {
        let (open, end) = (minute(open), minute(close))
        return TradingCalendar(
            name: "test", zone: TimeZone(identifier: zone)!,
            sessions: days.map {
                TradingCalendar.Session(
                    weekday: $0, open: open, close: end > open ? end : end + 1_440)
            },
            holidays: Set(holidays.map(day)),
            halfDays: Dictionary(
                uniqueKeysWithValues: halfDays.map { (day($0.key), minute($0.value)) }))
    }

    private static func minute(_ text: String) -> Int {
        let parts = text.split(separator: ":").compactMap { Int($0) }
        return parts[0] * 60 + parts[1]
    }

    private static func day(_ date: String) -> Int64 { time("\(date)T00:00:00Z") / 86_400_000_000 }
    private static func time(_ text: String) -> Int64 { CivilTime.micros(rfc3339: text)! }

    /// The changes of a day as `open 14:30 close 21:00`, with the date where it is another than the
    /// local one.
    private func changes(_ calendar: TradingCalendar, on date: String) -> String {
        calendar.changes(openingOn: Self.day(date)).map { change in
            let text = CivilTime(micros: change.time).secondText
            let word = change.state == .open ? "open" : "close"
            let clock = text.dropFirst(11).prefix(5)
            return text.hasPrefix(date) ? "\(word) \(clock)" : "\(word) \(text.prefix(10)) \(clock)"
        }.joined(separator: " ")
    }

    @Test(arguments: [
        // Clocks go forward on 8 March 2026 and back on 1 November.
        ("2026-03-06", "open 14:30 close 21:00"), ("2026-03-09", "open 13:30 close 20:00"),
        ("2026-10-30", "open 13:30 close 20:00"), ("2026-11-02", "open 14:30 close 21:00"),
        ("2026-03-07", ""), ("2026-03-08", ""),
    ])
    func newYork(date: String, expected: String) {
        #expect(changes(Self.newYork, on: date) == expected)
    }

    @Test(arguments: [
        // On 29 March and 25 October.
        ("2026-03-27", "open 08:00 close 16:30"), ("2026-03-30", "open 07:00 close 15:30"),
        ("2026-10-23", "open 07:00 close 15:30"), ("2026-10-26", "open 08:00 close 16:30"),
    ])
    func london(date: String, expected: String) {
        #expect(changes(Self.london, on: date) == expected)
    }

    @Test(arguments: [
        // Sessions over the very night in which the clocks change, an hour shorter and longer.
        ("2026-03-07", ""),
        ("2026-03-08", "open 22:00 close 2026-03-09 21:00"),
        ("2026-03-05", "open 23:00 close 2026-03-06 22:00"),
        ("2026-11-01", "open 23:00 close 2026-11-02 22:00"),
        ("2026-10-29", "open 22:00 close 2026-10-30 21:00"),
    ])
    func overMidnight(date: String, expected: String) {
        #expect(changes(Self.evenings, on: date) == expected)
    }

    @Test func nightOfTheChangeIsAnHourShorterOrLonger() {
        let nights = Self.calendar("Europe/London", [6], "22:00", "06:00")
        #expect(changes(nights, on: "2026-03-28") == "open 22:00 close 2026-03-29 05:00")
        #expect(changes(nights, on: "2026-10-24") == "open 21:00 close 2026-10-25 06:00")
    }

    @Test func localTimesThatAreSkippedOrComeTwice() {
        // 02:30 on 8 March 2026 isn't there, and an hour later is 03:30 in summer time; 01:30 on 1
        // November comes twice, and the first is in summer time.
        let early = Self.calendar("America/New_York", [0], "02:30", "12:00")
        #expect(changes(early, on: "2026-03-08") == "open 07:30 close 16:00")
        let twice = Self.calendar("America/New_York", [0], "01:30", "12:00")
        #expect(changes(twice, on: "2026-11-01") == "open 05:30 close 17:00")
    }

    @Test func holidaysAndHalfDays() {
        let calendar = Self.calendar(
            "America/New_York", Self.weekdays, "09:30", "16:00", holidays: ["2026-11-26"],
            halfDays: ["2026-11-27": "13:00", "2026-11-30": "09:30", "2026-12-01": "18:00"])
        #expect(changes(calendar, on: "2026-11-26") == "")
        #expect(changes(calendar, on: "2026-11-27") == "open 14:30 close 18:00")
        #expect(changes(calendar, on: "2026-11-30") == "", "nothing is left of it")
        #expect(changes(calendar, on: "2026-12-01") == "open 14:30 close 21:00", "never later")
        let nights = Self.calendar(
            "America/New_York", [3], "18:00", "17:00", halfDays: ["2026-11-25": "13:00"])
        #expect(changes(nights, on: "2026-11-25") == "open 23:00 close 2026-11-26 18:00")
    }

    @Test func scheduleHoldsWhatPassedLastAndWhatComes() {
        let now = Self.time("2026-03-06T15:00:00Z")
        let schedule = Self.newYork.schedule(at: now)
        let texts = schedule.changes.map { CivilTime(micros: $0.time).secondText }
        #expect(
            texts.prefix(5) == [
                "2026-03-05T21:00:00Z", "2026-03-06T14:30:00Z", "2026-03-06T21:00:00Z",
                "2026-03-09T13:30:00Z", "2026-03-09T20:00:00Z",
            ])
        #expect(schedule.changes.count <= SessionSchedule.mostChanges)
        #expect(schedule.changes.count { $0.time > now } >= 16)
        #expect(schedule.changes.last?.state == .closed, "it runs out closed")
        let close = Self.time("2026-03-06T21:00:00Z")
        #expect(schedule == Self.newYork.schedule(at: close - 1), "the same up to the next change")
        #expect(schedule != Self.newYork.schedule(at: close))
        #expect(schedule.state(at: now) == .open && schedule.state(at: close) == .closed)
        #expect(schedule.state(at: close - 1) == .open)
        #expect(schedule.close(after: now) == close)
        #expect(schedule.opening(after: now) == Self.time("2026-03-09T13:30:00Z"))
    }

    @Test func sessionsThatTouchKeepNobodyOut() {
        let days = Self.calendar("UTC", Array(0...6), "17:00", "17:00")
        let now = Self.time("2026-03-06T16:59:59Z")
        let end = Self.time("2026-03-06T17:00:00Z")
        let schedule = days.schedule(at: now)
        #expect(schedule.state(at: end) == .open)
        #expect(schedule.close(after: now) == end, "orders for the day end there")
        let next = schedule.next(after: now)
        #expect(next?.state == .closed && next?.time == schedule.changes.last?.time)
    }

    @Test func withoutCalendarTheSessionIsTheUTCDay() {
        var instrument = Instrument(
            symbol: "A", priceScale: 2, quantityScale: 0, tickSize: 1, lotSize: 1, bandBps: 1,
            name: "a", assetType: "stocks")
        let now = Self.time("2026-03-06T15:00:00Z")
        #expect(Session.end(after: now, of: instrument) == Self.time("2026-03-07T00:00:00Z"))
        instrument.schedule = Self.newYork.schedule(at: now)
        #expect(Session.end(after: now, of: instrument) == Self.time("2026-03-06T21:00:00Z"))
        #expect(instrument.state(at: now) == .open)
        instrument.state = .halted
        #expect(instrument.state(at: now) == .halted)
        instrument.state = .closed
        #expect(instrument.state(at: now) == .closed, "staff wins over the calendar")
    }
}
