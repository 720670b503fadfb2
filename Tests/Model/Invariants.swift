// What must always hold, whatever the commands were (it needs neither model nor expectations).

import Base
import Trading

enum Invariants {
    /// What is broken first, nil where nothing is.
    static func broken(_ state: RedisState, _ replica: Replica) -> String? {
        cash(state, replica) ?? holds(state) ?? Sums.broken(state) ?? shares(state, replica)
            ?? reduceOnly(state) ?? orders(state) ?? families(state) ?? places(state)
            ?? replayed(state, replica)
    }

    private static func cash(_ state: RedisState, _ replica: Replica) -> String? {
        let total = state.accounts.values.reduce(Int128(0)) { $0 + Int128($1.balance) }
        let brought = [LedgerKind.deposit, .withdrawal, .adjustment].reduce(Int128(0)) {
            $0 + (replica.ledgerSumsByKind[$1] ?? 0)
        }
        if total != brought - Int128(state.fees) {
            return "cash \(total) is not \(brought) brought less \(state.fees) of fees"
        }
        for account in state.accounts.values
        where Int128(account.balance) != replica.ledgerSums[account.id] ?? 0 {
            return "account \(account.id): its ledger doesn't sum to its balance"
        }
        let overdrawn = state.accounts.values.first {
            $0.held < 0 || ($0.multiple == 10_000 && $0.held > $0.balance)
        }
        return overdrawn.map { "account \($0.id) holds \($0.held) of \($0.balance)" }
    }

    private static func holds(_ state: RedisState) -> String? {
        for order in state.orders.values {
            guard let instrument = state.instruments[order.symbol] else { return "no instrument" }
            guard let account = state.accounts[order.account] else { return "no account" }
            if (try? Amounts.need(instrument.paid(by: account), order)) != order.hold {
                return "order \(order.id) holds \(order.hold)"
            }
        }
        let open = state.orders.values.filter { $0.isOpen }
        for account in state.accounts.values {
            let own = open.filter { $0.account == account.id && $0.side == .buy }
            if charge(own, \.hold) != account.held {
                return "account \(account.id) holds \(account.held)"
            }
        }
        for position in state.positions.values {
            let own = open.filter {
                $0.account == position.account && $0.symbol == position.symbol
            }
            let sells = charge(own.filter { $0.side == .sell }, \.working)
            let buys = charge(own.filter { $0.side == .buy }, \.working)
            if position.held != sells || position.openBuy != buys {
                return "position \(position.key) holds \(position.held), \(position.openBuy)"
            }
            if position.reduceCount != own.filter(\.isReduceOnly).count {
                return "position \(position.key) counts \(position.reduceCount) reduce-only"
            }
        }
        return nil
    }

    /// The sum of what orders are charged; of a link group its largest member.
    static func charge(_ orders: [ModelOrder], _ amount: (ModelOrder) -> Int64) -> Int64 {
        let groups = Dictionary(grouping: orders) {
            $0.ext.link == 0 ? $0.id : "\($0.family) \($0.ext.link)"
        }
        return groups.values.reduce(0) { $0 + ($1.map(amount).max() ?? 0) }
    }

    /// Reduce-only orders fit into their position.
    private static func reduceOnly(_ state: RedisState) -> String? {
        for (key, position) in state.positions {
            let own = state.orders.values.filter {
                $0.isOpen && $0.isReduceOnly && $0.account == position.account
                    && $0.symbol == position.symbol
            }
            let most = abs(position.quantity)
            let fitting = own.filter { ($0.side == .buy) == (position.quantity < 0) }
            if own.contains(where: { $0.working > most }) || charge(fitting, \.working) > most {
                return "position \(key) of \(position.quantity) is less than reduce-only orders"
            }
        }
        return nil
    }

    private static func shares(_ state: RedisState, _ replica: Replica) -> String? {
        for symbol in state.instruments.keys {
            let total = state.positions.values.filter { $0.symbol == symbol }
                .reduce(Int128(0)) { $0 + Int128($1.quantity) }
            if total != replica.adjustedShares[symbol] ?? 0 {
                return "shares of \(symbol): \(total)"
            }
        }
        let odd = state.positions.values.first {
            ($0.quantity == 0 && $0.cost != 0) || ($0.quantity > 0 && $0.cost < 0)
                || ($0.quantity < 0 && $0.cost > 0)
        }
        return odd.map { "position \($0.key) of \($0.quantity) costs \($0.cost)" }
    }

    private static func orders(_ state: RedisState) -> String? {
        for order in state.orders.values {
            let isRight =
                switch order.status {
                case .new, .rejected: order.filled == 0
                case .filled: order.filled == order.quantity
                case .partiallyFilled: order.filled > 0 && order.filled < order.quantity
                case .cancelled, .expired, .triggered, .parked: order.filled < order.quantity
                }
            if !isRight { return "order \(order.id) \(order.status) filled \(order.filled)" }
            if order.isOpen != (order.closedAt == 0) { return "order \(order.id) closed at" }
            if order.feeRest < 0 || order.feeRest > 9_999 { return "order \(order.id) fee rest" }
            if let wrong = wrongParts(order) { return "order \(order.id): \(wrong)" }
        }
        return nil
    }

    private static func wrongParts(_ order: ModelOrder) -> String? {
        let ext = order.ext
        if ext.shown < 0 || ext.shown > order.working { return "shows \(ext.shown)" }
        if order.rests && order.isIceberg && (ext.shown == 0 || ext.shown > ext.display) {
            return "shows \(ext.shown) of \(ext.display)"
        }
        if order.isWaiting && !order.isAfter { return "waits for no main order" }
        if order.isAfter && ext.granted < order.filled { return "granted \(ext.granted)" }
        if order.rests && order.working == 0 { return "rests with nothing" }
        if order.isQueued && !order.isOpen { return "is queued, but ended" }
        return nil
    }

    /// Parents and children know each other; a container has what its children traded.
    private static func families(_ state: RedisState) -> String? {
        var listed: Set<String> = []
        for (parent, keys) in state.children {
            for key in keys.split(separator: ",") { listed.insert("\(parent):\(key)") }
        }
        let children = state.orders.keys.filter { $0.contains(":") }
        if listed != Set(children) { return "children: \(listed.symmetricDifference(children))" }
        for (id, order) in state.orders {
            if !order.isContainer
                && order.flags.contains(.hasChildren) != (state.children[id] != nil)
            {
                return "order \(id): has children"
            }
            guard order.isContainer else { continue }
            let sum = children.compactMap { state.orders[$0] }
                .filter { $0.parent == id && $0.flags.contains(.rollsUp) }
                .reduce(0) { $0 + $1.filled }
            if sum != order.filled { return "container \(id): \(order.filled) is not \(sum)" }
            if order.isOpen && state.states[id] == nil { return "container \(id): no state" }
        }
        for id in state.guards.keys where state.orders[id]?.isOpen != true {
            return "guards of \(id), which isn't open"
        }
        for id in state.timers.keys
        where state.orders[id].map({ $0.isOpen && $0.isContainer }) != true {
            return "timer of \(id), which is no open container"
        }
        return nil
    }

    /// Every open order where it belongs, and nothing else there; levels their sums; not crossed.
    private static func places(_ state: RedisState) -> String? {
        var expected = state
        (expected.sets, expected.levels) = ([:], [:])
        expected.placeOpenOrders()
        if let difference = state.difference(from: expected, "open orders") { return difference }
        for symbol in state.instruments.keys {
            let resting = state.orders.values.filter {
                $0.symbol == symbol && $0.rests && $0.book == .lit
            }
            let bid = resting.filter { $0.side == .buy }.map(\.price).max()
            let ask = resting.filter { $0.side == .sell }.map(\.price).min()
            if let bid, let ask, bid >= ask { return "\(symbol) is crossed: \(bid) \(ask)" }
        }
        return nil
    }

    /// The events alone give the same, but for what no record has.
    private static func replayed(_ state: RedisState, _ replica: Replica) -> String? {
        var expected = replica.state
        expected.placeOpenOrders()
        if expected.levels != replica.levels { return "the events' levels aren't their orders'" }
        (expected.children, expected.guards) = (state.children, state.guards)
        (expected.states, expected.timers) = (state.states, state.timers)
        expected.points = state.points
        return state.difference(from: expected, "replay")
    }
}
