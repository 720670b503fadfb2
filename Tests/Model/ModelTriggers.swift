// Parked orders: how they park, what sets them off, how trails move.

import Base
import Trading

extension Model {
    /// Checks an order that waits for its trigger, and parks it. Throws why it may not.
    mutating func park(_ id: String, _ guards: [Guard]) throws(Refusal) {
        try change(id) { $0.status = .parked }
        self.guards[id] = guards.isEmpty ? nil : guards
        try judgeAhead(id, parks: true)
        try change(id) { $0.flags.remove(.waiting) }
    }

    /// A trail begins at the last price, each time that the order parks.
    mutating func setTrail(_ id: String) throws(Refusal) {
        let order = order(id)
        guard order.ext.trail != nil, order.ext.triggerPrice == 0 || order.isWaiting else { return }
        guard let last = markets[order.symbol]?.last, last > 0 else {
            throw Refusal("no_reference_price")
        }
        try trail(id, to: last)
    }

    /// A market order's price while it is parked is the worst that its trigger leads to.
    mutating func setWorstPrice(_ id: String) throws(Refusal) {
        let order = order(id)
        guard order.pricing == .market, order.ext.triggerSource != nil else { return }
        let price = worstPrice(
            try instrument(order.symbol), order.side, reference: order.ext.triggerPrice)
        try change(id) { $0.price = price }
    }

    private mutating func trail(_ id: String, to peak: Int64) throws(Refusal) {
        let order = order(id)
        let instrument = try instrument(order.symbol)
        var offset = order.ext.trailOffset
        if order.ext.trail == .bps {
            let exact = Int64(Int128(peak) * Int128(offset) / 10_000)
            offset = max(instrument.tick, exact / instrument.tick * instrument.tick)
        }
        let isSell = order.ext.triggerDirection == .atOrBelow
        let trigger = onScale(instrument, Int128(peak) + Int128(isSell ? -offset : offset))
        let limit = onScale(instrument, Int128(trigger) + Int128(order.ext.limitOffset))
        try change(id) {
            $0.ext.pegLimit = peak
            $0.ext.triggerPrice = trigger
            if $0.pricing == .limit { $0.price = limit }
        }
        try setWorstPrice(id)
    }

    /// A trail that would leave the scale stays at its end.
    private func onScale(_ instrument: ModelInstrument, _ price: Int128) -> Int64 {
        let most = Scaled.maximum / instrument.tick * instrument.tick
        return Int64(max(Int128(instrument.tick), min(price, Int128(most))))
    }

    /// Whether a price of the trigger's source sets the order off.
    private func isTrue(_ order: ModelOrder, at price: Int64) -> Bool {
        order.ext.triggerDirection == .atOrAbove
            ? price >= order.ext.triggerPrice : price <= order.ext.triggerPrice
    }

    /// A trigger that is true already when it parks doesn't wait for another trade.
    mutating func fireIfTrue(_ id: String) throws(Refusal) {
        let order = order(id)
        guard order.isArmed, order.ext.triggerSource == .last,
            let last = markets[order.symbol]?.last, last > 0, isTrue(order, at: last)
        else { return }
        try fire(id, "last")
    }

    private mutating func fire(_ id: String, _ reason: String) throws(Refusal) {
        try enqueue(id, .triggered)
        step(.triggered, id, reason)
    }

    /// Puts an order at the end of the work queue.
    mutating func enqueue(_ id: String, _ status: OrderStatus? = nil) throws(Refusal) {
        let number = takePlace()
        try change(id) {
            $0.status = status ?? $0.status
            $0.flags.insert(.queued)
            $0.flags.remove(.waiting)
            $0.isPending = false
            $0.ext.shown = 0
            $0.bookSequence = number
        }
        let symbol = order(id).symbol
        symbols[symbol, default: SymbolState()].queue.append(QueueEntry(number: number, id: id))
    }

    // What prices set off. Each answers false where the call's limit was reached.

    mutating func workOffPoints(_ symbol: String) throws(Refusal) -> Bool {
        while let point = symbols[symbol]?.points.first {
            guard try fireAll(symbol, .last, at: point, "last"),
                try moveTrails(symbol, to: point, .atOrBelow),
                try moveTrails(symbol, to: point, .atOrAbove)
            else { return false }
            symbols[symbol]?.points.removeFirst()
        }
        return true
    }

    mutating func fireByBook(_ symbol: String) throws(Refusal) -> Bool {
        if let bid = bestPrice(symbol, .lit, .buy) {
            guard try fireAll(symbol, .bid, at: bid, "bid") else { return false }
        }
        if let ask = bestPrice(symbol, .lit, .sell) {
            guard try fireAll(symbol, .ask, at: ask, "ask") else { return false }
        }
        return true
    }

    private mutating func fireAll(
        _ symbol: String, _ source: TriggerSource, at price: Int64, _ reason: String
    ) throws(Refusal) -> Bool {
        for direction in [TriggerDirection.atOrAbove, .atOrBelow] {
            let sign: Int64 = direction == .atOrAbove ? 1 : -1
            let due = table.open(symbol) {
                $0.isArmed && $0.ext.triggerSource == source
                    && $0.ext.triggerDirection == direction && isTrue($0, at: price)
            }
            for order in inOrder(due, by: { sign * $0.ext.triggerPrice }) {
                guard notes.fires < limits.fires else { return false }
                notes.fires += 1
                try fire(order.id, reason)
            }
        }
        return true
    }

    private mutating func moveTrails(
        _ symbol: String, to point: Int64, _ direction: TriggerDirection
    ) throws(Refusal) -> Bool {
        let sign: Int64 = direction == .atOrBelow ? 1 : -1
        let behind = table.open(symbol) {
            $0.isArmed && $0.ext.trail != nil && $0.ext.triggerDirection == direction
                && sign * $0.ext.pegLimit < sign * point
        }
        for order in inOrder(behind, by: { sign * $0.ext.pegLimit }) {
            guard notes.fires < limits.fires else { return false }
            notes.fires += 1
            if overflowing.contains(order.id) {
                try endOverflowing(order.id)
                continue
            }
            notes.settingOff = order.id
            try trail(order.id, to: point)
            step(.restated, order.id, "trailed")
            try checkTotals()
            notes.settingOff = nil
        }
        return true
    }

    private func inOrder(
        _ orders: [ModelOrder], by score: (ModelOrder) -> Int64
    ) -> [ModelOrder] {
        orders.sorted {
            (score($0), $0.acceptedSequence, $0.id) < (score($1), $1.acceptedSequence, $1.id)
        }
    }
}
