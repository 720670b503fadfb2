// A private Redis with two instruments and three accounts, and what a host has to work with it.

import Base
import Loop
import Testing
import Trading

@testable import Store

final class StoreScene {
    let redis: PrivateRedis
    let loop: EventLoop
    let connection: RedisConnection
    let matcher: Matcher
    private var lastOrder = 0

    init(_ options: [String] = []) throws {
        redis = try PrivateRedis(options)
        let loop = try EventLoop()
        self.loop = loop
        connection = Self.connection(loop, redis, name: "main")
        matcher = Matcher(connection)
        loop.run { [connection] in connection.isUp }
        #expect(try seed() == .done(sequence: 1))
    }

    deinit { connection.close() }

    static func connection(
        _ loop: EventLoop, _ redis: PrivateRedis, name: String
    ) -> RedisConnection {
        let connection = RedisConnection(
            loop: loop, endpoint: redis.endpoint, name: name, log: quiet)
        StorePreparation(durability: .fast, log: quiet)
            .install(on: connection, loadsLibrary: name == "main")
        connection.connect()
        return connection
    }

    /// Makes one call and runs the loop until it is answered.
    func wait<Reply>(_ call: (@escaping Answer<Reply>) -> Void) throws -> Reply {
        var result: Result<Reply, RedisFailure>?
        call { result = $0 }
        loop.run { result != nil }
        return try #require(result).get()
    }

    static let profile = AccountProfile(name: "a", accountType: "cash", riskLevel: "low")

    func seed() throws -> SeedReply {
        let instruments = ["AAPL", "MSFT"].map { symbol in
            Instrument(
                symbol: symbol, priceScale: 2, quantityScale: 0, tickSize: 1, lotSize: 1,
                bandBps: 1_000, name: symbol, assetType: "stock")
        }
        let accounts = (1...3).map { _ in
            SeedCall.Account(balance: Money(10_000_000_000), profile: Self.profile)
        }
        let positions = (1...3).map { number in
            SeedCall.Position(
                account: "\(number)", symbol: "AAPL", quantity: Quantity(100_000),
                price: Price(15_000))
        }
        let call = SeedCall(instruments: instruments, accounts: accounts, positions: positions)
        return try wait { matcher.seed(call, $0) }
    }

    /// A limit order that rests; each has an id of its own unless one is given.
    func order(
        account: String = "1", _ side: Side, _ price: Int64, _ quantity: Int64,
        id: String? = nil, hash: Int64 = 1
    ) -> SubmitCall {
        lastOrder += 1
        let plan = Plan(
            pricing: .limit, price: Price(price), quantity: Quantity(quantity), policy: .rest,
            book: .lit, expireAt: 0)
        return SubmitCall(
            id: OrderID(account: account, clientOrderID: id ?? "o\(lastOrder)"), account: account,
            symbol: "AAPL", side: side, plan: plan, requestHash: hash, instrumentRevision: 1,
            terms: OrderTerms(orderType: "limit", timeInForce: "gtc"))
    }

    func submit(_ call: SubmitCall) throws -> SubmitReply {
        try wait { matcher.submit(call, $0) }
    }
}
