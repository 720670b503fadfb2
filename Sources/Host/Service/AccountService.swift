// Accounts: made, changed, and moved money or shares in and out of. Every one is one script call.

import Base
import Store
import Trading

package final class AccountService {
    private let matcher: Matcher
    private let acknowledged: Acknowledged

    package init(matcher: Matcher, acknowledged: Acknowledged) {
        self.matcher = matcher
        self.acknowledged = acknowledged
    }

    package func create(
        _ profile: AccountProfile, currency: String, initialBalance: Money, isActive: Bool,
        by actor: Actor, _ completion: @escaping (Result<Account, Rejection>) -> Void
    ) {
        let call = AccountCall(
            .create(id: nil, initialBalance: initialBalance), isActive: isActive,
            currency: currency, profile: profile)
        send(call, actor, completion)
    }

    /// Changes what is given of an account and keeps the rest.
    package func update(
        _ account: Account, profile: AccountProfile, isActive: Bool, by actor: Actor,
        _ completion: @escaping (Result<Account, Rejection>) -> Void
    ) {
        let call = AccountCall(
            .update(id: account.id), state: account.state, isActive: isActive,
            shortLimit: account.shortLimit, currency: account.currency, profile: profile)
        send(call, actor, completion)
    }

    private func send(
        _ call: AccountCall, _ actor: Actor,
        _ completion: @escaping (Result<Account, Rejection>) -> Void
    ) {
        matcher.account(call, by: actor) { [acknowledged] reply in
            switch reply {
            case .success(.done(let account, let sequence)):
                acknowledged.note(sequence)
                completion(.success(account))
            case .success(.refused(let refusal)):
                completion(.failure(Reasons.rejection(refusal)))
            case .failure(let failure): completion(.failure(failure.rejection))
            }
        }
    }

    /// A deposit, withdrawal or adjustment; gives the ledger's new line.
    package func transact(
        _ transaction: Transaction, by actor: Actor,
        _ completion: @escaping (Result<LedgerLine, Rejection>) -> Void
    ) {
        matcher.transact(transaction, by: actor) { [acknowledged] reply in
            switch reply {
            case .success(.done(let account, let sequence)):
                acknowledged.note(sequence)
                let line = LedgerLine(
                    of: transaction, balanceAfter: account.balance, sequence: sequence,
                    time: account.updatedAt)
                completion(.success(line))
            case .success(.refused(let refusal)):
                completion(.failure(Reasons.rejection(refusal, of: transaction)))
            case .failure(let failure): completion(.failure(failure.rejection))
            }
        }
    }
}
