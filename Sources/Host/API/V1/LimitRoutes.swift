// Limits and modes of risk rules, as staff set them at run time.

import Base
import Plugins
import Service
import Trading
import Views
import Wire

struct LimitRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/risk/limits",
                "Every limit: as the operator's file has it, and as staff have set it",
                .permission(.see), query: LimitRoutes.filters + Field.paging,
                answers: [.ok(pageOf: .riskLimit)], list),
            Route(
                .put, "/api/v1/risk/limits", "Set a limit, for whom and which symbol it says",
                .permission(.oversee), body: LimitRoutes.setting,
                answers: LimitRoutes.changeAnswers, refusals: [.notFound, .refused], set),
            Route(
                .delete, "/api/v1/risk/limits", "Take a limit away: what is wider holds again",
                .permission(.oversee), query: LimitRoutes.removing,
                answers: LimitRoutes.changeAnswers, refusals: [.notFound, .refused], remove),
            Route(
                .patch, "/api/v1/risk/rules/{rule}",
                "Whether a rule refuses, only notes what it would refuse, or is off",
                .everyone(.oversee), body: LimitRoutes.mode, answers: LimitRoutes.changeAnswers,
                refusals: [.notFound, .refused], setMode),
            Route(
                .get, "/api/v1/risk/pending", "Changes that wait for a second person, newest first",
                .everyone(.oversee), query: Field.paging, answers: [.ok(pageOf: .pendingChange)],
                pending),
            Route(
                .post, "/api/v1/risk/pending/{change}/approve",
                "Approve a change that somebody else asked for", .everyone(.oversee),
                answers: [.ok(.policyChange)], refusals: [.notFound, .conflict], approve),
            Route(
                .post, "/api/v1/risk/pending/{change}/refuse", "Refuse or withdraw a change",
                .everyone(.oversee), answers: [.ok(.policyChange)], refusals: [.notFound], refuse),
        ]
    }

    private static let rule = Field(
        "rule", .identifier(most: Limits.tagBytes), "The rule's name.", required: true)
    private static let scope = [
        Field(
            "account_id", .identifier(most: Limits.tagBytes), "For this account's orders alone."),
        Field("group", .identifier(most: Limits.groupBytes), "For this group's accounts."),
        Field("symbol", .symbol, "For orders in this instrument."),
    ]
    private static let reason = Field("reason", .text(most: Limits.reasonBytes), "Why.")
    private static let filters =
        [Field("rule", .identifier(most: Limits.tagBytes), "Only of this rule.")] + scope
    private static let setting =
        [
            rule,
            Field(
                "limit", .identifier(most: Limits.tagBytes), "Its name in the rule's schema.",
                required: true),
            Field("value", .decimal(.any), "As the rule's schema has it.", required: true),
        ] + scope + [reason]
    private static let removing =
        [
            rule,
            Field("limit", .identifier(most: Limits.tagBytes), "Only this one; else all of them."),
        ] + scope + [reason]
    private static let mode = [
        Field("mode", .choice(modes), "From now on, on all hosts.", required: true),
        Field("reason", .text(most: Limits.reasonBytes), "Why.", required: true),
    ]
    private static let modes = ["enforce", "off", "shadow"]
    private static let changeAnswers: [Answer] = [
        .ok(.policyChange), Answer(status: 202, body: .json(.object(.policyChange))),
    ]

    // MARK: Limits

    private struct Line {
        let rule: String
        let name: String
        let value: String
        let scope: LimitScope
        let record: LimitRecord?
    }

    private func list(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        services.whenCurrent(exchange) { [self] in
            let lines = lines(exchange.principal).filter { line in
                let (account, group) = line.scope.names
                return (query["rule"] ?? line.rule) == line.rule
                    && (query["account_id"] ?? account) == account
                    && (query["group"] ?? group) == group
                    && (query["symbol"] ?? line.scope.symbol) == line.scope.symbol
            }
            exchange.replyItems(.success(PageOf(of: lines, page))) { line, json in
                json.beginObject()
                json.field("rule", line.rule)
                json.field("limit", line.name)
                json.field("value", line.value)
                LimitJSON.write(line.scope, into: &json)
                json.field("source", line.record == nil ? "file" : "set")
                json.field("updated_at", time: line.record?.updatedAt ?? 0)
                json.optionalField("updated_by", line.record?.updatedBy ?? "")
                json.optionalField("reason", line.record?.reason ?? "")
                json.endObject()
            }
        }
    }

    /// The rules' in their order, of each the file's first; then those of rules that aren't loaded.
    private func lines(_ principal: Principal) -> [Line] {
        let controls = services.picture.controls
        var lines: [Line] = []
        for rule in services.registry.riskRules {
            for limit in rule.limitValues {
                lines.append(
                    Line(
                        rule: rule.name, name: limit.name, value: limit.value,
                        scope: LimitScope(.firm), record: nil))
            }
        }
        let order = services.registry.riskRules.map(\.name)
        let names = order + controls.limitRecords.keys.filter { !order.contains($0) }.sorted()
        for name in names {
            let records = (controls.limitRecords[name] ?? [:]).values
                .filter { principal.maySee($0.scope, services.picture) }
                .sorted { $0.scope.text < $1.scope.text }
            for record in records {
                for (limit, value) in record.values.sorted(by: { $0.key < $1.key }) {
                    lines.append(
                        Line(
                            rule: name, name: limit, value: value, scope: record.scope,
                            record: record))
                }
            }
        }
        return lines
    }

    private func set(_ exchange: Exchange) throws(Rejection) {
        let fields = try exchange.bodyFields()
        guard let name = try fields.identifier("rule", most: Limits.tagBytes) else {
            throw .missing("rule", expected: "a rule's name")
        }
        let rule = try services.riskRule(name)
        guard let limit = try fields.identifier("limit", most: Limits.tagBytes) else {
            throw .missing("limit", expected: "a limit's name in the rule's schema")
        }
        let value = try LimitRoutes.value(fields)
        if let wrong = rule.wrongLimit(limit, value) {
            throw Rejection(
                .malformed, "invalid_limit", "'\(wrong.field)' of \(name): \(wrong.text).",
                field: wrong.isName ? "limit" : "value", values: "rule=\(name), limit=\(limit)")
        }
        let scope = try scope(
            account: try fields.identifier("account_id", most: Limits.tagBytes),
            group: try fields.identifier("group", most: Limits.groupBytes),
            symbol: try fields.text("symbol", most: Limits.symbolBytes), exchange.principal)
        let reason = try fields.text("reason", most: Limits.reasonBytes) ?? ""
        services.policy.set(
            name, scope, [limit: value], reason: reason, by: exchange.person
        ) { [self] in reply(exchange, name, $0) }
    }

    /// As it was written, so that nothing is rounded; its form is the rule's matter.
    private static func value(_ fields: Fields) throws(Rejection) -> String {
        switch fields.value("value") {
        case nil: throw .missing("value", expected: "a number")
        case .number(let digits)?: return String(decoding: digits, as: UTF8.self)
        case .string(let text)? where text.utf8.count <= Limits.limitValueBytes: return text
        case let other?:
            throw .invalid(
                "value", given: other.shown, allowed: "a number, or one written as text",
                code: "invalid_type")
        }
    }

    private func remove(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        guard let name = query["rule"] else {
            throw .missing("rule", expected: "a rule's name")
        }
        let scope = try scope(
            account: query["account_id"], group: query["group"], symbol: query["symbol"],
            exchange.principal)
        services.policy.remove(
            name, scope, name: query["limit"], reason: query["reason"] ?? "",
            by: exchange.person
        ) { [self] in reply(exchange, name, $0) }
    }

    /// What isn't there is refused; what is about more than one account needs a key for all.
    private func scope(
        account: String?, group: String?, symbol: String?, _ principal: Principal
    ) throws(Rejection) -> LimitScope {
        if let symbol, services.picture.instruments[symbol] == nil {
            throw Reasons.rejection(code: "unknown_symbol", values: "symbol=\(symbol)")
        }
        switch (account, group) {
        case (nil, nil):
            try principal.requireEverything()
            return LimitScope(.firm, symbol: symbol)
        case (let account?, nil):
            try principal.require(account: account)
            _ = try services.requireAccount(account)
            return LimitScope(.account(account), symbol: symbol)
        case (nil, let group?):
            try principal.requireEverything()
            guard services.picture.controls.groups[group] != nil else {
                throw .notFound("group", group)
            }
            return LimitScope(.group(group), symbol: symbol)
        case (_?, let group?):
            throw .invalid("group", given: group, allowed: "left out where account_id is given")
        }
    }

    // MARK: Modes

    private func setMode(_ exchange: Exchange) throws(Rejection) {
        let fields = try exchange.bodyFields()
        let name = try fields.requiredChoice("mode", LimitRoutes.modes)
        let reason = try fields.requiredText("reason", most: Limits.reasonBytes)
        let rule = try services.riskRule(exchange.parameters[0])
        let mode = [RuleMode.enforce, .shadow, .off].first { $0.name == name } ?? .enforce
        services.policy.setMode(rule.name, mode, reason: reason, by: exchange.person) {
            [self] in reply(exchange, rule.name, $0)
        }
    }

    // MARK: The second person

    private func pending(_ exchange: Exchange) throws(Rejection) {
        let page = try exchange.page(
            try exchange.queryFields(), defaultLimit: Limits.listDefault)
        services.whenCurrent(exchange) { [services] in
            let all = services.picture.controls.pending.values.sorted {
                ($0.createdAt, $0.id) > ($1.createdAt, $1.id)
            }
            let now = exchange.request.receivedMicros
            exchange.replyItems(.success(PageOf(of: all, page))) { change, json in
                PendingJSON.write(change, at: now, into: &json)
            }
        }
    }

    private func approve(_ exchange: Exchange) throws(Rejection) {
        let (id, rule) = try waiting(exchange)
        services.policy.approve(id, by: exchange.person) { [self] in reply(exchange, rule, $0) }
    }

    private func refuse(_ exchange: Exchange) throws(Rejection) {
        let (id, rule) = try waiting(exchange)
        services.policy.refuse(id, by: exchange.person) { [self] result in
            reply(exchange, rule, result, status: "refused")
        }
    }

    private func waiting(_ exchange: Exchange) throws(Rejection) -> (id: String, rule: String) {
        let id = exchange.parameters[0]
        guard let change = services.picture.controls.pending[id] else {
            throw .notFound("change", id)
        }
        return (id, change.rule)
    }

    private func reply(
        _ exchange: Exchange, _ rule: String, _ result: Result<PolicyOutcome, Rejection>,
        status: String = "done"
    ) {
        let outcome: PolicyOutcome
        switch result {
        case .failure(let rejection): return exchange.fail(rejection)
        case .success(let made): outcome = made
        }
        let controls = services.picture.controls
        var change: PendingChange?
        var waits = false
        if case .waits(let id) = outcome {
            change = controls.pending[id]
            waits = true
        }
        exchange.reply(waits ? 202 : 200) { json in
            json.beginObject()
            json.field("status", waits ? "pending" : status)
            json.field("rule", rule)
            json.field("policy_version", count: controls.policy.version)
            json.key("pending")
            if let change {
                PendingJSON.write(change, at: exchange.request.receivedMicros, into: &json)
            } else {
                json.null()
            }
            json.endObject()
        }
    }
}

extension Exchange {
    /// A session stands for its key.
    var person: Person { Person(actor: actor, key: principal.limitID) }
}

extension Services {
    func riskRule(_ name: String) throws(Rejection) -> RiskRuleEntry {
        guard let rule = registry.riskRules.first(where: { $0.name == name }) else {
            throw .notFound("rule", name)
        }
        return rule
    }
}

extension LimitScope {
    /// nil where it names none.
    fileprivate var names: (account: String?, group: String?) {
        switch holder {
        case .firm: (nil, nil)
        case .group(let id): (nil, id)
        case .account(let id): (id, nil)
        }
    }
}

extension Principal {
    fileprivate func maySee(_ scope: LimitScope, _ picture: Picture) -> Bool {
        switch scope.holder {
        case .firm: true
        case .account(let id): accounts.contains(id)
        case .group(let id): maySee(group: id, picture)
        }
    }
}
