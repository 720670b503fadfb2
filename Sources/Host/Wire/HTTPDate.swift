// The Date line's value, made once a second.

import Base

/// Keeps the present second's text, so that a loop writes it without making it.
package struct HTTPDate: Sendable {
    private var second: Int64 = .min
    private var text: [UInt8] = []

    package init() {}

    /// IMF-fixdate of RFC 9110, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    package mutating func bytes(wallMicros: Int64) -> [UInt8] {
        let time = CivilTime(micros: wallMicros)
        guard time.epochSecond != second else { return text }
        second = time.epochSecond
        text = HTTPDate.format(time)
        return text
    }

    private static func format(_ time: CivilTime) -> [UInt8] {
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        var text = Array("\(weekdays[time.weekday]), ".utf8)
        Scaled.appendDigits(UInt64(time.day), atLeast: 2, to: &text)
        text.append(contentsOf: " \(months[time.month - 1]) ".utf8)
        Scaled.appendDigits(UInt64(time.year), atLeast: 4, to: &text)
        text.append(Ascii.space)
        time.appendClock(to: &text)
        text.append(contentsOf: " GMT".utf8)
        return text
    }
}
