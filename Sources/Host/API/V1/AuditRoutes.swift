// The audit log: what administrators did, newest first.

import Base
import Service
import Trading
import Views
import Wire

struct AuditRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/admin/audit", "What administrators did, the newest first",
                .everyone(.administer), query: Field.paging + AuditFilter.fields,
                answers: [.ok(pageOf: .auditEntry)], list)
        ]
    }

    private func list(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        let filter = try AuditFilter(query)
        AuditSearch(services, exchange, filter, page).start()
    }
}

struct AuditFilter {
    static let fields = [
        Field("actor", .text(most: Limits.nameBytes), "Only of this key, by its id or its name."),
        Field("action", .choice(AuditAction.allCases.map(\.rawValue)), "Only of this kind."),
        Field(
            "target", .text(most: Limits.nameBytes),
            "Only about this account, symbol, key, or account:symbol."),
    ]

    private let actor: String?
    private let action: String?
    private let target: String?

    init(_ query: [String: String]) throws(Rejection) {
        actor = query["actor"]
        action = query["action"]
        target = query["target"]
        if let action, AuditAction(rawValue: action) == nil {
            let known = AuditAction.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("action", given: action, allowed: "one of \(known)")
        }
    }

    func takes(_ entry: AuditEntry) -> Bool {
        (actor == nil || actor == entry.actor.id || actor == entry.actor.name)
            && (action == nil || action == entry.action)
            && (target == nil || target == entry.targetID)
    }
}

/// Reads the log chunk by chunk until the page is full. A page may hold fewer than its limit and
/// still have a next one, as one request looks through so many entries and no more.
private final class AuditSearch {
    private let services: Services
    private let exchange: Exchange
    private let filter: AuditFilter
    private let limit: Int
    private var before: Int?
    private var found: [AuditEntry] = []
    private var scanned = 0

    init(_ services: Services, _ exchange: Exchange, _ filter: AuditFilter, _ page: Page) {
        self.services = services
        self.exchange = exchange
        self.filter = filter
        limit = page.limit
        before = page.before
    }

    func start() {
        services.history.audit(Page(limit: Limits.listMaximum, before: before)) { [self] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let page): take(page)
            }
        }
    }

    private func take(_ page: PageOf<AuditEntry>) {
        for (index, entry) in page.items.enumerated() where filter.takes(entry) {
            found.append(entry)
            if found.count == limit {
                let older = (page.next ?? 0) + page.items.count - 1 - index
                return reply(next: older > 0 ? older : nil)
            }
        }
        scanned += page.items.count
        guard let next = page.next, scanned < Limits.auditEntriesScanned else {
            return reply(next: page.next)
        }
        before = next
        start()
    }

    private func reply(next: Int?) {
        let picture = services.picture
        exchange.replyItems(.success(PageOf(items: found, next: next))) { entry, json in
            AuditJSON.write(entry, instruments: picture.instruments, into: &json)
        }
    }
}

extension Shape {
    fileprivate static let auditEntry = Shape(
        "AuditEntry",
        [
            .init("seq", .integer, "The event that the act made."),
            .init("time", .time),
            .init(
                "actor",
                .object(
                    Shape(
                        "Actor",
                        [
                            .init("id", .text, "A key or session; open, or command."),
                            .init("name", .text),
                            .init("request_id", .text, nullable: true),
                            .init("address", .text, nullable: true),
                        ]))),
            .init("action", .text),
            .init(
                "target",
                .object(
                    Shape(
                        "AuditTarget",
                        [
                            .init(
                                "type",
                                .choice(AuditTarget.allCases.map(\.name))),
                            .init("id", .text),
                        ]))),
            .init("old", .any, "As it was before; null where it is new.", nullable: true),
            .init("new", .any, "As it is since.", nullable: true),
        ])
}
