// Alerts: listed, and marked as seen.

import Base
import Service
import Trading
import Views
import Wire

struct AlertRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/risk/alerts", "Alerts, newest first", .everyone(.oversee),
                query: AlertRoutes.filters + Field.paging, answers: [.ok(pageOf: .alert)], list),
            Route(
                .get, "/api/v1/risk/alerts/{alert}", "One alert", .everyone(.oversee),
                answers: [.ok(.alert)], refusals: [.notFound], one),
            Route(
                .post, "/api/v1/risk/alerts/{alert}/acknowledge",
                "Mark an alert as seen; who was first stays", .everyone(.oversee),
                answers: [.ok(.alert)], refusals: [.notFound], acknowledge),
            Route(
                .get, "/api/risk/alerts", "Alerts, newest first", .everyone(.oversee),
                query: Field.paging, answers: [.ok(listOf: .alert)], kept),
        ]
    }

    private static let filters = [
        Field("account_id", .identifier(most: Limits.tagBytes), "Only of this account."),
        Field.symbol,
        Field("severity", .choice(Severity.allCases.map(\.name)), "Only of this severity."),
        Field("rule", .identifier(most: Limits.tagBytes), "Only of this rule, or this code."),
        Field("acknowledged", .flag, "Only those that somebody has seen, or nobody."),
    ]

    private func list(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        var filter = AlertFilter(account: query["account_id"])
        filter.symbol = query["symbol"]
        filter.severity = query["severity"].flatMap { Severity(name: $0) }
        filter.rule = query["rule"]
        filter.isAcknowledged = query["acknowledged"].map { $0 == "true" }
        services.controls.alerts(filter, page) { result in
            exchange.replyItems(result) { AlertJSON.write($0, into: &$1) }
        }
    }

    private func kept(_ exchange: Exchange) throws(Rejection) {
        let page = try exchange.page(
            try exchange.queryFields(), defaultLimit: Limits.listMaximum)
        services.controls.alerts(AlertFilter(), page) { result in
            exchange.replyPage(result, limit: page.limit) { AlertJSON.write($0, into: &$1) }
        }
    }

    private func one(_ exchange: Exchange) throws(Rejection) {
        let id = exchange.parameters[0]
        services.history.alert(id) { result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(nil): exchange.fail(.notFound("alert", id))
            case .success(let alert?): exchange.reply { AlertJSON.write(alert, into: &$0) }
            }
        }
    }

    private func acknowledge(_ exchange: Exchange) throws(Rejection) {
        services.controls.acknowledge(alert: exchange.parameters[0], by: exchange.actor) {
            result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let alert): exchange.reply { AlertJSON.write(alert, into: &$0) }
            }
        }
    }
}

extension Shape {
    static let alert = Shape(
        "Alert",
        [
            .init("id", .text),
            .init("severity", .choice(Severity.allCases.map(\.name))),
            .init("account_id", .text, nullable: true),
            .init("symbol", .text, nullable: true),
            .init("rule", .text, "The rule, or the code of what refused.", nullable: true),
            .init("code", .text),
            .init("text", .text, "A sentence with its values: the newest one's."),
            .init("order_id", .text, "The newest order that it is about.", nullable: true),
            .init("count", .integer, "How often it came; the like within a minute is one."),
            .init("timestamp", .time, "When it came first."),
            .init("last_at", .time),
            .init("acknowledged", .flag),
            .init("acknowledged_by", .text, "A key's id.", nullable: true),
            .init("acknowledged_at", .time, nullable: true),
            .init("event_seq", .integer, "The event that changed it last."),
        ])
}
