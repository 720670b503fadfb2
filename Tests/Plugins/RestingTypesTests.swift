// Order types that are limit orders with a manner of resting: iceberg, post only, pegged.

import Base
import Testing
import Trading

@testable import Plugins

@Suite struct RestingTypesTests {
    let desk: Desk

    init() throws { desk = try Desk() }

    @Test(
        arguments: [
            (1, nil), (99, nil), (100, "display_too_large"), (101, "display_too_large"),
            (0, "invalid_params"),
        ] as [(Int64, String?)])
    func anIcebergShowsLessThanItHas(shown: Int64, code: String?) throws {
        let result = desk.plan(
            "iceberg", at: 15_000, params: "{\"display_quantity\": \(shown)}")
        #expect(result.code == code)
        guard code == nil else { return }
        var extra = OrderExtension()
        extra.display = Quantity(shown)
        let plan = try result.get()
        #expect(plan.extra == extra && plan.policy == .rest && plan.price == Price(15_000))
    }

    @Test func anIcebergNeedsAPriceALotAndRest() {
        let params = "{\"display_quantity\": \"0.00001000\"}"
        #expect(desk.plan("iceberg", params: "{\"display_quantity\": 1}").code == "price_required")
        let coin = { (params: String, time: String) in
            desk.plan(
                "iceberg", .buy, 3_000, at: 25, time: time, params: params,
                instrument: Sample.coin)
        }
        #expect(coin(params, "gtc").code == nil)
        let odd = coin("{\"display_quantity\": \"0.00001001\"}", "gtc")
        #expect(odd.code == "lot_size" && odd.rejection?.field == "params.display_quantity")
        for time in ["ioc", "fok"] {
            let result = coin(params, time)
            #expect(result.code == "instruction_conflict")
            #expect(result.rejection?.field == "time_in_force")
        }
    }

    @Test func postOnlyIsALimitOrderThatNeverTakes() throws {
        let plan = try desk.plan("post_only", .sell, at: 15_100).get()
        #expect(plan.flags == .postOnly && plan.extra == nil && plan.policy == .rest)
        #expect(desk.plan("post_only").code == "price_required")
        let ioc = desk.plan("post_only", at: 15_100, time: "ioc")
        #expect(ioc.code == "instruction_conflict" && ioc.rejection?.field == "time_in_force")
    }

    @Test(arguments: [
        ("bid", "0", PegReference.bid, Int64(0)), ("ask", "0.01", .ask, 1),
        ("midpoint", "-0.05", .midpoint, -5),
    ])
    func aPeggedOrderFollows(
        name: String, offset: String, reference: PegReference, units: Int64
    ) throws {
        let plan = try desk.plan(
            "pegged", at: 15_200, params: "{\"reference\": \"\(name)\", \"offset\": \"\(offset)\"}"
        ).get()
        var extra = OrderExtension()
        extra.peg = reference
        extra.pegOffset = units
        extra.pegLimit = Price(15_200)
        #expect(plan.extra == extra && plan.price == Price(15_200) && plan.policy == .rest)
    }

    @Test func aPeggedOrderNeedsItsLimitItsReferenceAndTheOpenBook() throws {
        let params = "{\"reference\": \"bid\"}"
        #expect(try desk.plan("pegged", at: 15_200, params: params).get().extra?.pegOffset == 0)
        #expect(desk.plan("pegged", params: params).code == "price_required")
        #expect(desk.plan("pegged", at: 15_200).code == "invalid_params")
        #expect(
            desk.plan("pegged", at: 15_200, params: "{\"reference\": \"last\"}").code
                == "invalid_params")
        let unseen = desk.plan("pegged", at: 15_200, params: params) { $0.book = .internal }
        #expect(unseen.code == "internal_not_allowed" && unseen.rejection?.field == "internal")
        for time in ["ioc", "fok"] {
            let result = desk.plan("pegged", at: 15_200, time: time, params: params)
            #expect(result.code == "instruction_conflict")
            #expect(result.rejection?.field == "time_in_force")
        }
        let off = desk.plan(
            "pegged", .buy, 1_000, at: 25, params: "{\"reference\": \"bid\", \"offset\": \"-0.2\"}",
            instrument: Sample.coin)
        #expect(off.code == "tick_size" && off.rejection?.field == "params.offset")
    }
}
