// The names of the feed's channels, and what a client may subscribe to.

package enum Channel: Hashable, Sendable {
    case notifications
    case orderBook
    case orderBookOf(String)
    case trades
    case tradesOf(String)
    case risk
    /// Alerts about one account.
    case riskOf(String)
    case account(String)

    package var name: String {
        switch self {
        case .notifications: "oes:notifications"
        case .orderBook: "oes:orderbook"
        case .orderBookOf(let symbol): "oes:orderbook:\(symbol)"
        case .trades: "oes:trades"
        case .tradesOf(let symbol): "oes:trades:\(symbol)"
        case .risk: "oes:risk"
        case .riskOf(let id): "oes:risk:\(id)"
        case .account(let id): "oes:account:\(id)"
        }
    }

    /// What is offered, for error messages.
    package static let patterns =
        "oes:notifications, oes:orderbook, oes:orderbook:SYMBOL, oes:trades, oes:trades:SYMBOL, "
        + "oes:risk, oes:risk:ID, oes:account:ID"

    /// nil for a name of no channel; whether the symbol or account exists is not judged here.
    package init?(name: String) {
        let parts = name.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "oes" else { return nil }
        let suffix = parts.count == 3 ? String(parts[2]) : nil
        if suffix?.isEmpty == true { return nil }
        switch (parts[1], suffix) {
        case ("notifications", nil): self = .notifications
        case ("orderbook", nil): self = .orderBook
        case ("orderbook", let symbol?): self = .orderBookOf(symbol)
        case ("trades", nil): self = .trades
        case ("trades", let symbol?): self = .tradesOf(symbol)
        case ("risk", nil): self = .risk
        case ("risk", let id?): self = .riskOf(id)
        case ("account", let id?): self = .account(id)
        default: return nil
        }
    }
}
