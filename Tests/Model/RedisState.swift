// All that stands in Redis, decoded, for comparison with the model and with what the events tell.

import Base
import TestSupport
import Trading

struct LevelTotal: Hashable {
    var quantity: Int64 = 0
    var count: Int64 = 0
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
    var levels: [LevelKey: LevelTotal] = [:]
    /// Sorted sets by name without prefix: member → score. Empty ones aren't there.
    var sets: [String: [String: String]] = [:]
    /// What isn't in the order records: a family's keys, guards, plugins' states, alarms, points.
    var children: [String: String] = [:]
    var guards: [String: String] = [:]
    var states: [String: [UInt8]] = [:]
    var timers: [String: String] = [:]
    var points: [String: [Int64]] = [:]
    var fees: Int64 = 0
    var throttles: [String: Throttle] = [:]
    /// P:scopes, but for its `policy` and `kept`.
    var totals: [String: [Int64]] = [:]
}

extension RedisState {
    /// Reads everything; the symbols are those of `P:instruments`.
    init(_ functions: Functions) throws {
        let redis = functions.redis
        func hash(_ name: String) -> [(String, ArraySlice<UInt8>)] {
            redis.call("HGETALL", functions.key(name)).pairs.map { ($0.0.text, $0.1.bytes[...]) }
        }
        func texts(_ name: String) -> [String: String] {
            [String: String](
                uniqueKeysWithValues: hash(name).map { ($0, String(decoding: $1, as: UTF8.self)) })
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
        fees = texts("fees").values.reduce(0) { $0 + (Int64($1) ?? 0) }
        (children, guards) = (texts("children"), texts("guards"))
        for (id, blob) in hash("states") { states[id] = Array(blob) }
        timers = RedisState.set(functions, "timers")
        for (key, record) in hash("throttles") {
            throttles[key] = try Throttle(key: key, record: record)
        }
        for (field, record) in hash("scopes") where field != "policy" && field != "kept" {
            var reader = ByteReader(record)
            while !reader.isAtEnd { totals[field, default: []].append(try reader.int64()) }
        }
        for symbol in instruments.keys { try readSymbol(functions, symbol) }
    }

    private static func set(_ functions: Functions, _ name: String) -> [String: String] {
        let found = functions.redis.call("ZRANGE", functions.key(name), "0", "-1", "WITHSCORES")
        return [String: String](
            uniqueKeysWithValues: found.pairs.map { ($0.0.text, $0.1.text) })
    }

    private mutating func readSymbol(_ functions: Functions, _ symbol: String) throws {
        var names = ["parked:\(symbol)", "work:\(symbol)", "pegs:\(symbol)", "expiry:\(symbol)"]
        for side in ["b", "s"] { names += ["book:\(symbol):\(side)", "dark:\(symbol):\(side)"] }
        for suffix in ["lu", "ld", "bu", "bd", "au", "ad"] {
            names.append("stops:\(symbol):\(suffix)")
        }
        for suffix in ["u", "d"] { names.append("trails:\(symbol):\(suffix)") }
        for account in accounts.keys { names.append("reduce:\(account):\(symbol)") }
        for name in names {
            let found = RedisState.set(functions, name)
            if !found.isEmpty { sets[name] = found }
        }
        for side in [Side.buy, .sell] {
            let key = functions.key("levels:\(symbol):\(side.letter)")
            for (price, total) in functions.redis.call("HGETALL", key).pairs {
                var reader = ByteReader(total.bytes[...])
                levels[LevelKey(symbol: symbol, side: side, price: Int64(price.text) ?? -1)] =
                    LevelTotal(quantity: try reader.int64(), count: try reader.int64())
            }
        }
        let key = functions.key("points:\(symbol)")
        var reader = ByteReader(functions.redis.call("GET", key).bytes[...])
        // It may be there and empty: more is to be done, though no point is left.
        if functions.redis.call("EXISTS", key).text == "1" { points[symbol] = [] }
        while !reader.isAtEnd { points[symbol, default: []].append(try reader.int64()) }
    }

    /// The first difference from what was expected, as a sentence; nil where there is none.
    func difference(from expected: RedisState, _ source: String) -> String? {
        func differs<Key: Hashable, Value: Equatable>(
            _ name: String, _ here: [Key: Value], _ there: [Key: Value]
        ) -> String? {
            guard here != there else { return nil }
            for key in Set(here.keys).union(there.keys) where here[key] != there[key] {
                let (redis, other) = (here[key], there[key])
                return "\(name) \(key), Redis and \(source): \(unlike(redis, other))"
            }
            return nil
        }
        if sequence != expected.sequence {
            return "sequence: Redis \(sequence), \(source) \(expected.sequence)"
        }
        if fees != expected.fees { return "fees: Redis \(fees), \(source) \(expected.fees)" }
        var found = differs("order", orders, expected.orders)
        found = found ?? differs("account", accounts, expected.accounts)
        found = found ?? differs("position", positions, expected.positions)
        found = found ?? differs("market", markets, expected.markets)
        found = found ?? differs("instrument", instruments, expected.instruments)
        found = found ?? differs("level", levels, expected.levels)
        found = found ?? differs("set", sets, expected.sets)
        found = found ?? differs("children", children, expected.children)
        found = found ?? differs("guards", guards, expected.guards)
        found = found ?? differs("state", states, expected.states)
        found = found ?? differs("timer", timers, expected.timers)
        found = found ?? differs("throttle", throttles, expected.throttles)
        return found ?? differs("points", points, expected.points)
    }
}

extension Side {
    var letter: String { self == .buy ? "b" : "s" }
}

func text<Value>(_ value: Value?) -> String {
    value.map { String(describing: $0) } ?? "none"
}
