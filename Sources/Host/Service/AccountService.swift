// Accounts: made, changed, and moved money or shares in and out of. Every one is one script call.

import Base
import Loop
import Store
import Trading

/// What is to become of an account; what isn't given stays.
package struct AccountChange {
    package var name: String?
    package var accountType: String?
    package var riskLevel: String?
    package var isActive: Bool?
    package var state: AccountState?
    package var shortLimit: Quantity?
    /// Empty: in none.
    package var group: String?
    package var selfTradeScope: SelfTradeScope?
    /// -1: the instrument's.
    package var makerFeeBps: Int64?
    package var takerFeeBps: Int64?
    package var multiple: Int64?

    package init() {}

    func applied(to account: Account) -> AccountCall {
        let old = account.profile
        let profile = AccountProfile(
            name: name ?? old.name, accountType: accountType ?? old.accountType,
            riskLevel: riskLevel ?? old.riskLevel)
        var standing = AccountStanding(account)
        standing.state = state ?? standing.state
        standing.isActive = isActive ?? standing.isActive
        standing.shortLimit = shortLimit ?? standing.shortLimit
        if let group { standing.group = group.isEmpty ? nil : group }
        standing.selfTradeScope = selfTradeScope ?? standing.selfTradeScope
        if let bps = makerFeeBps { standing.makerFeeBps = bps < 0 ? nil : bps }
        if let bps = takerFeeBps { standing.takerFeeBps = bps < 0 ? nil : bps }
        standing.multiple = multiple ?? standing.multiple
        return AccountCall(
            .update(id: account.id), standing: standing, currency: account.currency,
            profile: profile, expected: account)
    }
}

package final class AccountService {
    private let picture: Picture
    private let matcher: Matcher
    private let acknowledged: Acknowledged
    private let retry: FreshRetry

    package init(
        loop: EventLoop, picture: Picture, matcher: Matcher, acknowledged: Acknowledged
    ) {
        self.picture = picture
        self.matcher = matcher
        self.acknowledged = acknowledged
        retry = FreshRetry(loop: loop)
    }

    package func create(
        _ profile: AccountProfile, currency: String, initialBalance: Money, isActive: Bool,
        by actor: Actor, _ completion: @escaping (Result<Account, Rejection>) -> Void
    ) {
        let call = AccountCall(
            .create(id: nil, initialBalance: initialBalance),
            standing: AccountStanding(isActive: isActive), currency: currency, profile: profile)
        retry.run({ self.send(call, actor, $0) }, completion)
    }

    /// Changes what is given of an account and keeps the rest, also what others change meanwhile.
    package func update(
        _ id: String, _ change: AccountChange, by actor: Actor,
        _ completion: @escaping (Result<Account, Rejection>) -> Void
    ) {
        retry.run(
            { [self] done in
                guard let account = picture.accounts[id] else {
                    return done(
                        .ended(.failure(Reasons.rejection(code: "unknown_account", values: ""))))
                }
                send(change.applied(to: account), actor, done)
            }, completion)
    }

    private func send(
        _ call: AccountCall, _ actor: Actor,
        _ done: @escaping (FreshRetry.Outcome<Account>) -> Void
    ) {
        matcher.account(call, by: actor) { [acknowledged] reply in
            switch reply {
            case .success(.done(let account, let sequence)):
                acknowledged.note(sequence)
                done(.ended(.success(account)))
            case .success(.stale): done(.stale)
            case .success(.refused(let refusal)):
                done(.ended(.failure(Reasons.rejection(refusal))))
            case .failure(let failure): done(.ended(.failure(failure.rejection)))
            }
        }
    }

    /// A deposit, withdrawal or adjustment; gives the ledger's new line, or the one that the same
    /// request with the same client id made before.
    package func transact(
        _ transaction: Transaction, by actor: Actor,
        _ completion: @escaping (Result<LedgerLine, Rejection>) -> Void
    ) {
        matcher.transact(transaction, hash: transaction.hash, by: actor) {
            [acknowledged] reply in
            switch reply {
            case .success(.done(let account, let sequence)):
                acknowledged.note(sequence)
                let line = LedgerLine(
                    of: transaction, balanceAfter: account.balance, sequence: sequence,
                    time: account.updatedAt)
                completion(.success(line))
            case .success(.duplicate(let sequence, let time, let balanceAfter)):
                acknowledged.note(sequence)
                let line = LedgerLine(
                    of: transaction, balanceAfter: balanceAfter, sequence: sequence, time: time)
                completion(.success(line))
            case .success(.conflict): completion(.failure(.usedTransactionID))
            case .success(.refused(let refusal)):
                completion(.failure(Reasons.rejection(refusal, of: transaction)))
            case .failure(let failure):
                completion(.failure(failure.rejection(of: transaction)))
            }
        }
    }
}

extension RedisFailure {
    /// With a client id a repetition is safe.
    fileprivate func rejection(of transaction: Transaction) -> Rejection {
        if transaction.clientID.isEmpty { return rejection }
        switch self {
        case .outcomeUnknown, .unexpected:
            return Rejection(
                .unavailable, "outcome_unknown",
                "Redis's answer was lost or can't be read: it may or may not have been done. Repeat "
                    + "the request with the same client_transaction_id.")
        case .unavailable, .overloaded, .server: return rejection
        }
    }
}

extension Rejection {
    fileprivate static let usedTransactionID = Rejection(
        .conflict, "duplicate_client_transaction_id",
        "This client_transaction_id was used for another transaction of the account; use a new one, "
            + "or repeat the same request to ask for it.", field: "client_transaction_id")
}
