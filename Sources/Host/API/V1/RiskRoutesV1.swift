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
                .get, "/api/v1/risk/limits", "Every limit of every rule that is on",
                .permission(.see), query: Field.paging, answers: [.ok(pageOf: .riskLimit)],
                allLimits),
            Route(
                .get, "/api/v1/risk/alerts", "Orders that were refused, newest first",
                .everyone(.oversee), query: Field.paging, answers: [.ok(pageOf: .alert)], alerts),
            Route(
                .get, "/api/v1/accounts/{account}/risk", "What an account risks at this moment",
                .account(.see), answers: [.ok(.accountRisk)], ofAccount),
            Route(
                .get, "/api/v1/accounts/{account}/limits",
                "The rules and limits that hold for an account's orders", .account(.see),
                query: Field.paging, answers: [.ok(pageOf: .riskRule)], limits),
        ]
    }

    private func rules(_ exchange: Exchange) throws(Rejection) {
        let page = try exchange.page(
            try exchange.queryFields(), defaultLimit: Limits.listDefault)
        reply(exchange, services.registry.riskRules, page)
    }

    private func allLimits(_ exchange: Exchange) throws(Rejection) {
        let page = try exchange.page(
            try exchange.queryFields(), defaultLimit: Limits.listDefault)
        let limits = services.registry.riskRules.filter { $0.mode != .off }.flatMap { rule in
            rule.limitValues.map { (rule: rule.name, name: $0.name, value: $0.value) }
        }
        exchange.replyItems(.success(PageOf(of: limits, page))) { limit, json in
            json.beginObject()
            json.field("rule", limit.rule)
            json.field("limit", limit.name)
            json.field("value", limit.value)
            json.endObject()
        }
    }

    /// Every rule holds for every account so far.
    private func limits(_ exchange: Exchange) throws(Rejection) {
        let page = try exchange.page(
            try exchange.queryFields(), defaultLimit: Limits.listDefault)
        services.withCurrentAccount(exchange) { [self] _ in
            reply(exchange, services.registry.riskRules.filter { $0.mode != .off }, page)
        }
    }

    private func reply(_ exchange: Exchange, _ rules: [RiskRuleEntry], _ page: Page) {
        exchange.replyItems(.success(PageOf(of: rules, page))) { rule, json in
            RiskRuleJSON.write(rule, into: &json)
        }
    }

    private func alerts(_ exchange: Exchange) throws(Rejection) {
        let page = try exchange.page(
            try exchange.queryFields(), defaultLimit: Limits.listDefault)
        services.history.rejectedOrders(page) { [services] result in
            exchange.replyItems(result) { order, json in
                AlertJSON.write(order, scales: services.scales(order.symbol), into: &json)
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
