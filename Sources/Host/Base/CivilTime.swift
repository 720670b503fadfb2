// A moment as a date and a time of day in UTC, by arithmetic alone: no C library call, no time zone,
// no String, since every event and log line carries such a text.

package struct CivilTime: Sendable, Equatable {
    /// Seconds since 1970-01-01 UTC, rounded down.
    package let epochSecond: Int64
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int
    /// 0 is Sunday.
    package let weekday: Int
    package let secondOfDay: Int
    /// 0 to 999,999.
    package let micros: Int

    /// `micros` since 1970-01-01 UTC, from the year 0 to 9999.
    package init(micros: Int64) {
        (epochSecond, self.micros) = CivilTime.floorDivide(micros, by: 1_000_000)
        let days: Int64
        (days, secondOfDay) = CivilTime.floorDivide(epochSecond, by: 86_400)
        // 1970-01-01 was a Thursday.
        weekday = CivilTime.floorDivide(days + 4, by: 7).remainder
        (year, month, day) = CivilTime.date(epochDay: days)
    }

    /// The Gregorian date of a day, counted in eras of 400 years that begin on 1 March, so that a
    /// leap day is the last of its year and a month's first day is a linear formula.
    private static func date(epochDay: Int64) -> (year: Int, month: Int, day: Int) {
        let daysPerEra = 146_097
        let daysBefore1970 = Int64(719_468)
        let (era, dayOfEra) = floorDivide(epochDay + daysBefore1970, by: Int64(daysPerEra))
        let leapDays = dayOfEra / 1_460 - dayOfEra / 36_524 + dayOfEra / (daysPerEra - 1)
        let yearOfEra = (dayOfEra - leapDays) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0)
        return (year, month, day)
    }

    private static func floorDivide(
        _ value: Int64, by divisor: Int64
    ) -> (quotient: Int64, remainder: Int) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        if remainder < 0 { return (quotient - 1, Int(remainder + divisor)) }
        return (quotient, Int(remainder))
    }

    /// Appends `hh:mm:ss`.
    package func appendClock(to text: inout [UInt8]) {
        Scaled.appendDigits(UInt64(secondOfDay / 3_600), atLeast: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Scaled.appendDigits(UInt64(secondOfDay / 60 % 60), atLeast: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Scaled.appendDigits(UInt64(secondOfDay % 60), atLeast: 2, to: &text)
    }

    /// RFC 3339 in whole seconds: `2026-01-31T09:30:00Z`.
    package var secondText: String {
        var text: [UInt8] = []
        appendDate(to: &text)
        text.append(UInt8(ascii: "T"))
        appendClock(to: &text)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends `2026-01-31`.
    package func appendDate(to text: inout [UInt8]) {
        Scaled.appendDigits(UInt64(max(0, year)), atLeast: 4, to: &text)
        text.append(UInt8(ascii: "-"))
        Scaled.appendDigits(UInt64(month), atLeast: 2, to: &text)
        text.append(UInt8(ascii: "-"))
        Scaled.appendDigits(UInt64(day), atLeast: 2, to: &text)
    }

    /// Appends RFC 3339 with microseconds: `2026-01-31T09:30:00.000123Z`.
    package func append(to text: inout [UInt8]) {
        appendDate(to: &text)
        text.append(UInt8(ascii: "T"))
        appendClock(to: &text)
        text.append(UInt8(ascii: "."))
        Scaled.appendDigits(UInt64(micros), atLeast: 6, to: &text)
        text.append(UInt8(ascii: "Z"))
    }
}
