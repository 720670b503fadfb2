// The predecessor's account routes: accounts, their positions, and money in and out.

import Base
import Service
import Trading
import Views
import Wire

struct AccountRoutes {
    let services: Services

    private static let profileFields = ["name", "account_type", "risk_level", "active"]

    var routes: [Route] {
        [
            Route(.get, "/api/accounts", "All accounts", list),
            Route(.post, "/api/accounts", "Make an account", create),
            Route(.get, "/api/accounts/{account}", "One account", one),
            Route(.put, "/api/accounts/{account}", "Change an account", update),
            Route(.get, "/api/accounts/{account}/positions", "An account's positions", positions),
            Route(.get, "/api/accounts/{account}/transactions", "An account's ledger", ledger),
            Route(
                .post, "/api/accounts/{account}/transactions",
                "Deposit, withdraw or adjust", transact),
        ]
    }

    // MARK: Read

    private func list(_ exchange: Exchange) throws(Rejection) {
        _ = try exchange.queryFields([])
        services.whenCurrent(exchange) { [services] in
            let accounts = services.picture.accounts.values.sorted {
                ($0.createdAt, $0.id.count, $0.id) < ($1.createdAt, $1.id.count, $1.id)
            }
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
        let query = try exchange.queryFields(["limit", "page_token"])
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
        let fields = try exchange.bodyFields(
            AccountRoutes.profileFields + ["initial_balance", "currency"])
        let profile = AccountProfile(
            name: try fields.requiredText("name", most: Limits.nameBytes),
            accountType: try fields.identifier("account_type", most: Limits.tagBytes) ?? "trading",
            riskLevel: try fields.identifier("risk_level", most: Limits.tagBytes) ?? "medium")
        let balance = try fields.decimal("initial_balance", scale: Money.scale) ?? 0
        guard balance >= 0 else {
            throw .invalid(
                "initial_balance", given: fields.value("initial_balance")?.shown ?? "",
                allowed: "0 or more", code: "out_of_range")
        }
        services.accounts.create(
            profile, currency: try currency(fields), initialBalance: Money(balance),
            isActive: try fields.flag("active") ?? true
        ) { exchange.reply($0) }
    }

    private func currency(_ fields: Fields) throws(Rejection) -> String {
        guard let currency = try fields.text("currency", most: 5) else { return "USD" }
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard currency.utf8.count >= 3, currency.utf8.allSatisfy(letters.contains) else {
            throw .invalid(
                "currency", given: "\"\(currency)\"", allowed: "3 to 5 capital letters, as USD")
        }
        return currency
    }

    private func update(_ exchange: Exchange) throws(Rejection) {
        let fields = try exchange.bodyFields(AccountRoutes.profileFields)
        let name = try fields.text("name", most: Limits.nameBytes)
        let accountType = try fields.identifier("account_type", most: Limits.tagBytes)
        let riskLevel = try fields.identifier("risk_level", most: Limits.tagBytes)
        let active = try fields.flag("active")
        guard !fields.object.members.isEmpty else {
            throw .missing(
                "name",
                expected: "given, or one of " + AccountRoutes.profileFields.joined(separator: ", "))
        }
        withCurrentAccount(exchange) { [services] account in
            var profile = account.profile
            profile.name = name ?? profile.name
            profile.accountType = accountType ?? profile.accountType
            profile.riskLevel = riskLevel ?? profile.riskLevel
            services.accounts.update(
                account, profile: profile, isActive: active ?? account.isActive
            ) { exchange.reply($0) }
        }
    }

    private func transact(_ exchange: Exchange) throws(Rejection) {
        let account = try services.requireAccount(exchange.parameters[0])
        let fields = try exchange.bodyFields(TransactionFields.names)
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
