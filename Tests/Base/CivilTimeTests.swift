// Dates and times of day by arithmetic, against the C library's.

import Glibc
import Testing

@testable import Base

@Suite struct CivilTimeTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000000Z"),
        (1, "1970-01-01T00:00:00.000001Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z"),
        (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
        (1_769_851_800_000_123, "2026-01-31T09:30:00.000123Z"),
        (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
    ])
    func formats(micros: Int64, text: String) {
        #expect(Clock.format(micros: micros) == text)
    }

    @Test func agreesWithTheCLibrary() {
        // Steps of a prime number of seconds from 1900 to 2400 meet every kind of day.
        for second in stride(from: Int64(-2_208_988_800), to: 13_569_465_600, by: 777_743) {
            var seconds = time_t(second)
            var expected = tm()
            gmtime_r(&seconds, &expected)
            let time = CivilTime(micros: second * 1_000_000)
            #expect(time.year == Int(expected.tm_year) + 1900)
            #expect(time.month == Int(expected.tm_mon) + 1)
            #expect(time.day == Int(expected.tm_mday))
            #expect(time.weekday == Int(expected.tm_wday))
            #expect(time.secondOfDay / 3_600 == Int(expected.tm_hour))
            #expect(time.secondOfDay / 60 % 60 == Int(expected.tm_min))
            #expect(time.secondOfDay % 60 == Int(expected.tm_sec))
        }
    }
}
