// Trading sessions. Without a calendar an instrument's session is the UTC day.

package enum Session {
    private static let dayMicros: Int64 = 86_400_000_000

    /// The UTC day's number, as Redis's MARKET keeps it.
    package static func day(of time: Int64) -> Int64 { time / dayMicros }

    /// The end of the session that `time` lies in, UTC microseconds.
    package static func end(after time: Int64) -> Int64 { (time / dayMicros + 1) * dayMicros }
}
