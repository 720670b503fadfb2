// The names of Redis's keys (docs/REDIS.md, Keys). The braces keep a shard in one slot of a Redis
// Cluster.

import Base
import Trading

package struct Keys: Sendable, Equatable {
    package static let first = Keys(prefix: "oes:{0}")

    /// The only key that a function call names.
    package let prefix: String
    package init(prefix: String) { self.prefix = prefix }

    package var schema: String { "\(prefix):schema" }
    package var sequence: String { "\(prefix):seq" }
    package var events: String { "\(prefix):events" }
    package var instruments: String { "\(prefix):instruments" }
    package var market: String { "\(prefix):market" }
    package var accounts: String { "\(prefix):accounts" }
    package var positions: String { "\(prefix):positions" }
    package var orders: String { "\(prefix):orders" }
    package var projected: String { "\(prefix):projected" }
    package var orderList: String { "\(prefix):list:orders" }
    package var tradeList: String { "\(prefix):list:trades" }

    package func orderList(account: String) -> String { "\(prefix):list:orders:\(account)" }
    package func tradeList(symbol: String) -> String { "\(prefix):list:trades:\(symbol)" }
    package func ledgerList(account: String) -> String { "\(prefix):list:ledger:\(account)" }

    package func book(_ symbol: String, _ book: BookKind, _ side: Side) -> String {
        let kind = book == .lit ? "book" : "dark"
        return "\(prefix):\(kind):\(symbol):\(side == .buy ? "b" : "s")"
    }

    package func levels(_ symbol: String, _ side: Side) -> String {
        "\(prefix):levels:\(symbol):\(side == .buy ? "b" : "s")"
    }
}
