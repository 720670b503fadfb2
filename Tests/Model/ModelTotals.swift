// What accounts and positions are charged for their open orders, summed anew each time. A link
// group is charged its largest member.

import Base
import Trading

struct LinkGroup: Hashable {
    let family: String
    let link: UInt8
}

extension LinkGroup {
    /// Nil of an order without links.
    init?(_ order: ModelOrder) {
        guard order.ext.link != 0 else { return nil }
        self.init(family: order.family, link: order.ext.link)
    }
}

extension Model {
    func openOrders(account: String, symbol: String) -> [ModelOrder] {
        table.open(symbol) { $0.account == account }
    }

    /// The sum of what each order is charged, of each link group the largest.
    func charge(
        _ orders: [ModelOrder], _ amount: (ModelOrder) -> Int64
    ) throws(Refusal) -> Int64 {
        var sum: Int128 = 0
        var groups: [LinkGroup: Int64] = [:]
        for order in orders {
            if let group = LinkGroup(order) {
                groups[group] = max(groups[group] ?? 0, amount(order))
            } else {
                sum += Int128(amount(order))
            }
        }
        return try Amounts.bounded(groups.values.reduce(sum) { $0 + Int128($1) })
    }

    /// What open orders could still come to, of a link group the largest.
    func leaves(_ orders: [ModelOrder]) throws(Refusal) -> Int128 {
        try Int128(charge(orders) { $0.quantity - $0.filled })
    }

    func held(_ account: String, besides id: String = "") throws(Refusal) -> Int64 {
        let buys = table.open.keys.flatMap { symbol in
            table.open(symbol) {
                $0.account == account && $0.side == .buy && $0.hold != 0 && $0.id != id
            }
        }
        return try charge(buys) { $0.hold }
    }

    /// What open orders of one side would move.
    func open(_ account: String, _ symbol: String, _ side: Side) throws(Refusal) -> Int64 {
        try charge(openOrders(account: account, symbol: symbol).filter { $0.side == side }) {
            $0.working
        }
    }

    func isInGroup(_ order: ModelOrder, with other: ModelOrder) -> Bool {
        order.ext.link != 0 && order.ext.link == other.ext.link && order.family == other.family
            && order.id != other.id
    }

    /// The largest working of the other members of its link group on its side.
    func groupWorking(_ order: ModelOrder) -> Int64 {
        groupMates(order).map(\.working).max() ?? 0
    }

    func groupHold(_ order: ModelOrder) -> Int64 { groupMates(order).map(\.hold).max() ?? 0 }

    func groupMates(_ order: ModelOrder) -> [ModelOrder] {
        guard order.ext.link != 0 else { return [] }
        return family(of: order.id).filter {
            $0.isOpen && $0.side == order.side && isInGroup(order, with: $0)
        }
    }

    /// The working of the account's other open reduce-only orders of its side, but for those of its
    /// group.
    func reduceOnlyOpen(besides order: ModelOrder) throws(Refusal) -> Int64 {
        let others = openOrders(account: order.account, symbol: order.symbol).filter {
            $0.isReduceOnly && $0.side == order.side && $0.id != order.id
                && !isInGroup(order, with: $0)
        }
        return try charge(others) { $0.working }
    }

    /// What reduce-only orders of the side may work with at most.
    func reducible(_ account: String, _ symbol: String, _ side: Side) -> Int64 {
        let owned = position(account, symbol).quantity
        return (side == .buy) == (owned < 0) ? abs(owned) : 0
    }
}
