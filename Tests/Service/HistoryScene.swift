// A private Redis with two instruments and three accounts, and what a host reads its histories with.

import Base
import Loop
import Store
import TestSupport
import Testing
import Trading

@testable import Service

final class HistoryScene {
    let client: RedisClient
    let history: History
    /// All that has happened, once `settle` has been called.
    private(set) var events: [Event] = []
    private let server: RedisServer
    private let loop: EventLoop
    private let connection: RedisConnection
    private let matcher: Matcher
    private let projector: Projector
    private let picture = Picture()
    private let acknowledged = Acknowledged()
    private var unanswered = 0

    init() throws {
        let log = Log(level: .error, origin: "test")
        server = try RedisServer()
        client = try server.connect()
        loop = try EventLoop()
        connection = RedisConnection(
            loop: loop, endpoint: .unix(path: server.socket), name: "test", log: log)
        StorePreparation(durability: .fast, log: log).install(on: connection, loadsLibrary: true)
        connection.connect()
        matcher = Matcher(connection)
        projector = Projector(loop: loop, matcher: matcher, log: log)
        history = History(
            redis: connection, projector: projector, picture: picture, acknowledged: acknowledged)
        try run { self.connection.isUp }
        try seed()
    }

    deinit { connection.close() }

    private func run(until condition: @escaping () -> Bool) throws {
        let end = Clock.monotonicMicros() + 60_000_000
        func check() {
            if condition() || Clock.monotonicMicros() > end { return loop.stop() }
            loop.schedule(afterMillis: 1, check)
        }
        loop.schedule(afterMillis: 0, check)
        loop.run()
        try #require(condition())
    }

    private func seed() throws {
        let profile = AccountProfile(name: "a", accountType: "cash", riskLevel: "low")
        let call = SeedCall(
            instruments: ["AAPL", "MSFT"].map { symbol in
                Instrument(
                    symbol: symbol, priceScale: 2, quantityScale: 0, tickSize: 1, lotSize: 1,
                    bandBps: 1_000, name: symbol, assetType: "stock")
            },
            accounts: (1...3).map { _ in
                SeedCall.Account(balance: Money(Scaled.maximum / 4), profile: profile)
            },
            positions: (1...3).flatMap { number in
                ["AAPL", "MSFT"].map { symbol in
                    SeedCall.Position(
                        account: "\(number)", symbol: symbol, quantity: Quantity(1_000_000),
                        price: Price(100))
                }
            })
        let reply = try read { matcher.seed(call, $0) }
        try #require((try? reply.get()) != nil)
    }

    /// Sends a limit order; `settle` waits for its answer.
    func send(
        _ account: String, _ id: String, _ side: Side, _ quantity: Int64, at price: Int64,
        symbol: String = "AAPL", policy: RemainderPolicy = .rest, tag: String = ""
    ) {
        let plan = Plan(
            pricing: .limit, price: Price(price), quantity: Quantity(quantity), policy: policy,
            book: .lit, expireAt: 0)
        let call = SubmitCall(
            id: OrderID(account: account, clientOrderID: id), account: account, symbol: symbol,
            side: side, plan: plan, requestHash: 1, instrumentRevision: 1,
            terms: OrderTerms(orderType: "limit", timeInForce: "gtc", tag: tag))
        unanswered += 1
        matcher.submit(call) { [self] _ in unanswered -= 1 }
    }

    func cancel(_ id: String) {
        unanswered += 1
        matcher.cancel(CancelCall(id: OrderID(id), reason: "test")) { [self] _ in unanswered -= 1 }
    }

    func waitForAnswers() throws { try run { self.unanswered == 0 } }

    /// Waits for all answers, and until the events are in the lists and the picture.
    func settle() throws {
        try waitForAnswers()
        let reader = EventReader(connection)
        while true {
            let from = (events.last?.sequence ?? 0) + 1
            let more = try read { reader.range(from: from, limit: Limits.streamBatch, $0) }.get()
            if more.isEmpty { break }
            events += more
            for event in more { picture.apply(event) }
            projector.append(more)
        }
        picture.wake()
        acknowledged.note(picture.sequence)
        try run { self.projector.cursor == self.picture.sequence }
    }

    /// Makes one read and waits for what it gives.
    func read<Value>(_ call: (@escaping (Value) -> Void) -> Void) throws -> Value {
        var found: Value?
        call { found = $0 }
        try run { found != nil }
        return try #require(found)
    }

    /// All pages of a list, one after the other; the number of pages is noted.
    func all<Item>(
        limit: Int, pages: inout Int,
        _ call: (Page, @escaping (Result<PageOf<Item>, Rejection>) -> Void) -> Void
    ) throws -> [Item] {
        var items: [Item] = []
        var before: Int?
        pages = 0
        repeat {
            let page = try read { call(Page(limit: limit, before: before), $0) }.get()
            #expect(page.items.count <= limit)
            items += page.items
            pages += 1
            try #require(page.next == nil || before == nil || page.next! < before!)
            before = page.next
        } while before != nil
        return items
    }

    func all<Item>(
        limit: Int,
        _ call: (Page, @escaping (Result<PageOf<Item>, Rejection>) -> Void) -> Void
    ) throws -> [Item] {
        var pages = 0
        return try all(limit: limit, pages: &pages, call)
    }

    /// What a read costs Redis: commands, and bytes sent in answer.
    func cost(_ call: () throws -> Void) throws -> (commands: Int, bytes: Int) {
        _ = client.call("CONFIG", "RESETSTAT")
        try call()
        let statistics = client.call("INFO", "stats").text
        func number(_ name: String) -> Int {
            let line = statistics.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name) }
            return line.flatMap { Int($0.drop { $0 != ":" }.dropFirst()) } ?? .max
        }
        // INFO isn't counted before it has answered, CONFIG after it has.
        return (number("total_commands_processed:") - 1, number("total_net_output_bytes:"))
    }
}
