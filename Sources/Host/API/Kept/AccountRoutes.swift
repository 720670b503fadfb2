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
            Route(.get, "/api/accounts", "The key's accounts", .permission(.see), list),
            Route(
                .post, "/api/accounts", "Make an account", .everyone(.administer),
                body: AccountFields.new, refusals: [.refused], create),
            Route(.get, "/api/accounts/{account}", "One account", .account(.see), one),
            Route(
                .put, "/api/accounts/{account}", "Change an account", .account(.administer),
                body: AccountFields.profile, refusals: [.refused], update),
            Route(
                .get, "/api/accounts/{account}/positions", "An account's positions",
                .account(.see), positions),
            Route(
                .get, "/api/accounts/{account}/transactions", "An account's ledger",
                .account(.see), query: Field.paging, ledger),
            Route(
                .post, "/api/accounts/{account}/transactions", "Deposit, withdraw or adjust",
                .account(.administer), body: TransactionFields.kept, refusals: [.refused],
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
        withCurrentAccount(exchange) { account in
            exchange.reply { AccountJSON.write(account, style: .numbers, into: &$0) }
        }
    }

    private func positions(_ exchange: Exchange) throws(Rejection) {
        withCurrentAccount(exchange) { [services] account in
            exchange.reply { json in
                json.beginArray()
                for position in services.picture.positions(account: account.id) {
                    guard let instrument = services.picture.instruments[position.symbol] else {
                        continue
                    }
                    let last = services.picture.market(of: position.symbol).last
                    PositionJSON.write(
                        position, instrument: instrument, last: last, style: .numbers, into: &json)
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
                services.write(line, into: &json)
            }
        }
    }

    // MARK: Change

    private func create(_ exchange: Exchange) throws(Rejection) {
        let new = try AccountFields.readNew(try exchange.bodyFields())
        services.accounts.create(
            new.profile, currency: new.currency, initialBalance: new.balance,
            isActive: new.isActive
        ) { exchange.reply($0) }
    }

    private func update(_ exchange: Exchange) throws(Rejection) {
        let change = try AccountFields.readChange(try exchange.bodyFields())
        withCurrentAccount(exchange) { [services] account in
            services.accounts.update(
                account, profile: change.applied(to: account.profile),
                isActive: change.isActive ?? account.isActive
            ) { exchange.reply($0) }
        }
    }

    private func transact(_ exchange: Exchange) throws(Rejection) {
        let account = try services.requireAccount(exchange.parameters[0])
        let fields = try exchange.bodyFields()
        let transaction = try TransactionFields.read(
            fields, account: account.id, services: services)
        services.accounts.transact(transaction) { [services] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let line):
                exchange.reply(201) { services.write(line, into: &$0) }
            }
        }
    }

    private func withCurrentAccount(_ exchange: Exchange, _ use: @escaping (Account) -> Void) {
        let id = exchange.parameters[0]
        services.whenCurrent(exchange) { [services] in
            do throws(Rejection) { use(try services.requireAccount(id)) } catch {
                exchange.fail(error)
            }
        }
    }
}

extension Services {
    /// The accounts that a key may see, the oldest first.
    func accounts(of principal: Principal) -> [Account] {
        picture.accounts.values.filter { principal.accounts.contains($0.id) }.sorted {
            ($0.createdAt, $0.id.count, $0.id) < ($1.createdAt, $1.id.count, $1.id)
        }
    }

    fileprivate func write(_ line: LedgerLine, into json: inout JSONWriter) {
        LedgerJSON.write(line, quantityScale: scales(line.entry.symbol).quantity, into: &json)
    }
}

extension Exchange {
    fileprivate func reply(_ result: Result<Account, Rejection>) {
        switch result {
        case .failure(let rejection): fail(rejection)
        case .success(let account):
            reply(request.head.method == .post ? 201 : 200) {
                AccountJSON.write(account, style: .numbers, into: &$0)
            }
        }
    }
}
