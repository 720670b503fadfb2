// Trading sessions. Without a calendar an instrument's session is the UTC day.

import Trading

package enum Session {
    private static let dayMicros: Int64 = 86_400_000_000

    /// The UTC day's number, as Redis's MARKET keeps it.
    package static func day(of time: Int64) -> Int64 { time / dayMicros }

    /// The end of the session that `time` lies in, or of the next one, UTC microseconds: where orders
    /// for the day end. A schedule that has run out says nothing of it, but then the instrument is
    /// closed and takes none.
    package static func end(after time: Int64, of instrument: Instrument) -> Int64 {
        instrument.schedule.close(after: time) ?? (time / dayMicros + 1) * dayMicros
    }
}
