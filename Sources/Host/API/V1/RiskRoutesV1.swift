// Risk as /api/v1 shows it: the rules that judge orders, what they refused, and what an account risks.

import Base
import Plugins
import Service
import Trading
import Views
import Wire

struct RiskRoutesV1 {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/risk/rules", "The rules that judge orders, in their order",
                .permission(.see), query: Field.paging, answers: [.ok(pageOf: .riskRule)], rules),
            Route(
                .get, "/api/v1/accounts/{account}/risk", "What an account risks at this moment",
                .account(.see), answers: [.ok(.accountRisk)], ofAccount),
            Route(
                .get, "/api/v1/accounts/{account}/limits",
                "The rules and limits that hold for an account's orders", .account(.see),
                query: [RiskRoutesV1.symbol] + Field.paging,
                answers: [.ok(pageOf: .accountRule)], limits),
        ]
    }

    private static let symbol = Field(
        "symbol", .symbol, "As they hold for orders in this instrument.")

    private func rules(_ exchange: Exchange) throws(Rejection) {
        let page = try exchange.page(
            try exchange.queryFields(), defaultLimit: Limits.listDefault)
        services.whenCurrent(exchange) { [services] in
            let rules = services.registry.riskRules
            let modes = services.picture.controls.policy.modes
            exchange.replyItems(.success(PageOf(of: rules, page))) { rule, json in
                RiskRuleJSON.write(rule, mode: modes[rule.name] ?? rule.mode, into: &json)
            }
        }
    }

    /// As the account's orders are judged by: the most specific limit of each name.
    private func limits(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        if let symbol = query["symbol"], services.picture.instruments[symbol] == nil {
            throw Reasons.rejection(code: "unknown_symbol", values: "symbol=\(symbol)")
        }
        services.withCurrentAccount(exchange) { [services] account in
            let policy = services.picture.controls.policy
            let rules = services.registry.riskRules.filter {
                (policy.modes[$0.name] ?? $0.mode) != .off
            }
            let scope = LimitScope(.account(account.id), symbol: query["symbol"])
            exchange.replyItems(.success(PageOf(of: rules, page))) { rule, json in
                RiskRuleJSON.write(
                    rule, for: scope, group: account.group, policy: policy, into: &json)
            }
        }
    }

    private func ofAccount(_ exchange: Exchange) throws(Rejection) {
        services.withCurrentAccount(exchange) { [services] account in
            let now = Clock.wallMicros()
            let day = now - now % Statement.dayMicros
            let history = services.history
            history.statement(of: account, day: day, services.picture.instruments) { result in
                // A ledger that is too long for it leaves the profit open.
                if case .failure(let rejection) = result, rejection.refusal == .unavailable {
                    return exchange.fail(rejection)
                }
                let risk = AccountRisk(of: account, in: services.picture)
                let profit = (try? result.get())?.profit
                exchange.reply { AccountRiskJSON.write(risk, dayProfit: profit, into: &$0) }
            }
        }
    }
}
