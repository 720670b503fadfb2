// New orders: what refuses them, what rejects them, and what becomes of them.

import Base
import Trading

extension Model {
    mutating func submit(_ step: SubmitStep, expireAt: Int64) throws(Refusal) -> Answer {
        if let known = orders[step.id] {
            guard known.requestHash == step.requestHash else { return Answer(word: "conflict") }
            return Answer(word: "duplicate", sequence: known.lastSequence, order: known)
        }
        let instrument = try instrument(step.symbol)
        let account = try account(step.account)
        if step.isStale { return Answer(word: "stale") }
        try requireOpen(instrument)
        if expireAt > 0 && expireAt <= time { throw Refusal("expire_time_passed") }
        try checkLot(instrument, step.quantity)
        if step.pricing == .limit {
            try checkTick(instrument, step.price)
            if let low = try belowMinimum(instrument, step.price, step.quantity) { throw low }
        }
        try checkAccount(account, instrument, step.side, step.quantity)

        expireDue(step.symbol)
        start(step, expireAt: expireAt)
        if !step.reason.isEmpty { return reject(step.id, step.reason) }
        do throws(Refusal) {
            try judge(step.guards, step.id, quantity: step.quantity)
            try setProtectionPrice(step.id)
            return try execute(step.id)
        } catch {
            if error.code == "amount_too_large" { throw error }
            let reason = error.values.isEmpty ? error.code : "\(error.code): \(error.values)"
            return reject(step.id, reason)
        }
    }

    private mutating func start(_ step: SubmitStep, expireAt: Int64) {
        var order = ModelOrder(
            id: step.id, account: step.account, symbol: step.symbol, side: step.side,
            pricing: step.pricing, policy: step.policy, book: step.book,
            price: step.pricing == .market ? 0 : step.price, quantity: step.quantity,
            expireAt: expireAt, requestHash: step.requestHash)
        order.acceptedSequence = sequence
        order.createdAt = time
        orders[step.id] = order
        notes.mainOrder = step.id
        change(step.id, .accepted) { _ in }
    }

    private mutating func reject(_ id: String, _ reason: String) -> Answer {
        close(id, .rejected, reason: reason, cause: .rejected)
        notes.causes[id] = .rejected
        return Answer(word: "rejected", order: orders[id])
    }

    private mutating func setProtectionPrice(_ id: String) throws(Refusal) {
        guard let order = orders[id], order.pricing == .market else { return }
        let instrument = try instrument(order.symbol)
        guard let best = book(order.symbol, order.book, order.side.opposite).first?.price else {
            let hasTraded = (markets[order.symbol]?.last ?? 0) > 0
            throw Refusal(hasTraded ? "no_liquidity" : "no_reference_price")
        }
        let band = Int64(Int128(best) * Int128(instrument.bandBps) / 10_000)
        var price: Int64
        if order.side == .buy {
            price = min(best + band, Scaled.maximum) / instrument.tick * instrument.tick
            price = max(price, best)
        } else {
            price = max(best - band, 1)
            price = (price + instrument.tick - 1) / instrument.tick * instrument.tick
            price = min(price, best)
        }
        change(id, .accepted) { $0.price = price }
        if let low = try belowMinimum(instrument, price, order.quantity) { throw low }
    }

    private mutating func execute(_ id: String) throws(Refusal) -> Answer {
        guard let order = orders[id] else { throw Refusal("unknown_order") }
        let (matches, stop) = try walk(order)
        if order.pricing == .market && order.side == .buy {
            try requireCash(order, matches)
        } else {
            try requireCover(order)
        }
        if order.policy == .allOrNone && stop != .filled {
            close(id, .cancelled, reason: "fok_unfillable", cause: .accepted)
            return Answer(word: "ok", order: orders[id], numbers: [0, 0, 0])
        }
        try settle(id, matches)
        conclude(id, stop)
        return Answer(word: "ok", order: orders[id], numbers: fillNumbers)
    }

    mutating func cancel(_ id: String) throws(Refusal) -> Answer {
        guard let order = orders[id] else { throw Refusal("unknown_order", "order_id=\(id)") }
        guard order.status.isOpen else { return closedAnswer(order) }
        notes.mainOrder = id
        close(id, .cancelled, reason: "user_cancel", cause: .cancelled)
        return Answer(word: "ok", order: order)
    }

    /// The trades of this call as its reply says them: how many, the last one's price and quantity.
    var fillNumbers: [Int64] {
        let last = notes.trades.last
        return [Int64(notes.trades.count), last?.price ?? 0, last?.quantity ?? 0]
    }

    func closedAnswer(_ order: ModelOrder) -> Answer {
        Answer(word: "refused", code: "order_closed", order: order)
    }
}
