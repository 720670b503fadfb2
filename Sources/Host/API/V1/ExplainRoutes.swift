// Why an order was taken or refused, and how much room an account has under its limits.

import Base
import Plugins
import Service
import Trading
import Views
import Wire

struct ExplainRoutes {
    let services: Services
    private let headroom: Headroom

    init(services: Services) {
        self.services = services
        headroom = Headroom(picture: services.picture, registry: services.registry)
    }

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/orders/{order}/explain",
                "Why an order was taken or refused: each rule with what it measured",
                .order(.see), answers: [.ok(.explanation)], refusals: [.notFound], explain),
            Route(
                .get, "/api/v1/accounts/{account}/headroom",
                "How much room an account has under each of its limits", .account(.see),
                query: [
                    Field(
                        "symbol", .symbol,
                        "Only in this instrument; without it in all in which the account has "
                            + "positions or open orders.")
                ],
                answers: [.ok(.headroom)], refusals: [.refused], room),
        ]
    }

    // MARK: Explain

    private func explain(_ exchange: Exchange) throws(Rejection) {
        _ = try exchange.queryFields()
        let name = exchange.parameters[0]
        services.history.order(OrderID(name)) { [services] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(nil): exchange.fail(.notFound("order", name))
            case .success(let order?):
                services.history.explain(order, registry: services.registry) { result in
                    switch result {
                    case .failure(let rejection): exchange.fail(rejection)
                    case .success(let explanation):
                        let scales = services.scales(order.symbol)
                        exchange.reply {
                            ExplanationJSON.write(explanation, scales: scales, into: &$0)
                        }
                    }
                }
            }
        }
    }

    private func room(_ exchange: Exchange) throws(Rejection) {
        let symbol = try OrderQuery(fields: try exchange.queryFields(), services: services).symbol()
        services.withCurrentAccount(exchange) { [self] account in
            services.withDayProfit(of: account, headroom) { profit in
                show(services.picture.accounts[account.id] ?? account, symbol, profit, exchange)
            }
        }
    }

    private func show(
        _ account: Account, _ symbol: String?, _ dayProfit: Money?, _ exchange: Exchange
    ) {
        let entries = headroom.entries(
            of: account, symbols: symbol.map { [$0] }, dayProfit: dayProfit)
        exchange.reply { json in
            json.beginObject()
            json.field("account_id", account.id)
            json.field("available", money: account.available, .strings)
            json.field("policy_version", count: services.picture.policy.version)
            json.field("as_of_seq", count: services.picture.sequence)
            json.key("items")
            json.beginArray()
            for entry in entries {
                let scales = services.scales(entry.symbol ?? "")
                HeadroomJSON.write(entry, scales: scales, into: &json)
            }
            json.endArray()
            json.endObject()
        }
    }
}

extension Services {
    /// Read only where a rule judges it; nil where it isn't known, then the answer goes without.
    func withDayProfit(
        of account: Account, _ headroom: Headroom, _ answer: @escaping (Money?) -> Void
    ) {
        guard headroom.isJudgedAfterwards(account) else { return answer(nil) }
        dayProfits.find(of: account.id, upTo: picture.sequence) { answer((try? $0.get()) ?? nil) }
    }
}
