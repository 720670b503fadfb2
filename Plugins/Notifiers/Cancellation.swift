// A way to end a wait early, from any thread: a pipe that is readable from `cancel` until the next
// delivery begins.

import Glibc
import OESPluginKit

final class Cancellation: Sendable {
    private let reader: Int32
    private let writer: Int32

    init() throws(CancellationFailure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw CancellationFailure() }
        (reader, writer) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        close(reader)
        close(writer)
    }

    /// To be called first in each delivery: what was cancelled before it isn't this one.
    func begin() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(reader, &bytes, bytes.count) > 0 {}
    }

    /// Ends every wait of the delivery that runs. Never blocks.
    func cancel() {
        var byte: UInt8 = 1
        _ = write(writer, &byte, 1)
    }

    /// nil once the descriptor is ready; else why the wait ended.
    func wait(for descriptor: Int32, _ events: Int32, until deadline: Deadline) -> String? {
        while true {
            let left = deadline.leftMillis
            guard left > 0 else { return "no answer within the deadline" }
            var polled = [
                pollfd(fd: descriptor, events: Int16(events), revents: 0),
                pollfd(fd: reader, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&polled, 2, Int32(clamping: left))
            if count < 0 && errno != EINTR { return errorText() }
            if polled[1].revents != 0 { return "cancelled" }
            if polled[0].revents != 0 { return nil }
        }
    }
}

/// The process has no descriptors left.
struct CancellationFailure: Error {
    /// As an entry refuses to be made.
    var refusal: ConfigurationRefusal {
        ConfigurationRefusal(field: "", text: "no pipe could be made: \(errorText())")
    }
}

/// A moment of the clock that never jumps.
struct Deadline: Sendable {
    private let atMillis: Int64

    init(inMillis millis: Int64) { atMillis = Self.nowMillis() + millis }

    /// Zero or less once it has passed.
    var leftMillis: Int64 { atMillis - Self.nowMillis() }

    private static func nowMillis() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

func errorText(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
