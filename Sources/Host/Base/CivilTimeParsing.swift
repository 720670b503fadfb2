// Reading RFC 3339, as clients send times.

extension CivilTime {
    /// UTC microseconds of `2026-01-31T09:30:00.000123Z` or `2026-01-31T10:30:00+01:00`; nil where it
    /// is no such text or no such date. What is finer than a microsecond is cut off. No leap seconds.
    package static func micros(rfc3339 text: String) -> Int64? {
        var reader = TimeReader(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2),
            reader.take("-"), let day = reader.number(2), reader.take("Tt"),
            let hour = reader.number(2), reader.take(":"), let minute = reader.number(2),
            reader.take(":"), let second = reader.number(2), let fraction = reader.fraction(),
            let offset = reader.offset(), reader.isAtEnd, (1...12).contains(month), day >= 1,
            day <= days(in: month, of: year), hour < 24, minute < 60, second < 60
        else { return nil }
        let minutes = (epochDay(year, month, day) * 24 + hour) * 60 + minute - offset
        return (minutes * 60 + second) * 1_000_000 + fraction
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month) - 1]
    }

    /// Days since 1970-01-01, counted from 1 March, so that a leap day is the last of its year.
    private static func epochDay(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let years = month <= 2 ? year + 399 : year + 400
        let monthFromMarch = (month + 9) % 12
        let leapDays = years / 4 - years / 100 + years / 400
        // 0400-03-01 is this many days before 1970-01-01, less what 800 years before it count.
        return years * 365 + leapDays + (153 * monthFromMarch + 2) / 5 + day - 1 - 865_565
    }
}

private struct TimeReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { at == bytes.count }

    /// One of these characters.
    mutating func take(_ characters: String) -> Bool {
        guard at < bytes.count, characters.utf8.contains(bytes[at]) else { return false }
        at += 1
        return true
    }

    private mutating func digit() -> Int64? {
        guard at < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) else {
            return nil
        }
        at += 1
        return Int64(bytes[at - 1] - UInt8(ascii: "0"))
    }

    mutating func number(_ digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Microseconds; 0 where there is no fraction.
    mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        guard var value = digit() else { return nil }
        var digits = 1
        while let next = digit() {
            if digits < 6 { value = value * 10 + next }
            digits += 1
        }
        while digits < 6 {
            value *= 10
            digits += 1
        }
        return value
    }

    /// Minutes to take away for UTC.
    mutating func offset() -> Int64? {
        if take("Zz") { return 0 }
        let isEast = take("+")
        guard isEast || take("-"), let hours = number(2), take(":"), let minutes = number(2),
            hours < 24, minutes < 60
        else { return nil }
        return (isEast ? 1 : -1) * (hours * 60 + minutes)
    }
}
