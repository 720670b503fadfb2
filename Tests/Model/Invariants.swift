// What must always hold, whatever the commands were (it needs neither model nor expectations).

import Base
import Trading

enum Invariants {
    /// What is broken first, nil where nothing is.
    static func broken(_ state: RedisState, _ replica: Replica) -> String? {
        cash(state, replica) ?? holds(state) ?? shares(state, replica) ?? orders(state)
            ?? books(state) ?? replayed(state, replica)
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
        let overdrawn = state.accounts.values.first { $0.held > $0.balance || $0.held < 0 }
        return overdrawn.map { "account \($0.id) holds \($0.held) of \($0.balance)" }
    }

    private static func holds(_ state: RedisState) -> String? {
        for order in state.orders.values {
            guard let instrument = state.instruments[order.symbol] else { return "no instrument" }
            let need = order.status.isOpen ? try? Amounts.need(instrument, order) : 0
            if need != order.hold { return "order \(order.id) holds \(order.hold)" }
        }
        for account in state.accounts.values {
            let own = state.orders.values.filter { $0.account == account.id && $0.side == .buy }
            if own.reduce(0, { $0 + $1.hold }) != account.held {
                return "account \(account.id) holds \(account.held)"
            }
        }
        for position in state.positions.values {
            let own = state.orders.values.filter {
                $0.account == position.account && $0.symbol == position.symbol
            }
            let sells = own.filter { $0.side == .sell }.reduce(0) { $0 + $1.leaves }
            let buys = own.filter { $0.side == .buy }.reduce(0) { $0 + $1.leaves }
            if position.held != sells || position.openBuy != buys {
                return "position \(position.key) holds \(position.held), \(position.openBuy)"
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
                case .cancelled, .expired: order.filled < order.quantity
                case .triggered, .parked: false
                }
            if !isRight { return "order \(order.id) \(order.status) filled \(order.filled)" }
            if order.status.isOpen != (order.closedAt == 0) { return "order \(order.id) closed at" }
            if order.feeRest < 0 || order.feeRest > 9_999 { return "order \(order.id) fee rest" }
        }
        return nil
    }

    /// Every open order in one book, once, and nothing else there; levels their sums; not crossed.
    private static func books(_ state: RedisState) -> String? {
        var expected = state
        (expected.bookEntries, expected.levels, expected.expiries) = ([], [:], [:])
        expected.placeOpenOrders()
        if let difference = state.difference(from: expected, "open orders") { return difference }
        for symbol in state.instruments.keys {
            let open = state.orders.values.filter {
                $0.symbol == symbol && $0.status.isOpen && $0.book == .lit
            }
            let bid = open.filter { $0.side == .buy }.map(\.price).max()
            let ask = open.filter { $0.side == .sell }.map(\.price).min()
            if let bid, let ask, bid >= ask { return "\(symbol) is crossed: \(bid) \(ask)" }
        }
        return nil
    }

    /// The events alone give the same.
    private static func replayed(_ state: RedisState, _ replica: Replica) -> String? {
        var expected = replica.state
        expected.placeOpenOrders()
        if expected.levels != replica.levels { return "the events' levels aren't their orders'" }
        return state.difference(from: expected, "replay")
    }
}
