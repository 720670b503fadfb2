// All that stands in Redis, decoded, for comparison with the model and with what the events tell.

import Base
import TestSupport
import Trading

struct BookEntry: Hashable {
    let book: BookKind
    let side: Side
    let symbol: String
    let member: String
    let score: String
}

struct LevelTotal: Hashable {
    var quantity: Int64
    var count: Int64
}

struct LevelKey: Hashable {
    let symbol: String
    let side: Side
    let price: Int64
}

struct RedisState: Equatable {
    var sequence: Int64 = 0
    var orders: [String: ModelOrder] = [:]
    var accounts: [String: ModelAccount] = [:]
    var positions: [String: ModelPosition] = [:]
    var markets: [String: ModelMarket] = [:]
    var instruments: [String: ModelInstrument] = [:]
    var bookEntries: Set<BookEntry> = []
    var levels: [LevelKey: LevelTotal] = [:]
    /// `symbol:order` → time
    var expiries: [String: Int64] = [:]
    var fees: Int64 = 0
}

extension RedisState {
    /// Reads everything; the symbols are those of `P:instruments`.
    init(_ functions: Functions) throws {
        let redis = functions.redis
        func hash(_ name: String) -> [(String, ArraySlice<UInt8>)] {
            redis.call("HGETALL", functions.key(name)).pairs.map { ($0.0.text, $0.1.bytes[...]) }
        }
        sequence = Int64(redis.call("GET", functions.key("seq")).text) ?? 0
        for (id, record) in hash("orders") {
            orders[id] = ModelOrder(try Order(id: OrderID(id), record: record))
        }
        for (id, record) in hash("accounts") {
            accounts[id] = ModelAccount(try Account(id: id, record: record))
        }
        for (key, record) in hash("positions") {
            positions[key] = ModelPosition(try Position(key: key, record: record))
        }
        for (symbol, record) in hash("market") {
            markets[symbol] = ModelMarket(try Market(symbol: symbol, record: record))
        }
        for (symbol, record) in hash("instruments") {
            instruments[symbol] = ModelInstrument(try Instrument(symbol: symbol, record: record))
        }
        for (_, total) in hash("fees") {
            fees += Int64(String(decoding: total, as: UTF8.self)) ?? 0
        }
        for symbol in instruments.keys { try readBooks(functions, symbol) }
    }

    private mutating func readBooks(_ functions: Functions, _ symbol: String) throws {
        let redis = functions.redis
        for side in [Side.buy, .sell] {
            let suffix = "\(symbol):\(side == .buy ? "b" : "s")"
            for book in [BookKind.lit, .internal] {
                let key = functions.key("\(book == .lit ? "book" : "dark"):\(suffix)")
                for (member, score) in redis.call("ZRANGE", key, "0", "-1", "WITHSCORES").pairs {
                    bookEntries.insert(
                        BookEntry(
                            book: book, side: side, symbol: symbol, member: member.text,
                            score: score.text))
                }
            }
            for (price, total) in redis.call("HGETALL", functions.key("levels:\(suffix)")).pairs {
                var reader = ByteReader(total.bytes[...])
                levels[LevelKey(symbol: symbol, side: side, price: Int64(price.text) ?? -1)] =
                    LevelTotal(quantity: try reader.int64(), count: try reader.int64())
            }
        }
        let expiry = redis.call(
            "ZRANGE", functions.key("expiry:\(symbol)"), "0", "-1", "WITHSCORES")
        for (order, time) in expiry.pairs {
            expiries["\(symbol):\(order.text)"] = Int64(time.text)
        }
    }

    /// The books, levels and expiries that open orders make.
    mutating func placeOpenOrders() {
        for order in orders.values where order.status.isOpen {
            let digits = String(order.bookSequence)
            let padded = String(repeating: "0", count: 16 - digits.count) + digits
            bookEntries.insert(
                BookEntry(
                    book: order.book, side: order.side, symbol: order.symbol,
                    member: padded + order.id,
                    score: String(order.side == .buy ? -order.price : order.price)))
            if order.expireAt > 0 { expiries["\(order.symbol):\(order.id)"] = order.expireAt }
            guard order.book == .lit else { continue }
            let key = LevelKey(symbol: order.symbol, side: order.side, price: order.price)
            levels[key, default: LevelTotal(quantity: 0, count: 0)].quantity += order.leaves
            levels[key, default: LevelTotal(quantity: 0, count: 0)].count += 1
        }
    }

    /// The first difference from what was expected, as a sentence; nil where there is none.
    func difference(from expected: RedisState, _ source: String) -> String? {
        func differs<Key: Hashable, Value: Equatable>(
            _ name: String, _ here: [Key: Value], _ there: [Key: Value]
        ) -> String? {
            for key in Set(here.keys).union(there.keys) where here[key] != there[key] {
                let (redis, other) = (here[key], there[key])
                return "\(name) \(key): Redis \(text(redis)), \(source) \(text(other))"
            }
            return nil
        }
        if sequence != expected.sequence {
            return "sequence: Redis \(sequence), \(source) \(expected.sequence)"
        }
        if fees != expected.fees { return "fees: Redis \(fees), \(source) \(expected.fees)" }
        let found: [String?] = [
            differs("order", orders, expected.orders),
            differs("account", accounts, expected.accounts),
            differs("position", positions, expected.positions),
            differs("market", markets, expected.markets),
            differs("instrument", instruments, expected.instruments),
            differs("level", levels, expected.levels),
            differs("expiry", expiries, expected.expiries),
        ]
        if let first = found.compactMap({ $0 }).first { return first }
        let entries = bookEntries.symmetricDifference(expected.bookEntries)
        return entries.first.map { "book entry only in Redis or only in \(source): \($0)" }
    }
}

func text<Value>(_ value: Value?) -> String {
    value.map { String(describing: $0) } ?? "none"
}
