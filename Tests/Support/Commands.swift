// The functions' arguments by name, with the defaults of a plain limit order.

import Glibc

public struct NewOrder {
    public var account = "1"
    public var clientID = "a"
    public var symbol = "AAPL"
    /// 1 buy, 2 sell
    public var side: Int64 = 1
    /// 1 limit, 2 market
    public var pricing: Int64 = 1
    public var price: Int64 = 0
    public var quantity: Int64 = 0
    /// 1 rest, 2 cancel the remainder, 3 all or none
    public var policy: Int64 = 1
    /// 0 lit, 1 internal
    public var book: Int64 = 0
    public var expireAt: Int64 = 0
    public var requestHash: Int64 = 1
    public var revision: Int64 = 1
    public var reason = ""
    public var guards = ""
    /// order_type, tif, tag, asset_type, refusal's field and message: six texts of no length.
    public var hostPart: [UInt8] = [0, 0, 0, 0, 0, 0]
    /// 1 post_only, 2 reduce_only
    public var flags: Int64 = 0
    /// 1 cancel_newest, 2 cancel_oldest, 3 cancel_both, 4 decrement
    public var selfTrade: Int64 = 1
    /// An EXT, or nothing.
    public var extra: [UInt8] = []
    /// Of a container.
    public var state: [UInt8] = []
    public var timer: Int64 = 0
    /// The sequence of the last change of limits that was known; empty: it doesn't matter.
    public var knownPolicy = ""
    public var decisions: [UInt8] = []
    /// 13 arguments each.
    public var children: [[Argument]] = []

    public init() {}

    public var id: String { "\(account)-\(clientID)" }

    public var arguments: [Argument] {
        let hash = withUnsafeBytes(of: requestHash.littleEndian) { Array($0) }
        return [
            Argument(id), Argument(account), Argument(symbol), Argument(side), Argument(pricing),
            Argument(price), Argument(quantity), Argument(policy), Argument(book),
            Argument(expireAt), Argument(hash), Argument(revision), Argument(reason),
            Argument(guards), Argument(hostPart), Argument(flags), Argument(selfTrade),
            Argument(extra), Argument(state), Argument(timer), Argument(knownPolicy),
            Argument(decisions),
        ] + children.joined()
    }
}

extension Functions {
    public func submit(_ order: NewOrder) -> Reply { call("submit", order.arguments) }

    public func cancel(_ id: String, reason: String = "user_cancel") -> Reply {
        call("cancel", Argument(id), Argument(reason))
    }

    public func amend(
        _ id: String, price: Int64? = nil, quantity: Int64? = nil, revision: Int64 = 1,
        guards: String = "", trigger: Int64? = nil, policy: String = "", decisions: [UInt8] = []
    ) -> Reply {
        call(
            "amend", Argument(id), price.map { Argument($0) } ?? "",
            quantity.map { Argument($0) } ?? "", Argument(revision), Argument(guards),
            trigger.map { Argument($0) } ?? "", Argument(policy), Argument(decisions))
    }

    /// state: 1 active, 2 reducing, 3 cancel_only, 4 halted
    public func account(
        _ id: String = "", create: Bool = true, state: Int64 = 1, isActive: Bool = true,
        shortLimit: Int64 = 0, currency: String = "USD", balance: Int64 = 0, actor: [UInt8] = [],
        expected: [UInt8] = [], group: String = "", selfTradeScope: Int64 = 0,
        makerBps: Int64 = -1, takerBps: Int64 = -1, multiple: Int64 = 10_000
    ) -> Reply {
        call(
            "account", Argument(id), create ? 1 : 0, Argument(state), isActive ? 1 : 0,
            Argument(shortLimit), Argument(currency), Argument(balance), Argument([0, 0, 0]),
            Argument(actor), Argument(expected), Argument(group), Argument(selfTradeScope),
            Argument(makerBps), Argument(takerBps), Argument(multiple))
    }

    /// kind: 1 deposit, 2 withdrawal, 3 adjustment
    public func transact(
        _ account: String, kind: Int64, amount: Int64 = 0, symbol: String = "",
        quantity: Int64 = 0, price: Int64 = -1, actor: [UInt8] = [], clientID: String = "",
        hash: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]
    ) -> Reply {
        call(
            "transact", Argument(account), Argument(kind), Argument(amount), Argument(symbol),
            Argument(quantity), Argument(price), "test", Argument(actor), Argument(clientID),
            Argument(hash))
    }

    public func instrument(
        _ symbol: String, create: Bool, packed: [UInt8], actor: [UInt8] = []
    ) -> Reply {
        call(
            "instrument", Argument(symbol), create ? 1 : 0, Argument(packed), Argument(actor))
    }

    /// operation: 1 create (with a packed KEY), 2 revoke a key, 3 end a session
    public func key(
        _ id: String, _ operation: Int64, packed: [UInt8] = [], actor: [UInt8] = []
    ) -> Reply {
        call("key", Argument(id), Argument(operation), Argument(packed), Argument(actor))
    }

    public func tick(_ symbol: String) -> Reply { call("tick", Argument(symbol)) }

    /// Redis's clock, UTC microseconds.
    public func time() -> Int64 {
        let parts = redis.call("TIME").items.compactMap { Int64($0.text) }
        return parts.count == 2 ? parts[0] * 1_000_000 + parts[1] : 0
    }

    /// Returns once Redis's clock has reached the time.
    public func wait(until micros: Int64) {
        while time() < micros { usleep(2_000) }
    }

    /// The entry of one event; empty where there is none of that sequence.
    public func event(_ sequence: Int64) -> [UInt8] {
        let found = redis.call("XRANGE", key("events"), "\(sequence)-0", "\(sequence)-0")
        return found.items.first?.items.last?.items.last?.bytes ?? []
    }
}
