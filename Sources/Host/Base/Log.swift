// Log lines on standard error: time, level, origin, a message and fields. As text for people and grep,
// or as one JSON object a line for machines.

import Glibc

package enum LogLevel: Int, Sendable, CaseIterable, Comparable {
    case debug, info, warning, error
    package static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }

    /// LOG_LEVEL's values.
    package var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }
}

/// LOG_FORMAT's values.
package enum LogFormat: String, Sendable, CaseIterable {
    case text, json
}

/// A logger is a value: pass it to who needs it. One write a line, so that lines never mix.
package struct Log: Sendable {
    package let level: LogLevel
    /// The room or process that speaks, e.g. `supervisor`, `worker`.
    package let origin: String
    package let format: LogFormat

    /// Names are the program's own; values may be anything.
    package typealias Fields = [(String, String)]

    package init(level: LogLevel, origin: String, format: LogFormat = .text) {
        self.level = level
        self.origin = origin
        self.format = format
    }

    package func debug(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = []
    ) { write(.debug, message, fields) }

    package func info(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = []
    ) { write(.info, message, fields) }

    package func warning(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = []
    ) { write(.warning, message, fields) }

    package func error(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = []
    ) { write(.error, message, fields) }

    private func write(_ lineLevel: LogLevel, _ message: () -> String, _ fields: () -> Fields) {
        guard lineLevel >= level else { return }
        let time = Clock.format(micros: Clock.wallMicros())
        let text = line(lineLevel, time: time, message: message(), fields: fields())
        let bytes = Array((text + "\n").utf8)
        _ = bytes.withUnsafeBytes { bytes in unsafe Glibc.write(2, bytes.baseAddress, bytes.count) }
    }

    /// One line, without its end.
    package func line(
        _ lineLevel: LogLevel, time: String, message: String, fields: Fields
    ) -> String {
        switch format {
        case .text:
            let text = message.split(separator: "\n").joined(separator: " | ")
            let pairs = fields.map { " \($0.0)=\(Log.isPlain($0.1) ? $0.1 : Log.quoted($0.1))" }
            return "\(time) \(lineLevel.name) \(origin): \(text)\(pairs.joined())"
        case .json:
            let head = [
                ("time", time), ("level", lineLevel.name), ("origin", origin), ("message", message),
            ]
            let members = (head + fields).map { "\"\($0.0)\":\(Log.quoted($0.1))" }
            return "{\(members.joined(separator: ","))}"
        }
    }

    private static func isPlain(_ value: String) -> Bool {
        !value.isEmpty
            && value.utf8.allSatisfy {
                $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=")
            }
    }

    /// As a JSON string.
    private static func quoted(_ value: String) -> String {
        var out = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case "\r": out += "\\r"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7f {
                    let digits = String(scalar.value, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out + "\""
    }
}
