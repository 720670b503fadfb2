// What an order must satisfy, and the guards.

import Base
import Trading

extension Model {
    func requireOpen(_ instrument: ModelInstrument) throws(Refusal) {
        switch instrument.state {
        case .open: return
        case .halted: throw Refusal("instrument_halted", "symbol=\(instrument.symbol)")
        case .closed: throw Refusal("instrument_closed", "symbol=\(instrument.symbol)")
        }
    }

    func checkLot(_ instrument: ModelInstrument, _ quantity: Int64) throws(Refusal) {
        guard quantity % instrument.lot != 0 else { return }
        let scale = instrument.quantityScale
        throw Refusal(
            "lot_size",
            "quantity=\(Scaled.format(quantity, scale: scale)), "
                + "lot=\(Scaled.format(instrument.lot, scale: scale))")
    }

    func checkTick(_ instrument: ModelInstrument, _ price: Int64) throws(Refusal) {
        guard price % instrument.tick != 0 else { return }
        let scale = instrument.priceScale
        throw Refusal(
            "tick_size",
            "price=\(Scaled.format(price, scale: scale)), "
                + "tick=\(Scaled.format(instrument.tick, scale: scale))")
    }

    func belowMinimum(
        _ instrument: ModelInstrument, _ price: Int64, _ quantity: Int64
    ) throws(Refusal) -> Refusal? {
        let notional = try Amounts.amount(instrument, price: price, quantity: quantity)
        guard notional < instrument.minNotional else { return nil }
        return Refusal(
            "min_notional",
            "notional=\(money(notional)), minimum=\(money(instrument.minNotional))")
    }

    func money(_ amount: Int64) -> String { Scaled.format(amount, scale: Money.scale) }

    func checkAccount(
        _ account: ModelAccount, _ instrument: ModelInstrument, _ side: Side, _ quantity: Int64
    ) throws(Refusal) {
        let (state, values) = try requireStanding(account)
        _ = try exposure(account.id, instrument.symbol, side, quantity)
        guard state == .reducing,
            try !onlyReduces(account.id, instrument.symbol, side, quantity)
        else { return }
        throw Refusal("account_reducing", values)
    }

    /// The position were all the account's open orders of the side and this quantity filled.
    func exposure(
        _ account: String, _ symbol: String, _ side: Side, _ quantity: Int64
    ) throws(Refusal) -> Int64 {
        let owned = Int128(position(account, symbol).quantity)
        let working = Int128(try open(account, symbol, side)) + Int128(quantity)
        return try Amounts.bounded(side == .buy ? owned + working : owned - working)
    }

    func onlyReduces(
        _ account: String, _ symbol: String, _ side: Side, _ quantity: Int64
    ) throws(Refusal) -> Bool {
        let outcome = try exposure(account, symbol, side, quantity)
        let owned = position(account, symbol).quantity
        return side == .buy ? owned < 0 && outcome <= 0 : owned > 0 && outcome >= 0
    }

    /// Money or shares for all that it has to work with, at its price. What the others of its link
    /// group hold is there for it too.
    func requireCover(_ order: ModelOrder) throws(Refusal) {
        let instrument = try charged(order)
        if order.side == .buy {
            var working = order
            working.isPending = false
            working.flags.remove(.waiting)
            try requireCash(
                Amounts.need(instrument, working), order.account, shared: groupHold(order))
            return
        }
        try requireShares(
            order.workable, order.account, instrument, shared: groupWorking(order))
    }

    func requireCash(_ required: Int64, _ id: String, shared: Int64 = 0) throws(Refusal) {
        let available = try available(id) + shared
        guard required > available, required > shared else { return }
        throw Refusal(
            "insufficient_cash",
            "required=\(money(required)), available=\(money(available))")
    }

    func requireShares(
        _ required: Int64, _ id: String, _ instrument: ModelInstrument, shared: Int64 = 0
    ) throws(Refusal) {
        let owned = position(id, instrument.symbol).quantity
        let available =
            try owned - open(id, instrument.symbol, .sell) + account(id).shortLimit + shared
        guard required > available, required > shared else { return }
        let scale = instrument.quantityScale
        throw Refusal(
            "insufficient_shares",
            "required=\(Scaled.format(required, scale: scale)), "
                + "available=\(Scaled.format(available, scale: scale))")
    }

    /// A reduce-only order must fit into the position beside the others.
    mutating func requireReducing(_ order: ModelOrder) throws(Refusal) {
        guard order.isReduceOnly else { return }
        try countReducer(order)
        let others = try reduceOnlyOpen(besides: order)
        let most = reducible(order.account, order.symbol, order.side)
        guard order.workable > most - others else { return }
        let scale = try instrument(order.symbol).quantityScale
        let owned = position(order.account, order.symbol).quantity
        throw Refusal(
            "reduce_only",
            "quantity=\(Scaled.format(order.workable, scale: scale)), "
                + "position=\(Scaled.format(owned, scale: scale)), "
                + "open=\(Scaled.format(others, scale: scale))")
    }

    /// An account has so many reduce-only orders of a symbol and no more.
    mutating func countReducer(_ order: ModelOrder) throws(Refusal) {
        let known = notes.newReducers
        let sequence = sequence
        let isCounted = { (order: ModelOrder) in
            order.acceptedSequence < sequence || known.contains(order.id)
        }
        guard !isCounted(order) else { return }
        let others = openOrders(account: order.account, symbol: order.symbol)
            .filter { $0.isReduceOnly && isCounted($0) }
        guard others.count < limits.reducers else {
            throw Refusal("too_many_reduce_only", "limit=\(limits.reducers)")
        }
        notes.newReducers.insert(order.id)
    }

    func requirePassive(_ order: ModelOrder) throws(Refusal) {
        guard order.flags.contains(.postOnly),
            let best = bestPrice(order.symbol, order.book, order.side.opposite),
            order.reaches(best)
        else { return }
        let scale = try instrument(order.symbol).priceScale
        throw Refusal(
            "post_only",
            "price=\(Scaled.format(order.price, scale: scale)), "
                + "best=\(Scaled.format(best, scale: scale))")
    }
}

extension ModelOrder {
    /// Whether a price lies within its limit.
    func reaches(_ best: Int64) -> Bool { side == .buy ? best <= price : best >= price }
}
