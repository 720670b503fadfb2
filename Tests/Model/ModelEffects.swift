// The end of a call: holds and totals anew, and the event that tells what changed.

import Base
import Trading

extension Model {
    mutating func finish(before: Model) throws(Refusal) -> ModelEvent {
        try totalHolds(before)
        try totalCosts()
        keepThrottles()
        _ = try Amounts.bounded(feesTaken)
        for id in notes.touchedAccounts {
            accounts[id]?.updatedAt = time
            accounts[id]?.lastSequence = sequence
        }
        for key in notes.touchedPositions { positions[key]?.lastSequence = sequence }
        return ModelEvent(
            sequence: sequence, kind: notes.kind, time: time, symbol: notes.symbol,
            changes: try changes(levels()))
    }

    /// Accounts' and positions' totals over the open orders; whose total changed is touched.
    private mutating func totalHolds(_ before: Model) throws(Refusal) {
        var owners: Set<String> = []
        for id in notes.changed { owners.insert(order(id).account) }
        for id in owners {
            let held = try held(id)
            var totals = accounts[id]?.totals ?? ModelTotals()
            try totalOpen(id, &totals)
            if accounts[id]?.held != held || accounts[id]?.totals != totals {
                notes.touchedAccounts.insert(id)
            }
            accounts[id]?.held = held
            accounts[id]?.totals = totals
            guard !notes.symbol.isEmpty else { continue }
            let old = position(id, notes.symbol)
            var new = old
            new.openBuy = try open(id, notes.symbol, .buy)
            new.held = try open(id, notes.symbol, .sell)
            new.reduceCount = Int64(
                table.open(notes.symbol) { $0.account == id && $0.isReduceOnly }.count)
            guard new != old else { continue }
            positions[new.key] = new
            notes.touchedPositions.insert(new.key)
        }
    }

    /// Whether all totals can be told, in mid-call.
    func checkTotals() throws(Refusal) {
        for owner in Set(notes.changed.map { order($0).account }) {
            _ = try held(owner)
            _ = try open(owner, notes.symbol, .buy)
            _ = try open(owner, notes.symbol, .sell)
        }
        try checkOpen()
        _ = try levels()
    }

    /// Whether the money of all that is open can be told.
    func checkOpen() throws(Refusal) {
        for owner in Set(notes.changed.map { order($0).account }) {
            var totals = ModelTotals()
            try totalOpen(owner, &totals)
        }
    }

    private func changes(_ levels: [LevelChange]) -> [ModelChange] {
        var changes: [ModelChange] = []
        if notes.touchedInstrument, let instrument = instruments[notes.symbol] {
            changes.append(.instrument(instrument))
        }
        let main = notes.mainOrder.map { [$0] } ?? []
        let first = main + notes.createdChildren
        let others = notes.changed.filter { !first.contains($0) }
        changes += orders(main)
        changes += notes.trades.map { .trade($0) }
        changes += notes.steps.map { .step($0) }
        changes += orders(notes.createdChildren)
        changes += orders(others.filter { notes.causes[$0] == .expired })
        changes += orders(others.filter { notes.causes[$0] != .expired })
        changes += levels.map { .level($0) }
        changes += notes.touchedPositions.compactMap { positions[$0] }.map { .position($0) }
        changes += notes.touchedAccounts.compactMap { accounts[$0] }.map { .account($0) }
        changes += notes.ledger.map { .ledger($0) }
        if let trade = notes.trades.last, let market = markets[trade.symbol] {
            changes.append(.market(market))
        }
        changes += notes.risk
        return changes
    }

    private func orders(_ ids: [String]) -> [ModelChange] {
        ids.compactMap { id in notes.causes[id].map { .order(order(id), $0) } }
    }

    /// The lit levels whose totals changed.
    private func levels() throws(Refusal) -> [LevelChange] {
        var before: [ModelLevel: LevelTotal] = [:]
        var after: [ModelLevel: LevelTotal] = [:]
        for (id, old) in table.before {
            old?.count(in: &before)
            table[id]?.count(in: &after)
        }
        var changes: [LevelChange] = []
        for level in Set(before.keys).union(after.keys) where before[level] != after[level] {
            let total = try self.level(notes.symbol, level)
            changes.append(
                LevelChange(
                    book: .lit, side: level.side, price: Price(level.price),
                    quantity: Quantity(total.quantity), orderCount: total.count))
        }
        return changes
    }

    func level(_ symbol: String, _ level: ModelLevel) throws(Refusal) -> LevelTotal {
        var totals: [ModelLevel: LevelTotal] = [:]
        for order in resting(symbol, .lit, level.side) where order.price == level.price {
            order.count(in: &totals)
        }
        let total = totals[level] ?? LevelTotal()
        _ = try Amounts.bounded(Int128(total.quantity))
        return total
    }
}

struct ModelLevel: Hashable {
    let side: Side
    let price: Int64
}

extension ModelOrder {
    /// Counts what of it stands in the lit book.
    func count(in levels: inout [ModelLevel: LevelTotal]) {
        guard rests, book == .lit else { return }
        levels[ModelLevel(side: side, price: price), default: LevelTotal()].quantity += visible
        levels[ModelLevel(side: side, price: price), default: LevelTotal()].count += 1
    }
}

extension Model {
    /// Takes over that an account was touched by the last call, if that is all. True if so.
    mutating func adopt(_ account: ModelAccount) -> Bool {
        guard var own = accounts[account.id], !notes.touchedAccounts.contains(account.id),
            account.lastSequence == sequence, account.updatedAt == time
        else { return false }
        own.lastSequence = sequence
        own.updatedAt = time
        guard own == account else { return false }
        accounts[account.id] = own
        return true
    }

    mutating func adopt(_ position: ModelPosition) -> Bool {
        var own = self.position(position.account, position.symbol)
        guard !notes.touchedPositions.contains(own.key), position.lastSequence == sequence else {
            return false
        }
        own.lastSequence = sequence
        guard own == position else { return false }
        positions[own.key] = own
        return true
    }
}
