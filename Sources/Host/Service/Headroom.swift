// How much room an account has under each limit at this moment, in each of its symbols: what the
// rules' guards measure without another order, what rules measure after the fact, and which limits
// hold for a single order.

import Base
import Plugins
import Trading

package struct HeadroomEntry {
    package let rule: String
    package let mode: RuleMode
    /// nil = it doesn't depend on one.
    package let symbol: String?
    /// nil = for both.
    package let side: Side?
    /// Whether it is judged of each order alone: then there is no value.
    package let isPerOrder: Bool
    package let measure: RuleMeasure
}

package final class Headroom {
    private let picture: Picture
    private let registry: PluginRegistry
    private let planner: OrderPlanner
    private let gate: RiskGate
    private let events: RiskEventGate

    package init(picture: Picture, registry: PluginRegistry) {
        self.picture = picture
        self.registry = registry
        planner = OrderPlanner(registry: registry)
        gate = RiskGate(registry: registry)
        events = RiskEventGate(registry: registry)
    }

    /// For these symbols, or for those in which the account has a position or open orders.
    package func entries(
        of account: Account, symbols: [String]?, dayProfit: Money?
    ) -> [HeadroomEntry] {
        let symbols = symbols ?? picture.positions(account: account.id).map(\.symbol)
        var entries = afterwards(account, dayProfit).flatMap { record in
            record.measures.map {
                HeadroomEntry(
                    rule: record.rule, mode: record.mode, symbol: nil, side: nil,
                    isPerOrder: false, measure: RuleMeasure($0))
            }
        }
        for symbol in symbols {
            guard let instrument = picture.instruments[symbol] else { continue }
            for side in [Side.buy, .sell] {
                for entry in probe(account, instrument, side)
                where !entries.contains(where: { $0.isSame(as: entry) }) {
                    entries.append(entry)
                }
            }
        }
        return entries
    }

    /// Whether a rule that judges after the fact has a limit for the account.
    package func isJudgedAfterwards(_ account: Account) -> Bool {
        events.concerns(account, policy: picture.policy)
    }

    /// What rules that judge after the fact measure of the account now.
    package func afterwards(_ account: Account, _ dayProfit: Money?) -> [RiskRecord] {
        let now = Clock.wallMicros()
        var happening = RiskHappening(
            .account, sequence: picture.sequence, time: now, account: account, instrument: nil)
        happening.equity = AccountRisk(of: account, in: picture).equity
        happening.dayProfit = dayProfit
        return events.measures(of: happening, policy: picture.policy, now: now)
    }

    /// The rules are asked about the smallest order at the market, and what that would add is left
    /// out again.
    private func probe(
        _ account: Account, _ instrument: Instrument, _ side: Side
    ) -> [HeadroomEntry] {
        let market = picture.market(of: instrument.symbol)
        let price = market.last ?? market.bestBid ?? market.bestAsk ?? Price(instrument.tickSize)
        let request = OrderRequest(
            account: account.id, symbol: instrument.symbol, side: side,
            quantity: Quantity(instrument.lotSize), price: price, orderType: "limit",
            timeInForce: "day", clientOrderID: "headroom")
        let plan = Plan(
            pricing: .limit, price: price, quantity: Quantity(instrument.lotSize), policy: .rest,
            book: .lit, expireAt: 0)
        let decision = gate.check(
            .submit, request: request, plan: plan,
            scene: picture.riskScene(account, instrument, market))
        let figures = GuardFigures(
            picture: picture, account: account, instrument: instrument, side: side, quantity: 0,
            notional: 0, need: 0)
        let guards = decision.guards.filter { !figures.isWithoutGroup($0) }.map { limit in
            entry(limit, figures.value(of: limit), instrument.symbol, side)
        }
        return guards + perOrder(decision.records, instrument.symbol, side)
    }

    private func entry(
        _ limit: Guard, _ value: Int64?, _ symbol: String, _ side: Side
    ) -> HeadroomEntry {
        let holds =
            value.map { limit.metric == .cash ? $0 >= limit.limit : abs($0) <= limit.limit } ?? true
        let isOfSymbol = limit.metric == .position || limit.scope == .accountSymbol
        return HeadroomEntry(
            rule: limit.rule, mode: limit.mode, symbol: isOfSymbol ? symbol : nil,
            side: limit.metric == .position ? side : nil, isPerOrder: false,
            measure: RuleMeasure(limit, value: value, holds: holds))
    }

    private func perOrder(
        _ records: [RiskRecord], _ symbol: String, _ side: Side
    ) -> [HeadroomEntry] {
        records.flatMap { record in
            record.measures.map { measure in
                HeadroomEntry(
                    rule: record.rule, mode: record.mode, symbol: symbol, side: nil,
                    isPerOrder: true, measure: RuleMeasure(measure).withoutValue)
            }
        }
    }
}

extension HeadroomEntry {
    fileprivate func isSame(as other: HeadroomEntry) -> Bool {
        rule == other.rule && symbol == other.symbol && side == other.side
            && measure.name == other.measure.name && measure.scope == other.measure.scope
            && measure.windowMillis == other.measure.windowMillis
    }
}
