// One order: placed, read, changed, cancelled. What changes one answers an execution report, the
// very step that the order's history will show.

import Base
import Service
import Trading
import Views
import Wire

struct OrderRoutesV1 {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .post, "/api/v1/orders", "Place an order", .permission(.trade),
                body: OrderFields.new, answers: [.ok(.execution)],
                refusals: [.notFound, .conflict, .refused], isSentInOrder: true, place),
            Route(
                .get, "/api/v1/orders/{order}", "One order with its history", .order(.see),
                answers: [.ok(.orderWithHistory)], refusals: [.notFound], one),
            Route(
                .get, "/api/v1/orders/by-client-id/{account}/{client_order_id}",
                "One order by the client's own id", .account(.see),
                answers: [.ok(.orderWithHistory)], refusals: [.notFound], byClientID),
            Route(
                .patch, "/api/v1/orders/{order}", "Change price or quantity", .order(.trade),
                body: OrderFields.change, answers: [.ok(.amended)],
                refusals: [.notFound, .conflict, .refused], isSentInOrder: true, amend),
            Route(
                .delete, "/api/v1/orders/{order}", "Cancel an order", .order(.cancel),
                body: [], isBodyOptional: true, answers: [.ok(.execution)],
                refusals: [.notFound, .conflict], isSentInOrder: true, cancel),
        ]
    }

    // MARK: Place

    private func place(_ exchange: Exchange) throws(Rejection) {
        _ = try exchange.queryFields()
        let fields = try exchange.bodyFields()
        let account = try services.tradingAccount(fields, of: exchange.principal)
        var request = try OrderFields.read(
            fields, account: account.id, style: .v1, services: services)
        request.lease = exchange.lease?.id ?? ""
        let names = request.names
        services.orders.place(request) { [services] outcome in
            switch outcome {
            case .placed(let order, let trades):
                if let lease = exchange.lease { services.leases.add(order, to: lease) }
                let step = Execution(of: order, placedWith: trades)
                exchange.reply { json in
                    ExecutionJSON.write(
                        step, of: order, scales: services.scales(order.symbol),
                        receivedAt: exchange.request.receivedMicros, into: &json)
                }
            case .refused(let rejection, let order):
                let isUnknown = rejection.refusal == .unavailable
                exchange.fail(rejection, context: order != nil || isUnknown ? names : [])
            }
        }
    }

    // MARK: Read

    private func one(_ exchange: Exchange) throws(Rejection) {
        try show(exchange, OrderID(exchange.parameters[0]), named: exchange.parameters[0])
    }

    private func byClientID(_ exchange: Exchange) throws(Rejection) {
        let account = try services.requireAccount(exchange.parameters[0])
        let id = exchange.parameters[1]
        try show(exchange, OrderID(account: account.id, clientOrderID: id), named: id)
    }

    private func show(
        _ exchange: Exchange, _ id: OrderID, named name: String
    ) throws(Rejection) {
        _ = try exchange.queryFields()
        services.history.order(id) { [services] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(nil): exchange.fail(.notFound("order", name))
            case .success(let order?): services.replyWithHistory(exchange, order)
            }
        }
    }

    // MARK: Change

    private func amend(_ exchange: Exchange) throws(Rejection) {
        _ = try exchange.queryFields()
        let change = try OrderFields.readChange(try exchange.bodyFields(), services)
        let id = OrderID(exchange.parameters[0])
        services.orders.amend(id, change) { [services] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection.asNotFound(id))
            case .success(let outcome):
                let order = outcome.order
                let step =
                    outcome.changed
                    ? Execution(lastOf: order, first: .replaced, outcome.trades)
                    : Execution(standing: order)
                exchange.reply { json in
                    json.beginObject()
                    ExecutionJSON.writeFields(
                        step, of: order, scales: services.scales(order.symbol),
                        receivedAt: exchange.request.receivedMicros, into: &json)
                    json.field("priority_kept", outcome.priorityKept)
                    json.endObject()
                }
            }
        }
    }

    private func cancel(_ exchange: Exchange) throws(Rejection) {
        _ = try exchange.queryFields()
        _ = try exchange.bodyFields()
        let id = OrderID(exchange.parameters[0])
        services.orders.cancel(id, reason: exchange.cancelReason) { [services] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection.asNotFound(id))
            case .success(let order):
                let step = Execution(lastOf: order, first: .cancelled, .none)
                exchange.reply { json in
                    ExecutionJSON.write(
                        step, of: order, scales: services.scales(order.symbol),
                        receivedAt: exchange.request.receivedMicros, into: &json)
                }
            }
        }
    }
}

extension OrderFields {
    /// A new order with its account.
    static let new =
        [
            Field(
                "account_id", .identifier(most: Limits.tagBytes),
                "Whose order it is; not needed with a key for one account.")
        ] + v1
}

extension Execution {
    /// The answer to a new order; without trades the request came before.
    init(of order: Order, placedWith trades: CallTrades?) {
        if let trades {
            self.init(lastOf: order, first: .new, trades)
        } else {
            self.init(standing: order)
        }
    }
}

extension Services {
    /// The account that a body names, or the only one of the key.
    func tradingAccount(
        _ fields: Fields, of principal: Principal
    ) throws(Rejection) -> Account {
        let given = try fields.identifier("account_id", most: Limits.tagBytes)
        guard let id = given ?? principal.onlyAccount else {
            throw .missing("account_id", expected: "the account that the order is for")
        }
        try principal.require(account: id)
        return try requireAccount(id)
    }

    /// The order with its steps up to how it stands.
    fileprivate func replyWithHistory(_ exchange: Exchange, _ order: Order) {
        // What the client is about to read of it, the lists must hold too.
        acknowledged.note(order.lastSequence)
        history.history(of: order.id) { [self] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let steps): reply(exchange, order, steps)
            }
        }
    }

    private func reply(_ exchange: Exchange, _ order: Order, _ steps: OrderSteps) {
        history.children(of: [order]) { [self] result in
            guard case .success(let families) = result else {
                if case .failure(let rejection) = result { exchange.fail(rejection) }
                return
            }
            let scales = scales(order.symbol)
            exchange.reply { json in
                json.beginObject()
                OrderJSON.writeV1Fields(
                    order, children: families[order.id] ?? [], scales: scales, into: &json)
                json.key("history")
                json.beginArray()
                for step in steps.items where step.sequence <= order.lastSequence {
                    ExecutionJSON.write(
                        step, of: order, scales: scales, receivedAt: 0, into: &json)
                }
                json.endArray()
                json.field("history_is_cut", steps.isCut)
                json.endObject()
            }
        }
    }
}

extension Principal {
    /// nil where the key is for several accounts, or for all.
    var onlyAccount: String? {
        guard case .only(let accounts) = accounts, accounts.count == 1 else { return nil }
        return accounts.first
    }
}

extension Rejection {
    /// An unknown order is told of in the same words, whoever finds that it is missing.
    func asNotFound(_ id: OrderID) -> Rejection {
        code == "unknown_order" ? .notFound("order", id.text) : self
    }
}
