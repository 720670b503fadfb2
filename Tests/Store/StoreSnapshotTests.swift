import Base
import Loop
import Testing
import Trading

@testable import Store

/// Caches as a host keeps them: a snapshot, and events on top by the rule that StoreSnapshot states.
private struct Caches: Equatable {
    var accounts: [String: Account] = [:]
    var positions: [String: Position] = [:]
    var orders: [OrderID: Order] = [:]
    var markets: [String: Market] = [:]
    var levels: [String: LevelChange] = [:]

    init(_ snapshot: StoreSnapshot) {
        for account in snapshot.accounts { accounts[account.id] = account }
        for position in snapshot.positions {
            positions["\(position.account):\(position.symbol)"] = position
        }
        for order in snapshot.openOrders { orders[order.id] = order }
        for market in snapshot.markets { markets[market.symbol] = market }
        for (symbol, changes) in snapshot.levels {
            for level in changes { apply(level, symbol) }
        }
    }

    private mutating func apply(_ level: LevelChange, _ symbol: String) {
        let key = "\(symbol) \(level.side) \(level.price.raw)"
        levels[key] = level.orderCount == 0 ? nil : level
    }

    mutating func apply(_ event: Event) {
        for change in event.changes {
            switch change {
            case .order(let order, _):
                if let known = orders[order.id], known.lastSequence >= event.sequence { continue }
                orders[order.id] = order.status.isOpen ? order : nil
            case .account(let account):
                if let known = accounts[account.id], known.lastSequence >= event.sequence {
                    continue
                }
                accounts[account.id] = account
            case .position(let position):
                let key = "\(position.account):\(position.symbol)"
                if let known = positions[key], known.lastSequence >= event.sequence { continue }
                positions[key] = position
            case .level(let level): apply(level, event.symbol)
            case .market(let market): markets[market.symbol] = market
            case .trade, .instrument, .ledger, .guardValue, .key, .audit, .step, .bust,
                .decision, .throttle, .control, .alert:
                continue
            }
        }
    }
}

@Suite(.serialized) struct StoreSnapshotTests {
    private func load(_ scene: StoreScene) throws -> StoreSnapshot {
        try scene.wait { StoreSnapshot.load(scene.connection, $0) }
    }

    @Test func anEmptyRedisGivesAnEmptyPicture() throws {
        let redis = try PrivateRedis()
        let loop = try EventLoop()
        let connection = StoreScene.connection(loop, redis, name: "main")
        loop.run { connection.isUp }
        var result: Result<StoreSnapshot, RedisFailure>?
        StoreSnapshot.load(connection) { result = $0 }
        loop.run { result != nil }
        #expect(result == .success(StoreSnapshot()))
        connection.close()
    }

    @Test func itHoldsWhatStandsInRedis() throws {
        let scene = try StoreScene()
        _ = try scene.submit(scene.order(account: "2", .sell, 15_000, 10))
        _ = try scene.submit(scene.order(account: "2", .sell, 15_000, 5))
        _ = try scene.submit(scene.order(account: "1", .buy, 15_000, 4))
        _ = try scene.submit(scene.order(account: "1", .buy, 14_000, 3))
        var dark = scene.order(account: "3", .buy, 14_000, 3)
        dark.plan.book = .internal
        _ = try scene.submit(dark)
        let snapshot = try load(scene)
        #expect(snapshot.sequence == 6 && snapshot.settledSequence == 6)
        #expect(snapshot.instruments.map(\.symbol).sorted() == ["AAPL", "MSFT"])
        #expect(snapshot.accounts.count == 3 && snapshot.positions.count == 3)
        #expect(snapshot.openOrders.count == 4)
        #expect(snapshot.openOrders.contains { $0.book == .internal && $0.id == dark.id })
        #expect(snapshot.markets.first?.last == Price(15_000))
        let levels = Set(snapshot.levels["AAPL"] ?? [])
        #expect(
            levels == [
                LevelChange(
                    book: .lit, side: .sell, price: Price(15_000), quantity: Quantity(11),
                    orderCount: 2),
                LevelChange(
                    book: .lit, side: .buy, price: Price(14_000), quantity: Quantity(3),
                    orderCount: 1),
            ])
        #expect(snapshot.levels["MSFT"] == [])
    }

    /// Trading goes on, over another connection, while the picture is taken in many small reads.
    @Test func withTheEventsOnTopItIsExact() throws {
        let scene = try StoreScene(["--hash-max-listpack-entries", "16"])
        // Enough open orders for several chunks.
        for number in 0..<1_500 {
            scene.matcher.submit(scene.order(.buy, 9_000 + Int64(number % 500), 1)) { _ in }
        }
        var random = SystemRandomNumberGenerator()
        var snapshot: StoreSnapshot?
        var isLoading = false
        var open: [OrderID] = []
        var answered = 0
        for step in 0..<3_000 {
            let buys = Bool.random(using: &random)
            let price = Int64.random(in: 9_990...10_010, using: &random)
            let call = scene.order(
                account: buys ? "2" : "3", buys ? .buy : .sell, price,
                Int64.random(in: 1...9, using: &random))
            open.append(call.id)
            scene.matcher.submit(call) { _ in answered += 1 }
            if step % 3 == 0, let id = open.randomElement(using: &random) {
                scene.matcher.cancel(CancelCall(id: id, reason: "client_request")) { _ in }
            }
            if step % 50 == 0 {
                scene.loop.run { answered > step - 40 }
                if step >= 500, !isLoading {
                    isLoading = true
                    StoreSnapshot.load(scene.connection) { snapshot = try? $0.get() }
                }
            }
        }
        scene.loop.run { snapshot != nil && answered == 3_000 }
        let early = try #require(snapshot)
        let last = try scene.wait { EventReader(scene.connection).lastSequence($0) }
        // Or the test proves nothing.
        #expect(early.settledSequence > early.sequence && last > early.settledSequence)

        var caches = Caches(early)
        var next = early.sequence + 1
        while next <= last {
            var batch: Result<[Event], EventReadFailure>?
            EventReader(scene.connection).range(from: next, limit: 500) { batch = $0 }
            scene.loop.run { batch != nil }
            for event in try #require(batch).get() {
                caches.apply(event)
                next = event.sequence + 1
            }
        }
        let late = try load(scene)
        #expect(late.sequence == last)
        #expect(caches == Caches(late))
        #expect(late.openOrders.count > 1_500)
    }

    @Test func aBrokenRecordIsAnError() throws {
        let scene = try StoreScene()
        _ = try scene.redis.command("HSET", Keys.first.accounts, "9", "junk")
        #expect(throws: RedisFailure.self) { try load(scene) }
    }
}
