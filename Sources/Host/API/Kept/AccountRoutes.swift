// The predecessor's account routes: accounts, their positions, and money in and out.

import Base
import Service
import Trading
import Views
import Wire

struct AccountRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/accounts", "The key's accounts", .permission(.see),
                answers: [.ok(listOf: .account(.number))], list),
            Route(
                .post, "/api/accounts", "Make an account", .everyone(.administer),
                body: AccountFields.new, answers: [.created(.account(.number))],
                refusals: [.refused], create),
            Route(
                .get, "/api/accounts/{account}", "One account", .account(.see),
                answers: [.ok(.account(.number))], one),
            Route(
                .put, "/api/accounts/{account}", "Change an account", .account(.administer),
                body: AccountFields.profile, answers: [.ok(.account(.number))],
                refusals: [.refused], update),
            Route(
                .get, "/api/accounts/{account}/positions", "An account's positions",
                .account(.see), answers: [.ok(listOf: .position(.number))], positions),
            Route(
                .get, "/api/accounts/{account}/transactions", "An account's ledger",
                .account(.see), query: Field.paging, answers: [.ok(listOf: .ledgerEntry(.number))],
                ledger),
            Route(
                .post, "/api/accounts/{account}/transactions", "Deposit, withdraw or adjust",
                .account(.administer), body: TransactionFields.kept,
                answers: [.created(.ledgerEntry(.number))], refusals: [.conflict, .refused],
                transact),
        ]
    }

    // MARK: Read

    private func list(_ exchange: Exchange) throws(Rejection) {
        _ = try exchange.queryFields()
        services.whenCurrent(exchange) { [services] in
            let accounts = services.accounts(of: exchange.principal)
            exchange.reply { json in
                json.beginArray()
                for account in accounts {
                    AccountJSON.write(account, style: .numbers, into: &json)
                }
                json.endArray()
            }
        }
    }

    private func one(_ exchange: Exchange) throws(Rejection) {
        services.withCurrentAccount(exchange) { account in
            exchange.reply { AccountJSON.write(account, style: .numbers, into: &$0) }
        }
    }

    private func positions(_ exchange: Exchange) throws(Rejection) {
        services.withCurrentAccount(exchange) { [services] account in
            exchange.reply { json in
                json.beginArray()
                for position in services.picture.positions(account: account.id) {
                    services.write(position, style: .numbers, into: &json)
                }
                json.endArray()
            }
        }
    }

    private func ledger(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listMaximum)
        let account = try services.requireAccount(exchange.parameters[0])
        services.history.ledger(account: account.id, page) { [services] result in
            exchange.replyPage(result, limit: page.limit) { line, json in
                services.write(line, style: .numbers, into: &json)
            }
        }
    }

    // MARK: Change

    private func create(_ exchange: Exchange) throws(Rejection) {
        let new = try AccountFields.readNew(try exchange.bodyFields())
        services.accounts.create(
            new.profile, currency: new.currency, initialBalance: new.balance,
            isActive: new.isActive, by: exchange.actor
        ) { exchange.reply($0, status: 201, style: .numbers) }
    }

    private func update(_ exchange: Exchange) throws(Rejection) {
        let change = try AccountFields.readChange(try exchange.bodyFields())
        services.withCurrentAccount(exchange) { [services] account in
            services.accounts.update(account.id, change, by: exchange.actor) {
                exchange.reply($0, status: 200, style: .numbers)
            }
        }
    }

    private func transact(_ exchange: Exchange) throws(Rejection) {
        let account = try services.requireAccount(exchange.parameters[0])
        let fields = try exchange.bodyFields()
        let transaction = try TransactionFields.read(
            fields, account: account.id, services: services)
        services.accounts.transact(transaction, by: exchange.actor) { [services] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let line):
                exchange.reply(201) { services.write(line, style: .numbers, into: &$0) }
            }
        }
    }

}

extension Services {
    /// Runs `use` with the account of the path's first parameter, as it was last told to anyone.
    func withCurrentAccount(_ exchange: Exchange, _ use: @escaping (Account) -> Void) {
        let id = exchange.parameters[0]
        whenCurrent(exchange) { [self] in
            do throws(Rejection) { use(try requireAccount(id)) } catch { exchange.fail(error) }
        }
    }

    /// The accounts that a key may see, the oldest first.
    func accounts(of principal: Principal) -> [Account] {
        picture.accounts.values.filter { principal.accounts.contains($0.id) }.sorted {
            ($0.createdAt, $0.id.count, $0.id) < ($1.createdAt, $1.id.count, $1.id)
        }
    }

    /// Every position's symbol is an instrument: none is ever taken away.
    func write(_ position: Position, style: NumberStyle, into json: inout JSONWriter) {
        guard let instrument = picture.instruments[position.symbol] else { return json.null() }
        PositionJSON.write(
            position, instrument: instrument, last: picture.market(of: position.symbol).last,
            style: style, into: &json)
    }

    func write(_ line: LedgerLine, style: NumberStyle, into json: inout JSONWriter) {
        LedgerJSON.write(
            line, quantityScale: scales(line.entry.symbol).quantity, style: style, into: &json)
    }
}

extension Exchange {
    func reply(_ result: Result<Account, Rejection>, status: Int, style: NumberStyle) {
        switch result {
        case .failure(let rejection): fail(rejection)
        case .success(let account):
            reply(status) { AccountJSON.write(account, style: style, into: &$0) }
        }
    }
}
