// Notifiers: how each does, and what they couldn't deliver, to be looked at, sent again or dropped.

import Base
import Feed
import Plugins
import Service
import Trading
import Views
import Wire

struct NotifierRoutes {
    let services: Services

    private static let letters = "/api/v1/notifiers/{notifier}/dead-letters"
    private static let ids = Field(
        "event_ids", .identifiers(most: Limits.deadLettersPerCall),
        "Of these; without it of the oldest \(Limits.deadLettersPerCall).")

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/notifiers", "Configured notifiers, and how each does",
                .everyone(.oversee), answers: [.ok(.notifiers)], list),
            Route(
                .get, Self.letters, "What it couldn't deliver, the newest first",
                .everyone(.oversee), query: Field.paging, answers: [.ok(pageOf: .deadLetter)],
                letters),
            Route(
                .post, "\(Self.letters)/retry", "Send dead letters again, each once",
                .everyone(.oversee), body: [Self.ids], isBodyOptional: true,
                answers: [.ok(.deadLetterAct)]
            ) { exchange throws(Rejection) in try act(exchange, isDrop: false) },
            Route(
                .post, "\(Self.letters)/drop", "Forget dead letters", .everyone(.oversee),
                body: [Self.ids], isBodyOptional: true, answers: [.ok(.deadLetterAct)]
            ) { exchange throws(Rejection) in try act(exchange, isDrop: true) },
        ]
    }

    private func list(_ exchange: Exchange) throws(Rejection) {
        _ = try exchange.queryFields()
        services.notifiers.all { result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let all):
                exchange.reply { json in
                    json.beginObject()
                    json.key("items")
                    json.beginArray()
                    for status in all { json.write(status) }
                    json.endArray()
                    json.endObject()
                }
            }
        }
    }

    private func letters(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        let name = try notifier(exchange)
        services.notifiers.letters(of: name, page) { result in
            exchange.replyItems(result) { letter, json in json.write(letter) }
        }
    }

    private func act(_ exchange: Exchange, isDrop: Bool) throws(Rejection) {
        let ids = try DeadLetterFields.ids(try exchange.bodyFields())
        let name = try notifier(exchange)
        services.notifiers.act(on: name, isDrop: isDrop, ids, by: exchange.actor) { result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let done):
                exchange.reply { json in
                    json.beginObject()
                    json.field("notifier", name)
                    json.field("action", isDrop ? "drop" : "retry")
                    json.field("count", count: done.count)
                    json.field("others", count: done.left)
                    json.field("event_seq", count: done.sequence)
                    json.endObject()
                }
            }
        }
    }

    private func notifier(_ exchange: Exchange) throws(Rejection) -> String {
        let name = exchange.parameters[0]
        guard services.notifiers.has(name) else {
            throw Rejection(
                .notFound, "unknown_notifier",
                "No notifier of that name is configured; /api/v1/notifiers lists them.",
                values: "notifier=\(name.prefix(60))")
        }
        return name
    }
}

private enum DeadLetterFields {
    /// Empty where none are named.
    static func ids(_ fields: Fields) throws(Rejection) -> [String] {
        guard let value = fields.value("event_ids") else { return [] }
        let allowed = "a list of 1 to \(Limits.deadLettersPerCall) event ids such as \"12-0\""
        guard case .array(let items) = value,
            (1...Limits.deadLettersPerCall).contains(items.count)
        else { throw .invalid("event_ids", given: value.shown, allowed: allowed) }
        var ids: [String] = []
        for item in items {
            guard case .string(let id) = item, isEventID(id) else {
                throw .invalid("event_ids", given: item.shown, allowed: allowed)
            }
            ids.append(id)
        }
        return ids
    }

    private static func isEventID(_ id: String) -> Bool {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                (1...16).contains(part.utf8.count) && Int64(part).map { "\($0)" == part } ?? false
            }
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ status: NotifierStatus) {
        let entry = status.entry
        let filter = entry.settings.filter
        beginObject()
        field("name", entry.name)
        field("entry", entry.descriptor.name)
        key("filter")
        beginObject()
        words("types", filter.types)
        words("accounts", filter.accounts.sorted())
        words("symbols", filter.symbols.sorted())
        field("severity", filter.severity.rawValue)
        endObject()
        field("attempts", count: Int64(entry.settings.attempts))
        key("taken_seq")
        if let cursor = status.cursor { number(cursor) } else { null() }
        field("dead_letters", count: status.deadLetters)
        key("delivery")
        write(delivery: status.progress)
        endObject()
    }

    private mutating func words(_ name: StaticString, _ words: [String]) {
        key(name)
        beginArray()
        for word in words { string(word) }
        endArray()
    }

    /// What /api/v1/plugins shows of a notifier, too.
    mutating func write(delivery progress: NotifierProgress) {
        beginObject()
        field("state", progress.state.rawValue)
        field("delivered", count: progress.delivered)
        field("failures", count: progress.failures)
        field("dead", count: progress.deadLetters)
        field("lost", count: progress.lost)
        field("filtered", count: progress.filtered)
        field("backlog", count: progress.backlog)
        field("lag_millis", count: progress.lagMicros / 1_000)
        optionalField("problem", progress.problem)
        endObject()
    }

    fileprivate mutating func write(_ letter: DeadLetter) {
        beginObject()
        field("event_id", letter.id)
        field("type", letter.type)
        optionalField("account_id", letter.account)
        optionalField("symbol", letter.symbol)
        field("severity", letter.severity)
        field("time", time: letter.time)
        field("attempts", count: letter.attempts)
        field("problem", letter.problem)
        key("event")
        raw(letter.json)
        endObject()
    }
}

extension Shape {
    private static let severities = NotifierFilter.Severity.allCases.map(\.rawValue)

    /// Of this worker, since its start.
    static let delivery = Shape(
        "NotifierDelivery",
        [
            .init(
                "state", .choice(NotifierProgress.State.allCases.map(\.rawValue)),
                "hung: its call is past its deadline; standby: another worker delivers; quarantined: "
                    + "it crashed the host again and again, and isn't called."),
            .init("delivered", .integer, "Events that it took."),
            .init("failures", .integer, "Deliveries that failed."),
            .init("dead", .integer, "Events that were given up."),
            .init("lost", .integer, "Events that were gone before it took them."),
            .init("filtered", .integer, "Events that its filter left out."),
            .init("backlog", .integer, "Events of the stream that it has yet to take."),
            .init("lag_millis", .integer, "The age of the oldest that it is being given."),
            .init("problem", .text, "Why the last delivery failed.", nullable: true),
        ])

    fileprivate static let notifiers = Shape(
        "Notifiers", [.init("items", .list(.object(notifier)))])

    private static let notifier = Shape(
        "Notifier",
        [
            .init("name", .text),
            .init("entry", .text, "The plugin's name for what it is."),
            .init(
                "filter",
                .object(
                    Shape(
                        "NotifierFilter",
                        [
                            .init("types", .list(.text), "Empty: all."),
                            .init("accounts", .list(.text), "Empty: all."),
                            .init("symbols", .list(.text), "Empty: all."),
                            .init("severity", .choice(severities), "The least."),
                        ]))),
            .init("attempts", .integer, "Tries before an event is a dead letter."),
            .init("taken_seq", .integer, "The last event that it took.", nullable: true),
            .init("dead_letters", .integer, "All that there are now."),
            .init("delivery", .object(delivery), "By this worker, since its start."),
        ])

    fileprivate static let deadLetter = Shape(
        "DeadLetter",
        [
            .init("event_id", .text),
            .init("type", .text),
            .init("account_id", .text, nullable: true),
            .init("symbol", .text, nullable: true),
            .init("severity", .choice(severities)),
            .init("time", .time, "When it was given up."),
            .init("attempts", .integer),
            .init("problem", .text, "Why."),
            .init("event", .any, "As it would have been delivered."),
        ])

    fileprivate static let deadLetterAct = Shape(
        "DeadLetterAct",
        [
            .init("notifier", .text),
            .init("action", .choice(["retry", "drop"])),
            .init("count", .integer, "Dead letters that it is about."),
            .init("others", .integer, "Dead letters beside those."),
            .init("event_seq", .integer, "The event that tells of it; 0 where there were none."),
        ])
}
