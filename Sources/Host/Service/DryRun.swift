// What would become of an order now: validated, planned, judged by every rule and walked through the
// host's picture of the book, in the order of the real thing. Nothing is recorded and nothing is
// sent to Redis; the answer is as good as the picture, which another order may change at any time.

import Base
import Plugins
import Trading

package struct DryRunResult {
    /// Why it would be refused; nil where it would be taken.
    package fileprivate(set) var rejection: Rejection?
    /// One for each rule that was asked.
    package fileprivate(set) var rules: [RiskRecord] = []
    package fileprivate(set) var guards: [DryRunGuard] = []
    package fileprivate(set) var side: Side?
    /// The limit, or a market order's protection price.
    package fileprivate(set) var price: Price?
    package fileprivate(set) var fills: [DryRunFill] = []
    /// How it would stand after the call; nil where it would be refused.
    package fileprivate(set) var status: OrderStatus?
    /// Why it would end; empty where it wouldn't, or would be filled.
    package fileprivate(set) var reason = ""
    /// Money for a buy, units for a sale: what it must cover before it trades.
    package fileprivate(set) var need: Int64?
    /// Of the fills.
    package fileprivate(set) var amount = Money.zero
    package fileprivate(set) var fee = Money.zero

    package var filled: Quantity { Quantity(fills.reduce(0) { $0 + $1.quantity.raw }) }

    /// The fills' average price, as Order.averagePrice.
    package func averagePrice(extraDecimals: Int) -> Int64? {
        let total = fills.reduce(Int128(0)) {
            $0 + Int128($1.price.raw) * Int128($1.quantity.raw)
        }
        return Notional(total: total).averagePrice(over: filled, extraDecimals: extraDecimals)
    }

    package init(rejection: Rejection? = nil) { self.rejection = rejection }

    /// What rules that judge after the fact measure of the account before the order.
    package mutating func add(_ records: [RiskRecord]) {
        for record in records {
            guard let place = rules.firstIndex(where: { $0.rule == record.rule }) else { continue }
            rules[place] = rules[place].with(record.measures)
        }
    }
}

package final class DryRun {
    private let picture: Picture
    private let planner: OrderPlanner
    private let riskGate: RiskGate

    package init(picture: Picture, registry: PluginRegistry) {
        self.picture = picture
        planner = OrderPlanner(registry: registry)
        riskGate = RiskGate(registry: registry)
    }

    /// The request's symbol and account must be in the picture.
    package func run(_ request: OrderRequest) -> DryRunResult {
        var result = DryRunResult()
        do throws(Rejection) { try run(request, &result) } catch { result.rejection = error }
        return result
    }

    private func run(
        _ request: OrderRequest, _ result: inout DryRunResult
    ) throws(Rejection) {
        guard var instrument = picture.instruments[request.symbol] else {
            throw Reasons.rejection(code: "unknown_symbol", values: "symbol=\(request.symbol)")
        }
        guard let account = picture.accounts[request.account] else {
            throw Reasons.rejection(code: "unknown_account", values: "")
        }
        // Fees as this account pays them.
        instrument.makerFeeBps = account.makerFeeBps ?? instrument.makerFeeBps
        instrument.takerFeeBps = account.takerFeeBps ?? instrument.takerFeeBps
        let market = picture.market(of: request.symbol)
        let plan = try planner.plan(
            request, instrument: instrument, market: market,
            sessionEnd: Session.end(after: market.time, of: instrument)
        ).get()
        result.side = request.side
        let position = picture.position(account: account.id, symbol: instrument.symbol)
        let scene = picture.riskScene(account, instrument, market)
        let decision = riskGate.judge(request, plan, scene).0
        let checks = DryRunChecks(
            request: request, plan: plan, account: account, position: position,
            instrument: instrument, time: market.time)
        result.rules = decision.records
        let figures = checks.figures(picture, market)
        result.guards = decision.guards.map { checks.judge($0, figures) }
        try checks.checkEntry()
        if let rejection = decision.rejection { throw rejection }
        let broken = result.guards.first { $0.limit.mode == .enforce && !$0.holds }
        if let rejection = broken?.rejection { throw rejection }
        try trade(checks, last: market.last, &result)
    }

    private func trade(
        _ checks: DryRunChecks, last: Price?, _ result: inout DryRunResult
    ) throws(Rejection) {
        let plan = checks.plan
        let book = DryRunBook(
            picture: picture, instrument: checks.instrument, time: checks.time)
        var price = plan.price
        // What stands in no book meets nobody: its cover is judged when Redis parks it.
        if plan.isContainer || plan.extra?.triggerSource != nil {
            result.price = price
            result.status = .parked
            return
        }
        if plan.pricing == .market {
            price = try checks.protectionPrice(book, last: last)
            try checks.checkNotional(at: price)
        }
        result.price = price
        let walk = DryRunWalk(checks.request, plan, limit: price, book)
        result.need = try checks.cover(walk, at: price)
        try conclude(checks, walk, &result)
    }

    private func conclude(
        _ checks: DryRunChecks, _ walk: DryRunWalk, _ result: inout DryRunResult
    ) throws(Rejection) {
        if case .filled = walk.stop {
            result.status = .filled
        } else if checks.plan.policy == .allOrNone {
            result.status = .cancelled
            result.reason = "fok_unfillable"
            return
        } else if let reason = walk.stop.reason(checks.plan) {
            result.status = .cancelled
            result.reason = reason
        } else {
            result.status = walk.fills.isEmpty ? .new : .partiallyFilled
        }
        result.fills = walk.fills
        result.amount = walk.amount ?? .zero
        result.fee = Money(
            try checks.fee(of: result.amount.raw, checks.instrument.takerFeeBps))
    }
}

extension DryRunWalk.Stop {
    /// Why the remainder would be cancelled; nil where it would rest.
    fileprivate func reason(_ plan: Plan) -> String? {
        switch self {
        case .filled: nil
        case .ownOrder: "self_trade"
        case .fillLimit: "fill_limit"
        case .outsideLit where plan.pricing == .market: "outside_lit"
        case .end(let hasMore) where plan.pricing == .market:
            hasMore ? "protection_price" : "no_liquidity"
        case .end, .outsideLit: plan.policy == .cancel ? "ioc_remainder" : nil
        }
    }
}
