// What a risk rule may emit, and what is refused of it: guards of every metric, scope and window,
// measures, and what it asks for after the fact. And rules that take too long.

import Base
import COESPlugin
import Testing
import Trading

@testable import Plugins

/// The rule of rules.c whose functions consist of these C statements.
private func judge(
    check: String = "", events: String? = nil, header: String = Files.include,
    mode: RuleMode = .enforce, mayAct: Bool = true
) throws -> Desk {
    let scratch = try Scratch()
    let library = "\(scratch.path)/rules.so"
    try compile(
        "\(Files.root)Tests/hostile-plugins/rules.c", to: library,
        defines: ["CHECK=\(check)"] + (events.map { ["EVENTS=\($0)"] } ?? []), include: header)
    let entry = PluginConfiguration.Entry(
        name: "judge", mode: mode, mayBlock: mayAct, mayCancel: mayAct)
    return try Desk([
        orderTypes, PluginConfiguration.Library(path: library, entries: [entry]),
    ])
}

@Suite struct GuardEmissionTests {
    /// Metric, scope, window → the scope that the script is told; nil = refused.
    @Test(
        arguments: [
            (1, 0, 0, 1), (1, 1, 0, 1), (1, 3, 0, 3), (1, 4, 0, 4), (1, 5, 0, 5), (1, 2, 0, nil),
            (2, 0, 0, 2), (2, 3, 0, 3), (2, 4, 0, 4), (2, 1, 0, nil), (3, 0, 0, 2), (4, 5, 0, nil),
            (5, 0, 0, 2), (5, 1, 0, nil), (6, 0, 1_000, 2), (6, 4, 86_400_000, 4), (6, 2, 0, nil),
            (6, 2, 86_400_001, nil), (7, 0, 1, 1), (7, 2, 1, nil), (8, 0, 0, 2), (8, 3, 0, nil),
            (8, 2, 5, nil), (9, 0, 3_000, 1), (9, 4, 3_000, nil), (0, 0, 0, nil), (10, 0, 0, nil),
            (1, 6, 0, nil), (257, 0, 0, nil), (1, 257, 0, nil),
        ] as [(Int, Int, Int64, UInt8?)])
    func everyCombination(metric: Int, scope: Int, window: Int64, told: UInt8?) throws {
        let desk = try judge(
            check: "guard.metric = \(metric); guard.scope = \(scope); "
                + "guard.window_ms = \(window); GUARD()")
        let decision = try desk.check(Sample.request())
        if let told {
            #expect(decision.guards.map(\.scope.rawValue) == [told])
            #expect(decision.guards.map(\.windowMillis) == [window])
        } else {
            #expect(decision.rejection?.code == "plugin_error")
        }
    }

    @Test(arguments: ["minor-0", "minor-1"]) func anOlderRulesGuard(minor: String) throws {
        let desk = try judge(
            check: "GUARD()", header: "\(Files.root)Tests/hostile-plugins/\(minor)")
        let decision = try desk.check(Sample.request())
        #expect(decision.guards.map(\.encoded) == ["judge|1|1|1|5|0|judged|0"])
        #expect(desk.registry.riskRules.first?.takesEvents == false)
    }

    /// A struct that ends before scope has the old meaning, also where there is something behind it.
    @Test func aGuardOfTheOldSizeHasTheOldMeaning() throws {
        let desk = try judge(check: "guard.struct_size = 40; guard.scope = 4; GUARD()")
        #expect(try desk.check(Sample.request()).guards.map(\.scope) == [.accountSymbol])
    }
}

@Suite struct MeasureEmissionTests {
    @Test func measuresStandBesideAnyVerdict() throws {
        for check in ["MEASURE()", "MEASURE(); GUARD()", "GUARD(); MEASURE()"] {
            let decision = try judge(check: check).check(Sample.request())
            #expect(
                decision.records.first?.measures
                    == [RiskMeasure(name: "size", value: 3, limit: 5, unit: .quantity)])
        }
        let refused = try judge(check: "MEASURE(); REJECT()").check(Sample.request())
        #expect(refused.rejection?.code == "no")
        #expect(refused.records.first?.measures.count == 1)
    }

    @Test(arguments: [
        "measure.unit = 9; MEASURE()", "measure.at_least = 2; MEASURE()",
        "measure.name = TEXT(\"\"); MEASURE()", "measure.name = TEXT(\"A b\"); MEASURE()",
        "measure.struct_size = 40; MEASURE()", "REJECT(); MEASURE()",
        "for (int i = 0; i < 9; i++) MEASURE()",
        "MEASURE(); carrier.kind = 13; sink->emit(sink, &carrier)",
    ])
    func aWrongOneFailsTheRule(check: String) throws {
        let decision = try judge(check: check).check(Sample.request())
        #expect(decision.rejection?.code == "plugin_error")
        #expect(decision.records.first?.measures.isEmpty == true)
    }

    @Test func aNumberBeyondEveryOtherIsCut() throws {
        let decision = try judge(check: "measure.value = INT64_MAX; MEASURE()")
            .check(Sample.request())
        #expect(decision.records.first?.measures.first?.value == Scaled.maximum)
    }
}

@Suite struct EventEmissionTests {
    private func tell(_ desk: Desk, policy: RiskPolicy = RiskPolicy()) throws -> [RiskRequest] {
        let gate = RiskEventGate(registry: desk.registry)
        let happening = RiskHappening(
            .account, sequence: 3, time: Sample.time, account: try Sample.account(balance: 1),
            instrument: nil)
        return gate.tell([happening], policy: policy, now: Sample.time)
    }

    @Test func whatItAsksFor() throws {
        let requests = try tell(judge(events: "ALERT(); BLOCK(); CANCEL_ALL()"))
        #expect(requests.map(\.rule) == ["judge", "judge", "judge"])
        guard case .alert(let alert)? = requests.first?.action else {
            Issue.record("no alert")
            return
        }
        #expect((alert.rule, alert.code, alert.key) == ("judge", "seen", "judge|k"))
    }

    @Test func withoutLeaveItMayOnlyAlert() throws {
        let desk = try judge(events: "ALERT(); BLOCK(); CANCEL_ALL()", mayAct: false)
        #expect(try tell(desk).count == 1)
    }

    @Test(arguments: [
        "alert.severity = 0; ALERT()", "alert.severity = 4; ALERT()",
        "alert.text = TEXT(\"\"); ALERT()", "alert.dedupe_key = TEXT(\"\"); ALERT()",
        "alert.code = TEXT(\"A\"); ALERT()", "alert.window_ms = -1; ALERT()",
        "action.account = TEXT(\"\"); BLOCK()", "action.text = TEXT(\"\"); CANCEL_ALL()",
        "action.struct_size = 8; BLOCK()", "for (int i = 0; i < 33; i++) ALERT()",
        "carrier.kind = 4; sink->emit(sink, &carrier)", "return OES_FAILED",
    ])
    func aWrongOneIsPassedOver(events: String) throws {
        let desk = try judge(events: events)
        #expect(try tell(desk).isEmpty)
        #expect(desk.registry.riskRules.first?.failureCount == 1)
    }

    @Test func aRuleWithoutThemIsNotCalled() throws {
        let desk = try judge(check: "GUARD()")
        #expect(!RiskEventGate(registry: desk.registry).isNeeded)
        #expect(try tell(desk).isEmpty)
    }
}

@Suite struct QuarantineTests {
    /// Each call takes longer than the hard budget.
    private static let slow = "for (volatile long i = 0; i < 4000000; i++) {}"

    @Test func aRuleThatIsAlwaysTooSlowIsAskedNoMore() throws {
        let desk = try judge(check: Self.slow)
        let rule = try #require(desk.registry.riskRules.first)
        for _ in 0..<Limits.ruleOverruns {
            #expect(!rule.isQuarantined)
            #expect(try desk.check(Sample.request()).passes)
        }
        #expect(rule.isQuarantined)
        #expect(rule.overrunCount == Int64(Limits.ruleOverruns))
        let calls = rule.statistics.count
        let refused = try desk.check(Sample.request())
        #expect(refused.rejection?.code == "rule_quarantined")
        #expect(refused.rejection?.values == "rule=judge")
        #expect(rule.statistics.count == calls)
        var policy = RiskPolicy()
        policy.version = 1
        policy.modes["judge"] = .shadow
        #expect(try desk.check(Sample.request(), policy: policy).passes)
        policy.version = 2
        policy.modes["judge"] = .off
        #expect(try desk.check(Sample.request(), policy: policy).passes)
    }
}
