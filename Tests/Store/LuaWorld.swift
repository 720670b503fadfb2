// A private Redis with the functions in it, one instrument and two accounts: what the tests of the
// Lua functions begin with. AAPL has two decimals of price and whole units; account 1 and 2 have
// 100,000.00 and 1,000 AAPL each.

import Base
import Foundation
import TestSupport
import Testing
import Trading

final class LuaWorld {
    let server: RedisServer
    let functions: Functions
    var redis: RedisClient { functions.redis }

    init(
        makerBps: Int64 = 0, takerBps: Int64 = 0, isSeeded: Bool = true,
        edit: (String) -> String = { $0 }
    ) throws {
        server = try RedisServer()
        functions = try Functions(try server.connect(), edit: edit)
        guard isSeeded else { return }
        let reply = functions.call(
            "seed", LuaWorld.seedArguments(makerBps: makerBps, takerBps: takerBps))
        try #require(reply.word == "ok", "\(reply)")
    }

    static func instrument(
        state: InstrumentState = .open, priceScale: Int = 2, quantityScale: Int = 0,
        tick: Int64 = 1, lot: Int64 = 1, bandBps: Int64 = 1_000, minNotional: Int64 = 0,
        makerBps: Int64 = 0, takerBps: Int64 = 0, currency: String = "USD"
    ) -> [UInt8] {
        Instrument(
            symbol: "AAPL", state: state, priceScale: priceScale, quantityScale: quantityScale,
            tickSize: tick, lotSize: lot, bandBps: bandBps, minNotional: Money(minNotional),
            makerFeeBps: makerBps, takerFeeBps: takerBps, currency: currency, name: "Apple",
            assetType: "stocks"
        ).encoded()
    }

    static func seedArguments(makerBps: Int64 = 0, takerBps: Int64 = 0) -> [Argument] {
        let profile = Argument([0, 0, 0])
        return [
            1, "AAPL", Argument(instrument(makerBps: makerBps, takerBps: takerBps)),
            2, 1_000_000_000, "USD", profile, 1_000_000_000, "USD", profile,
            2, "1", "AAPL", 1_000, 15_000, "2", "AAPL", 1_000, 15_000,
        ]
    }

    // Orders.

    func buy(
        _ account: String, _ clientID: String, _ quantity: Int64, at price: Int64,
        change: (inout NewOrder) -> Void = { _ in }
    ) -> Reply {
        order(account, clientID, .buy, quantity, price, change)
    }

    func sell(
        _ account: String, _ clientID: String, _ quantity: Int64, at price: Int64,
        change: (inout NewOrder) -> Void = { _ in }
    ) -> Reply {
        order(account, clientID, .sell, quantity, price, change)
    }

    private func order(
        _ account: String, _ clientID: String, _ side: Side, _ quantity: Int64, _ price: Int64,
        _ change: (inout NewOrder) -> Void
    ) -> Reply {
        var order = NewOrder()
        order.account = account
        order.clientID = clientID
        order.side = Int64(side.rawValue)
        order.quantity = quantity
        order.price = price
        change(&order)
        return functions.submit(order)
    }

    // What stands in Redis now.

    func order(_ id: String) throws -> Order {
        let record = redis.call("HGET", functions.key("orders"), id).bytes
        return try Order(id: OrderID(id), record: record[...])
    }

    func account(_ id: String) throws -> Account {
        let record = redis.call("HGET", functions.key("accounts"), id).bytes
        return try Account(id: id, record: record[...])
    }

    func position(_ account: String, _ symbol: String = "AAPL") throws -> Position {
        let key = "\(account):\(symbol)"
        let record = redis.call("HGET", functions.key("positions"), key).bytes
        return try Position(key: key, record: record[...])
    }

    /// `quantity count` of a lit level, empty where there is none.
    func level(_ side: Side, _ price: Int64) throws -> String {
        let key = functions.key("levels:AAPL:\(side == .buy ? "b" : "s")")
        let record = redis.call("HGET", key, String(price)).bytes
        guard !record.isEmpty else { return "" }
        var reader = ByteReader(record[...])
        return "\(try reader.int64()) \(try reader.int64())"
    }

    func event(_ sequence: Int64) throws -> Event {
        try Event(sequence: sequence, entry: functions.event(sequence)[...])
    }

    /// Expects that the call answers so and leaves every key as it was.
    func expectUnchanged(
        _ call: () -> Reply, _ answers: String, _ location: SourceLocation = #_sourceLocation
    ) {
        let before = redis.dump()
        let reply = call()
        #expect(reply.description.hasPrefix(answers), "\(reply)", sourceLocation: location)
        #expect(redis.dump() == before, "\(reply)", sourceLocation: location)
    }
}
