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
        let values = "account=\(account.id)"
        guard account.isActive else { throw Refusal("account_inactive", values) }
        switch account.state {
        case .active: break
        case .reducing:
            guard try onlyReduces(account.id, instrument.symbol, side, quantity) else {
                throw Refusal("account_reducing", values)
            }
        case .cancelOnly: throw Refusal("account_cancel_only", values)
        case .halted: throw Refusal("account_halted", values)
        }
        _ = try exposure(account.id, instrument.symbol, side, quantity)
    }

    /// The position were all the account's open orders of the side and this quantity filled.
    func exposure(
        _ account: String, _ symbol: String, _ side: Side, _ quantity: Int64
    ) throws(Refusal) -> Int64 {
        let position = position(account, symbol)
        let sum =
            side == .buy
            ? Int128(position.quantity) + Int128(position.openBuy) + Int128(quantity)
            : Int128(position.quantity) - Int128(position.held) - Int128(quantity)
        return try Amounts.bounded(sum)
    }

    func onlyReduces(
        _ account: String, _ symbol: String, _ side: Side, _ quantity: Int64
    ) throws(Refusal) -> Bool {
        let outcome = try exposure(account, symbol, side, quantity)
        let owned = position(account, symbol).quantity
        return side == .buy ? owned < 0 && outcome <= 0 : owned > 0 && outcome >= 0
    }

    /// Notes every guard's value; throws the first enforced one that doesn't hold.
    mutating func judge(_ guards: [Guard], _ id: String, quantity: Int64) throws(Refusal) {
        guard let order = orders[id], !guards.isEmpty else { return }
        let value = try exposure(order.account, order.symbol, order.side, quantity)
        let reduces = try onlyReduces(order.account, order.symbol, order.side, quantity)
        let scale = try instrument(order.symbol).quantityScale
        var failure: Refusal?
        for rule in guards {
            let holds = abs(value) <= rule.limit || (rule.exemptIfReducing && reduces)
            notes.guardValues.append(
                ModelGuardValue(
                    isEnforced: rule.mode == .enforce, held: holds, value: value,
                    limit: rule.limit, rule: rule.rule, order: id))
            guard !holds, rule.mode == .enforce, failure == nil else { continue }
            failure = Refusal(
                rule.code,
                "value=\(Scaled.format(value, scale: scale)), "
                    + "limit=\(Scaled.format(rule.limit, scale: scale))")
        }
        if let failure { throw failure }
    }

    /// A limit order and a sell: covered in full before they match.
    func requireCover(_ order: ModelOrder) throws(Refusal) {
        let instrument = try instrument(order.symbol)
        let account = try account(order.account)
        let needed = try Amounts.need(instrument, order)
        if order.side == .buy {
            try requireCash(needed, account)
            return
        }
        let position = position(order.account, order.symbol)
        try requireShares(
            needed, position.quantity - position.held + account.shortLimit, instrument)
    }

    /// A market buy: what its walk costs.
    func requireCash(_ order: ModelOrder, _ matches: [Match]) throws(Refusal) {
        let instrument = try instrument(order.symbol)
        let cost = matches.reduce(Int128(0)) { $0 + Int128($1.amount) }
        let fee = Amounts.fee(ofTenThousandths: cost * Int128(instrument.takerBps))
        try requireCash(Amounts.bounded(cost + fee), account(order.account))
    }

    func requireCash(_ required: Int64, _ account: ModelAccount) throws(Refusal) {
        guard required > account.available else { return }
        throw Refusal(
            "insufficient_cash",
            "required=\(money(required)), available=\(money(account.available))")
    }

    func requireShares(
        _ required: Int64, _ available: Int64, _ instrument: ModelInstrument
    ) throws(Refusal) {
        guard required > available else { return }
        let scale = instrument.quantityScale
        throw Refusal(
            "insufficient_shares",
            "required=\(Scaled.format(required, scale: scale)), "
                + "available=\(Scaled.format(available, scale: scale))")
    }
}
