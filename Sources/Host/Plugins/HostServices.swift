// What plugins may ask of the host: the struct behind their `host` pointer and the extensions
// that it finds by id. Allocated once a registry and never freed, since plugins keep the pointer
// for as long as the process lives.

import Base
import COESPlugin

final class HostServices {
    static let version = "0.1.0"

    let log: Log
    /// The last line of level error that a plugin logged during a [control] call, quoted where
    /// the host refuses that plugin.
    private(set) var lastError = ""
    private(set) var pointer: UnsafePointer<oes_host_t>
    private let memory: UnsafeMutablePointer<oes_host_t>

    private static let extensions = Extensions()

    init(log: Log) {
        self.log = Log(level: log.level, origin: "plugin", format: log.format)
        memory = .allocate(capacity: 1)
        pointer = UnsafePointer(memory)
        memory.initialize(to: oes_host_t())
        memory.pointee = oes_host_t(
            struct_size: UInt32(MemoryLayout<oes_host_t>.size), abi_major: OES_ABI_MAJOR,
            abi_minor: OES_ABI_MINOR, reserved: 0, name: Self.immortal("oes"),
            version: Self.immortal(Self.version),
            host_data: Unmanaged.passRetained(self).toOpaque(),
            get_extension: { _, id in HostServices.find(id) })
    }

    func forgetError() { lastError = "" }

    /// ": TEXT" of the last error, or nothing, for the end of a refusal.
    var errorSuffix: String { lastError.isEmpty ? "" : ": \(lastError)" }

    private static func find(_ id: oes_str) -> UnsafeRawPointer? {
        switch id.checked(limit: 64) {
        case OES_EXT_LOG: UnsafeRawPointer(extensions.log)
        case OES_EXT_CLOCK: UnsafeRawPointer(extensions.clock)
        case OES_EXT_MUL_DIV: UnsafeRawPointer(extensions.mulDiv)
        case OES_EXT_THREAD_CHECK: UnsafeRawPointer(extensions.threadCheck)
        default: nil
        }
    }

    fileprivate func write(_ level: oes_log_level, _ text: oes_str) {
        let line = Self.readable(text)
        switch level {
        case OES_LOG_DEBUG: log.debug(line)
        case OES_LOG_INFO: log.info(line)
        case OES_LOG_WARNING: log.warning(line)
        default: log.error(line)
        }
        if level == OES_LOG_ERROR && PluginThread.current == OES_THREAD_CONTROL {
            lastError = line
        }
    }

    private static func readable(_ text: oes_str) -> String {
        guard text.len > 0, let start = text.ptr else { return "" }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(min(text.len, 1_024)))
        return String(decoding: bytes.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
    }

    /// A text that lives as long as the process.
    private static func immortal(_ text: String) -> oes_str {
        let bytes = Array(text.utf8)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 1)
        memory.copyMemory(from: bytes, byteCount: bytes.count)
        return oes_str(
            ptr: UnsafePointer(memory.assumingMemoryBound(to: CChar.self)),
            len: UInt64(bytes.count))
    }
}

/// The extensions' structs, the same for all plugins.
private struct Extensions: @unchecked Sendable {
    let log: UnsafeMutablePointer<oes_host_log_t>
    let clock: UnsafeMutablePointer<oes_host_clock_t>
    let mulDiv: UnsafeMutablePointer<oes_host_mul_div_t>
    let threadCheck: UnsafeMutablePointer<oes_host_thread_check_t>

    init() {
        log = Self.place(
            oes_host_log_t(
                struct_size: UInt32(MemoryLayout<oes_host_log_t>.size), reserved: 0,
                write: { host, level, text in
                    guard let data = host?.pointee.host_data else { return }
                    Unmanaged<HostServices>.fromOpaque(data).takeUnretainedValue()
                        .write(level, text)
                }))
        clock = Self.place(
            oes_host_clock_t(
                struct_size: UInt32(MemoryLayout<oes_host_clock_t>.size), reserved: 0,
                wall_micros: { _ in Clock.wallMicros() },
                monotonic_micros: { _ in Clock.monotonicMicros() }))
        mulDiv = Self.place(
            oes_host_mul_div_t(
                struct_size: UInt32(MemoryLayout<oes_host_mul_div_t>.size), reserved: 0,
                mul_div: { hostMulDiv($0, $1, $2, $3, $4) }))
        threadCheck = Self.place(
            oes_host_thread_check_t(
                struct_size: UInt32(MemoryLayout<oes_host_thread_check_t>.size), reserved: 0,
                current: { _ in PluginThread.current }))
    }

    private static func place<Value>(_ value: Value) -> UnsafeMutablePointer<Value> {
        let memory = UnsafeMutablePointer<Value>.allocate(capacity: 1)
        memory.initialize(to: value)
        return memory
    }
}

/// OES_EXT_MUL_DIV: any signs, exact, rounded once. See the header.
func hostMulDiv(
    _ value: Int64, _ factor: Int64, _ divisor: Int64, _ rounding: oes_rounding,
    _ result: UnsafeMutablePointer<Int64>?
) -> oes_status {
    guard let result, divisor != 0 else { return OES_INVALID }
    guard rounding == OES_ROUND_DOWN || rounding == OES_ROUND_UP else { return OES_INVALID }
    let negative = (value < 0) != ((factor < 0) != (divisor < 0))
    let product = value.magnitude.multipliedFullWidth(by: factor.magnitude)
    guard product.high < divisor.magnitude else { return OES_FAILED }
    let (quotient, remainder) = divisor.magnitude.dividingFullWidth(product)
    let (size, overflow) = quotient.addingReportingOverflow(
        rounding == OES_ROUND_UP && remainder > 0 ? 1 : 0)
    guard !overflow, size <= Int64.min.magnitude - (negative ? 0 : 1) else { return OES_FAILED }
    result.pointee = Int64(truncatingIfNeeded: negative ? 0 &- size : size)
    return OES_OK
}
