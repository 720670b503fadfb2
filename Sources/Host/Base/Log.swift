// Structured log lines on standard error: one line of key=value pairs, readable by people and grep.

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

/// A logger is a value: pass it to who needs it. One write a line, so that lines never mix.
package struct Log: Sendable {
    package let level: LogLevel
    /// The room or process that speaks, e.g. `supervisor`, `worker`.
    package let origin: String

    package init(level: LogLevel, origin: String) {
        self.level = level
        self.origin = origin
    }

    package func debug(_ message: @autoclosure () -> String) { write(.debug, message) }
    package func info(_ message: @autoclosure () -> String) { write(.info, message) }
    package func warning(_ message: @autoclosure () -> String) { write(.warning, message) }
    package func error(_ message: @autoclosure () -> String) { write(.error, message) }

    private func write(_ lineLevel: LogLevel, _ message: () -> String) {
        guard lineLevel >= level else { return }
        let time = Clock.format(micros: Clock.wallMicros())
        let text = message().split(separator: "\n").joined(separator: " | ")
        let line = Array("\(time) \(lineLevel.name) \(origin): \(text)\n".utf8)
        _ = line.withUnsafeBytes { bytes in unsafe Glibc.write(2, bytes.baseAddress, bytes.count) }
    }
}
