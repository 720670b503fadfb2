// Sums over one account, a group, everyone; and what an account can pay.

import Base
import Trading

extension ModelInstrument {
    /// With the fees that an account pays.
    func paid(by account: ModelAccount) -> ModelInstrument {
        var instrument = self
        if account.makerBps >= 0 { instrument.makerBps = account.makerBps }
        if account.takerBps >= 0 { instrument.takerBps = account.takerBps }
        return instrument
    }
}

extension Model {
    /// The order's instrument with its account's fees.
    func charged(_ order: ModelOrder) throws(Refusal) -> ModelInstrument {
        try instrument(order.symbol).paid(by: account(order.account))
    }

    /// Whose resting order an order must not trade with.
    func isOwn(_ order: ModelOrder, _ resting: ModelOrder) -> Bool {
        guard resting.account != order.account else { return true }
        guard let account = accounts[order.account], let other = accounts[resting.account] else {
            return false
        }
        return account.selfTradeScope == .group && !account.group.isEmpty
            && account.group == other.group
    }

    private func openOrders(of account: String) -> [ModelOrder] {
        table.open.keys.flatMap { symbol in table.open(symbol) { $0.account == account } }
    }

    func totalOpen(_ id: String, _ totals: inout ModelTotals) throws(Refusal) {
        let open = openOrders(of: id)
        totals.openOrders = Int64(open.count)
        totals.openBuy = try openNotional(open.filter { $0.side == .buy })
        totals.openSell = try openNotional(open.filter { $0.side == .sell })
    }

    private func openNotional(_ orders: [ModelOrder]) throws(Refusal) -> Int64 {
        var money: [String: Int64] = [:]
        for order in orders {
            money[order.id] = try Amounts.notional(instrument(order.symbol), order)
        }
        return try charge(orders) { money[$0.id] ?? 0 }
    }

    /// The accounts' totals whose positions were touched.
    mutating func totalCosts() throws(Refusal) {
        for id in Set(notes.touchedPositions.compactMap { positions[$0]?.account }) {
            guard var account = accounts[id] else { continue }
            let costs = try costs(id)
            guard (account.totals.longCost, account.totals.shortCost) != costs else { continue }
            (account.totals.longCost, account.totals.shortCost) = costs
            accounts[id] = account
            notes.touchedAccounts.insert(id)
        }
    }

    private func costs(_ account: String) throws(Refusal) -> (long: Int64, short: Int64) {
        let costs = positions.values.filter { $0.account == account }.map { Int128($0.cost) }
        return (
            try Amounts.bounded(costs.filter { $0 > 0 }.reduce(0, +)),
            try Amounts.bounded(-costs.filter { $0 < 0 }.reduce(0, +))
        )
    }

    /// As it is in mid-call.
    func totals(_ account: String) throws(Refusal) -> ModelTotals {
        var totals = ModelTotals()
        try totalOpen(account, &totals)
        (totals.longCost, totals.shortCost) = try costs(account)
        return totals
    }

    // Cash.

    /// What an order may take; with a multiple more than there is.
    func available(_ id: String, besides order: String = "") throws(Refusal) -> Int64 {
        let account = try account(id)
        let held = try held(id, besides: order)
        guard account.multiple > 10_000 else { return account.balance - held }
        let (long, short) = try costs(id)
        let most = Int128(Scaled.maximum)
        let worth = min(most, Int128(account.balance) + Int128(long) - Int128(short))
        let product = worth * Int128(account.multiple)
        let power = product >= 0 ? product / 10_000 : -((-product + 9_999) / 10_000)
        return Int64(min(most, power) - Int128(long) - Int128(short) - Int128(held))
    }

    func requireFreeCash(_ required: Int64, _ id: String) throws(Refusal) {
        let free = try min(account(id).balance - held(id), available(id))
        guard required > free else { return }
        throw Refusal(
            "insufficient_cash", "required=\(money(required)), available=\(money(free))")
    }
}

/// The sums that must hold in Redis whatever the commands were.
enum Sums {
    static func broken(_ state: RedisState) -> String? {
        for account in state.accounts.values {
            if let expected = totals(state, account), expected != account.totals {
                return "account \(account.id): \(difference(account.totals, expected))"
            }
        }
        return state.totals.lazy.compactMap { brokenTotal(state, $0, $1) }.first
    }

    private static func totals(_ state: RedisState, _ account: ModelAccount) -> ModelTotals? {
        let open = state.orders.values.filter { $0.isOpen && $0.account == account.id }
        var money: [String: Int64] = [:]
        for order in open {
            guard let instrument = state.instruments[order.symbol],
                let notional = try? Amounts.notional(instrument, order)
            else { return nil }
            money[order.id] = notional
        }
        let notional = { (order: ModelOrder) in money[order.id] ?? 0 }
        let costs = state.positions.values.filter { $0.account == account.id }.map(\.cost)
        return ModelTotals(
            openOrders: Int64(open.count),
            openBuy: Invariants.charge(open.filter { $0.side == .buy }, notional),
            openSell: Invariants.charge(open.filter { $0.side == .sell }, notional),
            longCost: costs.filter { $0 > 0 }.reduce(0, +),
            shortCost: -costs.filter { $0 < 0 }.reduce(0, +))
    }

    /// `firm|CUR`, `group:ID|CUR`, `firm:SYM`, `group:ID:SYM`.
    private static func brokenTotal(
        _ state: RedisState, _ field: String, _ found: [Int64]
    ) -> String? {
        let isMoney = field.contains("|")
        let parts = field.split(whereSeparator: { $0 == "|" || $0 == ":" }).map(String.init)
        guard let last = parts.last else { return "total of nothing" }
        let group = parts[0] == "firm" ? nil : parts[1]
        let members = state.accounts.values.filter { group == nil || $0.group == group }
        let rows: [[Int64]] =
            isMoney
            ? members.filter { $0.currency == last }.map(\.totals).map {
                [$0.openOrders, $0.openBuy, $0.openSell, $0.longCost, $0.shortCost]
            }
            : members.compactMap { state.positions["\($0.id):\(last)"] }.map {
                [$0.quantity, $0.openBuy, $0.held]
            }
        let sums = rows.reduce([Int64](repeating: 0, count: isMoney ? 5 : 3)) {
            zip($0, $1).map { $0 + $1 }
        }
        return sums == found ? nil : "total \(field) is \(found), not \(sums)"
    }
}
