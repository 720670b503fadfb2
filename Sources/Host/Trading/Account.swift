// Accounts and positions as Redis keeps them (docs/REDIS.md, ACCOUNT and POSITION).

import Base

package struct Account: Hashable, Sendable {
    package let id: String
    package let state: AccountState
    package let isActive: Bool
    /// All cash, held included.
    package let balance: Money
    /// Cash that open buys need.
    package let held: Money
    /// Units of any one symbol that may be sold beyond what is owned.
    package let shortLimit: Quantity
    package let createdAt: Int64
    package let updatedAt: Int64
    package let lastSequence: Int64
    package let currency: String
    package let profile: AccountProfile

    package var available: Money { balance - held }

    package init(id: String, record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        self.id = id
        guard try reader.byte() == 1 else { throw RecordError(what: "account of another version") }
        state = try known(AccountState(rawValue: try reader.byte()), "account state")
        isActive = try reader.byte() == 1
        _ = try reader.byte()
        balance = Money(try reader.int64())
        held = Money(try reader.int64())
        shortLimit = Quantity(try reader.int64())
        createdAt = try reader.int64()
        updatedAt = try reader.int64()
        lastSequence = try reader.int64()
        currency = try reader.string()
        profile = try AccountProfile(from: &reader)
    }
}

/// What only the host reads of an account.
package struct AccountProfile: Hashable, Sendable {
    package var name: String
    package var accountType: String
    package var riskLevel: String

    package init(name: String, accountType: String, riskLevel: String) {
        self.name = name
        self.accountType = accountType
        self.riskLevel = riskLevel
    }

    init(from reader: inout ByteReader) throws(RecordError) {
        name = try reader.string()
        accountType = try reader.string()
        riskLevel = try reader.string()
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.string(name)
        writer.string(accountType)
        writer.string(riskLevel)
        return writer.bytes
    }
}

package struct Position: Hashable, Sendable {
    package let account: String
    package let symbol: String
    /// Owned, held included; negative when short.
    package let quantity: Quantity
    /// Open sells.
    package let held: Quantity
    /// Open buys.
    package let openBuy: Quantity
    /// Money paid for `quantity`.
    package let cost: Money
    package let realized: Money
    package let lastSequence: Int64
    /// Open orders that only reduce it.
    package let reduceOnlyCount: Int

    package var available: Quantity { quantity - held }

    /// `key` is `account:symbol`.
    package init(key: String, record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        guard let colon = key.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw RecordError(what: "position without a symbol")
        }
        account = String(key[..<colon])
        symbol = String(key[key.utf8.index(after: colon)...])
        guard try reader.byte() == 1 else { throw RecordError(what: "position of another version") }
        let (low, middle, high) = (try reader.byte(), try reader.byte(), try reader.byte())
        reduceOnlyCount = Int(low) | Int(middle) << 8 | Int(high) << 16
        quantity = Quantity(try reader.int64())
        held = Quantity(try reader.int64())
        openBuy = Quantity(try reader.int64())
        cost = Money(try reader.int64())
        realized = Money(try reader.int64())
        lastSequence = try reader.int64()
    }
}
