// A Redis in which much has happened, lists included, to be damaged and verified.

import Base
import Foundation
import Store
import TestSupport
import Testing
import Trading

@testable import Service
@testable import Verify

final class VerifyWorld {
    let server: RedisServer
    let functions: Functions
    var redis: RedisClient { functions.redis }

    init() throws {
        server = try RedisServer()
        functions = try Functions(try server.connect())
        try seed()
        trade()
        try project()
    }

    private func seed() throws {
        let profile = Argument([0, 0, 0])
        let aapl = instrument("AAPL", makerBps: 10, takerBps: 25)
        let msft = instrument("MSFT", makerBps: 0, takerBps: 0)
        let reply = functions.call(
            "seed",
            [
                2, "AAPL", Argument(aapl), "MSFT", Argument(msft),
                3, 1_000_000_000, "USD", profile, 1_000_000_000, "USD", profile, 1_000_000_000,
                "USD", profile,
                3, "1", "AAPL", 1_000, 15_000, "2", "AAPL", 1_000, 15_000, "3", "MSFT", 500, 9_000,
            ])
        try #require(reply.word == "ok", "\(reply)")
    }

    private func instrument(_ symbol: String, makerBps: Int64, takerBps: Int64) -> [UInt8] {
        Instrument(
            symbol: symbol, priceScale: 2, quantityScale: 0, tickSize: 1, lotSize: 1,
            bandBps: 1_000, makerFeeBps: makerBps, takerFeeBps: takerBps, name: symbol,
            assetType: "stock"
        ).encoded()
    }

    @discardableResult
    func order(
        _ account: String, _ id: String, _ side: Side, _ quantity: Int64, at price: Int64,
        _ symbol: String = "AAPL", change: (inout NewOrder) -> Void = { _ in }
    ) -> Reply {
        var order = NewOrder()
        order.account = account
        order.clientID = id
        order.symbol = symbol
        order.side = Int64(side.rawValue)
        order.quantity = quantity
        order.price = price
        change(&order)
        let reply = functions.submit(order)
        #expect(reply.failure.isEmpty && reply.word != "refused", "\(id): \(reply)")
        return reply
    }

    /// Trades with fees, a rejection, orders that rest, end, wait for a price, hide, expire, reduce.
    private func trade() {
        for number in 0..<12 {
            order("1", "b\(number)", .buy, 10 + Int64(number), at: 14_900 - Int64(number % 4))
            order("2", "s\(number)", .sell, 10 + Int64(number), at: 15_100 + Int64(number % 4))
        }
        order("3", "sweep", .buy, 75, at: 15_102)
        order("2", "hit", .sell, 33, at: 14_898)
        order("3", "poor", .buy, 1_000_000_000, at: 15_000)
        _ = functions.cancel("1-b5")
        _ = functions.amend("1-b4", quantity: 9)
        _ = functions.amend("2-s9", price: 15_150)
        order("3", "reduce", .sell, 20, at: 15_300) { $0.flags = 2 }
        order("1", "iceberg", .sell, 100, at: 15_250) { order in
            var extra = OrderExtension()
            extra.display = Quantity(15)
            order.extra = extra.encoded()
        }
        order("3", "nibble", .buy, 18, at: 15_100)
        order("2", "stop", .sell, 5, at: 14_000) { order in
            var extra = OrderExtension()
            extra.triggerSource = .last
            extra.triggerDirection = .atOrBelow
            extra.triggerPrice = Price(14_100)
            order.extra = extra.encoded()
        }
        order("1", "day", .buy, 7, at: 8_000, "MSFT") {
            $0.expireAt = self.functions.time() + 3_600_000_000
        }
        order("3", "dark", .sell, 7, at: 9_000, "MSFT") { $0.book = 1 }
        order("1", "cross", .buy, 3, at: 9_100, "MSFT") { $0.book = 1 }
        _ = functions.transact("1", kind: 1, amount: 50_000)
        _ = functions.transact("1", kind: 2, amount: 20_000)
        _ = functions.transact("2", kind: 3, symbol: "MSFT", quantity: 5, price: 9_000)
        bustLastTrade()
    }

    private func bustLastTrade() {
        for event in events().reversed() {
            for case .trade(let trade) in event.changes {
                let reply = functions.call("bust", Argument(trade.listItem), "by mistake", "")
                #expect(reply.word == "ok", "\(reply)")
                return
            }
        }
    }

    func events() -> [Event] {
        call("XRANGE", "events", "-", "+").items.compactMap { entry in
            let sequence = Int64(entry.items.first?.text.prefix { $0 != "-" } ?? "") ?? 0
            let bytes = entry.items.last?.items.last?.bytes ?? []
            return try? Event(sequence: sequence, entry: bytes[...])
        }
    }

    /// As the projector does it.
    func project() throws {
        let from = Int64(redis.call("GET", functions.key("projected")).text) ?? 0
        let events = events().filter { $0.sequence > from }
        guard let last = events.last else { return }
        var arguments = [Argument(from), Argument(last.sequence)]
        for addition in Projection(of: events).additions {
            let isAll = addition.list == .executions
            let name = Keys.first.list(addition.list).dropFirst(Keys.first.prefix.count + 1)
            arguments.append(Argument(isAll ? "executions" : String(name)))
            arguments.append(Argument(addition.items.count))
            arguments += addition.items.map { Argument($0) }
        }
        let reply = functions.call("project", arguments)
        try #require(reply.word == "ok", "\(reply)")
    }

    func verify(_ checkpoints: [Checkpoint] = []) throws -> Verification {
        let redis = try BlockingRedis(.unix(path: server.socket), timeoutMillis: 10_000)
        let verification = Verification(redis)
        try verification.run(checkpoints: checkpoints)
        return verification
    }

    // Damage.

    /// A record of a hash with one whole number in it changed by `by`.
    func damage(_ hash: String, _ field: String, at offset: Int, by change: Int64) {
        var record = redis.call("HGET", functions.key(hash), field).bytes
        var number: Int64 = 0
        for index in 0..<8 { number |= Int64(record[offset + index]) << Int64(8 * index) }
        number += change
        for index in 0..<8 {
            record[offset + index] = UInt8(truncatingIfNeeded: number >> Int64(8 * index))
        }
        write(hash, field, record)
    }

    func write(_ hash: String, _ field: String, _ record: [UInt8]) {
        let words = ["HSET", functions.key(hash), field].map { Array($0.utf8) } + [record]
        _ = redis.call(words)
    }

    func call(_ command: String, _ key: String, _ rest: String...) -> RedisValue {
        redis.call([command, functions.key(key)] + rest)
    }

    /// The one member of a set whose order has this id.
    func member(_ set: String, _ id: String) -> String {
        call("ZRANGE", set, "0", "-1").items.map(\.text).first { $0.hasSuffix(id) } ?? ""
    }
}

func removeFolder(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
}

extension Findings {
    /// All that was named of an invariant, in one text.
    func text(_ invariant: Invariant) -> String { self[invariant].first.joined(separator: "\n") }
}
