// Amends and expiries.

import Base
import Trading

extension Model {
    mutating func amend(
        _ id: String, price: Int64?, quantity: Int64?, guards: [Guard]
    ) throws(Refusal) -> Answer {
        guard let order = orders[id] else { throw Refusal("unknown_order", "order_id=\(id)") }
        guard order.status.isOpen else { return closedAnswer(order) }
        let instrument = try instrument(order.symbol)
        try requireOpen(instrument)
        let (price, quantity) = (price ?? order.price, quantity ?? order.quantity)
        if price == order.price && quantity == order.quantity {
            return Answer(
                word: "ok", sequence: order.lastSequence, order: order, numbers: [1, 0, 0, 0, 0])
        }
        try checkAmended(instrument, order, price, quantity)

        expireDue(order.symbol)
        if orders[id]?.status == .expired {
            notes.kind = .expire
            return Answer(word: "busy")
        }
        notes.mainOrder = id
        let keepsPlace =
            quantity == order.filled || (price == order.price && quantity < order.quantity)
        if keepsPlace {
            change(id, .amended) { $0.quantity = quantity }
            if quantity == order.filled { close(id, .filled, reason: "", cause: .amended) }
        } else {
            try arriveAgain(id, price, quantity, guards)
        }
        return Answer(
            word: "ok", order: orders[id], numbers: [keepsPlace ? 1 : 0, 1] + fillNumbers)
    }

    private func checkAmended(
        _ instrument: ModelInstrument, _ order: ModelOrder, _ price: Int64, _ quantity: Int64
    ) throws(Refusal) {
        try checkTick(instrument, price)
        try checkLot(instrument, quantity)
        if quantity < order.filled {
            let scale = instrument.quantityScale
            throw Refusal(
                "below_filled",
                "quantity=\(Scaled.format(quantity, scale: scale)), "
                    + "filled=\(Scaled.format(order.filled, scale: scale))")
        }
        if quantity > order.filled, let low = try belowMinimum(instrument, price, quantity) {
            throw low
        }
    }

    /// The order leaves the book with all that it holds, and comes back as if it were new.
    private mutating func arriveAgain(
        _ id: String, _ price: Int64, _ quantity: Int64, _ guards: [Guard]
    ) throws(Refusal) {
        guard let old = orders[id] else { return }
        var position = position(old.account, old.symbol)
        if old.side == .buy {
            accounts[old.account]?.held -= old.hold
            position.openBuy -= old.leaves
        } else {
            position.held -= old.leaves
        }
        positions[position.key] = position
        change(id, .amended) {
            $0.price = price
            $0.quantity = quantity
        }
        guard let order = orders[id] else { return }
        try checkAccount(
            account(order.account), instrument(order.symbol), order.side, order.leaves)
        try judge(guards, id, quantity: order.leaves)
        try requireCover(order)
        let (matches, stop) = try walk(order)
        try settle(id, matches)
        conclude(id, stop)
    }

    /// Ends what is due in the symbol, as a part of the present call.
    mutating func expireDue(_ symbol: String) {
        for order in due(symbol) {
            close(order.id, .expired, reason: "expired", cause: .expired)
            releaseHold(of: order)
        }
    }

    private func due(_ symbol: String) -> [ModelOrder] {
        orders.values.filter {
            $0.symbol == symbol && $0.status.isOpen && $0.expireAt > 0 && $0.expireAt <= time
        }
    }

    /// What the expired order held is there for the call's own order already.
    private mutating func releaseHold(of order: ModelOrder) {
        var position = position(order.account, order.symbol)
        if order.side == .buy {
            accounts[order.account]?.held -= order.hold
            position.openBuy -= order.leaves
        } else {
            position.held -= order.leaves
        }
        positions[position.key] = position
    }

    mutating func expire(_ symbol: String) throws(Refusal) -> Answer {
        _ = try instrument(symbol)
        let count = Int64(due(symbol).count)
        expireDue(symbol)
        return Answer(word: "ok", numbers: [count])
    }
}
