// `twap`: its slices over time, with fills, without, late and doubled.

import Base
import Testing
import Trading

@testable import Plugins

@Suite struct TimeWeightedTests {
    let desk: Desk

    init() throws { desk = try Desk() }

    private static func params(_ millis: Int64, _ slices: Int64) -> String {
        "{\"duration\": \(millis), \"slices\": \(slices)}"
    }

    /// 4 slices in 4 seconds.
    private func scene(_ quantity: Int64 = 100, price: Int64? = 15_000) throws -> FamilyScene {
        let params = Self.params(4_000, 4)
        let plan = try desk.plan("twap", .buy, quantity, at: price, params: params).get()
        return try FamilyScene(desk, plan, "twap", params: params)
    }

    @Test func theFirstSliceComesWithTheOrder() throws {
        let plan = try desk.plan(
            "twap", .sell, 103, at: 15_000, time: "day", params: Self.params(4_000, 4)
        ).get()
        #expect(plan.isContainer && plan.pricing == .limit && plan.price == Price(15_000))
        #expect(plan.quantity == Quantity(103) && plan.expireAt == Sample.sessionEnd)
        #expect(plan.extra?.wakes == [.childEnded, .timer])
        #expect(plan.timer == Sample.time + 1_000_000)
        let slice = try #require(plan.children.first)
        #expect(plan.children.count == 1 && slice.key == "s1" && slice.side == .sell)
        #expect(slice.quantity == Quantity(25) && slice.price == Price(15_000))
        #expect(slice.policy == .rest && slice.expireAt == Sample.sessionEnd)
        #expect(slice.extra == nil)
    }

    @Test func filledSlicesFollowEachOther() throws {
        var scene = try scene(103)
        let expected = [
            "place s2 26, at 2000", "place s3 26, at 3000", "place s4 26, at 4000",
        ]
        for (index, line) in expected.enumerated() {
            let key = "s\(index + 1)"
            scene.fill(key, try scene.order(key).quantity.raw)
            scene.now = Sample.time + Int64(index) * 1_000_000 + 500_000
            let next = (index + 1) * 1_000
            #expect(try scene.wake(.childEnded) == "at \(next)")
            scene.now = Sample.time + Int64(index + 1) * 1_000_000
            #expect(try scene.wake() == line)
        }
        scene.fill("s4", 26)
        #expect(scene.filled == 103)
        #expect(try scene.wake(.childEnded) == "done")
    }

    @Test func whatASliceLeavesIsCarriedToTheNext() throws {
        var scene = try scene()
        scene.fill("s1", 10)
        scene.now = Sample.time + 1_000_000
        #expect(try scene.wake() == "cancel s1, at 1000")
        #expect(try scene.wake(.childEnded) == "place s2 40, at 2000")
        scene.now = Sample.time + 2_000_000
        #expect(try scene.wake() == "cancel s2, at 2000")
        // It had filled before the cancel came.
        scene.fill("s2", 40)
        #expect(try scene.wake(.childEnded) == "place s3 25, at 3000")
        scene.now = Sample.time + 3_000_000
        #expect(try scene.wake() == "cancel s3, at 3000")
        #expect(try scene.wake() == "place s4 50, at 4000")
        scene.now = Sample.time + 3_999_999
        #expect(try scene.wake() == "at 4000")
        scene.now += 1
        #expect(try scene.wake() == "done")
    }

    @Test func aMarketOrdersSlicesTryAgain() throws {
        var scene = try scene(price: nil)
        #expect(try scene.order("s1").pricing == .market)
        #expect(try scene.order("s1").policy == .cancel)
        for (second, line) in [
            (1, "place s2 50, at 2000"), (2, "place s3 75, at 3000"), (3, "place s4 100, at 4000"),
        ] as [(Int64, String)] {
            scene.end("s\(second)")
            scene.now = Sample.time + second * 1_000_000
            #expect(try scene.wake() == line)
        }
        scene.end("s4")
        #expect(try scene.wake(.childEnded) == "done")
    }

    @Test func wakesThatAreMissedOrDoubledAreHarmless() throws {
        var scene = try scene()
        scene.fill("s1", 25)
        scene.now = Sample.time + 2_700_000
        #expect(try scene.wake() == "place s2 50, at 3000")
        #expect(try scene.wake() == "at 3000")
        #expect(try scene.wake(.childFilled) == "at 3000")
        scene.now = Sample.time + 60_000_000
        #expect(try scene.wake() == "done")
    }

    /// A picture that is asked about twice gets the same answer, to the byte.
    @Test func itIsPure() throws {
        var scene = try scene()
        scene.fill("s1", 10)
        scene.now = Sample.time + 1_000_000
        let first = try scene.ask().get()
        for _ in 0..<20 { #expect(try scene.ask().get() == first) }
    }

    /// However fills fall between pictures and answers, no more than the order is filled.
    @Test func itNeverOverfills() throws {
        var random = SplitMix(state: 7)
        for _ in 0..<60 {
            var scene = try scene(Int64(random.below(97)) + 4, price: 15_000)
            while scene.end == nil && scene.now < Sample.time + 9_000_000 {
                scene.now += Int64(random.below(700_000))
                for index in scene.children.indices where scene.children[index].status.isOpen {
                    let member = scene.children[index]
                    let leaves = member.child.quantity.raw - member.filled
                    scene.fill(member.child.key, Int64(random.below(UInt64(leaves + 1))))
                }
                guard scene.filled < scene.total else { break }
                _ = try scene.wake(random.below(2) == 0 ? .timer : .childEnded)
                #expect(scene.committed <= scene.total)
                #expect(scene.children.count <= 8)
            }
        }
    }

    @Test(
        arguments: [
            (100, 1_000, 2, nil), (100, 999, 2, "invalid_params"),
            (100, 1_000, 1, "invalid_params"),
            (100, 86_400_000, 100, nil), (100, 86_400_001, 100, "invalid_params"),
            (101, 86_400_000, 101, "invalid_params"), (2, 1_000, 2, nil),
            (1, 1_000, 2, "too_many_slices"), (100, 1_000, 10, nil),
            (100, 1_000, 11, "slices_too_close"),
        ] as [(Int64, Int64, Int64, String?)])
    func itsNumbersHaveBounds(
        quantity: Int64, millis: Int64, slices: Int64, code: String?
    ) {
        let result = desk.plan(
            "twap", .buy, quantity, at: 15_000, params: Self.params(millis, slices))
        #expect(result.code == code)
    }

    @Test func itCantBeAmendedOrKilled() throws {
        let scene = try scene()
        let amend = FamilyWake.Amend(price: Price(1), quantity: nil)
        let result = try scene.ask([], amend: amend)
        #expect(result.code == "amend_unsupported")
        for time in ["ioc", "fok"] {
            let refused = desk.plan(
                "twap", at: 15_000, time: time, params: Self.params(1_000, 2))
            #expect(refused.code == "instruction_conflict")
            #expect(refused.rejection?.field == "time_in_force")
        }
    }

    @Test func reduceOnlyIsForTheChildrenThatWork() throws {
        let params = Self.params(4_000, 4)
        let plan = try desk.plan("twap", .sell, at: 15_000, params: params) {
            $0.instructions.reduceOnly = true
            $0.instructions.selfTrade = .cancelOldest
        }.get()
        #expect(plan.flags == [] && plan.selfTrade == .cancelOldest)
        #expect(plan.children[0].flags == .reduceOnly)
        var scene = try FamilyScene(desk, plan, "twap", params: params)
        scene.fill("s1", 25)
        scene.now += 1_000_000
        _ = try scene.wake()
        #expect(try scene.order("s2").flags == .reduceOnly)
    }
}

/// A small generator, so that a failure can be repeated.
struct SplitMix {
    var state: UInt64
    mutating func below(_ bound: UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return (mixed ^ (mixed >> 31)) % max(bound, 1)
    }
}
