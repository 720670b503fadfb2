// /metrics: what an operator's Prometheus reads. Everything is counted where it happens; here it is
// only written out.

import Base
import Plugins
import Service
import Wire

final class MetricsRoute {
    private let services: Services
    /// The whole table.
    var routes: [Route] = []
    /// Requests that reached no route, and the pages' files.
    let unrouted = RouteStatistics()

    init(services: Services) { self.services = services }

    var route: Route {
        Route(
            .get, "/metrics", "Counters and latencies in Prometheus's text format",
            .permission(.see), answers: [.text(MetricsText.contentType)], needsRedis: false
        ) { [unowned self] exchange in
            exchange.finish(
                HTTPResponse(
                    status: 200,
                    headers: [
                        ("Content-Type", MetricsText.contentType), ("Cache-Control", "no-store"),
                        ("X-Request-Id", exchange.requestID),
                    ], body: Array(document().utf8)))
        }
    }

    private func document() -> String {
        var text = MetricsText(worker: services.status.workerNumber)
        writeRoutes(into: &text)
        writePlugins(into: &text)
        writePicture(into: &text)
        services.status.writeMetrics(into: &text)
        return text.text
    }

    // MARK: Requests

    private func writeRoutes(into text: inout MetricsText) {
        let called = routes.filter { $0.statistics.latency.count > 0 }
        text.begin(
            "oes_http_requests_total", .counter, "Answered requests, by the status's class.")
        for route in called { write(route.statistics, labels(route), into: &text) }
        write(unrouted, [("method", ""), ("pattern", "")], into: &text)
        text.begin(
            "oes_http_request_seconds", .histogram,
            "From a request's last byte to its answer.")
        for route in called { text.sample(route.statistics.latency, labels(route)) }
    }

    private func labels(_ route: Route) -> [(String, String)] {
        [("method", route.method.name), ("pattern", route.pattern)]
    }

    private func write(
        _ statistics: RouteStatistics, _ labels: [(String, String)], into text: inout MetricsText
    ) {
        for (digit, count) in statistics.byClass.enumerated() where count > 0 {
            text.sample(count, labels + [("status", "\(digit)xx")])
        }
    }

    // MARK: Plugins

    private func writePlugins(into text: inout MetricsText) {
        let registry = services.registry
        let entries: [PluginEntry] =
            registry.orderTypes + registry.timesInForce + registry.riskRules + registry.notifiers
        text.begin("oes_plugin_call_seconds", .histogram, "Calls into a plugin's entry.")
        for entry in entries { text.sample(entry.statistics.latency, labels(entry)) }
        text.begin(
            "oes_plugin_slow_calls_total", .counter, "Calls that took longer than 50 microseconds.")
        for entry in entries { text.sample(entry.statistics.slowCount, labels(entry)) }
        text.begin("oes_plugin_seconds_max", .gauge, "The longest call since the start.")
        for entry in entries {
            text.sample(micros: entry.statistics.maximumNanos / 1_000, labels(entry))
        }
    }

    private func labels(_ entry: PluginEntry) -> [(String, String)] {
        [("kind", entry.kind.name), ("name", entry.name), ("version", entry.descriptor.version)]
    }

    // MARK: What there is

    private func writePicture(into text: inout MetricsText) {
        let picture = services.picture
        text.single(
            "oes_stream_sequence", .gauge, "The newest event that this worker knows.",
            picture.sequence)
        text.single(
            "oes_picture_lag_events", .gauge,
            "Events that clients were told of and that the picture doesn't hold yet.",
            max(0, services.acknowledged.sequence - picture.sequence))
        text.single("oes_open_orders", .gauge, "Orders that work.", Int64(picture.openOrders.count))
        text.single("oes_accounts", .gauge, "Accounts.", Int64(picture.accounts.count))
        text.single("oes_instruments", .gauge, "Instruments.", Int64(picture.instruments.count))
        text.single(
            "oes_feed_subscriptions", .gauge, "Subscriptions of all sockets.",
            Int64(services.feed.subscriptionCount))
    }
}
