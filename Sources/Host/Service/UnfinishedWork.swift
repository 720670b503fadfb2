// Symbols in which a host may have left work undone: one that died between the calls of a sweep or of
// a cascade. Whoever sees it goes on with it (SymbolTicker).
//
// Queued orders say it by themselves. What a call's limit of triggers leaves doesn't show in any
// order: it can be only where many orders wait for a trigger, and then a look costs little.

import Base
import Trading

struct UnfinishedWork {
    fileprivate struct Standing {
        var queued: Set<OrderID> = []
        var parked: Set<OrderID> = []
        /// When an order of the symbol changed last, UTC microseconds.
        var changedAt: Int64 = 0
        var wasLookedAt = false
    }

    /// Of symbols with queued or parked orders.
    private var standing: [String: Standing] = [:]

    func symbols(since time: Int64) -> [String] {
        standing.filter { $0.value.changedAt <= time && $0.value.mayHaveWork }.map(\.key)
    }

    /// Nothing was left just now.
    mutating func finish(_ symbol: String) { standing[symbol]?.wasLookedAt = true }

    mutating func update(_ order: Order) {
        let isWaiting = order.status.isOpen && !order.isInBook
        guard isWaiting || standing[order.symbol] != nil else { return }
        var symbol = standing[order.symbol] ?? Standing()
        symbol.queued.remove(order.id)
        symbol.parked.remove(order.id)
        if isWaiting, order.flags.contains(.queued) {
            symbol.queued.insert(order.id)
        } else if isWaiting {
            symbol.parked.insert(order.id)
        }
        symbol.changedAt = max(symbol.changedAt, order.updatedAt)
        symbol.wasLookedAt = false
        let isEmpty = symbol.queued.isEmpty && symbol.parked.isEmpty
        standing[order.symbol] = isEmpty ? nil : symbol
    }
}

extension UnfinishedWork.Standing {
    /// A trailing order may move twice in a call, once for each of two prices.
    fileprivate var mayHaveWork: Bool {
        !queued.isEmpty || (!wasLookedAt && parked.count >= Limits.triggersPerCall / 2)
    }
}
