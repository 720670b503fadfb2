// Who may do what. Every route and every channel names the permission that it needs; a role is a
// set of permissions, and a key has one role.

/// What a route or a channel needs.
package enum Permission: UInt8, Sendable, CaseIterable {
    /// Read: books, trades, and what belongs to the key's accounts.
    case see
    /// Place and amend orders.
    case trade
    /// Cancel orders.
    case cancel
    /// Everyone's orders and alerts, limits, rules, states of accounts.
    case oversee
    /// Accounts, money, instruments, keys, the audit log.
    case administer

    package var name: String { "\(self)" }
}

package enum Role: UInt8, Sendable, CaseIterable {
    case viewer = 1
    case trader
    /// Watches and stops, but doesn't trade.
    case risk
    case admin

    package var name: String { "\(self)" }

    package init?(name: String) {
        guard let role = Role.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }

    package func may(_ permission: Permission) -> Bool {
        switch (self, permission) {
        case (_, .see), (.admin, _): true
        case (.trader, .trade), (.trader, .cancel): true
        case (.risk, .cancel), (.risk, .oversee): true
        case (.viewer, _), (.trader, _), (.risk, _): false
        }
    }
}

/// The accounts that a key may touch.
package enum AccountScope: Hashable, Sendable {
    case all
    case only(Set<String>)

    package func contains(_ account: some StringProtocol) -> Bool {
        switch self {
        case .all: true
        case .only(let accounts): accounts.contains(String(account))
        }
    }

    /// Those that are in both.
    package func within(_ other: AccountScope) -> AccountScope {
        switch (self, other) {
        case (_, .all): self
        case (.all, .only): other
        case (.only(let mine), .only(let theirs)): .only(mine.intersection(theirs))
        }
    }
}

/// Who acts, as the audit log keeps it.
package struct Actor: Hashable, Sendable {
    /// A key's id; `open` on a host without keys, `command` from the machine's own command line.
    package let id: String
    /// The key's name, as people know it.
    package let name: String
    /// Empty where there was no request.
    package let requestID: String
    /// The client's address in numbers; empty where there was no request.
    package let address: String

    package init(id: String, name: String, requestID: String, address: String) {
        self.id = id
        self.name = name
        self.requestID = requestID
        self.address = address
    }

    /// The host itself, or its command line.
    package static let command = Actor(id: "command", name: "command", requestID: "", address: "")
}
