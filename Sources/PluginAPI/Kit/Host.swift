// What the host offers a plugin: log, clocks, exact arithmetic.

import COESPlugin

public enum LogLevel: UInt32, Sendable {
    case debug = 1
    case info, warning, error
}

public enum Rounding: Sendable {
    /// Towards zero.
    case down
    /// Away from zero.
    case up
}

public struct Host: @unchecked Sendable {
    private let pointer: UnsafePointer<oes_host_t>
    private let logger: UnsafePointer<oes_host_log_t>?
    private let clock: UnsafePointer<oes_host_clock_t>?
    private let arithmetic: UnsafePointer<oes_host_mul_div_t>?

    /// The minor version of the interface that the host speaks.
    let minor: UInt32

    init(_ pointer: UnsafePointer<oes_host_t>) {
        self.pointer = pointer
        minor = pointer.pointee.abi_minor
        logger = Self.find(pointer, OES_EXT_LOG)
        clock = Self.find(pointer, OES_EXT_CLOCK)
        arithmetic = Self.find(pointer, OES_EXT_MUL_DIV)
    }

    private static func find<Extension>(
        _ host: UnsafePointer<oes_host_t>, _ id: String
    ) -> UnsafePointer<Extension>? {
        lending(id) { host.pointee.get_extension(host, $0) }?
            .assumingMemoryBound(to: Extension.self)
    }

    /// One line in the host's log; nothing where the host has none.
    public func log(_ level: LogLevel, _ text: String) {
        guard let logger else { return }
        lending(text) { logger.pointee.write(pointer, level.rawValue, $0) }
    }

    /// Microseconds that never jump; nil where the host has no clock.
    public func monotonicMicros() -> Int64? { clock?.pointee.monotonic_micros(pointer) }

    /// Exact value × factor ÷ divisor, rounded once; nil where the result doesn't fit, the divisor
    /// is 0, or the host has no such arithmetic.
    public func multiplyDivide(
        _ value: Int64, _ factor: Int64, _ divisor: Int64, rounding: Rounding
    ) -> Int64? {
        guard let arithmetic else { return nil }
        var result: Int64 = 0
        let way = rounding == .down ? OES_ROUND_DOWN : OES_ROUND_UP
        let status = arithmetic.pointee.mul_div(value, factor, divisor, way, &result)
        return status == OES_OK ? result : nil
    }
}

/// Scaled whole numbers as decimals, for messages.
public enum Decimal {
    /// (15025, scale 2) gives "150.25", (15000, scale 2) "150.00": all decimals are written.
    public static func format(_ value: Int64, scale: Int) -> String {
        let digits = String(value.magnitude)
        let sign = value < 0 ? "-" : ""
        guard scale > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
        return "\(sign)\(padded.dropLast(scale)).\(padded.suffix(scale))"
    }
}
