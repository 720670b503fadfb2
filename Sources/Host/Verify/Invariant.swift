// What `oes verify` checks: a line of its table each. docs/OPERATIONS.md explains them.

package enum Invariant: String, CaseIterable, Sendable {
    case sequence, trades, priority, fills, ledger, cash, shares
    case cashHolds = "cash_holds"
    case shareHolds = "share_holds"
    case totals
    case orderRecords = "order_records"
    case accountRecords = "account_records"
    case positionRecords = "position_records"
    case otherRecords = "other_records"
    case books, levels, crossed, waiting, families, lists

    package var title: String {
        switch self {
        case .sequence: "the events' numbers have no gap and no repeat"
        case .trades: "a trade has two parties, one price, one amount, and keeps both limits"
        case .priority: "no order was passed over by a trade at a worse price or a later place"
        case .fills: "filled + leaves + cancelled = quantity, and filled is what was traded"
        case .ledger: "each account's balance is the sum of its ledger"
        case .cash: "all cash is what was paid in and out, less fees"
        case .shares: "each symbol's positions sum to what was adjusted"
        case .cashHolds: "orders and accounts hold the cash that open orders need"
        case .shareHolds: "positions hold the shares that open orders need"
        case .totals: "accounts', groups' and the firm's totals are sums of orders and positions"
        case .orderRecords: "replayed orders are those in Redis"
        case .accountRecords: "replayed accounts are those in Redis"
        case .positionRecords: "replayed positions are those in Redis"
        case .otherRecords: "replayed instruments, markets, keys and policy are those in Redis"
        case .books: "each resting order stands in one book, once, at its place"
        case .levels: "level totals are the sums of their orders"
        case .crossed: "no lit book is crossed"
        case .waiting: "what waits (expiry, trigger, peg, queue, reduce-only) stands in its index"
        case .families: "families, guards kept, plugins' states and timers belong to their orders"
        case .lists: "the lists hold what the events say"
        }
    }
}

/// What was counted and what was found wrong, by invariant.
package final class Findings {
    package struct Line: Sendable {
        package var checked: Int64 = 0
        package var differences: Int64 = 0
        /// The first ones, named.
        package var first: [String] = []
        /// Why it could not be checked, or not wholly; empty where it was.
        package var note = ""
    }

    /// Differences that are named of one invariant; the others are counted.
    package static let named = 20

    package private(set) var lines: [Invariant: Line] = [:]

    package init() {}

    package subscript(_ invariant: Invariant) -> Line { lines[invariant] ?? Line() }
    package var differences: Int64 { lines.values.reduce(0) { $0 + $1.differences } }

    func expect(_ invariant: Invariant, _ holds: Bool, _ text: @autoclosure () -> String) {
        lines[invariant, default: Line()].checked += 1
        if !holds { wrong(invariant, text()) }
    }

    func wrong(_ invariant: Invariant, _ text: String) {
        var line = lines[invariant] ?? Line()
        line.differences += 1
        if line.first.count < Findings.named, !line.first.contains(text) { line.first.append(text) }
        lines[invariant] = line
    }

    func note(_ invariant: Invariant, _ text: String) {
        lines[invariant, default: Line()].note = text
    }
}
