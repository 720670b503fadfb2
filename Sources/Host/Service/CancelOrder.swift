// Cancels, of one order or of many. No rule has a say in them.

import Base
import Store
import Trading

extension OrderService {
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

    /// Cancels the open orders of these accounts that the filter lets through: all that stood in
    /// Redis when the request came, whichever host took them.
    package func cancelAll(
        _ filter: OrderFilter, of accounts: AccountScope = .all, by reason: String,
        _ completion: @escaping (Result<MassCancelResult, Rejection>) -> Void
    ) {
        whenPictureHoldsAllSent { [self] rejection in
            if let rejection { return completion(.failure(rejection)) }
            let orders = picture.openOrders.newest(
                account: filter.account, before: .max, limit: .max
            ) { accounts.contains($0.id.account) && filter.takes($0) }
            MassCancel(of: orders.map(\.id)) { [self] id, done in
                cancel(id, reason: reason, done)
            }.start { completion(.success($0)) }
        }
    }

    /// Asks for the last sequence behind every command that this host has sent so far, and waits for
    /// the picture to come so far.
    private func whenPictureHoldsAllSent(_ action: @escaping WaitEnd) {
        matcher.lastSequence { [picture] result in
            switch result {
            case .success(let sequence): picture.whenCaughtUp(to: sequence, action)
            case .failure(let failure): action(failure.rejection)
            }
        }
    }
}
