// A market's calendar: when it trades, in its own local time. From it follow the session changes in
// UTC, which is all that the script knows of calendars.
//
// The one place that knows time zones. Foundation's tables decide them, so a host answers as the
// rules stood when its Swift runtime was built; nothing here is called for an order.

import Base
import Foundation
import Trading

package struct TradingCalendar: Sendable {
    /// One session of each week.
    package struct Session: Hashable, Sendable {
        /// 0 is Sunday: the day on which it opens.
        package let weekday: Int
        /// Minutes after that day's local midnight.
        package let open: Int
        /// Later than `open`; above 1,440 it closes on the next day.
        package let close: Int

        package init(weekday: Int, open: Int, close: Int) {
            self.weekday = weekday
            self.open = open
            self.close = close
        }
    }

    package let name: String
    package let description: String
    /// As the file has it.
    package let zoneName: String
    private let zone: TimeZone
    package let sessions: [Session]
    /// Days since 1970-01-01 on which no session opens.
    package let holidays: Set<Int64>
    /// Days on which sessions end early, and at which local minute.
    package let halfDays: [Int64: Int]

    init(
        name: String, description: String = "", zoneName: String = "", zone: TimeZone,
        sessions: [Session],
        holidays: Set<Int64> = [], halfDays: [Int64: Int] = [:]
    ) {
        self.name = name
        self.description = description
        self.zoneName = zoneName
        self.zone = zone
        self.sessions = sessions.sorted { ($0.weekday, $0.open) < ($1.weekday, $1.open) }
        self.holidays = holidays
        self.halfDays = halfDays
    }

    // MARK: Changes

    /// Changes that are past and kept all the same, so that a clock which is a little behind the
    /// writer's still finds its state.
    private static let pastChanges = 2
    private static let comingChanges = 16
    /// How far back and ahead changes are looked for.
    private static let pastDays: Int64 = 15
    private static let comingDays: Int64 = 400
    private static let microsPerDay: Int64 = 86_400_000_000

    /// What an instrument's record says from now until the next change: it ends with a close, so
    /// that an instrument whose calendar nobody renews ends closed.
    package func schedule(at now: Int64) -> SessionSchedule {
        let today = localDay(at: now)
        var past: [SessionChange] = []
        var coming: [SessionChange] = []
        for day in today - Self.pastDays...today + Self.comingDays {
            for change in changes(openingOn: day) {
                if change.time <= now { past.append(change) } else { coming.append(change) }
            }
            if coming.count >= Self.comingChanges, coming.last?.state == .closed { break }
        }
        return SessionSchedule(past.suffix(Self.pastChanges) + coming)
    }

    /// Opening and close of each session that opens on a local day, in their order.
    func changes(openingOn day: Int64) -> [SessionChange] {
        guard !holidays.contains(day) else { return [] }
        // 1970-01-01 was a Thursday.
        let weekday = Int((day + 4) % 7)
        return sessions.filter { $0.weekday == weekday }.flatMap { session -> [SessionChange] in
            guard let close = close(of: session, on: day) else { return [] }
            return [
                SessionChange(time: time(day, session.open), state: .open),
                SessionChange(time: time(day, close), state: .closed),
            ]
        }
    }

    /// nil where a half day leaves nothing of the session. One that crosses midnight takes an early
    /// close that isn't after its opening as the next day's.
    private func close(of session: Session, on day: Int64) -> Int? {
        guard var early = halfDays[day] else { return session.close }
        if early <= session.open {
            guard session.close > 1_440 else { return nil }
            early += 1_440
        }
        return min(early, session.close)
    }

    // MARK: Local time

    private func localDay(at now: Int64) -> Int64 {
        (now + offset(at: now)) / Self.microsPerDay
    }

    /// UTC microseconds of a local time. One that the clocks pass over twice is the first of the two;
    /// one that they leap over is as much later as they leap.
    func time(_ day: Int64, _ minute: Int) -> Int64 {
        let local = day * Self.microsPerDay + Int64(minute) * 60_000_000
        let before = local - offset(at: local - Self.microsPerDay)
        let after = local - offset(at: local + Self.microsPerDay)
        let fits = [before, after].filter { $0 + offset(at: $0) == local }
        return fits.min() ?? before
    }

    /// What local time is ahead of UTC, microseconds.
    private func offset(at time: Int64) -> Int64 {
        let seconds = time / 1_000_000
        let date = Date(timeIntervalSince1970: TimeInterval(seconds))
        return Int64(zone.secondsFromGMT(for: date)) * 1_000_000
    }
}
