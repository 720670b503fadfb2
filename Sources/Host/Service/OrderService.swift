// The one way to place, amend and cancel an order: plan, risk, script.
//
// The plugins work on the host's picture, which may be milliseconds old; the script decides on what
// is true. What a rule refuses is recorded as a rejected order, so that a repeated request gets the
// same answer and risk can see it.

import Base
import Loop
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

/// What is to become of an order; what isn't given stays.
package struct OrderChange {
    package let price: Price?
    /// The new total.
    package let quantity: Quantity?

    package init(price: Price?, quantity: Quantity?) {
        self.price = price
        self.quantity = quantity
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

package final class OrderService {
    private let loop: EventLoop
    private let picture: Picture
    private let planner: OrderPlanner
    private let riskGate: RiskGate
    private let matcher: Matcher
    private let history: History
    private let acknowledged: Acknowledged
    private let names: OrderNames
    private let turns: OrderTurns

    /// Tries of one command before a picture that stays old is reported.
    private static let staleRetries = 20
    private static let staleRetryMillis = 5

    package init(
        loop: EventLoop, picture: Picture, registry: PluginRegistry, matcher: Matcher,
        history: History, acknowledged: Acknowledged, names: OrderNames
    ) {
        self.loop = loop
        self.picture = picture
        planner = OrderPlanner(registry: registry)
        riskGate = RiskGate(registry: registry)
        self.matcher = matcher
        self.history = history
        self.acknowledged = acknowledged
        self.names = names
        turns = OrderTurns(loop: loop)
    }

    /// A client order id for a client that gave none.
    package func nextClientOrderID() -> String { names.next() }

    // MARK: Place

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
        let call: SubmitCall
        switch plan(request, instrument, market) {
        case .failure(let rejection): return completion(.refused(rejection, order: nil))
        case .success(let plan):
            call = check(
                request, id, plan, account: account, instrument: instrument, market: market)
        }
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
        let sessionEnd = Session.end(after: market.time)
        return planner.plan(
            request, instrument: instrument, market: market, sessionEnd: sessionEnd)
    }

    /// The submission with the rules' guards, or marked as rejected by the first rule that refused.
    private func check(
        _ request: OrderRequest, _ id: OrderID, _ plan: Plan, account: Account,
        instrument: Instrument, market: MarketSnapshot
    ) -> SubmitCall {
        let decision = riskGate.check(
            .submit, request: request, plan: plan, account: account,
            position: picture.position(account: account.id, symbol: instrument.symbol),
            instrument: instrument, market: market)
        var terms = request.terms
        if let rejection = decision.rejection {
            terms.refusalText = rejection.message
            terms.refusalField = rejection.field ?? ""
        }
        return SubmitCall(
            id: id, account: account.id, symbol: request.symbol, side: request.side,
            plan: plan, requestHash: request.hash, instrumentRevision: instrument.revision,
            rejection: decision.rejection?.reason ?? "", guards: decision.guards, terms: terms)
    }

    /// A refusal is told from the order as it was recorded, so that a repeated request gets the very
    /// same answer.
    private func outcome(_ reply: SubmitReply) -> PlaceOutcome {
        switch reply {
        case .done(let order, let sequence, let fills, let lastPrice, let lastQuantity):
            acknowledged.note(sequence)
            return .placed(
                order,
                CallTrades(count: fills, lastPrice: lastPrice, lastQuantity: lastQuantity))
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

    // MARK: Amend and cancel

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
        let decision = checkAmend(order, change, account: account, instrument: instrument)
        if let rejection = decision.rejection { return completion(.failure(rejection)) }
        let call = AmendCall(
            id: order.id, price: change.price, quantity: change.quantity,
            instrumentRevision: instrument.revision, guards: decision.guards)
        matcher.amend(call) { [self] reply in
            switch reply {
            case .success(.stale) where retries > 0:
                retryWhenFresh { self.amend(order, change, retries: retries - 1, completion) }
            case .success(let reply): completion(outcome(reply))
            case .failure(let failure): completion(.failure(failure.orderRejection))
            }
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
        return riskGate.check(
            .amend, request: request, plan: plan, account: account,
            position: picture.position(account: account.id, symbol: order.symbol),
            instrument: instrument, market: picture.market(of: order.symbol), amending: order)
    }

    private func outcome(_ reply: AmendReply) -> Result<AmendOutcome, Rejection> {
        switch reply {
        case .done(
            let order, let sequence, let priorityKept, let changed, let fills, let lastPrice,
            let lastQuantity):
            acknowledged.note(sequence)
            let trades = CallTrades(
                count: fills, lastPrice: lastPrice, lastQuantity: lastQuantity)
            return .success(
                AmendOutcome(
                    order: order, priorityKept: priorityKept, changed: changed, trades: trades))
        case .closed(let order): return .failure(.closed(order))
        case .refused(let refusal): return .failure(Reasons.rejection(refusal))
        case .stale: return .failure(.stalePicture)
        }
    }

    /// Goes to Redis at once, in the order in which the client sent it, so that no later order can
    /// trade with what it cancels. Where the order isn't there yet, because its own submit is being
    /// made again, the cancel follows in its turn.
    package func cancel(
        _ id: OrderID, reason: String,
        _ completion: @escaping (Result<Order, Rejection>) -> Void
    ) {
        let call = CancelCall(id: id, reason: reason)
        sendCancel(call) { [self] result in
            guard case .failure(let rejection) = result, rejection.code == "unknown_order",
                turns.isUnderWay(id)
            else { return completion(result) }
            turns.begin(id) { [self] in
                sendCancel(call) { [turns] result in
                    turns.end(id)
                    completion(result)
                }
            }
        }
    }

    private func sendCancel(
        _ call: CancelCall, _ completion: @escaping (Result<Order, Rejection>) -> Void
    ) {
        matcher.cancel(call) { [acknowledged] reply in
            switch reply {
            case .success(.done(let order, let sequence)):
                acknowledged.note(sequence)
                completion(.success(order))
            case .success(.closed(let order)): completion(.failure(.closed(order)))
            case .success(.refused(let refusal)):
                completion(.failure(Reasons.rejection(refusal)))
            case .failure(let failure): completion(.failure(failure.orderRejection))
            }
        }
    }

    private func retryWhenFresh(_ action: @escaping () -> Void) {
        _ = loop.schedule(afterMillis: OrderService.staleRetryMillis, action)
    }
}

extension Rejection {
    /// The one 503 that doesn't invite to try again: a deposit that was done would count twice.
    package static let possiblyDoneCode = "possibly_done"

    /// The order ended before it could be changed or cancelled.
    static func closed(_ order: Order) -> Rejection {
        Reasons.rejection(code: "order_closed", values: "status=\(order.status.keptName)")
    }

    static let stalePicture = Rejection(
        .unavailable, "stale_picture",
        "The instrument or limits changed just now and this host hasn't caught up; try again.")
}

extension RedisFailure {
    /// What a client is told of a command on an order: repeating it is safe.
    package var orderRejection: Rejection {
        switch self {
        case .outcomeUnknown, .unexpected:
            RedisFailure.unknown(
                "outcome_unknown",
                "Ask for the order, or repeat the request with the same client_order_id.")
        case .unavailable, .overloaded, .server: rejection
        }
    }

    /// What a client is told of anything else. A deposit that is repeated counts twice.
    package var rejection: Rejection {
        switch self {
        case .unavailable:
            Rejection(
                .unavailable, "store_unavailable",
                "Redis is away; nothing was done. Try again shortly.")
        case .overloaded:
            Rejection(
                .unavailable, "overloaded",
                "Too many commands are waiting for Redis; nothing was done. Try again shortly.")
        case .outcomeUnknown, .unexpected:
            RedisFailure.unknown(
                Rejection.possiblyDoneCode, "Look whether it was before you repeat it.")
        case .server(let text):
            Rejection(
                .unavailable, "store_error",
                "Redis refused the command: \(text.prefix(120)). Nothing was acknowledged.")
        }
    }

    private static func unknown(_ code: String, _ advice: String) -> Rejection {
        Rejection(
            .unavailable, code,
            "Redis's answer was lost or can't be read: the command may or may not have been done. "
                + advice)
    }
}
