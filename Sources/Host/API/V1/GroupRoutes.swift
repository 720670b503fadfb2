// Groups of accounts: desks that share limits, a state and a kill switch. Which group an account is in
// stands with the account.

import Base
import Service
import Trading
import Views
import Wire

struct GroupRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/groups", "Groups of accounts, by id", .permission(.see),
                query: Field.paging, answers: [.ok(pageOf: .group)], list),
            Route(
                .post, "/api/v1/groups", "Make a group", .everyone(.administer),
                body: GroupRoutes.new, answers: [.created(.group)],
                refusals: [.conflict, .refused], create),
            Route(
                .get, "/api/v1/groups/{group}", "One group with its accounts", .permission(.see),
                answers: [.ok(.group)], refusals: [.notFound], one),
            Route(
                .patch, "/api/v1/groups/{group}",
                "Name a group anew, or say what its accounts may do", .everyone(.oversee),
                body: GroupRoutes.changed, answers: [.ok(.group)], refusals: [.notFound], update),
            Route(
                .delete, "/api/v1/groups/{group}", "Remove a group that no account is in",
                .everyone(.administer), answers: [.ok(.group)],
                refusals: [.notFound, .conflict], remove),
        ]
    }

    private static let name = Field(
        "name", .text(most: Limits.nameBytes), "As people know it.")
    private static let state = Field(
        "state", .choice(AccountFields.states),
        "What its accounts may do; an account's own state, where stricter, counts.")
    private static let new = [
        Field(
            "group", .identifier(most: Limits.groupBytes),
            "Its id: a-z, 0-9, _ and -, beginning with a letter or digit; not firm.",
            required: true),
        Field("name", .text(most: Limits.nameBytes), "As people know it.", required: true), state,
    ]
    private static let changed = [name, state]

    private func list(_ exchange: Exchange) throws(Rejection) {
        let page = try exchange.page(
            try exchange.queryFields(), defaultLimit: Limits.listDefault)
        services.whenCurrent(exchange) { [self] in
            let seen = services.picture.controls.groups.values
                .filter { exchange.principal.maySee(group: $0.id, services.picture) }
                .sorted { $0.id < $1.id }
            let members = members(exchange)
            exchange.replyItems(.success(PageOf(of: seen, page))) { group, json in
                GroupJSON.write(group, accounts: members[group.id] ?? [], into: &json)
            }
        }
    }

    /// By group, those of the key's accounts.
    private func members(_ exchange: Exchange) -> [String: [String]] {
        var members: [String: [String]] = [:]
        for account in services.picture.accounts.values {
            guard let group = account.group, exchange.principal.accounts.contains(account.id) else {
                continue
            }
            members[group, default: []].append(account.id)
        }
        return members.mapValues { $0.sorted { ($0.count, $0) < ($1.count, $1) } }
    }

    private func one(_ exchange: Exchange) throws(Rejection) {
        let id = exchange.parameters[0]
        services.whenCurrent(exchange) { [self] in
            guard exchange.principal.maySee(group: id, services.picture) else {
                return exchange.fail(.notFound("group", id))
            }
            reply(exchange, id)
        }
    }

    private func reply(_ exchange: Exchange, _ id: String, status: Int = 200) {
        guard let group = services.picture.controls.groups[id] else {
            return exchange.fail(.notFound("group", id))
        }
        let members = members(exchange)[id] ?? []
        exchange.reply(status) { GroupJSON.write(group, accounts: members, into: &$0) }
    }

    private func create(_ exchange: Exchange) throws(Rejection) {
        let fields = try exchange.bodyFields()
        guard let id = try fields.identifier("group", most: Limits.groupBytes) else {
            throw .missing("group", expected: "the group's id")
        }
        guard GroupRoutes.isGroupID(id) else {
            throw .invalid(
                "group", given: "\"\(id)\"",
                allowed: "1 to \(Limits.groupBytes) of a-z 0-9 _ -, beginning with a letter or "
                    + "digit, and not firm")
        }
        let name = try fields.requiredText("name", most: Limits.nameBytes)
        let state = try AccountFields.readState(fields) ?? .active
        services.controls.createGroup(id, name: name, state: state, by: exchange.actor) {
            [self] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success: reply(exchange, id, status: 201)
            }
        }
    }

    static func isGroupID(_ id: String) -> Bool {
        id != "firm" && !id.isEmpty && !id.hasPrefix("_") && !id.hasPrefix("-")
            && id.utf8.allSatisfy { byte in
                (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
    }

    private func update(_ exchange: Exchange) throws(Rejection) {
        let fields = try exchange.bodyFields()
        let id = exchange.parameters[0]
        let name = try fields.text("name", most: Limits.nameBytes)
        let state = try AccountFields.readState(fields)
        guard name != nil || state != nil else {
            throw .missing("state", expected: "given, or name")
        }
        services.whenCurrent(exchange) { [self] in
            services.controls.updateGroup(id, name: name, state: state, by: exchange.actor) {
                [self] result in
                switch result {
                case .failure(let rejection): exchange.fail(rejection)
                case .success: reply(exchange, id)
                }
            }
        }
    }

    private func remove(_ exchange: Exchange) throws(Rejection) {
        let id = exchange.parameters[0]
        services.whenCurrent(exchange) { [services] in
            guard let group = services.picture.controls.groups[id] else {
                return exchange.fail(.notFound("group", id))
            }
            services.controls.removeGroup(id, by: exchange.actor) { result in
                switch result {
                case .failure(let rejection): exchange.fail(rejection)
                case .success:
                    exchange.reply { GroupJSON.write(group, accounts: [], into: &$0) }
                }
            }
        }
    }
}

extension Shape {
    fileprivate static let group = Shape(
        "Group",
        [
            .init("group", .text, "Its id."),
            .init("name", .text),
            .init("state", .choice(AccountFields.states)),
            .init("accounts", .list(.text), "Of the key's accounts those that are in it."),
            .init("created_at", .time),
            .init("updated_at", .time),
            .init("event_seq", .integer, "The event that changed it last."),
        ])
}
