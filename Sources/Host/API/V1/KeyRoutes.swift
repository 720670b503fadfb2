// Access keys: made, listed and revoked by administrators. A key's secret is in the answer that makes
// it and nowhere else.

import Base
import Service
import Trading
import Views
import Wire

struct KeyRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/admin/keys", "All keys, revoked ones too, the newest first",
                .everyone(.administer), query: Field.paging + [KeyFields.kind],
                answers: [.ok(pageOf: .key)], list),
            Route(
                .post, "/api/v1/admin/keys", "Make a key; its secret is shown in this answer only",
                .everyone(.administer), body: KeyFields.new, answers: [.created(.newKey)],
                refusals: [.conflict, .refused], create),
            Route(
                .get, "/api/v1/admin/keys/{key}", "One key or session", .everyone(.administer),
                answers: [.ok(.key)], refusals: [.notFound], one),
            Route(
                .delete, "/api/v1/admin/keys/{key}",
                "Revoke a key with its sessions, or end a session", .everyone(.administer),
                answers: [.ok(.key)], refusals: [.notFound, .conflict], revoke),
            Route(
                .get, "/api/v1/accounts/{account}/keys", "The keys that may touch an account",
                .account(.oversee), query: Field.paging, answers: [.ok(pageOf: .key)], ofAccount),
        ]
    }

    // MARK: Read

    private func list(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        let kind = try KeyFields.kind(query)
        services.whenCurrent(exchange) { [self] in
            reply(exchange, page) { $0.kind == kind }
        }
    }

    private func ofAccount(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        let now = exchange.request.receivedMicros
        services.withCurrentAccount(exchange) { [self] account in
            reply(exchange, page, within: exchange.principal.accounts) {
                $0.kind == .key && $0.isValid(at: now) && $0.accounts.contains(account.id)
            }
        }
    }

    /// Who isn't for all accounts sees keys of some accounts only, and of those accounts only what
    /// is `within` its own.
    private func reply(
        _ exchange: Exchange, _ page: Page, within scope: AccountScope = .all,
        where isWanted: (AccessKey) -> Bool
    ) {
        let found = services.picture.keys.values
            .filter { isWanted($0) && (scope == .all || $0.accounts != .all) }
            .sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
        exchange.replyItems(.success(PageOf(of: found, page))) { key, json in
            KeyJSON.write(key, accounts: key.accounts.within(scope), into: &json)
        }
    }

    private func one(_ exchange: Exchange) throws(Rejection) {
        let id = exchange.parameters[0]
        services.whenCurrent(exchange) { [services] in
            guard let key = services.picture.keys[id] else {
                return exchange.fail(.notFound("key", id))
            }
            exchange.reply { KeyJSON.write(key, into: &$0) }
        }
    }

    // MARK: Change

    private func create(_ exchange: Exchange) throws(Rejection) {
        let new = try KeyFields.readNew(try exchange.bodyFields())
        services.keys.create(new, by: exchange.actor) { result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success((let key, let secret)):
                exchange.reply(201) { json in
                    json.beginObject()
                    KeyJSON.writeFields(key, into: &json)
                    json.field("secret", secret)
                    json.endObject()
                }
            }
        }
    }

    private func revoke(_ exchange: Exchange) throws(Rejection) {
        let id = exchange.parameters[0]
        let answer = { (result: Result<AccessKey, Rejection>) in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let key): exchange.reply { KeyJSON.write(key, into: &$0) }
            }
        }
        if services.picture.keys[id]?.kind == .session {
            services.keys.endSession(id, by: exchange.actor, answer)
        } else {
            services.keys.revoke(id, by: exchange.actor, answer)
        }
    }
}

enum KeyFields {
    static let kind = Field("kind", .choice(["key", "session"]), "Which; keys unless given.")
    static let new = [
        Field(
            "name", .text(most: Limits.nameBytes), "Whose or what for, as people know it.",
            required: true),
        Field("role", .choice(Shape.roles), "What it may do.", required: true),
        Field(
            "accounts", .identifiers(most: Limits.accountsPerKey),
            "The accounts it may touch; all where it isn't given."),
        Field(
            "orders_per_second", .whole(0...Limits.ordersPerSecondMaximum),
            "New and amended orders a second and worker; 0 = no limit, "
                + "\(Limits.ordersPerSecondDefault) unless given."),
    ]

    static func kind(_ query: [String: String]) throws(Rejection) -> KeyKind {
        switch query["kind"] {
        case nil, "key": return .key
        case "session": return .session
        case let other?:
            throw .invalid("kind", given: other, allowed: "one of key, session")
        }
    }

    static func readNew(_ fields: Fields) throws(Rejection) -> NewKey {
        let role = try fields.requiredChoice("role", Shape.roles)
        return try NewKey(
            name: try fields.requiredText("name", most: Limits.nameBytes),
            role: Role(name: role) ?? .viewer, accounts: try scope(fields),
            ordersPerSecond: try fields.whole(
                "orders_per_second", 0...Limits.ordersPerSecondMaximum)
                ?? Limits.ordersPerSecondDefault)
    }

    private static func scope(_ fields: Fields) throws(Rejection) -> AccountScope {
        guard let value = fields.value("accounts") else { return .all }
        let allowed = "a list of 1 to \(Limits.accountsPerKey) account ids as text"
        guard case .array(let values) = value else {
            throw .invalid("accounts", given: value.shown, allowed: allowed, code: "invalid_type")
        }
        guard (1...Limits.accountsPerKey).contains(values.count) else {
            throw .invalid("accounts", given: "\(values.count) of them", allowed: allowed)
        }
        var accounts: Set<String> = []
        for value in values {
            guard case .string(let id) = value else {
                throw .invalid(
                    "accounts", given: value.shown, allowed: allowed, code: "invalid_type")
            }
            accounts.insert(id)
        }
        return .only(accounts)
    }
}

extension Shape {
    private static let keyMembers: [Member] = [
        .init("key_id", .text),
        .init("name", .text),
        .init("kind", .choice(["key", "session"])),
        .init("role", .choice(roles)),
        .init("accounts", .list(.text), "null: all accounts.", nullable: true),
        .init("orders_per_second", .integer, "0: no limit."),
        .init("created_at", .time),
        .init("created_by", .text, "The id of the key that made it; open, or command."),
        .init("revoked_at", .time, nullable: true),
        .init("expires_at", .time, "Sessions only.", nullable: true),
        .init("parent", .text, "The key that a session was opened with.", nullable: true),
    ]
    static let key = Shape("Key", keyMembers)
    fileprivate static let newKey = Shape(
        "NewKey", keyMembers + [.init("secret", .text, "What clients send; keep it safe.")])
}
