// A new order: plan, risk, script.

import Base
import Plugins
import Store
import Trading

/// What became of a new order.
package enum PlaceOutcome {
    /// Taken now, with the trades that it made; nil where the same request came before and is
    /// answered with the order as it stands.
    case placed(Order, CallTrades?)
    /// Refused, and recorded where `order` is given.
    case refused(Rejection, order: Order?)
}

extension OrderService {
    package func place(
        _ request: OrderRequest, _ completion: @escaping (PlaceOutcome) -> Void
    ) {
        let id = request.id
        turns.begin(id) { [self] in
            place(request, id, retries: OrderService.staleRetries) { [turns] outcome in
                turns.end(id)
                completion(outcome)
            }
        }
    }

    private func place(
        _ request: OrderRequest, _ id: OrderID, retries: Int,
        _ completion: @escaping (PlaceOutcome) -> Void
    ) {
        guard let instrument = picture.instruments[request.symbol] else {
            let rejection = Reasons.rejection(
                code: "unknown_symbol", values: "symbol=\(request.symbol)")
            return completion(.refused(rejection, order: nil))
        }
        guard let account = picture.accounts[request.account] else {
            return completion(
                .refused(Reasons.rejection(code: "unknown_account", values: ""), order: nil))
        }
        let market = picture.market(of: request.symbol)
        var call: SubmitCall
        switch plan(request, instrument, market) {
        case .failure(let rejection): return completion(.refused(rejection, order: nil))
        case .success(let plan):
            call = check(
                request, id, plan, account: account, instrument: instrument, market: market)
        }
        call.lease = request.lease
        matcher.submit(call) { [self] reply in
            switch reply {
            case .success(.stale) where retries > 0:
                retryWhenFresh { self.place(request, id, retries: retries - 1, completion) }
            case .success(let reply): completion(outcome(reply))
            case .failure(let failure): completion(.refused(failure.orderRejection, order: nil))
            }
        }
    }

    private func plan(
        _ request: OrderRequest, _ instrument: Instrument, _ market: MarketSnapshot
    ) -> Result<Plan, Rejection> {
        let sessionEnd = Session.end(after: market.time, of: instrument)
        return planner.plan(
            request, instrument: instrument, market: market, sessionEnd: sessionEnd)
    }

    /// The submission with the rules' guards, or marked as rejected by the first rule that refused.
    private func check(
        _ request: OrderRequest, _ id: OrderID, _ plan: Plan, account: Account,
        instrument: Instrument, market: MarketSnapshot
    ) -> SubmitCall {
        let scene = picture.riskScene(account, instrument, market)
        let (decision, plan) = riskGate.judge(request, plan, scene)
        var terms = request.terms
        if let rejection = decision.rejection {
            terms.refusalText = rejection.message
            terms.refusalField = rejection.field ?? ""
        }
        return SubmitCall(
            id: id, account: account.id, symbol: request.symbol, side: request.side,
            plan: plan, requestHash: request.hash, instrumentRevision: instrument.revision,
            rejection: decision.rejection?.reason ?? "", guards: decision.guards,
            judged: Judged(policy: decision.policyVersion, decisions: decision.bytes), terms: terms)
    }

    /// A refusal is told from the order as it was recorded, so that a repeated request gets the very
    /// same answer.
    private func outcome(_ reply: SubmitReply) -> PlaceOutcome {
        switch reply {
        case .done(let order, let sequence, let trades):
            acknowledged.note(sequence)
            // Parked, set off and turned away in one call: recorded as any other rejected order.
            guard order.status == .rejected else { return .placed(order, trades) }
            return .refused(Reasons.rejection(of: order), order: order)
        case .duplicate(let order, _):
            acknowledged.note(order.lastSequence)
            guard order.status == .rejected else { return .placed(order, nil) }
            return .refused(Reasons.rejection(of: order), order: order)
        case .rejected(let order, let sequence):
            acknowledged.note(sequence)
            return .refused(Reasons.rejection(of: order), order: order)
        case .conflict:
            let message =
                "This client_order_id was used for another order of the account; "
                + "use a new one, or repeat the same request to ask for the order."
            return .refused(
                Rejection(
                    .conflict, "duplicate_client_order_id", message, field: "client_order_id"),
                order: nil)
        case .refused(let refusal): return .refused(Reasons.rejection(refusal), order: nil)
        case .stale: return .refused(.stalePicture, order: nil)
        }
    }
}
