// Who trades with whom, and what a trade moves.

import Base
import Trading

struct Match {
    let resting: String
    let price: Int64
    let quantity: Int64
    let amount: Int64
}

/// Why a walk ends.
enum Stop {
    case filled
    /// Nobody is left on the other side.
    case noOrders
    /// The next one's price is beyond the order's.
    case beyondPrice
    case ownOrder
    case outsideLit
    case fillLimit
}

extension Model {
    /// The trades that the order would make now, in their sequence.
    func walk(_ order: ModelOrder) throws(Refusal) -> (matches: [Match], stop: Stop) {
        let instrument = try instrument(order.symbol)
        var left = order.leaves
        var matches: [Match] = []
        for resting in book(order.symbol, order.book, order.side.opposite) {
            if order.side == .buy ? resting.price > order.price : resting.price < order.price {
                return (matches, .beyondPrice)
            }
            if resting.account == order.account { return (matches, .ownOrder) }
            if order.book == .internal && isOutsideLit(resting) { return (matches, .outsideLit) }
            if matches.count == Limits.fillsPerCall { return (matches, .fillLimit) }
            let quantity = min(left, resting.leaves)
            let amount = try Amounts.amount(
                instrument, price: resting.price, quantity: quantity)
            matches.append(
                Match(
                    resting: resting.id, price: resting.price, quantity: quantity, amount: amount))
            left -= quantity
            if left == 0 { return (matches, .filled) }
        }
        return (matches, .noOrders)
    }

    private func isOutsideLit(_ order: ModelOrder) -> Bool {
        guard let bid = book(order.symbol, .lit, .buy).first?.price,
            let ask = book(order.symbol, .lit, .sell).first?.price
        else { return false }
        return order.price < bid || order.price > ask
    }

    mutating func settle(_ id: String, _ matches: [Match]) throws(Refusal) {
        guard let taker = orders[id] else { return }
        let instrument = try instrument(taker.symbol)
        for match in matches {
            let takerFee = try fill(id, match, instrument.takerBps, .accepted)
            let makerFee = try fill(match.resting, match, instrument.makerBps, .trade)
            let (buyer, seller) =
                taker.side == .buy ? (id, match.resting) : (match.resting, id)
            let (buyFee, sellFee) =
                taker.side == .buy ? (takerFee, makerFee) : (makerFee, takerFee)
            notes.trades.append(
                ModelTrade(
                    index: notes.trades.count + 1, aggressor: taker.side, book: taker.book,
                    price: match.price, quantity: match.quantity, amount: match.amount,
                    buyFee: buyFee, sellFee: sellFee, symbol: taker.symbol, buyOrder: buyer,
                    sellOrder: seller))
            try pay(buyer, -match.amount, fee: buyFee, shares: match.quantity, .tradeBuy)
            try pay(seller, match.amount, fee: sellFee, shares: -match.quantity, .tradeSell)
        }
    }

    /// The order's own figures. Returns the fee that this fill pays.
    private mutating func fill(
        _ id: String, _ match: Match, _ bps: Int64, _ cause: OrderCause
    ) throws(Refusal) -> Int64 {
        guard var order = orders[id] else { return 0 }
        let feeSum = Amounts.feeSum(order) + Int128(match.amount) * Int128(bps)
        let paidBefore = order.fee
        order.filled += match.quantity
        order.notional += Int128(match.price) * Int128(match.quantity)
        order.amount = try Amounts.bounded(Int128(order.amount) + Int128(match.amount))
        let total = max(Amounts.fee(ofTenThousandths: feeSum), Int128(paidBefore))
        order.fee = try Amounts.bounded(total)
        order.feeRest = Int64(total * 10_000 - feeSum)
        order.status = order.filled == order.quantity ? .filled : .partiallyFilled
        order.closedAt = order.status == .filled ? time : 0
        change(id, cause) { $0 = order }
        return order.fee - paidBefore
    }

    /// Cash, fee and shares of one side of a trade.
    private mutating func pay(
        _ id: String, _ amount: Int64, fee: Int64, shares: Int64, _ kind: LedgerKind
    ) throws(Refusal) {
        guard let order = orders[id] else { return }
        try book(order.account, kind, amount, shares: shares, order.symbol, order.id)
        if fee > 0 { try book(order.account, .fee, -fee, shares: 0, order.symbol, order.id) }
        feesTaken += Int128(fee)
        var position = position(order.account, order.symbol)
        try position.move(shares, amount: abs(amount), realizes: true)
        positions[position.key] = position
        notes.touchedPositions.insert(position.key)
    }

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

    /// What becomes of an order after its trades.
    mutating func conclude(_ id: String, _ stop: Stop) {
        guard let order = orders[id] else { return }
        guard order.status != .filled else { return }
        if let reason = remainderReason(order, stop) {
            close(id, .cancelled, reason: reason, cause: .accepted)
        } else {
            let place = sequence
            change(id, .accepted) { $0.bookSequence = place }
        }
    }

    private func remainderReason(_ order: ModelOrder, _ stop: Stop) -> String? {
        switch stop {
        case .filled: return nil
        case .ownOrder: return "self_trade"
        case .fillLimit: return "fill_limit"
        case .noOrders where order.pricing == .market: return "no_liquidity"
        case .beyondPrice where order.pricing == .market: return "protection_price"
        case .outsideLit where order.pricing == .market: return "outside_lit"
        case .noOrders, .beyondPrice, .outsideLit:
            return order.policy == .cancel ? "ioc_remainder" : nil
        }
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
