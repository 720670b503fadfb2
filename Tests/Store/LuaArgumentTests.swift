// Wrong arguments of every kind to every function: refused by name, and not a key changes.

import Base
import TestSupport
import Testing
import Trading

@Suite struct LuaArgumentTests {
    private let world: LuaWorld
    private var functions: Functions { world.functions }

    init() throws {
        world = try LuaWorld()
        _ = world.buy("1", "open", 10, at: 14_000)
    }

    private static let notNumbers = [
        "", "x", "1.5", "1e2", "9007199254740992", "-9007199254740992",
    ]

    private static let longActor = String(repeating: "x", count: 1_281)

    /// Replaces one argument after the other by each of its wrong values.
    private func expectRefused(
        _ function: String, _ good: [Argument], _ wrong: [(Int, String, [String])]
    ) {
        for (index, name, values) in wrong {
            for value in values {
                var arguments = good
                arguments[index] = Argument(value)
                world.expectUnchanged(
                    { functions.call(function, arguments) }, "refused bad_argument name=\(name)")
            }
        }
        let refused = "refused bad_argument name=count"
        world.expectUnchanged({ functions.call(function, Array(good.dropLast())) }, refused)
        world.expectUnchanged({ functions.call(function, good + [""]) }, refused)
        world.expectUnchanged({ functions.call(function, []) }, refused)
    }

    @Test func submit() {
        var order = NewOrder()
        order.price = 15_000
        order.quantity = 10
        let numbers = Self.notNumbers
        let guards = [
            "x", "r|1|1|1|1|0|c", "r|3|1|1|1|0|c|0", "r|1|position|1|1|0|c|0", "r|1|0|1|1|0|c|0",
            "r|1|1|2|1|0|c|0", "r|1|2|1|1|0|c|0",
            "r|1|7|2|1|1|c|0", "r|1|8|3|1|0|c|0", "r|1|9|5|1|1|c|0", "r|1|1|6|1|0|c|0",
            "r|1|6|2|1|0|c|0", "r|1|1|1|1|1|c|0", "r|1|6|2|1|86400001|c|0", "r|1|6|2|1|-1|c|0",
            "r|1|1|1|1.5|0|c|0", "r|1|1|1|9007199254740992|0|c|0", "r|1|1|1|1|0|c|2",
            "r|1|1|1|1|0|c d|0",
            Array(repeating: "r|1|1|1|1|0|c|0", count: 65)
                .joined(separator: ";"),
        ]
        expectRefused(
            "submit", order.arguments,
            [
                (
                    0, "order_id",
                    ["", "1", "1-", "2-a", "1-a b", "1-" + String(repeating: "x", count: 37)]
                ),
                (3, "side", numbers + ["0", "3"]), (4, "pricing", numbers + ["0", "3"]),
                (5, "price", numbers + ["0", "-1"]), (6, "quantity", numbers + ["0", "-5"]),
                (7, "policy", numbers + ["0", "4"]), (8, "book", numbers + ["-1", "2"]),
                (9, "expire_at", numbers + ["-1"]),
                (10, "request_hash", ["", "1234567", "123456789"]),
                (11, "revision", numbers), (13, "guards", guards),
                (15, "flags", numbers + ["-1", "4"]), (16, "self_trade", numbers + ["0", "5"]),
                (17, "ext", ["x", String(repeating: "x", count: 89)]),
                (19, "timer", numbers + ["-1"]),
                (20, "policy", Self.notNumbers.filter { !$0.isEmpty } + ["-1"]),
                (21, "decisions", [String(repeating: "x", count: 65_536)]),
            ])
        order.pricing = 2
        world.expectUnchanged({ functions.submit(order) }, "refused bad_argument name=price")
    }

    @Test func cancel() {
        expectRefused(
            "cancel", ["1-open", "user_cancel"],
            [(1, "reason", ["", String(repeating: "x", count: 256)])])
        world.expectUnchanged(
            { functions.cancel("1-none") }, "refused unknown_order order_id=1-none")
        world.expectUnchanged({ functions.cancel("") }, "refused unknown_order")
    }

    @Test func amend() {
        let numbers = Self.notNumbers.filter { !$0.isEmpty } + ["0", "-1"]
        expectRefused(
            "amend", ["1-open", "14001", "9", 1, "", "", "", ""],
            [
                (1, "price", numbers), (2, "quantity", numbers), (3, "revision", Self.notNumbers),
                (4, "guards", ["x", ";x"]), (5, "trigger_price", numbers),
                (6, "policy", Self.notNumbers.filter { !$0.isEmpty } + ["-1"]),
                (7, "decisions", [String(repeating: "x", count: 65_536)]),
            ])
        world.expectUnchanged({ functions.amend("1-none", price: 1) }, "refused unknown_order")
        world.expectUnchanged({ functions.amend("1-open", price: 1, revision: 2) }, "stale")
    }

    @Test func account() {
        let numbers = Self.notNumbers + ["-1"]
        let wrong: [(Int, String, [String])] = [
            (1, "create", numbers + ["2"]), (2, "state", numbers + ["0", "5"]),
            (3, "active", numbers + ["2"]), (4, "short_limit", numbers),
            (5, "currency", ["", "usd", "U$", "ABCDEFGHIJKLM"]), (6, "balance", numbers),
            (8, "actor", [Self.longActor]),
            (10, "group", ["A", "-a", "a b", String(repeating: "x", count: 33)]),
            (11, "self_trade_scope", numbers + ["2"]),
            (12, "maker_fee_bps", Self.notNumbers + ["-2", "10001"]),
            (13, "taker_fee_bps", Self.notNumbers + ["-2", "10001"]),
            (14, "buying_power_multiple", numbers + ["9999", "100001"]),
        ]
        let good: [Argument] = [
            "", 1, 1, 1, 0, "USD", 100, "", "", "", "", 0, "-1", "-1", 10_000,
        ]
        expectRefused("account", good, wrong)
        expectRefused(
            "account", good,
            [(0, "account", ["0", "01", "-1", "x", "1-2", "1:2", "1234567890123456"])])
        world.expectUnchanged({ functions.account("1") }, "refused account_exists account=1")
        world.expectUnchanged(
            { functions.account("9", create: false) }, "refused unknown_account account=9")
        world.expectUnchanged(
            { functions.account("1", create: false, currency: "EUR") },
            "refused currency_fixed currency=USD")
        world.expectUnchanged(
            { functions.account("1", create: false, balance: 5) },
            "refused bad_argument name=balance")
    }

    @Test func transact() {
        let numbers = Self.notNumbers
        expectRefused(
            "transact", ["1", 1, 100, "", 0, -1, "", "", "", "12345678"],
            [
                (1, "type", numbers + ["0", "4"]), (2, "amount", numbers + ["0", "-1"]),
                (3, "symbol", ["AAPL"]), (4, "quantity", numbers + ["1"]),
                (5, "price", numbers + ["-2"]),
                (6, "description", [String(repeating: "x", count: 256)]),
                (7, "actor", [Self.longActor]),
                (8, "client_transaction_id", ["a b", "ä", String(repeating: "x", count: 37)]),
                (9, "request_hash", ["", "1234567", "123456789"]),
            ])
        expectRefused(
            "transact", ["1", 3, 0, "AAPL", 5, -1, "", "", "", "12345678"],
            [(2, "amount", ["1", "-1"]), (4, "quantity", ["0"])])
        world.expectUnchanged(
            { functions.transact("9", kind: 1, amount: 1) }, "refused unknown_account account=9")
        world.expectUnchanged(
            { functions.transact("1", kind: 3, symbol: "NONE", quantity: 1) },
            "refused unknown_symbol symbol=NONE")
    }

    @Test func instrument() {
        let good = LuaWorld.instrument()
        for symbol in ["", "A B", "A:B", "{A}", "ABCDEFGHIJKLMNOPQRSTU"] {
            world.expectUnchanged(
                { functions.instrument(symbol, create: true, packed: good) },
                "refused bad_argument name=symbol")
        }
        for length in 0..<74 {
            world.expectUnchanged(
                { functions.instrument("NEW", create: true, packed: Array(good.prefix(length))) },
                "refused bad_argument name=record")
        }
        let wrong: [(String, [UInt8])] = [
            ("version", [3] + good.dropFirst()),
            ("price_scale", LuaWorld.instrument(priceScale: 10)),
            ("quantity_scale", LuaWorld.instrument(quantityScale: 10)),
            ("tick_size", LuaWorld.instrument(tick: 0)),
            ("tick_size", LuaWorld.instrument(tick: Scaled.maximum + 1)),
            ("lot_size", LuaWorld.instrument(lot: -1)),
            ("price_band_bps", LuaWorld.instrument(bandBps: -1)),
            ("min_notional", LuaWorld.instrument(minNotional: -1)),
            ("maker_fee_bps", LuaWorld.instrument(makerBps: -1)),
            ("taker_fee_bps", LuaWorld.instrument(takerBps: 10_001)),
            ("currency", LuaWorld.instrument(currency: "usd")),
        ]
        for (name, packed) in wrong {
            world.expectUnchanged(
                { functions.instrument("NEW", create: true, packed: packed) },
                "refused bad_argument name=\(name)")
        }
        expectRefused(
            "instrument", ["NEW", 1, Argument(good), ""],
            [(1, "create", Self.notNumbers + ["2"]), (3, "actor", [Self.longActor])])
        world.expectUnchanged(
            { functions.instrument("AAPL", create: true, packed: good) },
            "refused symbol_exists symbol=AAPL")
        world.expectUnchanged(
            { functions.instrument("NONE", create: false, packed: good) },
            "refused unknown_symbol symbol=NONE")
        for other in [LuaWorld.instrument(priceScale: 3), LuaWorld.instrument(currency: "EUR")] {
            world.expectUnchanged(
                { functions.instrument("AAPL", create: false, packed: other) },
                "refused scale_fixed symbol=AAPL")
        }
        for other in [
            LuaWorld.instrument(makerBps: 1), LuaWorld.instrument(tick: 5),
            LuaWorld.instrument(lot: 10),
        ] {
            world.expectUnchanged(
                { functions.instrument("AAPL", create: false, packed: other) },
                "refused open_orders symbol=AAPL")
        }
    }

    @Test func tick() {
        expectRefused("tick", ["AAPL"], [])
        world.expectUnchanged({ functions.tick("NONE") }, "refused unknown_symbol symbol=NONE")
        world.expectUnchanged({ functions.tick("AAPL") }, "ok 0 0")
    }

    @Test func project() {
        let refused = "refused bad_argument name="
        func execution(bytes: Int, _ more: [UInt8] = []) -> Argument {
            Argument(Array(repeating: 1, count: bytes) + more)
        }
        let good = execution(bytes: 101, [3] + Array("1-a".utf8))
        let wrong: [(String, [Argument])] = [
            ("count", []), ("count", ["0"]), ("from", ["x", "1"]), ("from", ["-1", "1"]),
            ("to", ["0", "0"]), ("to", ["0", "x"]), ("count", ["0", "1", "list:orders"]),
            ("count", ["0", "1", "list:orders", "0"]),
            ("count", ["0", "1", "list:orders", "2", "a"]),
            ("list", ["0", "1", "orders", "1", "a"]), ("list", ["0", "1", "list:", "1", "a"]),
            ("list", ["0", "1", "list:orders", "1", "a", "seq", "1", "b"]),
            ("count", ["0", "1", "executions", "2", "a"]),
            ("executions", ["0", "1", "executions", "1", "a"]),
            ("executions", ["0", "1", "executions", "1", execution(bytes: 101)]),
            ("executions", ["0", "1", "executions", "1", execution(bytes: 101, [0])]),
            ("executions", ["0", "1", "executions", "1", execution(bytes: 101, [4, 1, 1, 1])]),
            ("list", ["0", "1", "executions", "1", good, "executions", "1", good]),
        ]
        for (name, arguments) in wrong {
            world.expectUnchanged({ functions.call("project", arguments) }, refused + name)
        }
        world.expectUnchanged({ functions.call("project", "5", "6") }, "stale 0")
    }

    @Test func seed() throws {
        world.expectUnchanged(
            { functions.call("seed", LuaWorld.seedArguments()) }, "refused not_empty")
        let empty = try LuaWorld(isSeeded: false)
        let good = LuaWorld.seedArguments()
        for count in 0..<good.count {
            empty.expectUnchanged(
                { empty.functions.call("seed", Array(good.prefix(count))) },
                "refused bad_argument name=count")
        }
        let wrong: [(Int, String, String)] = [
            (0, "instruments", "-1"), (1, "symbol", "A B"), (2, "record", "x"),
            (3, "accounts", "1001"), (4, "balance", "-1"), (5, "currency", ""),
            (10, "positions", "x"), (11, "account", "3"), (12, "symbol", "MSFT"),
            (13, "quantity", "0"), (14, "price", "-1"), (15, "positions", "1"),
        ]
        for (index, name, value) in wrong {
            var arguments = good
            arguments[index] = Argument(value)
            empty.expectUnchanged(
                { empty.functions.call("seed", arguments) }, "refused bad_argument name=\(name)")
        }
    }
}
