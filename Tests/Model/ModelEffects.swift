// The end of a call: holds and totals anew, and the event that tells what changed.

import Base
import Trading

extension Model {
    mutating func finish(before: Model) throws(Refusal) -> ModelEvent {
        for id in notes.causes.keys {
            guard var order = orders[id] else { continue }
            order.hold = try Amounts.need(instrument(order.symbol), order)
            orders[id] = order
        }
        touchHolders(before)
        try totalHolds()
        try noteMarket()
        for id in notes.touchedAccounts {
            accounts[id]?.updatedAt = time
            accounts[id]?.lastSequence = sequence
        }
        for key in notes.touchedPositions { positions[key]?.lastSequence = sequence }
        return ModelEvent(
            sequence: sequence, kind: notes.kind, time: time, symbol: notes.symbol,
            changes: changes(before))
    }

    /// A changed order touches its position where its open quantity changes, a buy its account
    /// where its hold does; one that went to the back of the queue gave both up and took them again.
    private mutating func touchHolders(_ before: Model) {
        for id in notes.causes.keys {
            guard let new = orders[id] else { continue }
            let old = before.orders[id]
            let cameBack = old != nil && old?.bookSequence != new.bookSequence
            if cameBack || (old?.leaves ?? 0) != new.leaves {
                notes.touchedPositions.insert("\(new.account):\(new.symbol)")
            }
            if new.side == .buy, cameBack || (old?.hold ?? 0) != new.hold {
                notes.touchedAccounts.insert(new.account)
            }
        }
    }

    /// Holds are what the open orders need, summed anew.
    private mutating func totalHolds() throws(Refusal) {
        for id in notes.touchedAccounts {
            let buys = orders.values.filter { $0.account == id && $0.side == .buy }
            accounts[id]?.held = try Amounts.bounded(
                buys.reduce(Int128(0)) { $0 + Int128($1.hold) })
        }
        for key in notes.touchedPositions {
            let parts = key.split(separator: ":").map(String.init)
            var position = position(parts[0], parts[1])
            let own = orders.values.filter { $0.account == parts[0] && $0.symbol == parts[1] }
            position.openBuy = try Amounts.bounded(
                own.reduce(Int128(0)) { $0 + Int128($1.side == .buy ? $1.leaves : 0) })
            position.held = try Amounts.bounded(
                own.reduce(Int128(0)) { $0 + Int128($1.side == .sell ? $1.leaves : 0) })
            positions[key] = position
        }
    }

    private mutating func noteMarket() throws(Refusal) {
        for trade in notes.trades {
            var market = markets[trade.symbol] ?? ModelMarket(symbol: trade.symbol)
            let day = time / 86_400_000_000
            if market.day != day {
                market.day = day
                (market.open, market.high, market.low, market.volume) = (0, 0, 0, 0)
            }
            market.volume = min(Scaled.maximum, market.volume + trade.quantity)
            if trade.book == .lit {
                market.last = trade.price
                market.lastQuantity = trade.quantity
                market.lastSequence = sequence
                market.open = market.open == 0 ? trade.price : market.open
                market.high = max(market.high, trade.price)
                market.low = market.low == 0 ? trade.price : min(market.low, trade.price)
            }
            markets[trade.symbol] = market
        }
    }

    private func changes(_ before: Model) -> [ModelChange] {
        var changes: [ModelChange] = []
        if notes.touchedInstrument, let instrument = instruments[notes.symbol] {
            changes.append(.instrument(instrument))
        }
        if let main = notes.mainOrder, let order = orders[main], let cause = notes.causes[main] {
            changes.append(.order(order, cause))
        }
        changes += notes.trades.map { .trade($0) }
        changes += others()
        changes += levels(before).map { .level($0) }
        changes += notes.touchedPositions.compactMap { positions[$0] }.map { .position($0) }
        changes += notes.touchedAccounts.compactMap { accounts[$0] }.map { .account($0) }
        changes += notes.ledger.map { .ledger($0) }
        if let trade = notes.trades.last, let market = markets[trade.symbol] {
            changes.append(.market(market))
        }
        changes += notes.guardValues.map { .guardValue($0) }
        return changes
    }

    private func others() -> [ModelChange] {
        notes.causes.filter { $0.key != notes.mainOrder }.compactMap { id, cause in
            orders[id].map { .order($0, cause) }
        }
    }

    /// The lit levels that changed orders stood or stand at.
    private func levels(_ before: Model) -> [LevelChange] {
        var touched: Set<ModelLevel> = []
        for id in notes.causes.keys {
            for order in [before.orders[id], orders[id]].compactMap({ $0 })
            where order.status.isOpen && order.book == .lit {
                touched.insert(ModelLevel(side: order.side, price: order.price))
            }
        }
        return touched.map { level in
            let standing = book(notes.symbol, .lit, level.side).filter { $0.price == level.price }
            return LevelChange(
                book: .lit, side: level.side, price: Price(level.price),
                quantity: Quantity(standing.reduce(0) { $0 + $1.leaves }),
                orderCount: Int64(standing.count))
        }
    }
}

struct ModelLevel: Hashable {
    let side: Side
    let price: Int64
}
