import Base
import Testing
import Trading

@testable import Store

@Suite(.serialized) struct MatcherTests {
    @Test func everyCallIsAnsweredWithItsRecord() throws {
        let scene = try StoreScene()
        let matcher = scene.matcher

        let sell = scene.order(account: "2", .sell, 15_000, 10)
        guard
            case .done(let resting, let sequence, .none) = try scene.submit(sell)
        else {
            Issue.record("not done")
            return
        }
        #expect(resting.status == .new && sequence == 2)
        #expect(resting.terms == sell.terms && resting.requestHash == 1)

        var repeated = sell
        #expect(try scene.submit(repeated) == .duplicate(resting, sequence: 2))
        repeated.requestHash = Int64.min + 7
        #expect(try scene.submit(repeated) == .conflict)

        guard
            case .done(let buy, 3, let trades) = try scene.submit(scene.order(.buy, 15_100, 4))
        else {
            Issue.record("no fill")
            return
        }
        #expect(buy.status == .filled && buy.amount == Money(6_000_000))
        #expect(
            trades
                == CallTrades(count: 1, lastPrice: Price(15_000), lastQuantity: Quantity(4)))

        let amend = AmendCall(
            id: sell.id, price: nil, quantity: Quantity(8), instrumentRevision: 1)
        guard
            case .done(
                let amended, 4, keptPriority: true, changed: true, .none) =
                try scene.wait({
                    matcher.amend(amend, $0)
                })
        else {
            Issue.record("not amended")
            return
        }
        #expect(amended.leaves == Quantity(4))

        let cancel = CancelCall(id: sell.id, reason: "client_request")
        guard case .done(let cancelled, 5) = try scene.wait({ matcher.cancel(cancel, $0) }) else {
            Issue.record("not cancelled")
            return
        }
        #expect(cancelled.status == .cancelled && cancelled.reason == "client_request")
        #expect(try scene.wait { matcher.cancel(cancel, $0) } == .closed(cancelled))
        #expect(try scene.wait { matcher.amend(amend, $0) } == .closed(cancelled))
        let unknown = CancelCall(id: OrderID("1-none"), reason: "x")
        #expect(
            try scene.wait { matcher.cancel(unknown, $0) }
                == .refused(ScriptRefusal(code: "unknown_order", values: "order_id=1-none")))
    }

    @Test func refusalsRejectionsAndStalePictures() throws {
        let scene = try StoreScene()
        var order = scene.order(.buy, 15_000, 1)
        order.instrumentRevision = 9
        #expect(try scene.submit(order) == .stale)
        order.instrumentRevision = 1
        order.symbol = "NONE"
        guard case .refused(let refusal) = try scene.submit(order) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal == ScriptRefusal(code: "unknown_symbol", values: "symbol=NONE"))
        guard
            case .rejected(let poor, _) = try scene.submit(scene.order(.buy, 15_000, 1_000_000))
        else {
            Issue.record("not rejected")
            return
        }
        #expect(poor.status == .rejected && poor.reason.hasPrefix("insufficient_cash: "))
        var ruled = scene.order(.buy, 15_000, 1)
        ruled.rejection = "max_order: value=1, limit=0"
        guard case .rejected(let byRule, _) = try scene.submit(ruled) else {
            Issue.record("not rejected by rule")
            return
        }
        #expect(byRule.reason == ruled.rejection)
        var guarded = scene.order(.buy, 15_000, 1)
        func limit(_ mode: RuleMode) -> Guard {
            Guard(
                rule: "position-limit", mode: mode, metric: .position, limit: 5,
                code: "position_limit", exemptIfReducing: true)
        }
        guarded.guards = [limit(.enforce), limit(.off)]
        guard case .rejected(let held, _) = try scene.submit(guarded) else {
            Issue.record("not held by the guard")
            return
        }
        #expect(held.reason == "position_limit: value=100001, limit=5")
    }

    @Test func accountsInstrumentsTransactionsAndLists() throws {
        let scene = try StoreScene()
        let matcher = scene.matcher
        let profile = AccountProfile(name: "New", accountType: "margin", riskLevel: "high")
        let create = AccountCall(.create(id: nil, initialBalance: Money(50)), profile: profile)
        guard case .done(let account, _) = try scene.wait({ matcher.account(create, $0) }) else {
            Issue.record("not created")
            return
        }
        #expect(account.id == "4" && account.balance == Money(50) && account.profile == profile)
        let update = AccountCall(
            .update(id: "4"),
            standing: AccountStanding(
                state: .reducing, isActive: false, shortLimit: Quantity(3)),
            profile: profile)
        guard case .done(let updated, _) = try scene.wait({ matcher.account(update, $0) }) else {
            Issue.record("not updated")
            return
        }
        #expect(updated.state == .reducing && !updated.isActive)
        #expect(updated.shortLimit == Quantity(3))

        let deposit = Transaction(
            account: "4", kind: .deposit, amount: Money(25), description: "in")
        guard case .done(let richer, _) = try scene.wait({ matcher.transact(deposit, hash: 7, $0) })
        else {
            Issue.record("not deposited")
            return
        }
        #expect(richer.balance == Money(75))

        let instrument = Instrument(
            symbol: "BTC-USD", priceScale: 2, quantityScale: 8, tickSize: 1, lotSize: 1,
            bandBps: 500, name: "Bitcoin", assetType: "crypto")
        guard
            case .done(let listed, _) = try scene.wait({
                matcher.instrument(instrument, create: true, $0)
            })
        else {
            Issue.record("not listed")
            return
        }
        #expect(listed.revision == 1 && listed.createdAt > 0 && listed.name == "Bitcoin")

        #expect(
            try scene.wait { matcher.tick("AAPL", $0) } == .done(sequence: 0, hasMore: false))
        let project = ProjectCall(
            from: 0, to: 3, additions: [.init(.ledgerOf(account: "4"), [[1, 2], [3]])])
        #expect(try scene.wait { matcher.project(project, $0) } == .done)
        #expect(try scene.wait { matcher.project(project, $0) } == .stale(cursor: 3))
        let items = try scene.redis.command(
            "LRANGE", Keys.first.list(.ledgerOf(account: "4")), "0", "-1")
        #expect(items == .array([.bulk([1, 2]), .bulk([3])]))
        #expect(try scene.seed() == .notEmpty)
    }

    @Test func unfinishedWorkIsRepeatedUnseen() throws {
        let scene = try StoreScene()
        // More due orders than one call ends; the time is enough to send them on a busy machine.
        let due = Clock.wallMicros() + 2_000_000
        for _ in 0..<Limits.expiriesPerCall + 20 {
            var order = scene.order(.buy, 10_000, 1)
            order.plan.expireAt = due
            guard case .done = try scene.submit(order) else {
                Issue.record("not accepted")
                return
            }
        }
        #expect(eventually { Clock.wallMicros() > due })
        guard case .done(let order, _, _) = try scene.submit(scene.order(.sell, 10_000, 1))
        else {
            Issue.record("not done")
            return
        }
        #expect(order.status == .new && order.filled == .zero)
    }

    @Test(arguments: [
        RedisReply.null, .array([]), .array([.integer(1)]), .array([.bulk(Array("ok".utf8))]),
        .array([.bulk(Array("ok".utf8)), .integer(1), .bulk([1, 2]), .integer(0)]),
        .array([.bulk(Array("what".utf8))]), .array([.bulk(Array("refused".utf8))]),
        .array([.bulk(Array("rejected".utf8)), .bulk([65]), .null]),
    ])
    func strangeRepliesAreErrors(reply: RedisReply) {
        #expect(throws: RedisFailure.self) {
            try SubmitReply(ReplyReader(reply), OrderID("1-a"))
        }
        #expect(throws: RedisFailure.self) { try AmendReply(ReplyReader(reply), OrderID("1-a")) }
        #expect(throws: RedisFailure.self) { try AccountReply(ReplyReader(reply)) }
    }
}
