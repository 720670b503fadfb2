// Trades and the orders that they fill, judged one event at a time.

import Base
import Trading

extension Fold {
    func judgeTrades(_ step: EventStep) {
        for (place, trade) in step.trades.enumerated() {
            findings.expect(
                .trades, Int(trade.index) == place + 1,
                "trade \(trade.id) is the event's number \(place + 1)")
            judge(trade, step)
        }
    }

    private func judge(_ trade: Trade, _ step: EventStep) {
        guard let buy = step.after[trade.buyOrderID.text],
            let sell = step.after[trade.sellOrderID.text]
        else {
            return findings.wrong(
                .trades, "trade \(trade.id): its event doesn't name both of its orders")
        }
        let parties =
            buy.side == .buy && sell.side == .sell && buy.account != sell.account
            && buy.symbol == trade.symbol && sell.symbol == trade.symbol && buy.book == trade.book
            && sell.book == trade.book
        findings.expect(.trades, parties, "trade \(trade.id): its parties don't fit")
        judgeAmount(trade)
        judgeLimits(trade, buy, sell, step)
        judgePriority(trade, step)
    }

    private func judgeAmount(_ trade: Trade) {
        guard let instrument = instruments[trade.symbol]?.value else {
            if isComplete {
                findings.wrong(.trades, "trade \(trade.id): unknown symbol \(trade.symbol)")
            }
            return
        }
        let amount = instrument.money(trade.price.raw, trade.quantity.raw).quotient
        findings.expect(
            .trades, amount == Int128(trade.amount.raw),
            "trade \(trade.id): its amount is \(trade.amount.raw), not \(amount)")
    }

    /// The limit may have been amended, or moved by a trail or peg, in this very call.
    private func judgeLimits(_ trade: Trade, _ buy: Order, _ sell: Order, _ step: EventStep) {
        let bid = max(buy.worstPrice, step.before[buy.id.text]?.worstPrice ?? buy.worstPrice)
        let ask = min(sell.worstPrice, step.before[sell.id.text]?.worstPrice ?? sell.worstPrice)
        findings.expect(
            .trades, trade.price.raw <= bid && trade.price.raw >= ask,
            "trade \(trade.id) at \(trade.price.raw) is beyond a limit (\(bid), \(ask))")
        let resting = trade.aggressor == .buy ? sell : buy
        let stood = step.before[resting.id.text].flatMap { $0.isInBook ? $0 : nil }
        let prices = [stood?.price.raw, resting.price.raw].compactMap(\.self)
        let isPegged = resting.extra?.peg != nil
        findings.expect(
            .trades, isPegged || prices.contains(trade.price.raw),
            "trade \(trade.id) at \(trade.price.raw) isn't at the resting order's price")
    }

    /// Whoever the event doesn't name stood unchanged while it traded: so it must come after the
    /// resting order of each of its trades.
    private func judgePriority(_ trade: Trade, _ step: EventStep) {
        let side = trade.aggressor.opposite
        let restingID = side == .buy ? trade.buyOrderID.text : trade.sellOrderID.text
        let place = BookPlace(symbol: trade.symbol, book: trade.book, side: side)
        let stood = step.before[restingID].flatMap {
            $0.isInBook && $0.price == trade.price ? $0.bookSequence : nil
        }
        // One that stood there before all that is known: where in its level can't be told.
        let isFromBefore = !isComplete && step.before[restingID] == nil
        let passed = books[place]?.passedOver(
            side, price: trade.price.raw, place: stood ?? (isFromBefore ? .min : .max)
        ) { step.after[$0] != nil }
        findings.expect(
            .priority, passed == nil,
            "trade \(trade.id) with \(restingID) passed over "
                + (passed ?? ""))
    }

    func judgeOrders(_ step: EventStep) {
        var fills = step.fills()
        for (id, held) in step.orders {
            let order = held.value
            judgeStatus(order)
            let isNew = order.acceptedSequence == step.event.sequence
            let fill = fills.removeValue(forKey: id) ?? OrderFill()
            let before = step.before[id]
            // It ended long ago and was compared, or came before all that is known.
            if before == nil, !isNew {
                if isComplete, step.bust == nil {
                    findings.wrong(.orderRecords, "order \(id) changes, but wasn't open")
                }
                continue
            }
            findings.expect(
                .fills, OrderFill(from: before, to: order) == fill,
                "order \(id): event \(step.event.sequence) fills it by "
                    + "\(order.filled.raw - (before?.filled.raw ?? 0)), its trades by "
                    + "\(fill.quantity) (or their amounts or fees differ)")
        }
    }

    private func judgeStatus(_ order: Order) {
        let (filled, quantity) = (order.filled.raw, order.quantity.raw)
        let isOpen = order.status.isOpen
        // Editing the quantity down to what is filled ends an order, whichever word that has.
        let isRight =
            filled >= 0 && filled <= quantity && isOpen == (order.closedAt == 0)
            && (filled == quantity ? !isOpen : order.status != .filled)
        findings.expect(
            .fills, isRight,
            "order \(order.id.text): \(order.status.name), filled \(filled) of \(quantity)")
    }
}

extension Instrument {
    /// price × quantity in money, rounded down, and whether something was left.
    func money(_ price: Int64, _ quantity: Int64) -> (quotient: Int128, isRounded: Bool) {
        let exponent = priceScale + quantityScale - moneyScale
        let product = Int128(price) * Int128(quantity)
        let power = Int128(Scaled.powersOfTen[abs(exponent)])
        if exponent < 0 { return (product * power, false) }
        return (product / power, product % power != 0)
    }
}
