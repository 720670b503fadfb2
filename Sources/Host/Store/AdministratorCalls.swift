// What administrators ask of the matching engine beside accounts and instruments, and how each act
// is named in the audit log.

import Base
import Trading

package enum KeyCall: Sendable {
    /// A key or a session.
    case create(AccessKey)
    /// A key, with all its sessions.
    case revoke(id: String)
    /// A session.
    case end(id: String)

    var id: String {
        switch self {
        case .create(let key): key.id
        case .revoke(let id), .end(let id): id
        }
    }

    var action: AuditAction {
        switch self {
        case .create(let key): key.kind == .key ? .keyCreated : .sessionOpened
        case .revoke: .keyRevoked
        case .end: .sessionEnded
        }
    }

    func append(to command: inout RedisCommand) {
        command.append(id)
        switch self {
        case .create(let key):
            command.append(1)
            command.append(key.encoded())
        case .revoke:
            command.append(2)
            command.append("")
        case .end:
            command.append(3)
            command.append("")
        }
    }
}

extension AccountCall {
    var action: AuditAction {
        switch kind {
        case .create: .accountCreated
        case .update: .accountUpdated
        }
    }
}

extension Transaction {
    var action: AuditAction {
        switch kind {
        case .deposit: .deposit
        case .withdrawal: .withdrawal
        case .adjustment, .tradeBuy, .tradeSell, .fee, .bust: .adjustment
        }
    }
}
