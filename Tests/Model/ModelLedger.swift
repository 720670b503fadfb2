// How money and shares move.

import Base
import Trading

extension Model {
    /// Changes a balance by a ledger entry.
    mutating func book(
        _ account: String, _ kind: LedgerKind, _ amount: Int64, shares: Int64, _ symbol: String,
        _ description: String
    ) throws(Refusal) {
        var changed = try self.account(account)
        changed.balance = try Amounts.bounded(Int128(changed.balance) + Int128(amount))
        accounts[account] = changed
        notes.touchedAccounts.insert(account)
        notes.ledger.append(
            ModelLedgerEntry(
                kind: kind, amount: amount, balanceAfter: changed.balance, quantity: shares,
                account: account, symbol: symbol, description: description))
    }
}

extension ModelPosition {
    /// Moves signed shares; `amount` is their money. What closes leaves at average cost.
    mutating func move(_ shares: Int64, amount: Int64, realizes: Bool) throws(Refusal) {
        let opens = quantity == 0 || (quantity > 0) == (shares > 0)
        let closing = opens ? 0 : min(abs(shares), abs(quantity))
        let closingAmount = Int64(Int128(amount) * Int128(closing) / Int128(abs(shares)))
        if closing > 0 {
            let closedCost = Int64(Int128(abs(cost)) * Int128(closing) / Int128(abs(quantity)))
            let isLong = quantity > 0
            if realizes {
                let profit = isLong ? closingAmount - closedCost : closedCost - closingAmount
                realized = try Amounts.bounded(Int128(realized) + Int128(profit))
            }
            cost -= isLong ? closedCost : -closedCost
        }
        let openingAmount = amount - closingAmount
        if closing < abs(shares) {
            cost = try Amounts.bounded(
                Int128(cost) + Int128(shares > 0 ? openingAmount : -openingAmount))
        }
        quantity = try Amounts.bounded(Int128(quantity) + Int128(shares))
    }
}
