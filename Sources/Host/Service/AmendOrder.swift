// Another price or quantity for an open order: judged by the rules as it would stand.

import Base
import Plugins
import Store
import Trading

/// What is to become of an order; what isn't given stays.
package struct OrderChange {
    package let price: Price?
    /// The new total.
    package let quantity: Quantity?
    package let triggerPrice: Price?

    package init(price: Price?, quantity: Quantity?, triggerPrice: Price? = nil) {
        self.price = price
        self.quantity = quantity
        self.triggerPrice = triggerPrice
    }
}

package struct AmendOutcome {
    package let order: Order
    package let priorityKept: Bool
    /// False where the order already had these values.
    package let changed: Bool
    /// What the change made it trade.
    package let trades: CallTrades
}

extension OrderService {
    /// Changes an order as `change` says, which is shown the order as it stands: its symbol decides
    /// in which scale numbers are read.
    package func amend(
        _ id: OrderID, _ change: @escaping (Order) -> Result<OrderChange, Rejection>,
        _ completion: @escaping (Result<AmendOutcome, Rejection>) -> Void
    ) {
        turns.begin(id) { [self] in
            readAndAmend(id, change) { [turns] result in
                turns.end(id)
                completion(result)
            }
        }
    }

    private func readAndAmend(
        _ id: OrderID, _ change: @escaping (Order) -> Result<OrderChange, Rejection>,
        _ completion: @escaping (Result<AmendOutcome, Rejection>) -> Void
    ) {
        history.order(id) { [self] result in
            switch result {
            case .failure(let rejection): completion(.failure(rejection))
            case .success(nil):
                let values = "order_id=\(id.text.prefix(60))"
                completion(
                    .failure(Reasons.rejection(code: "unknown_order", values: values)))
            case .success(let order?):
                switch change(order) {
                case .failure(let rejection): completion(.failure(rejection))
                case .success(let change):
                    amend(order, change, retries: OrderService.staleRetries, completion)
                }
            }
        }
    }

    private func amend(
        _ order: Order, _ change: OrderChange, retries: Int,
        _ completion: @escaping (Result<AmendOutcome, Rejection>) -> Void
    ) {
        guard let instrument = picture.instruments[order.symbol],
            let account = picture.accounts[String(order.id.account)]
        else { return completion(.failure(.stalePicture)) }
        // The rules judge what can still change; the script has the last word on whether it can.
        guard order.status.isOpen else { return completion(.failure(.closed(order))) }
        let decision = checkAmend(order, change, account: account, instrument: instrument)
        if let rejection = decision.rejection { return completion(.failure(rejection)) }
        guard order.extra?.role != .container else {
            return amendContainer(order, change, completion)
        }
        let call = AmendCall(
            id: order.id, price: change.price, quantity: change.quantity,
            instrumentRevision: instrument.revision, guards: decision.guards,
            judged: Judged(policy: decision.policyVersion, decisions: decision.bytes),
            triggerPrice: change.triggerPrice)
        matcher.amend(call) { [self] reply in
            switch reply {
            case .success(.stale) where retries > 0:
                retryWhenFresh { self.amend(order, change, retries: retries - 1, completion) }
            case .success(let reply): completion(outcome(reply))
            case .failure(let failure): completion(.failure(failure.orderRejection))
            }
        }
    }

    private func amendContainer(
        _ order: Order, _ change: OrderChange,
        _ completion: @escaping (Result<AmendOutcome, Rejection>) -> Void
    ) {
        guard change.triggerPrice == nil else {
            let values = "order_id=\(order.id.text)"
            return completion(
                .failure(Reasons.rejection(code: "amend_unsupported", values: values)))
        }
        families.amend(order.id, change) { [acknowledged] result in
            completion(
                result.map { order in
                    acknowledged.note(order.lastSequence)
                    return AmendOutcome(
                        order: order, priorityKept: false, changed: true, trades: .none)
                })
        }
    }

    /// The rules judge the order as it would stand: its new price and what would then be left.
    private func checkAmend(
        _ order: Order, _ change: OrderChange, account: Account, instrument: Instrument
    ) -> RiskDecision {
        let newPrice = change.price ?? order.price
        let newQuantity = change.quantity ?? order.quantity
        let request = OrderRequest(
            account: account.id, symbol: order.symbol, side: order.side, quantity: newQuantity,
            price: newPrice, orderType: order.terms.orderType,
            timeInForce: order.terms.timeInForce,
            clientOrderID: String(order.id.clientOrderID), book: order.book, tag: order.terms.tag)
        let plan = Plan(
            pricing: order.pricing, price: newPrice, quantity: newQuantity, policy: order.policy,
            book: order.book, expireAt: order.expireAt)
        var extra = order.status == .parked ? order.extra : nil
        if let trigger = change.triggerPrice { extra?.triggerPrice = trigger }
        let market = picture.market(of: order.symbol).whenSetOff(extra, order.side)
        return riskGate.check(
            .amend, request: request, plan: plan,
            scene: picture.riskScene(account, instrument, market), amending: order)
    }

    private func outcome(_ reply: AmendReply) -> Result<AmendOutcome, Rejection> {
        switch reply {
        case .done(let order, let sequence, let priorityKept, let changed, let trades):
            acknowledged.note(sequence)
            return .success(
                AmendOutcome(
                    order: order, priorityKept: priorityKept, changed: changed, trades: trades))
        case .closed(let order): return .failure(.closed(order))
        case .refused(let refusal): return .failure(Reasons.rejection(refusal))
        case .stale: return .failure(.stalePicture)
        }
    }
}
