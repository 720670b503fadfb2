// Throttles on repeated execution: which have shut, and how staff opens one again.

import Base
import Service
import Trading
import Views
import Wire

struct ThrottleRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/risk/throttles",
                "Where accounts are stopped because their orders executed too often, newest first",
                .permission(.oversee), query: ThrottleRoutes.filters + Field.paging,
                answers: [.ok(pageOf: .throttle)], refusals: [.notFound, .refused], list),
            Route(
                .post, "/api/v1/risk/throttles/{account}/{symbol}/reset",
                "Let an account trade again in an instrument; its executions there count anew",
                .account(.oversee), body: ThrottleRoutes.fields, answers: [.ok(.throttle)],
                refusals: [.notFound, .conflict, .refused], reset),
        ]
    }

    private static let filters = [
        Field("account_id", .identifier(most: Limits.tagBytes), "Only of this account."),
        Field.symbol,
    ]
    private static let fields = [
        Field(
            "reason", .text(most: Limits.reasonBytes),
            "Why it is safe to go on, for the audit log.", required: true)
    ]

    /// Those that are open aren't told: how near one is, an account's headroom says.
    private func list(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        if let id = query["account_id"] {
            try exchange.principal.require(account: id)
            _ = try services.requireAccount(id)
        }
        if let symbol = query["symbol"] { _ = try services.requireInstrument(symbol) }
        services.whenCurrent(exchange) { [services] in
            let seen = services.picture.shutThrottles.values
                .filter { throttle in
                    exchange.principal.accounts.contains(throttle.account)
                        && throttle.account == query["account_id"] ?? throttle.account
                        && throttle.symbol == query["symbol"] ?? throttle.symbol
                }
                .sorted { ($0.latchedAt, $0.key) > ($1.latchedAt, $1.key) }
            exchange.replyItems(.success(PageOf(of: seen, page))) { throttle, json in
                ThrottleJSON.write(throttle, into: &json)
            }
        }
    }

    private func reset(_ exchange: Exchange) throws(Rejection) {
        let account = try services.requireAccount(exchange.parameters[0])
        let instrument = try services.requireInstrument(exchange.parameters[1])
        let reason = try exchange.bodyFields().requiredText("reason", most: Limits.reasonBytes)
        services.controls.resetThrottle(
            account: account.id, symbol: instrument.symbol, reason: reason, by: exchange.actor
        ) { result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let throttle):
                exchange.reply { ThrottleJSON.write(throttle, into: &$0) }
            }
        }
    }
}

extension Shape {
    fileprivate static let throttle = Shape(
        "Throttle",
        [
            .init("account_id", .text),
            .init("symbol", .text),
            .init("latched", .flag, "Whether it has shut; only staff opens it."),
            .init("latched_at", .time, "null: it is open.", nullable: true),
            .init("window_began_at", .time, "Since when executions are counted."),
            .init("event_seq", .integer, "The event that changed it last."),
        ])
}
