// Accounts and positions as Redis keeps them (docs/REDIS.md, ACCOUNT and POSITION).

import Base

package struct Account: Hashable, Sendable {
    package let id: String
    package let state: AccountState
    package let isActive: Bool
    package let selfTradeScope: SelfTradeScope
    /// All cash, held included.
    package let balance: Money
    /// Cash that open buys need.
    package let held: Money
    /// Units of any one symbol that may be sold beyond what is owned.
    package let shortLimit: Quantity
    package let createdAt: Int64
    package let updatedAt: Int64
    package let lastSequence: Int64
    /// Basis points; nil = the instrument's.
    package let makerFeeBps: Int64?
    package let takerFeeBps: Int64?
    /// Buying power in 1/10,000 of what the account is worth at cost: 10,000 lends nothing.
    package let multiple: Int64
    /// How many, of all sorts, in all symbols.
    package let openOrderCount: Int64
    /// Price × working of its open orders, each rounded up; a link group's largest.
    package let openBuyNotional: Money
    package let openSellNotional: Money
    /// What its long and its short positions cost, both from 0 up.
    package let longCost: Money
    package let shortCost: Money
    package let currency: String
    /// nil = in none.
    package let group: String?
    package let profile: AccountProfile

    package static let cashOnly: Int64 = 10_000
    package static let mostMultiple: Int64 = 100_000

    /// Cash that a new order may hold. With a multiple more than there is: so much of what the account
    /// is worth at cost, less what its positions cost.
    package var available: Money {
        guard multiple > Account.cashOnly else { return balance - held }
        let worth = Int128(balance.raw) + Int128(longCost.raw) - Int128(shortCost.raw)
        let product = min(worth, Int128(Scaled.maximum)) * Int128(multiple)
        let (quotient, rest) = product.quotientAndRemainder(dividingBy: 10_000)
        let power = min(quotient - (rest < 0 ? 1 : 0), Int128(Scaled.maximum))
        let free = power - Int128(longCost.raw) - Int128(shortCost.raw) - Int128(held.raw)
        return Money(Int64(max(free, -Int128(Scaled.maximum))))
    }

    package init(id: String, record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        self.id = id
        guard try reader.byte() == 2 else { throw RecordError(what: "account of another version") }
        state = try known(AccountState(rawValue: try reader.byte()), "account state")
        isActive = try reader.byte() == 1
        selfTradeScope = try known(SelfTradeScope(rawValue: try reader.byte()), "scope")
        balance = Money(try reader.int64())
        held = Money(try reader.int64())
        shortLimit = Quantity(try reader.int64())
        createdAt = try reader.int64()
        updatedAt = try reader.int64()
        lastSequence = try reader.int64()
        let (maker, taker) = (try reader.int64(), try reader.int64())
        (makerFeeBps, takerFeeBps) = (maker < 0 ? nil : maker, taker < 0 ? nil : taker)
        multiple = try reader.int64()
        openOrderCount = try reader.int64()
        openBuyNotional = Money(try reader.int64())
        openSellNotional = Money(try reader.int64())
        longCost = Money(try reader.int64())
        shortCost = Money(try reader.int64())
        currency = try reader.string()
        let name = try reader.string()
        group = name.isEmpty ? nil : name
        profile = try AccountProfile(from: &reader)
    }
}

/// What staff sets of an account, beside its names.
package struct AccountStanding: Hashable, Sendable {
    package var state: AccountState
    package var isActive: Bool
    package var shortLimit: Quantity
    package var group: String?
    package var selfTradeScope: SelfTradeScope
    package var makerFeeBps: Int64?
    package var takerFeeBps: Int64?
    package var multiple: Int64

    package init(
        state: AccountState = .active, isActive: Bool = true, shortLimit: Quantity = .zero,
        group: String? = nil, selfTradeScope: SelfTradeScope = .account, makerFeeBps: Int64? = nil,
        takerFeeBps: Int64? = nil, multiple: Int64 = Account.cashOnly
    ) {
        self.state = state
        self.isActive = isActive
        self.shortLimit = shortLimit
        self.group = group
        self.selfTradeScope = selfTradeScope
        self.makerFeeBps = makerFeeBps
        self.takerFeeBps = takerFeeBps
        self.multiple = multiple
    }

    package init(_ account: Account) {
        self.init(
            state: account.state, isActive: account.isActive, shortLimit: account.shortLimit,
            group: account.group, selfTradeScope: account.selfTradeScope,
            makerFeeBps: account.makerFeeBps, takerFeeBps: account.takerFeeBps,
            multiple: account.multiple)
    }
}

/// Whose resting orders count as the account's own when its order arrives.
package enum SelfTradeScope: UInt8, Sendable, CaseIterable {
    case account = 0
    case group

    package var name: String { "\(self)" }
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
    /// Orders of the account that have traded in the symbol, ever.
    package let executed: Int64

    package var available: Quantity { quantity - held }

    /// `key` is `account:symbol`.
    package init(key: String, record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        guard let colon = key.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw RecordError(what: "position without a symbol")
        }
        account = String(key[..<colon])
        symbol = String(key[key.utf8.index(after: colon)...])
        guard try reader.byte() == 2 else { throw RecordError(what: "position of another version") }
        let (low, middle, high) = (try reader.byte(), try reader.byte(), try reader.byte())
        reduceOnlyCount = Int(low) | Int(middle) << 8 | Int(high) << 16
        quantity = Quantity(try reader.int64())
        held = Quantity(try reader.int64())
        openBuy = Quantity(try reader.int64())
        cost = Money(try reader.int64())
        realized = Money(try reader.int64())
        lastSequence = try reader.int64()
        executed = try reader.int64()
    }
}
