// What the matcher script would refuse, judged on the host's picture: the same checks in the same
// order and words (Store/Lua/100_guards.lua, 140_entry.lua). Where the two differ, the script is
// right.

import Base
import Plugins
import Trading

struct DryRunChecks {
    let request: OrderRequest
    let plan: Plan
    let account: Account
    let position: Position?
    let instrument: Instrument
    let time: Int64

    // MARK: Entry

    func checkEntry() throws(Rejection) {
        try checkState()
        if plan.expireAt > 0, plan.expireAt <= time { throw refusal("expire_time_passed") }
        if plan.pricing == .limit { try checkNotional(at: plan.price) }
        try checkAccount()
    }

    private func checkState() throws(Rejection) {
        let symbol = "symbol=\(instrument.symbol)"
        switch instrument.state(at: time) {
        case .open: return
        case .halted: throw refusal("instrument_halted", symbol)
        case .closed:
            let opening = instrument.state == .open ? instrument.schedule.opening(after: time) : nil
            let when = opening.map { ", opens_at=\(CivilTime(micros: $0).secondText)" } ?? ""
            throw refusal("instrument_closed", symbol + when)
        }
    }

    func checkNotional(at price: Price) throws(Rejection) {
        let notional = try money(
            instrument.notional(price, plan.quantity, rounding: .down)?.raw)
        guard notional < instrument.minNotional.raw else { return }
        throw refusal(
            "min_notional",
            "notional=\(shown(notional)), minimum=\(shown(instrument.minNotional.raw))")
    }

    private func checkAccount() throws(Rejection) {
        let name = "account=\(account.id)"
        if !account.isActive { throw refusal("account_inactive", name) }
        if account.state == .cancelOnly { throw refusal("account_cancel_only", name) }
        if account.state == .halted { throw refusal("account_halted", name) }
        if account.currency != instrument.currency {
            throw refusal(
                "currency_mismatch",
                "account=\(account.currency), instrument=\(instrument.currency)")
        }
        _ = try money(abs(exposure))
        if account.state == .reducing, !onlyReduces { throw refusal("account_reducing", name) }
    }

    // MARK: Guards

    /// The position that the account would have were its orders on this side and this one filled.
    private var exposure: Int64 {
        let owned = position?.quantity.raw ?? 0
        return request.side == .buy
            ? owned + (position?.openBuy.raw ?? 0) + plan.quantity.raw
            : owned - (position?.held.raw ?? 0) - plan.quantity.raw
    }

    private var onlyReduces: Bool {
        let owned = position?.quantity.raw ?? 0
        return request.side == .buy
            ? owned < 0 && exposure <= 0 : owned > 0 && exposure >= 0
    }

    /// What the guards of this order measure, valued at its worst price.
    func figures(_ picture: Picture, _ market: MarketSnapshot) -> GuardFigures {
        let price = WorstPrice.of(
            plan, side: request.side, instrument: instrument, market: market)
        let notional = price.flatMap {
            instrument.notional($0, plan.quantity, rounding: .up)?.raw
        }
        return GuardFigures(
            picture: picture, account: account, instrument: instrument, side: request.side,
            quantity: plan.quantity.raw, notional: notional,
            need: request.side == .sell ? 0 : price.flatMap { try? hold(at: $0) })
    }

    func judge(_ limit: Guard, _ figures: GuardFigures) -> DryRunGuard {
        let value = figures.value(of: limit)
        let isWithin =
            value.map { limit.metric == .cash ? $0 >= limit.limit : abs($0) <= limit.limit } ?? true
        let holds =
            isWithin || figures.isWithoutGroup(limit)
            || (limit.exemptIfReducing && figures.onlyReduces)
        let scale = limit.metric.isMoney.map { $0 ? Money.scale : instrument.quantityScale } ?? 0
        let values =
            "value=\(Scaled.format(value ?? 0, scale: scale)), "
            + "limit=\(Scaled.format(limit.limit, scale: scale))"
        return DryRunGuard(
            limit: limit, measure: RuleMeasure(limit, value: value, holds: holds),
            rejection: holds ? nil : refusal(limit.code, values))
    }

    // MARK: Price and cover

    /// A market order's limit: the opposite best, moved by the instrument's band.
    func protectionPrice(_ book: DryRunBook, last: Price?) throws(Rejection) -> Price {
        guard let reference = book.best(plan.book, request.side.opposite) else {
            throw refusal(last == nil ? "no_reference_price" : "no_liquidity")
        }
        var market = MarketSnapshot(
            bestBid: nil, bestAsk: nil, last: nil, asOfSequence: 0, time: time)
        if request.side == .buy { market.bestAsk = reference } else { market.bestBid = reference }
        let worst = WorstPrice.of(
            plan, side: request.side, instrument: instrument, market: market)
        return worst ?? reference
    }

    /// What the order must cover before it trades: money for a buy, units for a sale. Refused where
    /// the account hasn't got it.
    func cover(_ walk: DryRunWalk, at price: Price) throws(Rejection) -> Int64 {
        if request.side == .sell {
            let need = plan.quantity.raw
            let owned = (position?.available.raw ?? 0) + account.shortLimit.raw
            if need <= owned { return need }
            throw refusal("insufficient_shares", missing(need, owned, instrument.quantityScale))
        }
        let need = try plan.pricing == .market ? walked(walk) : hold(at: price)
        let available = account.available.raw
        if need <= available { return need }
        throw refusal("insufficient_cash", missing(need, available, Money.scale))
    }

    /// A market buy's: what it walked, to the unit.
    private func walked(_ walk: DryRunWalk) throws(Rejection) -> Int64 {
        let cost = try money(walk.amount?.raw)
        return try money(cost + fee(of: cost, instrument.takerFeeBps))
    }

    /// A limit buy's: all of it at its limit with the worst fee.
    private func hold(at price: Price) throws(Rejection) -> Int64 {
        let cost = try money(instrument.notional(price, plan.quantity, rounding: .up)?.raw)
        let bps = max(instrument.makerFeeBps, instrument.takerFeeBps)
        return try money(cost + fee(of: cost, bps))
    }

    func fee(of amount: Int64, _ bps: Int64) throws(Rejection) -> Int64 {
        try money(multiplyDivide(amount, bps, 10_000, rounding: .up))
    }

    // MARK: Parts

    private func refusal(_ code: String, _ values: String = "") -> Rejection {
        Reasons.rejection(code: code, values: values)
    }

    private func missing(_ required: Int64, _ available: Int64, _ scale: Int) -> String {
        "required=\(Scaled.format(required, scale: scale)), "
            + "available=\(Scaled.format(available, scale: scale))"
    }

    private func shown(_ money: Int64) -> String { Scaled.format(money, scale: Money.scale) }

    private func money(_ value: Int64?) throws(Rejection) -> Int64 {
        guard let value, value <= Scaled.maximum else { throw refusal("amount_too_large") }
        return value
    }
}

/// A guard as it would be judged now.
package struct DryRunGuard: Sendable {
    package let limit: Guard
    package let measure: RuleMeasure
    let rejection: Rejection?

    package var holds: Bool { measure.holds }
    /// Empty where it holds.
    package var reason: String { rejection?.reason ?? "" }
}
