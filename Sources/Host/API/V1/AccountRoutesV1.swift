// Accounts as /api/v1 has them: decimal strings, pages of items.

import Base
import Service
import Trading
import Views
import Wire

struct AccountRoutesV1 {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/accounts", "The key's accounts, the oldest first",
                .permission(.see), query: Field.paging, answers: [.ok(pageOf: .account(.decimal))],
                list),
            Route(
                .post, "/api/v1/accounts", "Make an account", .everyone(.administer),
                body: AccountFields.new, answers: [.created(.account(.decimal))],
                refusals: [.refused], create),
            Route(
                .get, "/api/v1/accounts/{account}", "One account", .account(.see),
                answers: [.ok(.account(.decimal))], one),
            Route(
                .patch, "/api/v1/accounts/{account}", "Change an account",
                .account(.administer), body: AccountFields.profile + AccountFields.standing,
                answers: [.ok(.account(.decimal))], refusals: [.refused], update),
            Route(
                .put, "/api/v1/accounts/{account}/state",
                "What an account may do: all, reduce, cancel, nothing", .account(.oversee),
                body: AccountFields.state, answers: [.ok(.account(.decimal))], setState),
            Route(
                .get, "/api/v1/accounts/{account}/positions", "An account's positions, by symbol",
                .account(.see), query: Field.paging, answers: [.ok(pageOf: .position(.decimal))],
                positions),
            Route(
                .get, "/api/v1/accounts/{account}/ledger",
                "Every movement of cash and shares, newest first", .account(.see),
                query: LedgerQuery.fields + Field.timeSpan + Field.paging,
                answers: [.ok(pageOf: .ledgerEntry(.decimal))], ledger),
            Route(
                .get, "/api/v1/accounts/{account}/statement",
                "A past UTC day: balances, every ledger line, positions, fees and profit",
                .account(.see), query: [LedgerQuery.date],
                answers: [.text(StatementText.contentType)], refusals: [.refused], statement),
            Route(
                .post, "/api/v1/accounts/{account}/ledger", "Deposit, withdraw or adjust",
                .account(.administer), body: TransactionFields.kept,
                answers: [.created(.ledgerEntry(.decimal))], refusals: [.conflict, .refused],
                transact),
        ]
    }

    // MARK: Read

    private func list(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        services.whenCurrent(exchange) { [services] in
            let accounts = services.accounts(of: exchange.principal)
            exchange.replyItems(.success(PageOf(of: accounts, page))) { account, json in
                AccountJSON.write(account, style: .strings, into: &json)
            }
        }
    }

    private func one(_ exchange: Exchange) throws(Rejection) {
        services.withCurrentAccount(exchange) { account in
            exchange.reply { AccountJSON.write(account, style: .strings, into: &$0) }
        }
    }

    private func positions(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        services.withCurrentAccount(exchange) { [services] account in
            let positions = services.picture.positions(account: account.id)
            exchange.replyItems(.success(PageOf(of: positions, page))) { position, json in
                services.write(position, style: .strings, into: &json)
            }
        }
    }

    private func ledger(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        let account = try services.requireAccount(exchange.parameters[0])
        let filters = OrderQuery(fields: query, services: services)
        let span = try filters.span()
        services.history.ledger(
            account: account.id, kinds: try LedgerQuery.kinds(query), symbol: try filters.symbol(),
            in: span, page
        ) { [services] result in
            exchange.replyItems(result) { line, json in
                services.write(line, style: .strings, into: &json)
            }
        }
    }

    private func statement(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let day = try LedgerQuery.day(query, now: Clock.wallMicros())
        services.withCurrentAccount(exchange) { [services] account in
            let history = services.history
            history.statement(of: account, day: day, services.picture.instruments) { result in
                switch result {
                case .failure(let rejection): exchange.fail(rejection)
                case .success(let statement):
                    exchange.finish(
                        HTTPResponse(
                            status: 200,
                            headers: [
                                ("Content-Type", StatementText.contentType),
                                ("Cache-Control", "no-store"),
                                ("X-Request-Id", exchange.requestID),
                                (
                                    "Content-Disposition",
                                    "attachment; filename=\"\(StatementText.fileName(statement))\""
                                ),
                            ], body: StatementText.csv(statement)))
                }
            }
        }
    }

    // MARK: Change

    private func create(_ exchange: Exchange) throws(Rejection) {
        let new = try AccountFields.readNew(try exchange.bodyFields())
        services.accounts.create(
            new.profile, currency: new.currency, initialBalance: new.balance,
            isActive: new.isActive, by: exchange.actor
        ) { exchange.reply($0, status: 201, style: .strings) }
    }

    private func update(_ exchange: Exchange) throws(Rejection) {
        let change = try AccountFields.readChange(try exchange.bodyFields())
        services.withCurrentAccount(exchange) { [services] account in
            services.accounts.update(account.id, change, by: exchange.actor) {
                exchange.reply($0, status: 200, style: .strings)
            }
        }
    }

    private func setState(_ exchange: Exchange) throws(Rejection) {
        var change = AccountChange()
        change.state = try AccountFields.readState(try exchange.bodyFields())
        guard change.state != nil else {
            throw .missing(
                "state", expected: "one of " + AccountFields.states.joined(separator: ", "))
        }
        services.withCurrentAccount(exchange) { [services, change] account in
            services.accounts.update(account.id, change, by: exchange.actor) {
                exchange.reply($0, status: 200, style: .strings)
            }
        }
    }

    private func transact(_ exchange: Exchange) throws(Rejection) {
        let account = try services.requireAccount(exchange.parameters[0])
        let transaction = try TransactionFields.read(
            try exchange.bodyFields(), account: account.id, services: services)
        services.accounts.transact(transaction, by: exchange.actor) { [services] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let line):
                exchange.reply(201) { services.write(line, style: .strings, into: &$0) }
            }
        }
    }
}
