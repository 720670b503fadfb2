// What a route asks of whoever calls it. Each route declares one, so that nothing can be reached
// without somebody having decided who may, and a test can go through the whole table.

import Service
import Trading

package enum Access: Sendable {
    /// Everybody: whether the host is alive, and the way in.
    case anyone
    /// A permission. What the route shows is nobody's in particular, or the handler narrows it to
    /// the key's accounts.
    case permission(Permission)
    /// A permission on the account that the path's first parameter names.
    case account(Permission)
    /// A permission on the account of the order that the path's first parameter names.
    case order(Permission)
    /// A permission, from a key for all accounts.
    case everyone(Permission)

    package var permission: Permission? {
        switch self {
        case .anyone: nil
        case .permission(let needed), .account(let needed), .order(let needed),
            .everyone(let needed):
            needed
        }
    }

    /// Throws 403 where the role isn't enough, and 404 for another's account or order, as if there
    /// were none: nobody learns what others have.
    func check(_ principal: Principal, _ parameters: [String]) throws(Rejection) {
        guard let needed = permission else { return }
        guard principal.role.may(needed) else { throw .roleNotAllowed(principal, needed) }
        switch self {
        case .anyone, .permission: return
        case .account:
            guard principal.accounts.contains(parameters[0]) else {
                throw .notFound("account", parameters[0])
            }
        case .order:
            guard principal.accounts.contains(OrderID(parameters[0]).account) else {
                throw .notFound("order", parameters[0])
            }
        case .everyone: try principal.requireEverything()
        }
    }
}

/// Who calls: a key, a page's session, or anybody on this machine while there are no keys.
package struct Principal: Sendable {
    package enum Kind: Sendable {
        /// Of a route that is open to anyone: who it is was not asked.
        case nobody
        /// On a host without keys.
        case open
        case key, session
    }

    package let kind: Kind
    /// The key's id; a session's is its own.
    package let id: String
    /// Whose limits it uses: a session's are its key's.
    package let limitID: String
    package let name: String
    package let role: Role
    package let accounts: AccountScope
    /// New and amended orders a second; 0 = as many as come.
    package let ordersPerSecond: Int64
    /// UTC microseconds; 0 = never.
    package let expiresAt: Int64

    static let open = Principal(.open, "open", .admin, .all)
    static let nobody = Principal(.nobody, "nobody", .viewer, .only([]))

    private init(_ kind: Kind, _ name: String, _ role: Role, _ accounts: AccountScope) {
        self.kind = kind
        id = name
        limitID = name
        self.name = name
        self.role = role
        self.accounts = accounts
        ordersPerSecond = 0
        expiresAt = 0
    }

    init(_ key: AccessKey) {
        kind = key.kind == .key ? .key : .session
        id = key.id
        limitID = key.kind == .key ? key.id : key.parent
        name = key.name
        role = key.role
        accounts = key.accounts
        ordersPerSecond = key.ordersPerSecond
        expiresAt = key.expiresAt
    }

    /// For what shows everybody's at once.
    func requireEverything() throws(Rejection) {
        guard accounts != .all else { return }
        throw Rejection(
            .forbidden, "account_required",
            "This call is about all accounts, and this key is for the accounts \(accountNames) only."
        )
    }

    private var accountNames: String {
        guard case .only(let accounts) = accounts else { return "" }
        return accounts.sorted { ($0.count, $0) < ($1.count, $1) }.joined(separator: ", ")
    }

    /// Where an account could be named, and wasn't.
    func requireAllAccounts() throws(Rejection) {
        guard accounts != .all else { return }
        throw Rejection(
            .forbidden, "account_required",
            "This key is for the accounts \(accountNames) only; ask for one of them.",
            field: "account_id")
    }

    /// Throws 404 for an account that isn't the key's, as if there were none.
    func require(account: String) throws(Rejection) {
        guard accounts.contains(account) else { throw .notFound("account", account) }
    }
}

extension Rejection {
    fileprivate static func roleNotAllowed(
        _ principal: Principal, _ needed: Permission
    ) -> Rejection {
        let roles = Role.allCases.filter { $0.may(needed) }.map(\.name).joined(separator: ", ")
        return Rejection(
            .forbidden, "role_not_allowed",
            "A key of role \(principal.role.name) may not do this; it needs one of: \(roles).",
            values: "role=\(principal.role.name), permission=\(needed.name)")
    }
}
