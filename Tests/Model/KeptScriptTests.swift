// Scripts that longer runs came upon, as short as they can be said: what they met is too rare for
// the suite's seeds. Each is run as it is, and with its mistake planted anew, which it must find out.

import Base
import TestSupport
import Testing
import Trading

struct KeptScript: CustomTestStringConvertible, Sendable {
    let bug: PlantedBug
    let limits: ModelLimits
    var makerBps: Int64 = 0
    let steps: [Step]
    var testDescription: String { bug.testDescription }

    /// One stock in whole units with a wide band, nothing for takers to pay, and five accounts with cash, the first
    /// with shares.
    var script: Script {
        Script(
            seed: 0,
            scenario: Scenario(
                instruments: [
                    ModelInstrument(
                        symbol: "STOCK", priceScale: 2, quantityScale: 0, tick: 1, lot: 1,
                        bandBps: 1_000, minNotional: 0, makerBps: makerBps, takerBps: 0)
                ],
                balances: Array(repeating: 1_000_000_000, count: 5),
                holdings: [
                    Scenario.Holding(account: "1", symbol: "STOCK", quantity: 100, price: 0)
                ],
                limits: limits),
            steps: steps)
    }
}

private func order(
    _ id: String, _ side: Side, _ price: Int64, _ quantity: Int64 = 1,
    children: [ChildStep] = [], _ edit: (inout OrderTermsStep) -> Void = { _ in }
) -> Step {
    let parts = id.split(separator: "-").map(String.init)
    return .submit(
        SubmitStep(
            account: parts[0], clientID: parts[1], symbol: "STOCK",
            terms: terms(side, price, quantity, edit), children: children))
}

private func terms(
    _ side: Side, _ price: Int64, _ quantity: Int64 = 1,
    _ edit: (inout OrderTermsStep) -> Void = { _ in }
) -> OrderTermsStep {
    var terms = OrderTermsStep(side: side, price: price, quantity: quantity)
    if price == 0 { terms.pricing = .market }
    edit(&terms)
    return terms
}

private func link(_ terms: inout OrderTermsStep) {
    terms.ext.link = 1
    terms.ext.linkAction = .cancel
}

private func trail(_ terms: inout OrderTermsStep) {
    terms.ext.triggerSource = .last
    terms.ext.triggerDirection = .atOrBelow
    terms.ext.trail = .amount
    terms.ext.trailOffset = 500
}

/// Three buys with a child each.
private func entries(_ expiry: OrderTermsStep.Expiry = .never) -> [Step] {
    ["2-a", "2-b", "2-c"].map { id in
        order(
            id, .buy, 10_000,
            children: [ChildStep(key: "out", terms: terms(.sell, 12_000) { $0.ext.role = .after })]
        ) { $0.expiry = expiry }
    }
}

private let kept = [
    KeptScript(
        bug: PlantedBug(
            testDescription: "a main order that isn't counted before its reduce-only child",
            right: "    if x and x.reduce_only then parked.start_reducer(call, order) end\n"
                + "    if begin_work then begin_work() end\n",
            wrong: "    if begin_work then begin_work() end\n"
                + "    if x and x.reduce_only then parked.start_reducer(call, order) end\n"),
        limits: ModelLimits(reducers: 2),
        steps: [
            order("1-a", .sell, 10_000) { $0.flags = .reduceOnly },
            order(
                "1-b", .sell, 10_000,
                children: [
                    ChildStep(
                        key: "next",
                        terms: terms(.buy, 9_000) {
                            $0.flags = .reduceOnly
                            $0.ext.role = .after
                        })
                ]
            ) { $0.flags = .reduceOnly },
        ]),
    KeptScript(
        bug: PlantedBug(
            testDescription: "a parked main order that isn't counted before its child",
            right: "    if order.x.reduce_only then parked.start_reducer(call, order) end\n"
                + "    if begin_work then begin_work() end\n",
            wrong: "    if begin_work then begin_work() end\n"
                + "    if order.x.reduce_only then parked.start_reducer(call, order) end\n"),
        limits: ModelLimits(reducers: 2),
        steps: [
            order("1-a", .sell, 10_000) { $0.flags = .reduceOnly },
            order(
                "1-b", .sell, 0,
                children: [
                    ChildStep(
                        key: "next",
                        terms: terms(.buy, 9_000) {
                            $0.flags = .reduceOnly
                            $0.ext.role = .after
                        })
                ]
            ) {
                $0.flags = .reduceOnly
                $0.ext.triggerSource = .last
                $0.ext.triggerDirection = .atOrBelow
                $0.ext.triggerPrice = 8_000
            },
        ]),
    // The last call arms 3-main's child at a lower peak than theirs who trail already, and its
    // second trade passes all three, with one movement left.
    KeptScript(
        bug: PlantedBug(
            testDescription: "a trail of this very call that loses its turn to older ones",
            right: "    for _, order in ipairs(armed or NONE) do visit(order) end\n",
            wrong: "    if is_enough then return end\n"
                + "    for _, order in ipairs(armed or NONE) do visit(order) end\n"),
        limits: ModelLimits(fires: 2),
        steps: [
            order("1-s1", .sell, 10_000), order("2-b1", .buy, 10_000),
            order("1-t1", .sell, 0, 1, trail), order("1-t2", .sell, 0, 1, trail),
            order("2-mit", .buy, 0) {
                $0.ext.triggerSource = .last
                $0.ext.triggerDirection = .atOrBelow
                $0.ext.triggerPrice = 9_900
            },
            order("1-s2", .sell, 10_100), order("1-s3", .sell, 9_900),
            order(
                "3-main", .buy, 9_900,
                children: [
                    ChildStep(
                        key: "tr",
                        terms: terms(.sell, 0) {
                            trail(&$0)
                            $0.ext.role = .after
                        })
                ]),
            .tick(symbol: "STOCK"), .tick(symbol: "STOCK"),
        ]),
    // After two fills there is a third to come, for which all that 4 has left is reserved.
    KeptScript(
        bug: PlantedBug(
            testDescription: "a market buy that reserves a maker's fee",
            right: """
                order.pricing == MARKET and risk.taker_bps(instrument, account)
                        or worst_bps(instrument, account)
                """,
            wrong: "worst_bps(instrument, account)"),
        limits: ModelLimits(fills: 2), makerBps: 100,
        steps: [
            .cash(account: "4", kind: .adjustment, amount: 3_100_000 - 1_000_000_000),
            order("1-a", .sell, 10_000), order("1-b", .sell, 10_000), order("1-c", .sell, 10_000),
            order("4-m", .buy, 0, 3),
        ]),
    // What its own order will take off it needs no cover: 4 pays for 1 at 10,000 and 1 at 11,000.
    KeptScript(
        bug: PlantedBug(
            testDescription: "a market buy that covers what it won't buy",
            right: "    return found, cost, stop, sought\n",
            wrong: "    return found, cost, stop, working_of(order) - found\n"),
        limits: ModelLimits(fills: 2),
        steps: [
            .cash(account: "4", kind: .adjustment, amount: 2_200_000 - 1_000_000_000),
            .shares(account: "4", symbol: "STOCK", quantity: 1, price: 0),
            order("1-a", .sell, 10_000), order("4-b", .sell, 10_000),
            order("1-c", .sell, 10_000),
            order("4-m", .buy, 0, 3) { $0.selfTrade = .decrement },
        ]),
    KeptScript(
        bug: PlantedBug(
            testDescription: "a trail that keeps its price when it has been set off",
            right: "if x.trail > 0 and order.status == PARKED and price",
            wrong: "if x.trail > 0 and price"),
        limits: ModelLimits(),
        steps: [
            order("1-s1", .sell, 10_000), order("2-b1", .buy, 10_000),
            order("1-t1", .sell, 1) {
                trail(&$0)
                $0.price = 0
                $0.ext.limitOffset = 600
            },
            .amend(AmendStep(order: "1-t1", price: 9_000)),
            order("1-s2", .sell, 9_400), order("2-b2", .buy, 9_400),
            .amend(AmendStep(order: "1-t1", price: 10_200)),
        ]),
    // The first trade's link takes the lit ask away, and nothing bounds the second any more.
    KeptScript(
        bug: PlantedBug(
            testDescription: "an internal sweep that holds to a lit price that has gone",
            right: "    while true do\n"
                + "        -- An internal trade may move the lit book's best prices: by links, and by "
                + "what it cuts.\n"
                + "        if order.book == INTERNAL then bid, ask = lit_bounds(call) end\n",
            wrong: "    if order.book == INTERNAL then bid, ask = lit_bounds(call) end\n"
                + "    while true do\n"),
        limits: ModelLimits(),
        steps: [
            order("2-bid", .buy, 9_990),
            order(
                "1-a", .sell, 10_000,
                children: [ChildStep(key: "leg", terms: terms(.sell, 10_001, 1, link))]
            ) {
                link(&$0)
                $0.book = .internal
            },
            order("1-b", .sell, 10_005) { $0.book = .internal },
            order("3-c", .buy, 10_010, 2) { $0.book = .internal },
        ]),
    KeptScript(
        bug: PlantedBug(
            testDescription: "a peg that is left beyond its new limit",
            right: "    if is_outside then price = limit end\n",
            wrong: ""),
        limits: ModelLimits(),
        steps: [
            order("2-a", .buy, 9_000),
            order("1-p", .sell, 0, 5) {
                $0.pricing = .limit
                $0.ext.peg = .bid
                $0.ext.pegOffset = 10
                $0.ext.pegLimit = 8_500
            },
            .cancel(order: "2-a"), .amend(AmendStep(order: "1-p", price: 9_500)),
            order("2-b", .buy, 9_400),
        ]),
    KeptScript(
        bug: PlantedBug(
            testDescription: "families that a call doesn't count",
            right: "call.fills = call.fills + #family_of(call, order.id) - 1",
            wrong: ""),
        limits: ModelLimits(fills: 3), steps: entries() + [order("1-s", .sell, 10_000, 3)]),
    // The walk of all or none counts them, too: six are too many.
    KeptScript(
        bug: PlantedBug(
            testDescription: "families that a walk doesn't count",
            right: "local fills = x.has_children and #family_of(call, resting.id) or 1",
            wrong: "local fills = 1"),
        limits: ModelLimits(fills: 5),
        steps: entries() + [order("1-s", .sell, 10_000, 3) { $0.policy = .allOrNone }]),
    KeptScript(
        bug: PlantedBug(
            testDescription: "families that expire as one order each",
            right: "then return #family_of(call, order.id) end\n    return 1",
            wrong: "then return 1 end\n    return 1"),
        limits: ModelLimits(expiries: 3),
        steps: entries(.soon(60)) + [.pause(70), .tick(symbol: "STOCK"), .tick(symbol: "STOCK")]),
    // The trail takes the only movement of the call, and the ask's trigger is true as well.
    KeptScript(
        bug: PlantedBug(
            testDescription: "a trigger of the book that nobody comes back for",
            right: "            call.goes_on = true\n            return true\n",
            wrong: "            return true\n"),
        limits: ModelLimits(fires: 1),
        steps: [
            order("1-s1", .sell, 10_000), order("2-b1", .buy, 10_000),
            order("1-t1", .sell, 0, 1, trail),
            order("1-s2", .sell, 10_050), order("1-s3", .sell, 10_100),
            order("3-t2", .buy, 0) {
                $0.ext.triggerSource = .ask
                $0.ext.triggerDirection = .atOrAbove
                $0.ext.triggerPrice = 10_100
            },
            order("2-b2", .buy, 10_050), .tick(symbol: "STOCK"), .tick(symbol: "STOCK"),
        ]),
]

@Suite struct KeptScriptTests {
    @Test(arguments: kept) func agreesAndIsOfUse(_ kept: KeptScript) throws {
        let server = try RedisServer()
        let right = try Engine(try server.connect())
        let failure = Runner(try right.functions(for: kept.script), stepsPerAudit: 1).run(
            kept.script)
        #expect(failure == nil, "\(String(describing: failure))")

        var wasPlanted = false
        let wrong = try Engine(try server.connect()) { source in
            wasPlanted = source.contains(kept.bug.right)
            return source.replacingOccurrences(of: kept.bug.right, with: kept.bug.wrong)
        }
        let caught = Runner(try wrong.functions(for: kept.script), stepsPerAudit: 1).run(
            kept.script)
        try #require(wasPlanted, "the source no longer says: \(kept.bug.right)")
        #expect(caught != nil)
    }
}
