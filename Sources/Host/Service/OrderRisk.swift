// An order before the rules, with all that comes with it: its children are judged one by one, and an
// order that waits for a trigger as the market will be when that comes true.

import Base
import Plugins
import Trading

extension Picture {
    package var policy: RiskPolicy { controls.policy }

    /// Who an order is judged for, and by which picture of the market.
    func riskScene(
        _ account: Account, _ instrument: Instrument, _ market: MarketSnapshot
    ) -> RiskScene {
        RiskScene(
            account: account, position: position(account: account.id, symbol: instrument.symbol),
            instrument: instrument, market: market, policy: policy,
            usual: usualSize(account: account.id, symbol: instrument.symbol))
    }
}

extension RiskGate {
    /// The rules' decision on a whole plan: the first refusal, of the order itself or of a child. Its
    /// guards are the order's own; the plan that comes back carries its children's.
    func judge(
        _ request: OrderRequest, _ plan: Plan, _ scene: RiskScene
    ) -> (RiskDecision, Plan) {
        var judged = plan
        if plan.isContainer, plan.price.raw == 0 { judged.pricing = .market }
        let decision = check(
            .submit, request: request, plan: judged,
            scene: scene.whenSetOff(plan.extra, request.side))
        guard decision.rejection == nil else { return (decision, plan) }
        var complete = plan
        for index in plan.children.indices {
            let child = judge(plan.children[index], of: request, scene)
            if child.rejection != nil { return (child, plan) }
            complete.children[index].guards = child.guards
        }
        return (decision, complete)
    }

    /// A child, as an order of its parent's owner. One that works with what its parent fills is
    /// covered by the script when that happens, so no rule asks for its money now.
    func judge(
        _ child: PlannedChild, of parent: OrderRequest, _ scene: RiskScene
    ) -> RiskDecision {
        var request = parent
        request.side = child.side
        request.quantity = child.quantity
        request.price = child.pricing == .limit ? child.price : nil
        let plan = Plan(
            pricing: child.pricing, price: child.price, quantity: child.quantity,
            policy: child.policy, book: child.book, expireAt: child.expireAt, flags: child.flags,
            selfTrade: child.selfTrade, extra: child.extra)
        return check(
            .submit, request: request, plan: plan,
            scene: scene.whenSetOff(child.extra, child.side),
            isCoveredLater: child.extra?.role == .after, isChild: true)
    }
}

extension RiskScene {
    func whenSetOff(_ extra: OrderExtension?, _ side: Side) -> RiskScene {
        guard extra?.triggerSource != nil else { return self }
        var scene = self
        scene.market = market.whenSetOff(extra, side)
        return scene
    }
}

extension MarketSnapshot {
    /// The market in which an order will act: the present one, or for an order with a trigger one
    /// where all prices are at it. A trailing order's trigger is as far from the last trade as it
    /// trails.
    func whenSetOff(_ extra: OrderExtension?, _ side: Side) -> MarketSnapshot {
        guard let extra, let price = extra.expectedTrigger(last: last, side: side) else {
            return self
        }
        return MarketSnapshot(
            bestBid: price, bestAsk: price, last: price, asOfSequence: asOfSequence, time: time)
    }
}

extension OrderExtension {
    fileprivate func expectedTrigger(last: Price?, side: Side) -> Price? {
        guard triggerSource != nil else { return nil }
        guard let trail else { return triggerPrice }
        guard let last else { return nil }
        let offset =
            trail == .amount
            ? trailOffset
            : multiplyDivide(last.raw, trailOffset, 10_000, rounding: .down) ?? 0
        return Price(max(side == .sell ? last.raw - offset : last.raw + offset, 1))
    }
}
