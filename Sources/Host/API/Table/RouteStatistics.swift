// How often a route was called, how it ended and how long it took. Each route holds its own, so that
// counting a request looks nothing up.

import Base

package final class RouteStatistics {
    /// By the status's first digit; 0 isn't used.
    private(set) var byClass = [Int64](repeating: 0, count: 6)
    private(set) var latency = Histogram(.requests)

    package func record(status: Int, micros: Int64) {
        byClass[min(5, max(0, status / 100))] &+= 1
        latency.record(micros: micros)
    }
}
