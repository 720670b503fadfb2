// Who trades with whom, and what becomes of an order after its trades.

import Base
import Trading

/// Why a sweep ends.
enum Stop {
    /// It has nothing left to work with, or has ended.
    case done
    /// Nobody is left on the other side.
    case noOrders
    /// The next one's price is beyond the order's.
    case beyondPrice
    case outsideLit
    case fillLimit
    /// A market buy's next trade costs more than there is.
    case noCash
}

extension Model {
    /// Trades with one resting order after the other. The call's fills don't stop it before it has
    /// filled `whole`.
    mutating func sweep(_ id: String, whole: Int64 = 0) throws(Refusal) -> Stop {
        while true {
            let order = order(id)
            guard order.working > 0 else { return .done }
            guard let resting = best(order.symbol, order.book, order.side.opposite) else {
                return .noOrders
            }
            guard order.reaches(resting.price) else { return .beyondPrice }
            let isOwn = isOwn(order, resting)
            if !isOwn && order.book == .internal && isOutsideLit(resting.price, order.symbol) {
                return .outsideLit
            }
            // Giving way itself takes nothing of the call's limit.
            let isCounted = !isOwn || order.selfTrade != .cancelNewest
            let isLimited = whole == 0 || (order.policy != .allOrNone && order.filled >= whole)
            if isCounted && isLimited && notes.fills >= limits.fills { return .fillLimit }
            if isOwn {
                try meetOwn(order, resting)
            } else {
                guard try canPay(order, resting) else { return .noCash }
                try trade(order, resting)
            }
            if isCounted { notes.fills += 1 }
        }
    }

    /// A market buy pays from what nothing else holds. What it holds itself is for just this.
    private func canPay(_ order: ModelOrder, _ resting: ModelOrder) throws(Refusal) -> Bool {
        guard order.pricing == .market, order.side == .buy else { return true }
        let instrument = try charged(order)
        let amount = try Amounts.amount(
            instrument, price: resting.price, quantity: min(order.working, resting.visible))
        let total = Amounts.fee(
            ofTenThousandths: Amounts.feeSum(order) + Int128(amount) * Int128(instrument.takerBps))
        let fee = max(0, total - Int128(order.fee))
        let cash = try available(order.account, besides: order.id)
        return Int128(amount) + fee <= Int128(cash)
    }

    /// The next order to trade with is the account's own.
    private mutating func meetOwn(
        _ order: ModelOrder, _ resting: ModelOrder
    ) throws(Refusal) {
        switch order.selfTrade {
        case .cancelNewest: try close(order.id, .cancelled, reason: "self_trade")
        case .cancelOldest: try close(resting.id, .cancelled, reason: "self_trade")
        case .cancelBoth:
            try close(resting.id, .cancelled, reason: "self_trade")
            try close(order.id, .cancelled, reason: "self_trade")
        case .decrement:
            let common = min(order.working, resting.working)
            for one in [resting, order] {
                if one.working <= common {
                    try close(one.id, .cancelled, reason: "self_trade")
                } else {
                    try change(one.id) { $0.cut(common) }
                    step(.restated, one.id, "self_trade")
                }
            }
        }
    }

    mutating func conclude(
        _ id: String, _ stop: Stop, number: Int64? = nil
    ) throws(Refusal) {
        notes.sweeping = nil
        let order = order(id)
        guard order.working > 0 else { return }
        if stop == .fillLimit { return try postpone(id, number) }
        if let reason = remainderReason(order, stop) {
            try close(id, .cancelled, reason: reason)
        } else {
            try rest(id)
        }
    }

    private func remainderReason(_ order: ModelOrder, _ stop: Stop) -> String? {
        switch stop {
        case .done, .fillLimit: return nil
        case .noCash: return "insufficient_cash"
        case .noOrders where order.pricing == .market: return "no_liquidity"
        case .beyondPrice where order.pricing == .market: return "protection_price"
        case .outsideLit where order.pricing == .market: return "outside_lit"
        case .noOrders, .beyondPrice, .outsideLit:
            // All or none, too: its own fills' links may have taken away what it had counted on.
            return order.policy == .rest ? nil : "ioc_remainder"
        }
    }

    /// A sweep that the call's fills don't suffice for goes on later. It keeps its place in the
    /// work queue, if it came from there.
    private mutating func postpone(_ id: String, _ number: Int64?) throws(Refusal) {
        guard let number else { return try enqueue(id) }
        try change(id) { $0.flags.insert(.queued) }
        symbols[order(id).symbol]?.queue.insert(QueueEntry(number: number, id: id), at: 0)
    }

    /// Puts an order at the back of its level.
    private mutating func rest(_ id: String) throws(Refusal) {
        let place = takePlace()
        try change(id) {
            $0.bookSequence = place
            $0.ext.shown = min($0.ext.display, $0.working)
        }
    }
}
