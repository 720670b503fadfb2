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
        var text: [UInt8] = []
        text.reserveCapacity(27)
        CivilTime(micros: micros).append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}
