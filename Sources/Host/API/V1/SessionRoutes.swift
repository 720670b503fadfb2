// Signing in: a page trades a key for a session, whose secret lives in a cookie that no script can
// read. The key itself is kept nowhere.

import Base
import Service
import Trading
import Views
import Wire

struct SessionRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .post, "/api/v1/session", "Sign in with a key: the answer sets a session's cookie",
                .anyone, body: [SessionRoutes.key], answers: [.created(.session)],
                refusals: [.unauthorized, .refused, .tooMany], open),
            Route(
                .get, "/api/v1/session", "Who I am", .permission(.see), answers: [.ok(.session)],
                whoAmI),
            Route(
                .delete, "/api/v1/session", "Sign out: ends the session of the request's cookie",
                .permission(.see), answers: [Answer(status: 204, body: .none)],
                refusals: [.refused], end),
        ]
    }

    private static let key = Field(
        "key", .text(most: 100), "The key, as it was shown when it was made.", required: true)

    private func open(_ exchange: Exchange) throws(Rejection) {
        let secret = try exchange.bodyFields().requiredText("key", most: 100)
        let address = exchange.request.remoteAddress
        let key: AccessKey
        do throws(Rejection) {
            key = try services.gatekeeper.key(
                forSignIn: secret, now: exchange.request.receivedMicros)
        } catch {
            try services.signIns.countFailure(of: address)
            exchange.log.warning(
                "\(exchange.requestID) sign-in refused: \(error.reason), from \(address)")
            throw error
        }
        try exchange.count(.request, of: Principal(key))
        let actor = Actor(
            id: key.id, name: key.name, requestID: exchange.requestID, address: address)
        services.keys.openSession(of: key, by: actor) { [services] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success((let session, let secret)):
                let cookie = SessionCookie.set(secret, session, exchange.request.head)
                exchange.reply(201, headers: [("Set-Cookie", cookie)]) {
                    SessionJSON.write(
                        Principal(session), isOpen: services.picture.isOpen, into: &$0)
                }
            }
        }
    }

    private func whoAmI(_ exchange: Exchange) throws(Rejection) {
        _ = try exchange.queryFields()
        let isOpen = services.picture.isOpen
        exchange.reply { SessionJSON.write(exchange.principal, isOpen: isOpen, into: &$0) }
    }

    private func end(_ exchange: Exchange) throws(Rejection) {
        guard exchange.principal.kind == .session else {
            throw Rejection(
                .refused, "no_session",
                "There is no session to end: this request was made "
                    + (exchange.principal.kind == .key ? "with a key." : "on a host without keys."))
        }
        services.keys.endSession(exchange.principal.id, by: exchange.actor) { result in
            if case .failure(let rejection) = result { return exchange.fail(rejection) }
            exchange.finish(
                HTTPResponse(
                    status: 204,
                    headers: [
                        ("Set-Cookie", SessionCookie.clear), ("Cache-Control", "no-store"),
                        ("X-Request-Id", exchange.requestID),
                    ]))
        }
    }
}

enum SessionCookie {
    private static let attributes = "HttpOnly; SameSite=Strict; Path=/"

    static func set(_ secret: String, _ session: AccessKey, _ head: RequestHead) -> String {
        let seconds = max(0, session.expiresAt - session.createdAt) / 1_000_000
        let origin = head.headers.firstBytes("origin") ?? []
        let secure = origin.starts(with: "https:".utf8) ? "; Secure" : ""
        return "oes_session=\(secret); \(attributes); Max-Age=\(seconds)\(secure)"
    }

    static let clear = "oes_session=; \(attributes); Max-Age=0"
}

enum SessionJSON {
    static func write(_ principal: Principal, isOpen: Bool, into json: inout JSONWriter) {
        json.beginObject()
        json.field("id", principal.id)
        json.field("name", principal.name)
        json.field("kind", principal.kind.name)
        json.field("role", principal.role.name)
        json.key("permissions")
        json.beginArray()
        for permission in Permission.allCases where principal.role.may(permission) {
            json.string(permission.name)
        }
        json.endArray()
        KeyJSON.writeAccounts(principal.accounts, into: &json)
        json.key("expires_at")
        if principal.expiresAt == 0 { json.null() } else { json.time(principal.expiresAt) }
        json.field("open", isOpen)
        json.endObject()
    }
}

extension Principal.Kind {
    fileprivate var name: String {
        switch self {
        case .nobody: "nobody"
        case .open: "open"
        case .key: "key"
        case .session: "session"
        }
    }
}

extension Shape {
    static let roles = Role.allCases.map(\.name)

    fileprivate static let session = Shape(
        "Session",
        [
            .init("id", .text, "Of the key or session; `open` on a host without keys."),
            .init("name", .text),
            .init("kind", .choice(["key", "session", "open"])),
            .init("role", .choice(roles)),
            .init("permissions", .list(.choice(Permission.allCases.map(\.name)))),
            .init("accounts", .list(.text), "null: all accounts.", nullable: true),
            .init("expires_at", .time, "null: never.", nullable: true),
            .init("open", .flag, "Whether the host has no keys and serves this machine only."),
        ])
}
