// Orders over a WebSocket. A message becomes the exchange of the REST route that does the same, with
// the same checks, limits, order of working and answer; only the way back is another.

import Base
import Server
import Service
import Trading
import Wire

/// What may be asked for, each in the name of a route.
enum EntryAction: String, CaseIterable {
    case place, amend, cancel
    case cancelAll = "cancel_all"

    static let names = allCases.map(\.rawValue)

    var route: (method: HTTPMethod, pattern: String) {
        switch self {
        case .place: (.post, "/api/v1/orders")
        case .amend: (.patch, "/api/v1/orders/{order}")
        case .cancel: (.delete, "/api/v1/orders/{order}")
        case .cancelAll: (.post, "/api/v1/orders/cancel-all")
        }
    }

    /// The member that holds what the route takes as its body; nil where it takes none.
    var bodyName: StaticString? {
        switch self {
        case .place: "order"
        case .amend: "changes"
        case .cancel: nil
        case .cancelAll: "filter"
        }
    }

    var namesOrder: Bool {
        switch self {
        case .amend, .cancel: true
        case .place, .cancelAll: false
        }
    }

    var fields: [Field] {
        var fields = [
            Field("type", .choice(EntryAction.names), "What to do.", required: true),
            Field(
                "request_id", .identifier(most: Limits.requestIdBytes),
                "Yours; the answer carries it.", required: true),
        ]
        if namesOrder {
            fields.append(
                Field("order_id", .text(most: Limits.orderIdBytes), "Which order.", required: true))
        }
        if let bodyName {
            fields.append(
                Field(
                    bodyName.description, .object([]), "As the route's body.", required: true))
        }
        if self == .place {
            fields.append(
                Field(
                    "cancel_on_disconnect", .flag,
                    "true: the order is cancelled when this socket is gone."))
        }
        return fields
    }
}

/// One message, read.
struct EntryRequest {
    let action: EntryAction
    let id: String
    let order: String?
    let body: JSONObject
    let cancelsOnDisconnect: Bool

    /// `fields`: the whole message, whose type and request_id have been read.
    init(_ action: EntryAction, id: String, _ fields: Fields) throws(Rejection) {
        self.action = action
        self.id = id
        try fields.refuseUnknown(action.fields, place: "message")
        order =
            action.namesOrder
            ? try fields.requiredText("order_id", most: Limits.orderIdBytes) : nil
        cancelsOnDisconnect =
            action == .place ? try fields.flag("cancel_on_disconnect") ?? false : false
        guard let name = action.bodyName?.description else {
            body = JSONObject()
            return
        }
        guard let value = fields.value(name) else {
            throw .missing(name, expected: "an object: what the REST call takes as its body")
        }
        guard case .object(let object) = value else {
            throw .invalid(name, given: value.shown, allowed: "an object", code: "invalid_type")
        }
        body = object
    }
}

/// One socket as the exchanges of its requests see it.
struct EntryCaller {
    /// Whose requests keep their order among each other.
    let lane: ObjectIdentifier
    let principal: Principal
    /// Of the handshake.
    let handshake: HTTPRequest
    /// What orders with cancel_on_disconnect belong to.
    let lease: SessionLease?
}

extension API {
    /// Does what the message asks for; `answer` is called once, now or later.
    func enter(
        _ request: EntryRequest, of caller: EntryCaller,
        _ answer: @escaping (HTTPResponse) -> Void
    ) {
        let (method, pattern) = request.action.route
        guard let route = entryRoutes[pattern]?[method.name] else {
            preconditionFailure("order entry names a route that isn't there")
        }
        let parameters = request.order.map { [$0] } ?? []
        let exchange = Exchange(
            route: route, principal: caller.principal,
            request: HTTPRequest(
                head: caller.handshake.head, body: [], receivedMicros: Clock.wallMicros(),
                remoteAddress: caller.handshake.remoteAddress),
            requestID: request.id, parameters: parameters, query: [],
            responder: Responder(of: caller.lane, answer), limiter: limiter, log: log)
        exchange.givenBody = request.body
        exchange.lease = caller.lease
        do throws(Rejection) {
            try mayEnter(route, parameters, caller.principal)
            try exchange.count(route.cost)
        } catch {
            return exchange.fail(error)
        }
        run(route, exchange)
    }

    private func mayEnter(
        _ route: Route, _ parameters: [String], _ principal: Principal
    ) throws(Rejection) {
        do throws(Rejection) { try route.access.check(principal, parameters) } catch {
            throw limiter.count(principal, .request).refusal ?? error
        }
    }

    static func entryRoutes(_ routes: [Route]) -> [String: [String: Route]] {
        var found: [String: [String: Route]] = [:]
        for action in EntryAction.allCases {
            let (method, pattern) = action.route
            found[pattern, default: [:]][method.name] = routes.first {
                $0.method == method && $0.pattern == pattern
            }
        }
        return found
    }
}
