// What can be asked of the matching engine: a value for each function of docs/REDIS.md, and what it
// becomes on the wire.

import Base
import Trading

package struct SubmitCall: Sendable {
    package var id: OrderID
    package var account: String
    package var symbol: String
    package var side: Side
    package var plan: Plan
    /// Of the original request, so that a repeated one is known again.
    package var requestHash: Int64
    /// Instrument.revision of the host's picture; another one answers `stale`.
    package var instrumentRevision: Int64
    /// Not empty: record the order as rejected by a rule, with this text.
    package var rejection: String
    /// Those in mode off are left out.
    package var guards: [Guard]
    package var judged: Judged
    package var terms: OrderTerms
    /// The session lease that it belongs to; empty: none.
    package var lease = ""

    package init(
        id: OrderID, account: String, symbol: String, side: Side, plan: Plan, requestHash: Int64,
        instrumentRevision: Int64, rejection: String = "", guards: [Guard] = [],
        judged: Judged = Judged(), terms: OrderTerms
    ) {
        self.id = id
        self.account = account
        self.symbol = symbol
        self.side = side
        self.plan = plan
        self.requestHash = requestHash
        self.instrumentRevision = instrumentRevision
        self.rejection = rejection
        self.guards = guards
        self.judged = judged
        self.terms = terms
    }

    func append(to command: inout RedisCommand) {
        if !lease.isEmpty {
            command.append(lease)
            command.append(Int64(Limits.leaseMillis))
        }
        command.append(id.text)
        command.append(account)
        command.append(symbol)
        command.append(Int64(side.rawValue))
        command.append(Int64(plan.pricing.rawValue))
        command.append(plan.pricing == .market ? 0 : plan.price.raw)
        command.append(plan.quantity.raw)
        command.append(Int64(plan.policy.rawValue))
        command.append(Int64(plan.book.rawValue))
        command.append(plan.expireAt)
        command.append(requestHash.bytes)
        command.append(instrumentRevision)
        command.append(rejection)
        command.append(encoded(guards))
        command.append(terms.encoded())
        command.append(Int64(plan.flags.intersection(.asked).rawValue))
        command.append(Int64(plan.selfTrade.rawValue))
        command.append(plan.extra?.encoded() ?? [])
        command.append(plan.state)
        command.append(plan.timer)
        judged.append(to: &command)
        for child in plan.children { child.append(to: &command) }
    }
}

/// What an order was judged by.
package struct Judged: Sendable {
    /// The sequence of the last change of limits and modes that the host knew; an older one answers
    /// `stale`. nil = it doesn't matter.
    package var policy: Int64?
    /// Kept with the event, for whoever asks for the reasons: at most 65,535 bytes.
    package var decisions: [UInt8]

    package init(policy: Int64? = nil, decisions: [UInt8] = []) {
        self.policy = policy
        self.decisions = decisions
    }

    func append(to command: inout RedisCommand) {
        command.append(policy.map { String($0) } ?? "")
        command.append(decisions)
    }
}

func encoded(_ guards: [Guard]) -> String {
    guards.isEmpty
        ? "" : guards.filter { $0.mode != .off }.map(\.encoded).joined(separator: ";")
}

package struct CancelCall: Sendable {
    package var id: OrderID
    /// A stable code; not empty.
    package var reason: String

    package init(id: OrderID, reason: String) {
        self.id = id
        self.reason = reason
    }

    func append(to command: inout RedisCommand) {
        command.append(id.text)
        command.append(reason)
    }
}

package struct AmendCall: Sendable {
    package var id: OrderID
    /// nil = as it is.
    package var price: Price?
    /// The new total; nil = as it is.
    package var quantity: Quantity?
    package var instrumentRevision: Int64
    package var guards: [Guard]
    package var judged: Judged
    /// Of an order that is parked; nil = as it is.
    package var triggerPrice: Price?

    package init(
        id: OrderID, price: Price?, quantity: Quantity?, instrumentRevision: Int64,
        guards: [Guard] = [], judged: Judged = Judged(), triggerPrice: Price? = nil
    ) {
        self.id = id
        self.price = price
        self.quantity = quantity
        self.triggerPrice = triggerPrice
        self.instrumentRevision = instrumentRevision
        self.guards = guards
        self.judged = judged
    }

    func append(to command: inout RedisCommand) {
        command.append(id.text)
        command.append(price.map { String($0.raw) } ?? "")
        command.append(quantity.map { String($0.raw) } ?? "")
        command.append(instrumentRevision)
        command.append(encoded(guards))
        command.append(triggerPrice.map { String($0.raw) } ?? "")
        judged.append(to: &command)
    }
}

extension Int64 {
    /// 8 bytes, little-endian: a hash as the script keeps it.
    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.int64(self)
        return writer.bytes
    }
}

extension Transaction {
    func append(to command: inout RedisCommand) {
        command.append(account)
        command.append(Int64(kind.rawValue))
        command.append(amount.raw)
        command.append(symbol)
        command.append(quantity.raw)
        command.append(price?.raw ?? -1)
        command.append(description)
    }
}

/// What stands at the very first start: refused where anything stands already.
package struct SeedCall: Sendable {
    package struct Account: Sendable {
        package let balance: Money
        package let currency: String
        package let profile: AccountProfile
        package init(balance: Money, currency: String = "USD", profile: AccountProfile) {
            self.balance = balance
            self.currency = currency
            self.profile = profile
        }
    }

    package struct Position: Sendable {
        package let account: String
        package let symbol: String
        package let quantity: Quantity
        /// What they count as having cost each.
        package let price: Price
        package init(account: String, symbol: String, quantity: Quantity, price: Price) {
            self.account = account
            self.symbol = symbol
            self.quantity = quantity
            self.price = price
        }
    }

    package var instruments: [Instrument]
    /// They get the numbers 1, 2, …
    package var accounts: [Account]
    package var positions: [Position]

    package init(instruments: [Instrument], accounts: [Account], positions: [Position]) {
        self.instruments = instruments
        self.accounts = accounts
        self.positions = positions
    }

    func append(to command: inout RedisCommand) {
        command.append(Int64(instruments.count))
        for instrument in instruments {
            command.append(instrument.symbol)
            command.append(instrument.encoded())
        }
        command.append(Int64(accounts.count))
        for account in accounts {
            command.append(account.balance.raw)
            command.append(account.currency)
            command.append(account.profile.encoded())
        }
        command.append(Int64(positions.count))
        for position in positions {
            command.append(position.account)
            command.append(position.symbol)
            command.append(position.quantity.raw)
            command.append(position.price.raw)
        }
    }
}
