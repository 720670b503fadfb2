// The shipped order types and times in force, through the loader.

import Base
import Testing
import Trading

@testable import Plugins

@Suite struct OrderTypesTests {
    let desk: Desk

    init() throws { desk = try Desk() }

    @Test func aLimitOrderIsPlannedAsItWasSent() throws {
        let plan = try desk.plan(Sample.request(.sell, 250, at: 15_025)).get()
        #expect(
            plan
                == Plan(
                    pricing: .limit, price: Price(15_025), quantity: Quantity(250),
                    policy: .rest, book: .lit, expireAt: 0))
    }

    @Test func anInternalOrderStaysInternal() throws {
        var request = Sample.request()
        request.book = .internal
        #expect(try desk.plan(request).get().book == .internal)
    }

    @Test(arguments: [
        ("gtc", "limit", RemainderPolicy.rest, Int64(0)),
        ("day", "limit", .rest, Sample.sessionEnd), ("ioc", "limit", .cancel, 0),
        ("fok", "limit", .allOrNone, 0), ("gtc", "market", .cancel, 0),
        ("day", "market", .cancel, Sample.sessionEnd), ("ioc", "market", .cancel, 0),
        ("fok", "market", .allOrNone, 0), ("gtd", "limit", .rest, Sample.time + 1),
        ("gtd", "market", .cancel, Sample.time + 1),
    ])
    func aTimeInForceSaysWhatBecomesOfTheRemainder(
        time: String, type: String, policy: RemainderPolicy, expiry: Int64
    ) throws {
        let price: Int64? = type == "limit" ? 15_000 : nil
        var request = Sample.request(at: price, type: type, time: time)
        if time == "gtd" { request.expireTime = Sample.time + 1 }
        let plan = try desk.plan(request).get()
        #expect(plan.policy == policy)
        #expect(plan.expireAt == expiry)
        #expect(plan.pricing == (type == "limit" ? .limit : .market))
    }

    @Test func aDayOrderAfterTheSessionIsRefused() {
        let result = desk.plan(Sample.request(time: "day"), sessionEnd: Sample.time)
        #expect(result.code == "session_ended")
    }

    @Test(
        arguments: [
            ("gtd", nil, "expire_time_required"), ("gtd", 0, "expire_time_passed"),
            ("gtd", -1, "expire_time_passed"), ("gtd", 1, nil),
            ("day", 1, "expire_time_not_allowed"),
            ("gtc", 1, "expire_time_not_allowed"), ("ioc", 1, "expire_time_not_allowed"),
            ("fok", 1, "expire_time_not_allowed"),
        ] as [(String, Int64?, String?)])
    func onlyGoodTillDateHasATime(time: String, after: Int64?, code: String?) {
        var request = Sample.request(time: time)
        request.expireTime = after.map { Sample.time + $0 }
        let result = desk.plan(request)
        #expect(result.code == code)
        if code != nil { #expect(result.rejection?.field == "expire_time") }
    }

    @Test func aLimitOrderNeedsAPriceAndAMarketOrderTakesNone() {
        let missing = desk.plan(Sample.request(at: nil))
        #expect(missing.code == "price_required")
        #expect(missing.rejection?.field == "price")
        let given = desk.plan(Sample.request(at: 15_025, type: "market"))
        #expect(given.code == "price_not_allowed")
        #expect(given.rejection?.values == "price=150.25")
    }

    @Test func unknownNamesAreRefusedWithWhatIsLoaded() {
        let type = desk.plan(Sample.request(type: "fancy"))
        #expect(type.code == "unknown_order_type")
        #expect(type.rejection?.message.contains("limit_if_touched, market") == true)
        let time = desk.plan(Sample.request(time: "gtx"))
        #expect(time.code == "unknown_time_in_force")
        #expect(time.rejection?.message.contains("day, fok, gtc, gtd, ioc") == true)
    }

    @Test(arguments: [
        (Int64(15_010), Int64(1_000), "tick_size"), (0, 1_000, "tick_size"),
        (-25, 1_000, "tick_size"), (15_025, 1_001, "lot_size"), (15_025, 0, "lot_size"),
        (15_025, -1_000, "lot_size"),
    ])
    func aClientsNumberOffTheGridIsTheClientsError(price: Int64, quantity: Int64, code: String) {
        let request = Sample.request(.buy, quantity, at: price, symbol: "BTC-USD")
        #expect(desk.plan(request, instrument: Sample.coin).code == code)
    }

    @Test func theLargestNumbersPass() throws {
        let request = Sample.request(.buy, Scaled.maximum, at: Scaled.maximum)
        let plan = try desk.plan(request).get()
        #expect(plan.price == Price(Scaled.maximum))
        #expect(plan.quantity == Quantity(Scaled.maximum))
    }

    @Test func callsAreCountedAndNamed() throws {
        let slot = CallSlot()
        let registry = try load([orderTypes], callSlot: slot)
        let planner = OrderPlanner(registry: registry)
        for _ in 0..<3 {
            _ = planner.plan(
                Sample.request(), instrument: Sample.stock, market: Sample.market(),
                sessionEnd: Sample.sessionEnd)
        }
        let limit = try #require(registry.orderType("limit"))
        #expect(limit.statistics.count == 3)
        #expect(limit.statistics.maximumNanos > 0)
        #expect(limit.statistics.totalNanos >= limit.statistics.maximumNanos)
        #expect(slot.currentCall == nil)
        #expect(slot.name(entry: limit.index) == "order type limit (org.oes.limit 1.0.0)")
    }
}

extension Result where Failure == Rejection {
    var rejection: Rejection? {
        guard case .failure(let rejection) = self else { return nil }
        return rejection
    }
    var code: String? { rejection?.code }
}
