// Orders and executions page by page, and the cancel of many orders.

import Base
import Service
import Trading
import Views
import Wire

struct OrderListRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/orders", "Orders, newest first", .permission(.see),
                query: Field.orderFilters + Field.paging, answers: [.ok(pageOf: .order)],
                refusals: [.notFound, .refused], orders),
            Route(
                .get, "/api/v1/accounts/{account}/executions",
                "An account's executions, as /api/v1/executions has them", .account(.see),
                query: OrderListRoutes.executionFilters, answers: [.ok(.executions)],
                refusals: [.refused], executionsOfAccount),
            Route(
                .get, "/api/v1/executions",
                "Executions, newest first; with from_seq oldest first from there",
                .permission(.see), query: [.ofAccount] + OrderListRoutes.executionFilters,
                answers: [.ok(.executions)],
                refusals: [.notFound, .refused],
                executions),
            Route(
                .post, "/api/v1/orders/cancel-all", "Cancel all orders that match",
                .permission(.cancel), body: OrderListRoutes.cancelFields, isBodyOptional: false,
                answers: [.ok(.massCancel)], refusals: [.notFound, .refused], cancelAll),
        ]
    }

    private static let executionFilters =
        [
            .symbol,
            Field(
                "from_seq", .whole(1...Scaled.maximum),
                "From this event on, the oldest first: closes a gap of oes:account."),
        ] + Field.timeSpan + Field.paging
    private static let cancelFields = [
        Field("account_id", .identifier(most: Limits.tagBytes), "Only of this account."),
        Field("symbol", .symbol, "Only of this instrument."),
        Field("side", .choice(["buy", "sell"]), "Only this side."),
        Field("tag", .identifier(most: Limits.tagBytes), "Only with this tag."),
        Field("all", .flag, "true where nothing else is given: all orders of the key's accounts."),
    ]

    // MARK: Lists

    private func orders(_ exchange: Exchange) throws(Rejection) {
        let query = OrderQuery(fields: try exchange.queryFields(), services: services)
        let page = try exchange.page(query.fields, defaultLimit: Limits.listDefault)
        let filter = try query.filter(of: exchange.principal)
        services.history.orders(filter, page) { [self] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let orders): reply(exchange, orders)
            }
        }
    }

    private func reply(_ exchange: Exchange, _ orders: PageOf<Order>) {
        services.history.children(of: orders.items) { [services] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let families):
                exchange.replyItems(.success(orders)) { order, json in
                    json.beginObject()
                    OrderJSON.writeV1Fields(
                        order, children: families[order.id] ?? [],
                        scales: services.scales(order.symbol), into: &json)
                    json.endObject()
                }
            }
        }
    }

    private func executions(_ exchange: Exchange) throws(Rejection) {
        let query = OrderQuery(fields: try exchange.queryFields(), services: services)
        try executions(exchange, query, of: try query.account(of: exchange.principal))
    }

    private func executionsOfAccount(_ exchange: Exchange) throws(Rejection) {
        let query = OrderQuery(fields: try exchange.queryFields(), services: services)
        let account = try services.requireAccount(exchange.parameters[0])
        try executions(exchange, query, of: account.id)
    }

    /// `account` nil: everyone's.
    private func executions(
        _ exchange: Exchange, _ query: OrderQuery, of account: String?
    ) throws(Rejection) {
        for name in ["page_token", "since", "until"]
        where query.fields["from_seq"] != nil && query.fields[name] != nil {
            throw .invalid(name, given: "one", allowed: "left away together with from_seq")
        }
        let page = try exchange.page(query.fields, defaultLimit: Limits.listDefault)
        let symbol = try query.symbol()
        guard let sequence = try query.sequence("from_seq") else {
            return services.history.executions(
                account: account, symbol: symbol, in: try query.span(), page
            ) { result in
                reply(
                    exchange,
                    result.map {
                        ExecutionList(steps: $0.items, next: $0.next.map(exchange.pageToken))
                    })
            }
        }
        services.history.executions(
            account: account, fromSequence: sequence, limit: page.limit
        ) { result in
            reply(
                exchange,
                result.map { found in
                    ExecutionList(
                        steps: found.items.filter { symbol == nil || $0.symbol == symbol },
                        next: nil, nextSequence: found.nextSequence, hasMore: found.hasMore)
                })
        }
    }

    /// What never changes of an order is read from the orders themselves.
    private func reply(_ exchange: Exchange, _ result: Result<ExecutionList, Rejection>) {
        guard case .success(let list) = result else {
            if case .failure(let rejection) = result { exchange.fail(rejection) }
            return
        }
        services.history.orders(named: Set(list.steps.map(\.orderID))) { [services] found in
            switch found {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let orders): exchange.reply { list.write(orders, services, into: &$0) }
            }
        }
    }

    // MARK: Cancel all

    private func cancelAll(_ exchange: Exchange) throws(Rejection) {
        _ = try exchange.queryFields()
        let fields = try exchange.bodyFields()
        var filter = OrderFilter()
        if let id = try fields.identifier("account_id", most: Limits.tagBytes) {
            try exchange.principal.require(account: id)
            filter.account = try services.requireAccount(id).id
        }
        if let symbol = try fields.text("symbol", most: Limits.symbolBytes) {
            filter.symbol = try services.requireInstrument(symbol).symbol
        }
        filter.side = try fields.choice("side", ["buy", "sell"]).flatMap { Side(name: $0) }
        filter.tag = try fields.identifier("tag", most: Limits.tagBytes)
        let isMeant = try fields.flag("all") == true
        guard isMeant || filter != OrderFilter() else {
            throw .missing(
                "all",
                expected: "true to cancel everything; or give account_id, symbol, side or tag")
        }
        services.orders.cancelAll(
            filter, of: exchange.principal.accounts, by: exchange.cancelReason
        ) { result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let outcome): exchange.reply { write(outcome, into: &$0) }
            }
        }
    }

    private func write(_ outcome: MassCancelResult, into json: inout JSONWriter) {
        json.beginObject()
        json.field("cancelled", count: Int64(outcome.cancelled))
        json.field("already_ended", count: Int64(outcome.alreadyEnded))
        json.field("failed", count: Int64(outcome.failed))
        json.field("micros", count: outcome.micros)
        json.endObject()
    }
}

/// One answer's executions, in either direction.
private struct ExecutionList {
    let steps: [Execution]
    let next: String?
    var nextSequence: Int64?
    var hasMore = false

    func write(_ orders: [OrderID: Order], _ services: Services, into json: inout JSONWriter) {
        json.beginObject()
        json.key("items")
        json.beginArray()
        for step in steps {
            guard let order = orders[step.orderID] else { continue }
            ExecutionJSON.write(
                step, of: order, scales: services.scales(step.symbol), receivedAt: 0, into: &json)
        }
        json.endArray()
        json.optionalField("next_page_token", next ?? "")
        json.key("next_seq")
        if let nextSequence { json.number(nextSequence) } else { json.null() }
        json.field("has_more", hasMore || next != nil)
        json.endObject()
    }
}
