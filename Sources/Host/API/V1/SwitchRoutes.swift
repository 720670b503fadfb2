// Stopping: kill switches for an account, a group or the firm, and the timer that cancels an account's
// orders unless it is told not to.

import Base
import Service
import Trading
import Views
import Wire

struct SwitchRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/risk/kill-switch",
                "What is blocked: kill switches, and accounts that a rule has blocked",
                .permission(.oversee), query: Field.paging, answers: [.ok(pageOf: .riskSwitch)],
                list),
            Route(
                .post, "/api/v1/risk/kill-switch",
                "Block a scope, then cancel all of its open orders", .permission(.oversee),
                body: SwitchRoutes.pressing, answers: [.ok(.switchReport)],
                refusals: [.notFound], cost: .free, press),
            Route(
                .delete, "/api/v1/risk/kill-switch", "Lift a block: trading may go on",
                .permission(.administer), query: SwitchRoutes.lifting,
                answers: [.ok(.switchLifted)], refusals: [.conflict, .notFound], lift),
            Route(
                .post, "/api/v1/accounts/{account}/cancel-all-after",
                "Have all orders of an account cancelled in so many seconds, unless called again",
                .account(.cancel), body: SwitchRoutes.timer, answers: [.ok(.cancelAllAfter)],
                refusals: [.notFound], cancelAllAfter),
        ]
    }

    private static let scopes = ["account", "firm", "group"]
    private static let scope = [
        Field("scope", .choice(scopes), "Whom: an account, a group, everyone.", required: true),
        Field(
            "id", .identifier(most: Limits.tagBytes), "The account's or the group's; of firm none."),
        Field("reason", .text(most: Limits.reasonBytes), "Why, for the audit log.", required: true),
    ]
    private static let pressing = scope
    private static let lifting = scope
    private static let timer = [
        Field(
            "seconds", .whole(0...Limits.cancelAllAfterSeconds),
            "From now on; each call counts anew. 0 turns it off.", required: true)
    ]

    private func list(_ exchange: Exchange) throws(Rejection) {
        let page = try exchange.page(
            try exchange.queryFields(), defaultLimit: Limits.listDefault)
        services.whenCurrent(exchange) { [services] in
            let seen = services.picture.controls.switches.values
                .filter { exchange.principal.maySee($0.scope, services.picture) }
                .sorted { ($0.since, $0.scope.text) > ($1.since, $1.scope.text) }
            exchange.replyItems(.success(PageOf(of: seen, page))) { made, json in
                SwitchJSON.write(made, into: &json)
            }
        }
    }

    private func press(_ exchange: Exchange) throws(Rejection) {
        let fields = try exchange.bodyFields()
        let scope = try SwitchRoutes.scope(
            try fields.requiredChoice("scope", SwitchRoutes.scopes),
            try fields.identifier("id", most: Limits.tagBytes))
        let reason = try fields.requiredText("reason", most: Limits.reasonBytes)
        try exchange.principal.require(scope)
        services.controls.press(scope, reason: reason, by: exchange.actor) { result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let report):
                exchange.reply { SwitchRoutes.write(report, into: &$0) }
            }
        }
    }

    private static func write(_ report: SwitchReport, into json: inout JSONWriter) {
        json.beginObject()
        SwitchJSON.fields(report.made, into: &json)
        json.field("cancelled", count: Int64(report.cancels.cancelled))
        json.field("already_ended", count: Int64(report.cancels.alreadyEnded))
        json.field("failed", count: Int64(report.cancels.failed))
        json.field("block_micros", count: report.blockMicros)
        json.field("micros", count: report.micros)
        json.endObject()
    }

    private func lift(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        guard let name = query["scope"] else {
            throw .missing("scope", expected: "one of account, firm, group")
        }
        let scope = try SwitchRoutes.scope(name, query["id"])
        guard let reason = query["reason"] else {
            throw .missing("reason", expected: "text that says why it is safe to go on")
        }
        try exchange.principal.require(scope)
        services.controls.lift(scope, reason: reason, by: exchange.actor) { result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success:
                exchange.reply { json in
                    json.beginObject()
                    json.field("scope", name)
                    json.optionalField("id", query["id"] ?? "")
                    json.field("lifted", true)
                    json.endObject()
                }
            }
        }
    }

    private func cancelAllAfter(_ exchange: Exchange) throws(Rejection) {
        let account = try services.requireAccount(exchange.parameters[0])
        let range = 0...Limits.cancelAllAfterSeconds
        guard let seconds = try exchange.bodyFields().whole("seconds", range) else {
            throw .missing(
                "seconds", expected: "a whole number from 0 to \(Limits.cancelAllAfterSeconds)")
        }
        services.controls.cancelAllAfter(account.id, seconds: seconds) { result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let dueAt):
                exchange.reply { json in
                    json.beginObject()
                    json.field("account_id", account.id)
                    json.field("seconds", count: seconds)
                    json.field("due_at", time: dueAt)
                    json.endObject()
                }
            }
        }
    }

    /// The scope's kind with what it names.
    private static func scope(_ kind: String, _ id: String?) throws(Rejection) -> SwitchScope {
        switch (kind, id) {
        case ("firm", nil): return .firm
        case ("firm", let id?):
            throw .invalid("id", given: id, allowed: "left out where the scope is firm")
        case (_, nil): throw .missing("id", expected: "the \(kind)'s id")
        case ("group", let id?): return .group(id)
        case (_, let id?): return .account(id)
        }
    }
}

extension Principal {
    /// What is about more than one account is for keys of all accounts.
    func require(_ scope: SwitchScope) throws(Rejection) {
        if case .account(let id) = scope {
            try require(account: id)
        } else {
            try requireEverything()
        }
    }

    /// Their own accounts', and what stops them.
    func maySee(_ scope: SwitchScope, _ picture: Picture) -> Bool {
        switch scope {
        case .firm: true
        case .account(let id): accounts.contains(id)
        case .group(let group): maySee(group: group, picture)
        }
    }

    func maySee(group: String, _ picture: Picture) -> Bool {
        guard case .only(let mine) = accounts else { return true }
        return mine.contains { picture.accounts[$0]?.group == group }
    }
}

extension Shape {
    private static let switchMembers: [Member] = [
        .init("scope", .choice(["account", "firm", "group"])),
        .init("id", .text, "The account's or group's; null: everyone.", nullable: true),
        .init("kind", .choice(["kill_switch", "risk_block"]), "Staff's, or a rule's."),
        .init("since", .time),
        .init("by", .text, "A key's id, or the rule."),
        .init("reason", .text),
        .init("event_seq", .integer, "The event that blocked it."),
    ]
    fileprivate static let riskSwitch = Shape("RiskSwitch", switchMembers)
    fileprivate static let switchReport = Shape(
        "SwitchReport",
        switchMembers + [
            .init("cancelled", .integer),
            .init("already_ended", .integer, "Ended before their cancel came."),
            .init("failed", .integer, "Still being cancelled, by whichever host is there."),
            .init("block_micros", .integer, "Until nothing more was taken."),
            .init("micros", .integer, "Until all had ended."),
        ])
    fileprivate static let switchLifted = Shape(
        "SwitchLifted",
        [
            .init("scope", .choice(["account", "firm", "group"])),
            .init("id", .text, nullable: true), .init("lifted", .flag),
        ])
    fileprivate static let cancelAllAfter = Shape(
        "CancelAllAfter",
        [
            .init("account_id", .text), .init("seconds", .integer),
            .init("due_at", .time, "null: it is off.", nullable: true),
        ])
}
