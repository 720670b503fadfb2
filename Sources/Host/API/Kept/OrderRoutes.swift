// The predecessor's order routes, as its clients know them.

import Base
import Service
import Trading
import Views
import Wire

struct OrderRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .post, "/api/accounts/{account}/orders", "Place an order", .account(.trade),
                body: OrderFields.kept, answers: [.ok(.keptOrder)],
                refusals: [.conflict, .refused], isSentInOrder: true, place),
            Route(
                .post, "/api/accounts/{account}/orders/direct", "Place an order",
                .account(.trade), body: OrderFields.kept, answers: [.ok(.keptOrder)],
                refusals: [.conflict, .refused], isSentInOrder: true, place),
            Route(
                .get, "/api/accounts/{account}/orders", "An account's orders", .account(.see),
                query: Field.paging, answers: [.ok(listOf: .keptOrder)], ofAccount),
            Route(
                .get, "/api/accounts/orders/all", "Everyone's orders", .everyone(.see),
                query: Field.paging, answers: [.ok(listOf: .keptOrder)], all),
            Route(
                .get, "/api/orders/open", "Orders that still work", .permission(.see),
                query: OrderRoutes.bySymbol, answers: [.ok(listOf: .keptOrder)], open),
            Route(
                .get, "/api/orders/active", "Orders that still work", .permission(.see),
                query: OrderRoutes.bySymbol, answers: [.ok(listOf: .keptOrder)], open),
            Route(
                .get, "/api/orders/trades/recent", "Trades, newest first", .permission(.see),
                query: OrderRoutes.bySymbol, answers: [.ok(listOf: .keptTrade)],
                refusals: [.refused],
                recentTrades),
            Route(
                .get, "/api/orders/{order}", "One order", .order(.see),
                answers: [.ok(.keptOrder)], one),
            Route(
                .post, "/api/orders/{order}/edit", "Change price or quantity", .order(.trade),
                body: OrderFields.change, answers: [.ok(.edited)], refusals: [.conflict, .refused],
                isSentInOrder: true,
                edit),
            Route(
                .post, "/api/orders/{order}/cancel", "Cancel an order", .order(.cancel),
                body: [], isBodyOptional: true, answers: [.ok(.cancelled)],
                refusals: [.conflict], isSentInOrder: true, cancel),
            Route(
                .post, "/api/accounts/{account}/orders/{order}/cancel",
                "Cancel an account's order", .account(.cancel), body: [], isBodyOptional: true,
                answers: [.ok(.cancelled)], refusals: [.conflict], isSentInOrder: true,
                cancelOfAccount),
            Route(
                .delete, "/api/accounts/{account}/orders/{order}",
                "Cancel an account's order", .account(.cancel), body: [], isBodyOptional: true,
                answers: [.ok(.cancelled)], refusals: [.conflict], isSentInOrder: true,
                cancelOfAccount),
        ]
    }

    private static let bySymbol = Field.paging + [Field.symbol]

    // MARK: Place

    private func place(_ exchange: Exchange) throws(Rejection) {
        let account = try requireAccount(exchange.parameters[0])
        let fields = try exchange.bodyFields()
        let request = try OrderFields.read(
            fields, account: account.id, style: .kept, services: services)
        services.orders.place(request) { [self] outcome in
            switch outcome {
            case .placed(let order, _): exchange.reply { write(order, services, into: &$0) }
            case .refused(let rejection, let order):
                let isUnknown = rejection.refusal == .unavailable
                exchange.fail(rejection, context: order != nil || isUnknown ? request.names : [])
            }
        }
    }

    // MARK: Read

    private func ofAccount(_ exchange: Exchange) throws(Rejection) {
        let account = try requireAccount(exchange.parameters[0])
        try list(exchange, account: account.id)
    }

    private func all(_ exchange: Exchange) throws(Rejection) {
        try list(exchange, account: nil)
    }

    private func list(_ exchange: Exchange, account: String?) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listMaximum)
        services.history.orders(account: account, page) { [services] result in
            exchange.replyPage(result, limit: page.limit) { order, json in
                write(order, services, into: &json)
            }
        }
    }

    /// A symbol to filter by. One that no instrument can have is a mistake, which would find nothing.
    private static func filterSymbol(_ text: String) throws(Rejection) -> String {
        guard (1...Limits.symbolBytes).contains(text.utf8.count),
            text.utf8.allSatisfy(isIdentifierByte)
        else {
            throw .invalid(
                "symbol", given: "\"\(text)\"",
                allowed: "1 to \(Limits.symbolBytes) of the characters A-Z a-z 0-9 . _ -")
        }
        return text
    }

    /// Everyone's open orders, newest first. The page token is the sequence to go on below.
    private func open(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listMaximum)
        let symbol = try query["symbol"].map(OrderRoutes.filterSymbol)
        services.whenCurrent(exchange) { [services] in
            let orders = services.picture.openOrders.newest(
                account: nil, before: page.before.map(Int64.init) ?? .max, limit: page.limit
            ) { order in
                (symbol == nil || order.symbol == symbol)
                    && exchange.principal.accounts.contains(order.id.account)
            }
            let next = orders.count >= page.limit ? orders.last?.acceptedSequence : nil
            let items = PageOf(items: orders, next: next.map(Int.init))
            exchange.replyPage(.success(items), limit: page.limit) { order, json in
                write(order, services, into: &json)
            }
        }
    }

    private func recentTrades(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        let symbol = try query["symbol"].map { symbol throws(Rejection) in
            try services.requireInstrument(symbol).symbol
        }
        services.history.trades(symbol: symbol, of: exchange.principal.accounts, page) {
            [services] result in
            exchange.replyPage(result, limit: page.limit) { trade, json in
                TradeJSON.write(
                    trade, scales: services.scales(trade.symbol), style: .numbers,
                    withParties: exchange.principal.accounts == .all, into: &json)
            }
        }
    }

    private func one(_ exchange: Exchange) throws(Rejection) {
        let id = OrderID(exchange.parameters[0])
        services.history.order(id) { [services] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(nil): exchange.fail(.notFound("order", id.text))
            case .success(let order?): exchange.reply { write(order, services, into: &$0) }
            }
        }
    }

    // MARK: Change

    private func edit(_ exchange: Exchange) throws(Rejection) {
        let change = try OrderFields.readChange(try exchange.bodyFields(), services)
        services.orders.amend(OrderID(exchange.parameters[0]), change) { [services] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let outcome):
                exchange.reply { json in
                    json.beginObject()
                    json.field("success", true)
                    json.field(
                        "message", outcome.changed ? "Order changed." : "Nothing to change.")
                    json.key("order")
                    write(outcome.order, services, into: &json)
                    json.field("priority_kept", outcome.priorityKept)
                    json.endObject()
                }
            }
        }
    }

    private func cancel(_ exchange: Exchange) throws(Rejection) {
        try cancel(exchange, account: nil, OrderID(exchange.parameters[0]))
    }

    private func cancelOfAccount(_ exchange: Exchange) throws(Rejection) {
        let account = try requireAccount(exchange.parameters[0])
        let id = OrderID(exchange.parameters[1])
        guard id.account == account.id else { throw .notFound("order", id.text) }
        try cancel(exchange, account: account.id, id)
    }

    private func cancel(
        _ exchange: Exchange, account: String?, _ id: OrderID
    ) throws(Rejection) {
        _ = try exchange.bodyFields()
        services.orders.cancel(id, reason: exchange.cancelReason) { result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let order):
                exchange.reply { json in
                    json.beginObject()
                    json.field("success", true)
                    json.field("message", "Order cancelled.")
                    json.field("order_id", order.id.text)
                    json.endObject()
                }
            }
        }
    }

    // MARK: Parts

    private func requireAccount(_ id: String) throws(Rejection) -> Account {
        try services.requireAccount(id)
    }
}

private func write(_ order: Order, _ services: Services, into json: inout JSONWriter) {
    OrderJSON.write(order, scales: services.scales(order.symbol), style: .numbers, into: &json)
}

extension Services {
    func requireAccount(_ id: String) throws(Rejection) -> Account {
        guard let account = picture.accounts[id] else { throw .notFound("account", id) }
        return account
    }

    func requireInstrument(_ symbol: String) throws(Rejection) -> Instrument {
        guard let instrument = picture.instruments[symbol] else {
            throw Reasons.rejection(code: "unknown_symbol", values: "symbol=\(symbol.prefix(60))")
        }
        return instrument
    }
}

extension Exchange {
    /// Answers a bare array with the next page in a Link header, as the kept routes do.
    func replyPage<Item>(
        _ result: Result<PageOf<Item>, Rejection>, limit: Int,
        _ write: (Item, inout JSONWriter) -> Void
    ) {
        switch result {
        case .failure(let rejection): fail(rejection)
        case .success(let page):
            reply(headers: linkHeader(next: page.next, limit: limit)) { json in
                json.beginArray()
                for item in page.items { write(item, &json) }
                json.endArray()
            }
        }
    }
}
