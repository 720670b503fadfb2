// Families, parked orders and unfinished sweeps as a host meets them: through Matcher and snapshot.

import Base
import Testing
import Trading

@testable import Store

@Suite(.serialized) struct MatcherFamilyTests {
    private func child(_ key: String, _ price: Int64, _ quantity: Int64) -> PlannedChild {
        PlannedChild(
            key: key, side: .buy, pricing: .limit, price: Price(price),
            quantity: Quantity(quantity), policy: .rest, book: .lit, expireAt: 0,
            terms: OrderTerms(orderType: "limit", timeInForce: "gtc"))
    }

    /// A container whose plugin places two children, changes one, and is done.
    @Test func aContainerFromCommitToCommit() throws {
        let scene = try StoreScene()
        let matcher = scene.matcher
        var call = scene.order(.buy, 15_000, 10)
        var extra = OrderExtension()
        extra.role = .container
        extra.wakes = [.childFilled, .timer]
        call.plan.extra = extra
        call.plan.state = [7, 0, 9]
        call.plan.timer = 5
        guard case .done(let container, _, .none) = try scene.submit(call) else {
            Issue.record("not taken")
            return
        }
        #expect(container.status == .parked && container.isContainer)
        guard case .found(let before) = try scene.wait({ matcher.family(call.id, $0) }) else {
            Issue.record("not found")
            return
        }
        #expect(before.state == [7, 0, 9] && before.children.isEmpty)
        #expect(before.container == container && before.time > 0)

        var commit = CommitCall(
            container: call.id, stateVersion: 0, instrumentRevision: 1,
            commit: FamilyCommit(
                steps: [.place(child("s1", 14_000, 4)), .place(child("s2", 14_100, 6))],
                state: [1]))
        guard case .done(let placed, _) = try scene.wait({ matcher.commit(commit, $0) }) else {
            Issue.record("not committed")
            return
        }
        #expect(placed.extra?.stateVersion == 1)
        #expect(try scene.wait { matcher.commit(commit, $0) } == .stale)

        _ = try scene.submit(scene.order(account: "2", .sell, 14_100, 6))
        commit.stateVersion = 1
        commit.commit = FamilyCommit(
            steps: [.amend(key: "s1", price: nil, quantity: Quantity(3)), .cancel(key: "s1")],
            end: .done)
        guard case .done(let done, _) = try scene.wait({ matcher.commit(commit, $0) }) else {
            Issue.record("not ended")
            return
        }
        #expect(done.status == .cancelled && done.reason == "done" && done.filled == Quantity(6))
        guard case .found(let after) = try scene.wait({ matcher.family(call.id, $0) }) else {
            Issue.record("not found")
            return
        }
        #expect(
            after.children.map(\.id.text) == [call.id.child("s1").text, call.id.child("s2").text])
        #expect(after.children.map(\.status) == [.cancelled, .filled])
        #expect(after.children.allSatisfy { $0.flags.contains(.rollsUp) })
        let none = try scene.wait { matcher.family(OrderID("1-none"), $0) }
        #expect(
            none == .refused(ScriptRefusal(code: "unknown_order", values: "order_id=1-none")))
    }

    /// A snapshot finds parked and pegged orders, each once.
    @Test func aSnapshotHasWhatStandsInNoBook() throws {
        let scene = try StoreScene()
        _ = try scene.submit(scene.order(.buy, 14_000, 5))
        var stop = scene.order(.buy, 15_500, 5)
        var trigger = OrderExtension()
        trigger.triggerSource = .last
        trigger.triggerDirection = .atOrAbove
        trigger.triggerPrice = Price(15_400)
        stop.plan.extra = trigger
        var pegged = scene.order(.buy, 14_500, 5)
        var peg = OrderExtension()
        peg.peg = .bid
        peg.pegLimit = Price(14_500)
        pegged.plan.extra = peg
        for call in [stop, pegged] {
            guard case .done = try scene.submit(call) else {
                Issue.record("not taken")
                return
            }
        }
        let snapshot = try scene.wait { StoreSnapshot.load(scene.connection, $0) }
        let open = Dictionary(grouping: snapshot.openOrders, by: \.id)
        #expect(open.count == 3 && open.values.allSatisfy { $0.count == 1 })
        #expect(open[stop.id]?.first?.status == .parked)
        #expect(open[stop.id]?.first?.extra?.triggerPrice == Price(15_400))
        #expect(open[pegged.id]?.first?.price == Price(14_000))
    }

    /// More fills than one call makes: whoever placed the order hears that it was taken, and who asks
    /// again that it came before.
    @Test func anUnfinishedSweepIsNoRepeat() throws {
        let scene = try StoreScene()
        for _ in 0...Limits.fillsPerCall {
            guard case .done = try scene.submit(scene.order(account: "2", .sell, 10_000, 1)) else {
                Issue.record("not taken")
                return
            }
        }
        let call = scene.order(.buy, 10_000, Int64(Limits.fillsPerCall) + 1)
        guard case .done(let order, _, let trades) = try scene.submit(call) else {
            Issue.record("not done")
            return
        }
        #expect(order.status == .filled && trades == .unknown)
        guard case .duplicate(let again, _) = try scene.submit(call) else {
            Issue.record("not known")
            return
        }
        #expect(again == order)
    }
}
