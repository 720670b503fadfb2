// `daily-loss`, which judges what has happened: at its limit, just above and just below, in each mode,
// with and without the operator's leave to act.

import Base
import Testing
import Trading
import Wire

@testable import Plugins

@Suite struct DailyLossTests {
    private static let now = Sample.time

    private func requests(
        loss: Int64, limits: String = #"{"loss": "100"}"#, mode: RuleMode = .enforce,
        mayBlock: Bool = true, mayCancel: Bool = true, policy: RiskPolicy = RiskPolicy()
    ) throws -> [RiskRequest] {
        let library = ruleLibrary(
            "daily-loss", limits, mode: mode, mayBlock: mayBlock, mayCancel: mayCancel)
        let gate = RiskEventGate(registry: try load([orderTypes, library]))
        #expect(gate.isNeeded)
        return gate.tell([try happening(profit: -loss)], policy: policy, now: Self.now)
    }

    private func happening(profit: Int64?) throws -> RiskHappening {
        var happening = RiskHappening(
            .account, sequence: 9, time: Self.now,
            account: try Sample.account(balance: 1_000_000), instrument: nil)
        happening.dayProfit = profit.map { Money($0) }
        return happening
    }

    private func names(_ requests: [RiskRequest]) -> [String] {
        requests.map { request in
            switch request.action {
            case .alert(let alert): "alert \(alert.severity) \(alert.code)"
            case .block(let stop): "block \(stop.account) \(stop.code)"
            case .cancelAll(let stop): "cancel \(stop.account) \(stop.code)"
            }
        }
    }

    private static let stop = [
        "alert critical daily_loss", "block 1 daily_loss", "cancel 1 daily_loss",
    ]

    /// 100 is 1,000,000 units of money.
    @Test(
        arguments: [
            (-5, []), (0, []), (799_999, []), (800_000, ["alert warning daily_loss_near"]),
            (1_000_000, ["alert warning daily_loss_near"]), (1_000_001, stop), (.max, stop),
        ] as [(Int64, [String])])
    func theLimit(loss: Int64, expected: [String]) throws {
        #expect(names(try requests(loss: loss)) == expected)
    }

    @Test func theTwoWarningsAreTwoAlerts() throws {
        func key(_ loss: Int64) throws -> String? {
            guard case .alert(let alert)? = try requests(loss: loss).first?.action else {
                return nil
            }
            return alert.key
        }
        #expect(try key(800_000) == "daily-loss|daily_loss_near|1|80")
        #expect(try key(899_999) == key(800_000))
        #expect(try key(900_000) == "daily-loss|daily_loss_near|1|90")
    }

    @Test func withoutLeaveItOnlyAlerts() throws {
        let loss: Int64 = 2_000_000
        #expect(
            names(try requests(loss: loss, mayBlock: false, mayCancel: false)) == [
                "alert critical daily_loss"
            ])
        #expect(
            names(try requests(loss: loss, mayCancel: false)) == [
                "alert critical daily_loss", "block 1 daily_loss",
            ])
    }

    @Test func theModes() throws {
        let shadow = try requests(loss: 2_000_000, mode: .shadow)
        #expect(names(shadow) == ["alert info daily_loss"])
        guard case .alert(let alert)? = shadow.first?.action else { return }
        #expect(alert.text.hasPrefix("Shadow, nothing was done: "))
        #expect(try requests(loss: 2_000_000, mode: .off).isEmpty)
        #expect(try requests(loss: 2_000_000, limits: "{}").isEmpty)
        var policy = RiskPolicy()
        policy.version = 3
        policy.modes["daily-loss"] = .off
        #expect(try requests(loss: 2_000_000, policy: policy).isEmpty)
    }

    @Test func anAccountsOwnLimitCounts() throws {
        var policy = RiskPolicy()
        policy.version = 4
        policy.limits["daily-loss"] = [LimitScope(.account("1")): ["loss": "500"]]
        #expect(try requests(loss: 2_000_000, policy: policy).isEmpty)
        policy.version = 5
        policy.limits["daily-loss"] = [LimitScope(.account("2")): ["loss": "500"]]
        #expect(try names(requests(loss: 2_000_000, policy: policy)) == Self.stop)
    }

    @Test func whatIsntKnownIsntJudged() throws {
        let library = ruleLibrary("daily-loss", #"{"loss": 0}"#)
        let gate = RiskEventGate(registry: try load([orderTypes, library]))
        let unknown = try happening(profit: nil)
        #expect(gate.tell([unknown], policy: RiskPolicy(), now: Self.now).isEmpty)
        #expect(gate.tell([], policy: RiskPolicy(), now: Self.now).isEmpty)
    }

    @Test func theHostAsksForHeadroom() throws {
        let library = ruleLibrary("daily-loss", #"{"loss": "100"}"#)
        let gate = RiskEventGate(registry: try load([orderTypes, library]))
        let records = gate.measures(
            of: try happening(profit: -250_000), policy: RiskPolicy(), now: Self.now)
        #expect(records.map(\.rule) == ["daily-loss"])
        #expect(
            records.first?.measures
                == [RiskMeasure(name: "loss", value: 250_000, limit: 1_000_000, unit: .money)])
    }
}
