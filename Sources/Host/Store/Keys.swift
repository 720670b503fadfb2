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
    /// Of access keys and sessions, by id.
    package var accessKeys: String { "\(prefix):keys" }
    /// Trade id → the sequence of its bust.
    package var busted: String { "\(prefix):busted" }
    /// The event up to which `oes verify` has kept a checkpoint.
    package var checkpoint: String { "\(prefix):checkpoint" }
    package var projected: String { "\(prefix):projected" }
    /// What staff steer risk by; `scopes` has the policy's version.
    package var scopes: String { "\(prefix):scopes" }
    package var limits: String { "\(prefix):limits" }
    package var modes: String { "\(prefix):modes" }
    package var pending: String { "\(prefix):pending" }
    package var groups: String { "\(prefix):groups" }
    package var switches: String { "\(prefix):switches" }
    package var cancelTasks: String { "\(prefix):cancelling" }
    /// `account:symbol` → how often orders have executed there of late.
    package var throttles: String { "\(prefix):throttles" }
    /// Accounts whose orders are to be cancelled, by when (UTC microseconds).
    package var deadlines: String { "\(prefix):deadlines" }
    package var alerts: String { "\(prefix):alerts" }
    /// The sequence up to which the events were looked through for what is to be an alert.
    package var alerted: String { "\(prefix):alerted" }
    /// Order id → where its executions stand in its account's list.
    package var history: String { "\(prefix):history" }
    /// Held by the one host that delivers notifications.
    package var notifierLease: String { "\(prefix):lease:notifiers" }

    /// Held by the one host that tells risk rules what has happened, and how far it has come.
    package var riskLease: String { "\(prefix):lease:risk" }
    package var riskCursor: String { "\(prefix):cursor:risk" }

    /// The last sequence that a notifier has taken.
    package func notifierCursor(_ name: String) -> String { "\(prefix):notifier:\(name)" }
    /// What a notifier couldn't be brought to take.
    package func deadLetters(_ name: String) -> String { "\(prefix):letters:\(name)" }
    /// Ids of dead letters that are to be sent again.
    package func resend(_ name: String) -> String { "\(prefix):resend:\(name)" }

    package func list(_ list: ProjectedList) -> String { "\(prefix):\(list.name)" }

    /// Books as they stood at some sequences, and the sequences at which all are there.
    package func checkpoints(_ symbol: String) -> String { "\(prefix):checkpoints:\(symbol)" }
    package var checkpointMarks: String { "\(prefix):checkpoints" }

    package func book(_ symbol: String, _ book: BookKind, _ side: Side) -> String {
        let kind = book == .lit ? "book" : "dark"
        return "\(prefix):\(kind):\(symbol):\(side == .buy ? "b" : "s")"
    }

    /// Ids of open orders that stand in no book, and of pegged ones.
    package func parked(_ symbol: String) -> String { "\(prefix):parked:\(symbol)" }

    /// Main order or container → the keys of all its children, joined by commas.
    package var children: String { "\(prefix):children" }
    /// When containers' plugins want to be called, of all symbols.
    package var timers: String { "\(prefix):timers" }

    package func levels(_ symbol: String, _ side: Side) -> String {
        "\(prefix):levels:\(symbol):\(side == .buy ? "b" : "s")"
    }
}

/// The lists that the projector writes.
package enum ProjectedList: Hashable, Sendable {
    case orders
    case ordersOf(account: String)
    /// Ids of rejected orders.
    case rejected
    case trades
    case tradesOf(symbol: String)
    case ledgerOf(account: String)
    case executions
    case executionsOf(account: String)
    case audit
    /// A zset, its scores the candles' starts.
    case candles(symbol: String, CandleInterval)
    /// Ids of alerts.
    case alerts
    case alertsOf(account: String)

    /// Without the shard's prefix, as `project` takes it.
    var name: String {
        switch self {
        case .orders: "list:orders"
        case .ordersOf(let account): "list:orders:\(account)"
        case .rejected: "list:rejected"
        case .trades: "list:trades"
        case .tradesOf(let symbol): "list:trades:\(symbol)"
        case .ledgerOf(let account): "list:ledger:\(account)"
        case .executions: "list:executions"
        case .executionsOf(let account): "list:executions:\(account)"
        case .audit: "list:audit"
        case .candles(let symbol, let interval): "candles:\(symbol):\(interval.rawValue)"
        case .alerts: "list:alerts"
        case .alertsOf(let account): "list:alerts:\(account)"
        }
    }
}
