// Access keys and sessions as Redis keeps them (docs/REDIS.md, KEY). Of a secret only its digest is
// kept, so that who reads Redis, a backup or an event can't sign on with it.

import Base

package enum KeyKind: UInt8, Sendable {
    case key = 1
    /// Opened with a key by a page; has its role and accounts, and ends with it.
    case session = 2
}

package struct AccessKey: Hashable, Sendable {
    /// 8 lower hexadecimal digits.
    package let id: String
    package let kind: KeyKind
    package let role: Role
    package let accounts: AccountScope
    /// The SHA-256 of the secret: 32 bytes.
    package let digest: [UInt8]
    /// 0 = no limit.
    package let ordersPerSecond: Int64
    /// UTC microseconds, like all its times; Redis's clock.
    package let createdAt: Int64
    /// The id of who made it.
    package let createdBy: String
    /// 0 = not revoked or ended.
    package let revokedAt: Int64
    /// 0 = never; a session always has one.
    package let expiresAt: Int64
    /// The key that a session was opened with; empty for a key.
    package let parent: String
    /// 1 to 100 bytes.
    package let name: String
    package let lastSequence: Int64

    /// Whether it may be used at this time (UTC microseconds).
    package func isValid(at time: Int64) -> Bool {
        revokedAt == 0 && (expiresAt == 0 || time < expiresAt)
    }

    package init(id: String, record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        self.id = id
        guard try reader.byte() == 1 else { throw RecordError(what: "key of another version") }
        kind = try known(KeyKind(rawValue: try reader.byte()), "kind of key")
        role = try known(Role(rawValue: try reader.byte()), "role")
        let isScoped = try reader.byte() == 1
        ordersPerSecond = try reader.int64()
        createdAt = try reader.int64()
        revokedAt = try reader.int64()
        expiresAt = try reader.int64()
        lastSequence = try reader.int64()
        digest = Array(try reader.take(AccessKey.digestBytes))
        createdBy = try reader.string()
        parent = try reader.string()
        name = try reader.string()
        accounts = isScoped ? .only(try AccessKey.accounts(from: &reader)) : .all
    }

    /// For a new key; the script sets the times of its making and its sequence.
    package init(
        newKey id: String, name: String, role: Role, accounts: AccountScope, digest: [UInt8],
        ordersPerSecond: Int64, createdBy: String
    ) {
        self.init(
            id: id, kind: .key, name: name, role: role, accounts: accounts, digest: digest,
            ordersPerSecond: ordersPerSecond, expiresAt: 0, createdBy: createdBy, parent: "")
    }

    /// For a new session of a key, from which the script takes all else.
    package init(
        newSession id: String, of key: AccessKey, digest: [UInt8], expiresAt: Int64,
        createdBy: String
    ) {
        self.init(
            id: id, kind: .session, name: key.name, role: key.role, accounts: key.accounts,
            digest: digest, ordersPerSecond: key.ordersPerSecond, expiresAt: expiresAt,
            createdBy: createdBy, parent: key.id)
    }

    private init(
        id: String, kind: KeyKind, name: String, role: Role, accounts: AccountScope,
        digest: [UInt8], ordersPerSecond: Int64, expiresAt: Int64, createdBy: String,
        parent: String
    ) {
        precondition(digest.count == AccessKey.digestBytes, "a digest has 32 bytes")
        self.id = id
        self.kind = kind
        self.name = name
        self.role = role
        self.accounts = accounts
        self.digest = digest
        self.ordersPerSecond = ordersPerSecond
        self.expiresAt = expiresAt
        self.createdBy = createdBy
        self.parent = parent
        createdAt = 0
        revokedAt = 0
        lastSequence = 0
    }

    private static let digestBytes = 32

    /// The KEY record.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        let isScoped: UInt8 = accounts == .all ? 0 : 1
        for byte in [1, kind.rawValue, role.rawValue, isScoped] { writer.byte(byte) }
        for number in [ordersPerSecond, createdAt, revokedAt, expiresAt, lastSequence] {
            writer.int64(number)
        }
        writer.raw(digest)
        writer.string(createdBy)
        writer.string(parent)
        writer.string(name)
        if case .only(let accounts) = accounts {
            precondition(accounts.count <= Limits.accountsPerKey, "too many accounts of a key")
            writer.byte(UInt8(accounts.count))
            for account in accounts.sorted() { writer.string(account) }
        }
        return writer.bytes
    }

    private static func accounts(
        from reader: inout ByteReader
    ) throws(RecordError) -> Set<String> {
        var accounts: Set<String> = []
        for _ in 0..<(try reader.byte()) { accounts.insert(try reader.string()) }
        return accounts
    }
}
