// What a trade moves: the orders' figures, money, shares; and what it does to linked and
// reduce-only orders.

import Base
import Trading

extension Model {
    mutating func trade(_ taker: ModelOrder, _ resting: ModelOrder) throws(Refusal) {
        let instrument = try instrument(taker.symbol)
        let quantity = min(taker.working, resting.visible)
        let amount = try Amounts.amount(instrument, price: resting.price, quantity: quantity)
        let fill = Fill(price: resting.price, quantity: quantity, amount: amount)
        let sizes = [taker, resting].map { position($0.account, $0.symbol).quantity }
        let takerFee = try take(fill, taker.id, charged(taker).takerBps)
        let makerFee = try take(fill, resting.id, charged(resting).makerBps)
        let (buyer, seller) = taker.side == .buy ? (taker, resting) : (resting, taker)
        let (buyFee, sellFee) = taker.side == .buy ? (takerFee, makerFee) : (makerFee, takerFee)
        notes.trades.append(
            ModelTrade(
                index: notes.trades.count + 1, aggressor: taker.side, book: taker.book,
                price: resting.price, quantity: quantity, amount: amount, buyFee: buyFee,
                sellFee: sellFee, symbol: taker.symbol, buyOrder: buyer.id, sellOrder: seller.id))
        noteMarket(taker, price: resting.price, quantity: quantity)
        try pay(buyer, -amount, fee: buyFee, shares: quantity, .tradeBuy)
        try pay(seller, amount, fee: sellFee, shares: -quantity, .tradeSell)
        try refresh(resting.id)
        for (order, before) in zip([taker, resting], sizes) {
            useUp(order.id)
            try actOnLinks(of: order.id, quantity)
            try fitReduceOnly(order.account, order.symbol, before: before)
        }
        try coverGroup(of: resting.id)
    }

    private mutating func noteMarket(_ taker: ModelOrder, price: Int64, quantity: Int64) {
        var market = markets[taker.symbol] ?? ModelMarket(symbol: taker.symbol)
        let day = time / 86_400_000_000
        if market.day != day {
            market.day = day
            (market.open, market.high, market.low, market.volume) = (0, 0, 0, 0)
        }
        market.volume = min(Scaled.maximum, market.volume + quantity)
        if taker.book == .lit {
            market.last = price
            market.lastQuantity = quantity
            market.lastSequence = sequence
            market.open = market.open == 0 ? price : market.open
            market.high = max(market.high, price)
            market.low = market.low == 0 ? price : min(market.low, price)
            notes.litPrices = [notes.litPrices.first ?? price, price]
        }
        markets[taker.symbol] = market
    }

    private struct Fill {
        let price: Int64
        let quantity: Int64
        let amount: Int64
    }

    /// The order's own figures, and its container's. Returns the fee that this fill pays.
    private mutating func take(_ fill: Fill, _ id: String, _ bps: Int64) throws(Refusal) -> Int64 {
        var order = order(id)
        if order.filled == 0 { countExecuted(order) }
        let feeSum = Amounts.feeSum(order) + Int128(fill.amount) * Int128(bps)
        let paidBefore = order.fee
        try add(fill, to: &order)
        let total = max(Amounts.fee(ofTenThousandths: feeSum), Int128(paidBefore))
        order.fee = try Amounts.bounded(total)
        order.feeRest = Int64(total * 10_000 - feeSum)
        order.ext.shown = max(0, order.ext.shown - fill.quantity)
        try change(id, .trade) { $0 = order }
        noteFill(order, fill.quantity)
        let paid = order.fee - paidBefore
        if order.flags.contains(.rollsUp), let parent = order.parent {
            try rollUp(fill, fee: paid, into: parent)
        }
        return paid
    }

    private func add(_ fill: Fill, to order: inout ModelOrder) throws(Refusal) {
        order.filled += fill.quantity
        order.notional += Int128(fill.price) * Int128(fill.quantity)
        order.amount = try Amounts.bounded(Int128(order.amount) + Int128(fill.amount))
        guard order.isOpen else { return }
        order.status = order.filled >= order.quantity ? .filled : .partiallyFilled
        order.closedAt = order.status == .filled ? time : 0
    }

    /// A container's child's fills are the container's.
    private mutating func rollUp(_ fill: Fill, fee: Int64, into id: String) throws(Refusal) {
        var parent = order(id)
        try add(fill, to: &parent)
        parent.fee = try Amounts.bounded(Int128(parent.fee) + Int128(fee))
        try change(id) { $0 = parent }
        noteFill(parent, fill.quantity)
        wake(id, .childFilled)
    }

    private mutating func noteFill(_ order: ModelOrder, _ quantity: Int64) {
        guard order.leadsFamily else { return }
        if notes.filledBy[order.id] == nil {
            notes.filledMains.append(order.id)
            // Each child is as much work as a fill.
            if !order.isContainer { notes.fills += childCount(order) }
        }
        notes.filledBy[order.id, default: 0] += quantity
    }

    /// An iceberg whose visible part is gone shows the next one, at the back of its level.
    private mutating func refresh(_ id: String) throws(Refusal) {
        let order = order(id)
        guard order.isIceberg, order.ext.shown == 0, order.working > 0 else { return }
        let place = takePlace()
        try change(id) {
            $0.ext.shown = min($0.ext.display, $0.working)
            $0.bookSequence = place
        }
        step(.restated, id, "refreshed")
    }

    /// An after-child that has used up what its main order gave it waits again, in no book.
    mutating func useUp(_ id: String) {
        var order = order(id)
        guard order.isAfter, order.isOpen, !order.isWaiting, order.workable == 0 else { return }
        leaveQueue(id)
        order.flags.remove(.queued)
        order.flags.insert(.waiting)
        order.ext.shown = 0
        if order.filled > 0 {
            order.status = .partiallyFilled
        } else if order.status == .triggered {
            order.status = .parked
        }
        order.hold = 0
        order.updatedAt = time
        order.lastSequence = sequence
        table.put(order)
        note(id, .changed)
    }

    private mutating func actOnLinks(of id: String, _ quantity: Int64) throws(Refusal) {
        let traded = order(id)
        for member in family(of: id) where member.isOpen && isInGroup(traded, with: member) {
            // What an earlier member's end set off may have ended this one.
            guard table[member.id]?.isOpen == true else { continue }
            if member.ext.linkAction == .cancel || member.quantity - quantity <= member.filled {
                try close(member.id, .cancelled, reason: "linked")
            } else {
                try change(member.id) { $0.cut(quantity) }
                step(.restated, member.id, "linked")
                useUp(member.id)
            }
        }
    }

    /// What a linked buy spent may have been what covered the others of its group: the last ones
    /// give way until the rest is covered.
    mutating func coverGroup(of id: String) throws(Refusal) {
        let traded = order(id)
        guard traded.side == .buy, traded.ext.link != 0 else { return }
        for member in family(of: id).reversed() where isInGroup(traded, with: member) {
            guard try available(traded.account) < 0 else { return }
            guard table[member.id]?.isOpen == true else { continue }
            try close(member.id, .cancelled, reason: "insufficient_cash")
        }
    }

    /// A position that shrank or turned: the newest reduce-only orders are cut until all fit.
    mutating func fitReduceOnly(
        _ account: String, _ symbol: String, before: Int64
    ) throws(Refusal) {
        let after = position(account, symbol).quantity
        guard abs(after) < abs(before) || (after < 0) != (before < 0) else { return }
        let newestFirst = openOrders(account: account, symbol: symbol)
            .filter { $0.isReduceOnly }
            .sorted { ($0.acceptedSequence, $0.id) > ($1.acceptedSequence, $1.id) }
        for id in newestFirst.map(\.id) {
            let order = order(id)
            let most = reducible(account, symbol, order.side)
            let allowed = try most - reduceOnlyOpen(besides: order)
            let excess = order.working - max(0, allowed)
            guard excess > 0 else { continue }
            if order.quantity - excess <= order.filled {
                try close(id, .cancelled, reason: "reduce_only")
            } else {
                try change(id) { $0.cut(excess) }
                step(.restated, id, "reduce_only")
                useUp(id)
            }
        }
    }

    /// Cash, fee and shares of one side of a trade.
    private mutating func pay(
        _ order: ModelOrder, _ amount: Int64, fee: Int64, shares: Int64, _ kind: LedgerKind
    ) throws(Refusal) {
        try book(order.account, kind, amount, shares: shares, order.symbol, order.id)
        if fee > 0 { try book(order.account, .fee, -fee, shares: 0, order.symbol, order.id) }
        feesTaken += Int128(fee)
        var position = position(order.account, order.symbol)
        try position.move(shares, amount: abs(amount), realizes: true)
        positions[position.key] = position
        notes.touchedPositions.insert(position.key)
    }
}
