// All orders by id, which of them are open, and how the present call found those that it changed.

import Base
import Trading

final class OrderTable {
    private(set) var orders: [String: ModelOrder] = [:]
    /// Symbol → ids of its open orders.
    private(set) var open: [String: Set<String>] = [:]
    /// As the call found them; nil = weren't there.
    private(set) var before: [String: ModelOrder?] = [:]

    subscript(id: String) -> ModelOrder? { orders[id] }

    func begin() { before.removeAll(keepingCapacity: true) }

    func put(_ order: ModelOrder) {
        if before.index(forKey: order.id) == nil {
            before.updateValue(orders[order.id], forKey: order.id)
        }
        place(order)
    }

    func remove(_ id: String) {
        guard let order = orders.removeValue(forKey: id) else { return }
        open[order.symbol]?.remove(id)
    }

    func restore() {
        for (id, order) in before {
            if let order { place(order) } else { remove(id) }
        }
        before.removeAll(keepingCapacity: true)
    }

    /// The symbol's open orders for which the condition holds, in no particular order.
    func open(_ symbol: String, where condition: (ModelOrder) -> Bool) -> [ModelOrder] {
        var found: [ModelOrder] = []
        for id in open[symbol] ?? [] {
            if let order = orders[id], condition(order) { found.append(order) }
        }
        return found
    }

    private func place(_ order: ModelOrder) {
        orders[order.id] = order
        if order.status.isOpen {
            open[order.symbol, default: []].insert(order.id)
        } else {
            open[order.symbol]?.remove(order.id)
        }
    }
}
