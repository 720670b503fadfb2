// What accounts have open and own, in sums: in each ACCOUNT, and in `P:scopes` of groups and of
// everyone, as far as those are kept. All of it follows from orders and positions.

import Base
import Store
import Trading

/// Money of an account, of a group or of everyone.
struct MoneyTotals: Equatable {
    var openOrders: Int128 = 0
    var openBuy: Int128 = 0
    var openSell: Int128 = 0
    var longCost: Int128 = 0
    var shortCost: Int128 = 0

    init() {}

    /// As the account's record says.
    init(_ account: Account) {
        openOrders = Int128(account.openOrderCount)
        openBuy = Int128(account.openBuyNotional.raw)
        openSell = Int128(account.openSellNotional.raw)
        longCost = Int128(account.longCost.raw)
        shortCost = Int128(account.shortCost.raw)
    }

    static func + (left: MoneyTotals, right: MoneyTotals) -> MoneyTotals {
        var sum = left
        sum.openOrders += right.openOrders
        sum.openBuy += right.openBuy
        sum.openSell += right.openSell
        sum.longCost += right.longCost
        sum.shortCost += right.shortCost
        return sum
    }

    var numbers: [Int128] { [openOrders, openBuy, openSell, longCost, shortCost] }
}

extension Fold {
    func judgeTotals() {
        let computed = accountTotals()
        for (id, held) in accounts {
            let (stored, sum) = (MoneyTotals(held.value), computed[id] ?? MoneyTotals())
            findings.expect(
                .totals, stored == sum,
                "account \(id) says \(stored.numbers) of open orders, buys, sells, long and short "
                    + "cost; its orders and positions are \(sum.numbers)")
        }
    }

    private func accountTotals() -> [String: MoneyTotals] {
        var totals: [String: MoneyTotals] = [:]
        var groups: [String: [Order]] = [:]
        for held in orders.values where held.value.status.isOpen {
            let order = held.value
            totals[order.account, default: MoneyTotals()].openOrders += 1
            let link = order.extra?.link ?? 0
            let family = (order.parentID ?? order.id).text
            groups[link == 0 ? order.id.text : "\(family) \(link)", default: []].append(order)
        }
        for group in groups.values {
            guard let account = group.first?.account else { continue }
            totals[account, default: MoneyTotals()].openBuy += largest(group, .buy)
            totals[account, default: MoneyTotals()].openSell += largest(group, .sell)
        }
        for held in positions.values {
            let cost = Int128(held.value.cost.raw)
            let account = held.value.account
            if cost > 0 { totals[account, default: MoneyTotals()].longCost += cost }
            if cost < 0 { totals[account, default: MoneyTotals()].shortCost -= cost }
        }
        return totals
    }

    /// Price × working, rounded up; of a link group its largest member's.
    private func largest(_ group: [Order], _ side: Side) -> Int128 {
        group.reduce(0) { most, order in
            guard order.side == side, let instrument = instruments[order.symbol]?.value else {
                return most
            }
            let (quotient, isRounded) = instrument.money(order.worstPrice, order.working.raw)
            return max(most, quotient + (isRounded ? 1 : 0))
        }
    }

    /// What a field of `P:scopes` must say; nil for one that is no sum.
    func scopeTotal(_ field: String) -> [Int128]? {
        if let bar = field.firstIndex(of: "|") {
            let currency = String(field[field.index(after: bar)...])
            let members = accounts.values.map(\.value).filter {
                $0.currency == currency && isMember($0, String(field[..<bar]))
            }
            return members.reduce(MoneyTotals()) { $0 + MoneyTotals($1) }.numbers
        }
        guard let colon = field.lastIndex(of: ":") else { return nil }
        let symbol = String(field[field.index(after: colon)...])
        var sums: [Int128] = [0, 0, 0]
        for held in positions.values where held.value.symbol == symbol {
            let position = held.value
            guard let account = accounts[position.account]?.value,
                isMember(account, String(field[..<colon]))
            else { continue }
            sums[0] += Int128(position.quantity.raw)
            sums[1] += Int128(position.openBuy.raw)
            sums[2] += Int128(position.held.raw)
        }
        return sums
    }

    /// `firm` is everyone.
    private func isMember(_ account: Account, _ scope: String) -> Bool {
        scope == "firm" || account.group.map { scope == "group:\($0)" } ?? false
    }
}

extension Verification {
    /// Only what is kept is there: each field must be right, none must be.
    func compareTotals() throws(VerifyFailure) {
        try reader.scan("HSCAN", reader.key("scopes")) { sequence, items throws(VerifyFailure) in
            try advance(to: sequence)
            for (field, value) in items {
                guard let expected = fold.scopeTotal(field), let record = value.bytes else {
                    continue
                }
                var bytes = ByteReader(record[...])
                var stored: [Int128] = []
                while let number = try? bytes.int64() { stored.append(Int128(number)) }
                findings.expect(
                    .totals, stored == expected,
                    "scopes \(field) says \(stored), its accounts sum to \(expected)")
            }
        }
    }
}
