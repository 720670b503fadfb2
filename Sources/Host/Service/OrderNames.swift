// Client order ids for clients that give none: unique across hosts and restarts, and short.

import Base

package final class OrderNames {
    private let prefix: String
    private var counter: Int64 = 0

    /// `hostNumber` differs between hosts that run at the same time.
    package init(hostNumber: Int64) {
        prefix = "h\(String(Clock.wallMicros(), radix: 36))\(String(hostNumber, radix: 36))."
    }

    package func next() -> String {
        counter += 1
        return prefix + String(counter, radix: 36)
    }
}
