// Access keys and sessions: made, revoked, opened and ended. What is done is answered once this
// host's picture holds it, so that a revoked key is refused from the moment of the answer on.

import Base
import Store
import Trading

/// What a new key is to be.
package struct NewKey: Sendable {
    package var name: String
    package var role: Role
    package var accounts: AccountScope
    /// 0 = no limit.
    package var ordersPerSecond: Int64

    /// Refuses what can't be kept, by field. Whether the accounts exist isn't looked at.
    package init(
        name: String, role: Role, accounts: AccountScope,
        ordersPerSecond: Int64 = Limits.ordersPerSecondDefault
    ) throws(Rejection) {
        guard (1...Limits.nameBytes).contains(name.utf8.count),
            name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
        else {
            throw .wrongKey(
                "name", "A key's name has 1 to \(Limits.nameBytes) bytes without control characters"
            )
        }
        if case .only(let listed) = accounts {
            guard (1...Limits.accountsPerKey).contains(listed.count),
                listed.allSatisfy(NewKey.isAccountID)
            else {
                throw .wrongKey(
                    "accounts",
                    "A key is for all accounts, or for 1 to \(Limits.accountsPerKey) by number")
            }
        }
        guard (0...Limits.ordersPerSecondMaximum).contains(ordersPerSecond) else {
            throw .wrongKey(
                "orders_per_second",
                "Orders a second are 0 (no limit) to \(Limits.ordersPerSecondMaximum)")
        }
        self.name = name
        self.role = role
        self.accounts = accounts
        self.ordersPerSecond = ordersPerSecond
    }

    private static func isAccountID(_ id: String) -> Bool {
        (1...15).contains(id.utf8.count) && id.utf8.first != UInt8(ascii: "0")
            && id.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// With the digest of this secret and an id of its own.
    package func record(secret: String, by actor: Actor) -> AccessKey {
        AccessKey(
            newKey: KeySecret.makeID(), name: name, role: role, accounts: accounts,
            digest: KeySecret.digest(of: secret), ordersPerSecond: ordersPerSecond,
            createdBy: actor.id)
    }
}

package final class KeyService {
    private let matcher: Matcher
    private let picture: Picture
    private let acknowledged: Acknowledged

    /// A key or session, and its secret, which nobody can show again.
    package typealias Made = (Result<(AccessKey, secret: String), Rejection>) -> Void
    package typealias Ended = (Result<AccessKey, Rejection>) -> Void

    package init(matcher: Matcher, picture: Picture, acknowledged: Acknowledged) {
        self.matcher = matcher
        self.picture = picture
        self.acknowledged = acknowledged
    }

    package func create(_ key: NewKey, by actor: Actor, _ completion: @escaping Made) {
        let secret = KeySecret.make()
        if case .only(let listed) = key.accounts,
            let missing = listed.sorted().first(where: { picture.accounts[$0] == nil })
        {
            return completion(
                .failure(.wrongKey("accounts", "There is no account \(missing)")))
        }
        make(secret, by: actor, completion) { key.record(secret: secret, by: actor) }
    }

    /// Of a key, for `Limits.sessionHours`; it has the key's role, accounts and limit, and ends
    /// with it.
    package func openSession(
        of key: AccessKey, by actor: Actor, _ completion: @escaping Made
    ) {
        let secret = KeySecret.make()
        let expiresAt = Clock.wallMicros() + Int64(Limits.sessionHours) * 3_600_000_000
        make(secret, by: actor, completion) {
            AccessKey(
                newSession: KeySecret.makeID(), of: key, digest: KeySecret.digest(of: secret),
                expiresAt: expiresAt, createdBy: actor.id)
        }
    }

    /// A key, with all its sessions.
    package func revoke(_ id: String, by actor: Actor, _ completion: @escaping Ended) {
        end(.revoke(id: id), by: actor, completion)
    }

    package func endSession(_ id: String, by actor: Actor, _ completion: @escaping Ended) {
        end(.end(id: id), by: actor, completion)
    }

    private static let idTries = 5

    /// Ids are random and short: one that is taken is made anew. Where the picture falls behind the
    /// secret is told all the same, since it would be lost.
    private func make(
        _ secret: String, by actor: Actor, _ completion: @escaping Made, tries: Int = idTries,
        _ record: @escaping () -> AccessKey
    ) {
        matcher.key(.create(record()), by: actor) { [self] reply in
            switch reply {
            case .success(.done(let key, let sequence)):
                acknowledged.note(sequence)
                picture.whenCaughtUp(to: sequence) { _ in
                    completion(.success((key, secret: secret)))
                }
            case .success(.refused(let refusal)) where refusal.code == "key_exists" && tries > 1:
                make(secret, by: actor, completion, tries: tries - 1, record)
            case .success(.refused(let refusal)):
                completion(.failure(Reasons.rejection(refusal)))
            case .failure(let failure): completion(.failure(failure.rejection))
            }
        }
    }

    private func end(_ call: KeyCall, by actor: Actor, _ completion: @escaping Ended) {
        matcher.key(call, by: actor) { [acknowledged, picture] reply in
            switch reply {
            case .success(.done(let key, let sequence)):
                acknowledged.note(sequence)
                picture.whenCaughtUp(to: sequence) { rejection in
                    completion(rejection.map { .failure($0) } ?? .success(key))
                }
            case .success(.refused(let refusal)):
                completion(.failure(Reasons.rejection(refusal)))
            case .failure(let failure): completion(.failure(failure.rejection))
            }
        }
    }
}

extension Rejection {
    fileprivate static func wrongKey(_ field: String, _ text: String) -> Rejection {
        Rejection(.refused, "invalid_key", "\(text).", field: field)
    }
}
