// The host's clocks. The order path takes its time from Redis; these serve logs, timers, timeouts.

import Glibc

package enum Clock {
    /// Microseconds since 1970-01-01 UTC.
    package static func wallMicros() -> Int64 { read(CLOCK_REALTIME) }

    /// Microseconds that never jump, for intervals.
    package static func monotonicMicros() -> Int64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    /// RFC 3339 in UTC with microseconds: 2026-01-31T09:30:00.000123Z.
    package static func format(micros: Int64) -> String {
        var seconds = time_t(micros / 1_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let year = padded(Int64(parts.tm_year) + 1900, 4)
        let month = padded(Int64(parts.tm_mon) + 1, 2)
        let day = padded(Int64(parts.tm_mday), 2)
        let hour = padded(Int64(parts.tm_hour), 2)
        let minute = padded(Int64(parts.tm_min), 2)
        let second = padded(Int64(parts.tm_sec), 2)
        let fraction = padded(micros % 1_000_000, 6)
        return "\(year)-\(month)-\(day)T\(hour):\(minute):\(second).\(fraction)Z"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
