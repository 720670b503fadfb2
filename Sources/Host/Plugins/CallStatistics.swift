// How often a plugin's entry was called, and how long it took.

import Base
import COESPlugin
import Glibc

package struct CallStatistics: Hashable, Sendable {
    package private(set) var latency = Histogram(.calls)
    package private(set) var maximumNanos: Int64 = 0
    /// Calls above the soft budget of the order thread.
    package private(set) var slowCount: Int64 = 0

    /// Every order waits for an [order] call: beyond this it is counted as slow.
    package static let softBudgetNanos: Int64 = 50_000

    package var count: Int64 { latency.count }
    package var totalNanos: Int64 { latency.sumNanos }

    mutating func record(nanos: Int64) {
        latency.record(nanos: nanos)
        if nanos > maximumNanos { maximumNanos = nanos }
        if nanos > Self.softBudgetNanos { slowCount &+= 1 }
    }
}

func monotonicNanos() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
}

/// The host's answer to "on which thread am I" (OES_EXT_THREAD_CHECK): a tag that is set for the
/// duration of each call into a plugin.
enum PluginThread {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "no thread-specific data left")
        return key
    }()

    static var current: oes_thread {
        guard let tag = pthread_getspecific(key) else { return OES_THREAD_OTHER }
        return oes_thread(UInt(bitPattern: tag))
    }

    /// Sets the tag and returns the one before, for `leave`.
    static func enter(_ thread: oes_thread) -> UnsafeMutableRawPointer? {
        let before = pthread_getspecific(key)
        pthread_setspecific(key, UnsafeRawPointer(bitPattern: UInt(thread)))
        return before
    }

    static func leave(to before: UnsafeMutableRawPointer?) { pthread_setspecific(key, before) }

    /// Runs `body` as a [control] call.
    static func control<Result>(_ body: () -> Result) -> Result {
        let before = enter(OES_THREAD_CONTROL)
        defer { leave(to: before) }
        return body()
    }
}
