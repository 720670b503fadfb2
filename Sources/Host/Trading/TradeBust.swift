// A trade that an administrator took back (docs/REDIS.md, BUST): what the event says of it, and the
// steps that it makes in the lives of its two orders.
//
// The orders keep their filled figures; histories show the step trade_cancelled with the trade's own
// numbers.

import Base

package struct TradeBust: Hashable, Sendable {
    /// Marked as busted.
    package let trade: Trade
    package let reason: String

    init(from reader: inout ByteReader) throws(RecordError) {
        let sequence = try reader.int64()
        let index = try reader.uint32()
        reason = try reader.string()
        var trade = try Trade(listItem: reader.rest())
        guard trade.sequence == sequence, trade.index == index else {
            throw RecordError(what: "a bust of another trade than the one it names")
        }
        trade.isBusted = true
        self.trade = trade
    }
}

extension Execution {
    /// Before the trade's id in the reason of a step trade_cancelled.
    static let bustedReason = "trade_busted: trade_id="

    /// The trade of this step, or that it takes back.
    package var tradeID: String? {
        guard tradeIndex > 0 else { return nil }
        guard execType == .tradeCancelled else { return "\(sequence)-\(tradeIndex)" }
        return String(reason.dropFirst(Execution.bustedReason.count))
    }
}

extension Event {
    /// Where a trade was taken back.
    package var bust: TradeBust? {
        for change in changes { if case .bust(let bust) = change { return bust } }
        return nil
    }

    /// The taker's step, then the resting order's, as trades have it.
    func executions(of bust: TradeBust) -> [Execution] {
        let trade = bust.trade
        let orders = changes.compactMap { change in
            if case .order(let order, _) = change { order } else { nil }
        }
        let inTurn =
            orders.filter { $0.side == trade.aggressor }
            + orders.filter { $0.side != trade.aggressor }
        return inTurn.enumerated().map { place, order in
            Execution(
                sequence: sequence, index: UInt32(place + 1), time: time,
                execType: .tradeCancelled, orderID: order.id, symbol: order.symbol,
                side: order.side, book: order.book, orderStatus: order.status,
                lastQuantity: trade.quantity, lastPrice: trade.price,
                fee: order.side == .buy ? trade.buyFee : trade.sellFee,
                liquidity: order.side == trade.aggressor ? .taker : .maker,
                tradeIndex: trade.index, cumQuantity: order.filled, leavesQuantity: order.leaves,
                notional: order.notional, price: order.price, quantity: order.quantity,
                reason: Execution.bustedReason + trade.id)
        }
    }
}
