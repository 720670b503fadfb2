// Recorded orders judged anew by another version, or another setting, of a rule.
//
// The events are folded into a picture as a host has it; each order that was submitted is judged against
// what the picture was just before it, guards included, and compared with what became of it then.
// What the rule had decided then isn't told apart from other rules' decisions but by its codes: an order
// that was refused for a reason which this rule never gives counts as refused by others.

import Base
import Plugins
import Store
import Trading

package struct ReplayedOrder: Sendable {
    package enum Difference: String, Sendable {
        case refused, taken
        case otherReason = "other_reason"
    }

    package let sequence: Int64
    /// UTC microseconds.
    package let time: Int64
    package let orderID: String
    package let symbol: String
    /// `code: values`; empty where it was taken.
    package let then: String
    /// Of the rule alone; empty where it has nothing against the order.
    package let now: String
    /// nil where the decision is the same.
    package let difference: Difference?
}

package final class RiskReplay {
    /// Orders that were judged.
    package private(set) var judged: Int64 = 0
    private let picture = Picture()
    private let rule: RiskRuleEntry
    private let gate: RiskGate
    /// Codes that the rule is known to give.
    private var codes: Set<String> = []

    /// `registry` has the one rule.
    package init(_ registry: PluginRegistry) {
        rule = registry.riskRules[0]
        gate = RiskGate(registry: registry)
    }

    /// Begins with a state instead of nothing.
    package func begin(with snapshot: StoreSnapshot) { picture.reset(to: snapshot) }

    package var sequence: Int64 { picture.sequence }

    /// The next event; gives the order that it submitted, where `isWanted`.
    package func take(_ event: Event, isWanted: Bool) -> ReplayedOrder? {
        defer { picture.apply(event) }
        learnCodes(event)
        guard isWanted, event.kind == .submit, let order = event.submitted else { return nil }
        return judge(order, event)
    }

    /// A guard's code stands in the order's reason; its section names the rule.
    private func learnCodes(_ event: Event) {
        guard event.kind == .submit, let order = event.submitted, order.status == .rejected else {
            return
        }
        for case .guardValue(let value) in event.changes
        where value.rule == rule.name && !value.held && value.isEnforced {
            codes.insert(code(of: order.reason))
        }
    }

    private func code(of reason: String) -> String { String(reason.prefix { $0 != ":" }) }

    private func judge(_ order: Order, _ event: Event) -> ReplayedOrder? {
        guard let account = picture.accounts[String(order.id.account)],
            let instrument = picture.instruments[order.symbol]
        else { return nil }
        var market = picture.market(of: order.symbol)
        market.time = event.time
        let position = picture.position(account: account.id, symbol: order.symbol)
        let scene = RiskScene(
            account: account, position: position, instrument: instrument, market: market,
            usual: picture.usualSize(account: account.id, symbol: order.symbol))
        let (request, plan) = (order.recordedRequest, order.recordedPlan)
        let now = reason(request, plan, scene)
        if !now.isEmpty { codes.insert(code(of: now)) }
        judged += 1
        let then = order.status == .rejected ? order.reason : ""
        return ReplayedOrder(
            sequence: event.sequence, time: event.time, orderID: order.id.text,
            symbol: order.symbol, then: then, now: now, difference: difference(then, now))
    }

    /// The rule's own refusal, else its first guard's that doesn't hold.
    private func reason(
        _ request: OrderRequest, _ plan: Plan, _ scene: RiskScene
    ) -> String {
        let (decision, _) = gate.judge(request, plan, scene)
        if let rejection = decision.rejection { return rejection.reason }
        let checks = DryRunChecks(
            request: request, plan: plan, account: scene.account, position: scene.position,
            instrument: scene.instrument, time: scene.market.time)
        let figures = checks.figures(picture, scene.market)
        return decision.guards.lazy.map { checks.judge($0, figures) }
            .first { !$0.holds }?.reason ?? ""
    }

    private func difference(_ then: String, _ now: String) -> ReplayedOrder.Difference? {
        if then.isEmpty { return now.isEmpty ? nil : .refused }
        let (first, second) = (code(of: then), code(of: now))
        if now.isEmpty { return isOwn(first) ? .taken : nil }
        return first == second || !isOwn(first) ? nil : .otherReason
    }

    /// Rules name their codes after themselves (`max-order`: `max_order_value`).
    private func isOwn(_ code: String) -> Bool {
        let name = String(rule.name.map { $0 == "-" ? "_" : $0 })
        return codes.contains(code) || code == name || code.hasPrefix(name + "_")
            || code == "plugin_error"
    }
}

extension Event {
    /// The order that the call was about: not a child that came with it.
    fileprivate var submitted: Order? {
        for change in changes {
            if case .order(let order, let cause) = change {
                let isNew = order.acceptedSequence == sequence && order.parentID == nil
                return isNew && (cause == .accepted || cause == .rejected) ? order : nil
            }
        }
        return nil
    }
}

extension Order {
    /// As it was asked for, as far as its record tells.
    fileprivate var recordedRequest: OrderRequest {
        var asked = OrderInstructions()
        asked.postOnly = flags.contains(.postOnly)
        asked.reduceOnly = flags.contains(.reduceOnly)
        asked.allOrNone = policy == .allOrNone
        asked.selfTrade = selfTrade
        if let extra, extra.isIceberg { asked.displayQuantity = extra.display }
        return OrderRequest(
            account: String(id.account), symbol: symbol, side: side, quantity: quantity,
            price: pricing == .limit ? price : nil, orderType: terms.orderType,
            timeInForce: terms.timeInForce, clientOrderID: String(id.clientOrderID), book: book,
            tag: terms.tag, assetType: terms.assetType, paramsJSON: terms.paramsJSON,
            instructions: asked)
    }

    fileprivate var recordedPlan: Plan {
        Plan(
            pricing: pricing, price: pricing == .limit ? price : Price(0), quantity: quantity,
            policy: policy, book: book, expireAt: expireAt,
            flags: flags.intersection(OrderFlags.asked), selfTrade: selfTrade, extra: extra)
    }
}
