// What a worker's parts count, written out for /metrics: Redis and its functions, the lists, the
// notifiers, the server, and the process itself.

import Base
import Feed
import Glibc
import Server
import Service
import Store

struct PartsMetrics {
    let connections: RedisConnections
    let matcher: Matcher
    let picture: Picture
    let projector: Projector
    let notifiers: Notifications

    func write(into text: inout MetricsText) {
        writeRedis(into: &text)
        writeFunctions(into: &text)
        text.single(
            "oes_projector_lag_events", .gauge, "Events that the lists don't hold yet.",
            max(0, picture.sequence - projector.cursor))
        text.begin(
            "oes_notifier_backlog_events", .gauge,
            "Events that a notifier hasn't taken yet; 0 where another worker delivers.")
        for one in notifiers.progress { text.sample(one.backlog, [("notifier", one.name)]) }
        let counters: [(String, String, KeyPath<NotifierProgress, Int64>)] = [
            ("oes_notifier_delivered_total", "Events that a notifier took.", \.delivered),
            (
                "oes_notifier_failures_total", "Deliveries that a notifier didn't succeed in.",
                \.failures
            ),
            (
                "oes_notifier_dead_letters_total", "Events that a notifier never took.",
                \.deadLetters
            ),
            (
                "oes_notifier_lost_events_total",
                "Events that went from the stream before a notifier took them.", \.lost
            ),
        ]
        let all = notifiers.progress
        for (name, help, count) in counters {
            text.begin(name, .counter, help)
            for one in all { text.sample(one[keyPath: count], [("notifier", one.name)]) }
        }
        text.begin(
            "oes_notifier_lag_seconds", .gauge,
            "The age of the oldest event that a notifier is being given.")
        for one in all { text.sample(micros: one.lagMicros, [("notifier", one.name)]) }
        text.begin("oes_notifier_hung", .gauge, "1 while its call is past its deadline.")
        for one in all {
            text.sample(one.state == .hung ? 1 : 0, [("notifier", one.name)])
        }
    }

    private func writeRedis(into text: inout MetricsText) {
        let all = [
            connections.commands, connections.stream, connections.reads, connections.resumes,
        ]
        text.begin("oes_redis_up", .gauge, "1 while the connection can be used.")
        for one in all { text.sample(one.isUp ? 1 : 0, [("connection", one.name)]) }
        text.begin("oes_redis_commands_in_flight", .gauge, "Commands that wait for their replies.")
        for one in all { text.sample(Int64(one.commandsInFlight), [("connection", one.name)]) }
        text.begin("oes_redis_reconnects_total", .counter, "Times a connection came back.")
        for one in all {
            text.sample(max(0, one.connectionsMade - 1), [("connection", one.name)])
        }
    }

    private func writeFunctions(into text: inout MetricsText) {
        text.begin(
            "oes_function_errors_total", .counter,
            "Calls of a Redis function that ended without a reply of its own.")
        for function in matcher.functions {
            text.sample(function.errors, [("function", function.shortName)])
        }
        text.begin(
            "oes_function_seconds", .histogram, "A Redis function's call, from sending to reply.")
        for function in matcher.functions {
            text.sample(function.latency, [("function", function.shortName)])
        }
    }
}

enum ServerMetrics {
    static func write(_ statistics: ServerStatistics, into text: inout MetricsText) {
        let gauges = [
            ("oes_connections", "Open connections of clients.", statistics.connectionsNow),
            ("oes_websockets", "Open WebSockets.", statistics.webSockets),
        ]
        for (name, help, value) in gauges { text.single(name, .gauge, help, Int64(value)) }
        let counters = [
            ("oes_connections_accepted_total", "Connections of clients.", statistics.accepted),
            (
                "oes_connections_refused_total", "Turned away, as too many were open.",
                statistics.refused
            ),
            (
                "oes_http_failures_total", "Requests that couldn't be understood.",
                statistics.failures
            ),
            ("oes_http_timeouts_total", "Requests that came too slowly.", statistics.timeouts),
            (
                "oes_slow_readers_total", "Clients cut off, as they didn't read.",
                statistics.slowReaders
            ),
            ("oes_received_bytes_total", "Bytes from clients.", statistics.receivedBytes),
            ("oes_sent_bytes_total", "Bytes to clients.", statistics.sentBytes),
        ]
        for (name, help, value) in counters { text.single(name, .counter, help, Int64(value)) }
    }
}

/// By the names that Prometheus's own client libraries use.
enum ProcessMetrics {
    static func write(startedAt: Int64, into text: inout MetricsText) {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        text.begin("process_cpu_seconds_total", .counter, "User and system time.")
        text.sample(micros: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
        if let pages = residentPages() {
            text.single(
                "process_resident_memory_bytes", .gauge, "Resident memory.",
                pages * Int64(sysconf(Int32(_SC_PAGESIZE))))
        }
        text.begin("process_start_time_seconds", .gauge, "When the worker started, since 1970.")
        text.sample(micros: startedAt)
        text.begin("oes_build_info", .gauge, "Always 1; the version is its label.")
        text.sample(1, [("version", Version.text)])
    }

    /// The second number of /proc/self/statm.
    private static func residentPages() -> Int64? {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let words = bytes[..<count].split(separator: UInt8(ascii: " "))
        return words.count > 1 ? Int64(String(decoding: words[1], as: UTF8.self)) : nil
    }
}
