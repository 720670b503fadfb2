// One request and its answer. Handlers get one, read from it, and end it exactly once, now or after
// Redis has answered.

import Base
import Server
import Service
import Trading
import Wire

package final class Exchange {
    let route: Route
    /// Who asks; the route's access has been checked already.
    let principal: Principal
    let request: HTTPRequest
    /// What every answer and log line of this request carries.
    let requestID: String
    /// The path's parameters, decoded, in the order of the pattern.
    let parameters: [String]
    private let query: [(name: String, value: String)]
    private let responder: Responder
    private let limiter: RateLimiter
    /// What is left of the key's limit; nil where it has none for this call.
    private var usage: Usage?
    let log: Log
    /// Whether its handler ran before and is run again, now that the picture has caught up.
    var hasWaited = false
    private var isDone = false
    /// Its body where it came otherwise than as a request's bytes.
    var givenBody: JSONObject?
    /// What an order that it places belongs to.
    var lease: SessionLease?
    /// Told once when it is answered, or let go without an answer.
    var onEnd: (() -> Void)?
    /// Why it was refused, for the log.
    private(set) var refusalCode: String?
    /// One order has about 700.
    private static let usualBytes = 1_024

    init(
        route: Route, principal: Principal, request: HTTPRequest, requestID: String,
        parameters: [String], query: [(name: String, value: String)], responder: Responder,
        limiter: RateLimiter, log: Log
    ) {
        self.route = route
        self.principal = principal
        self.request = request
        self.requestID = requestID
        self.parameters = parameters
        self.query = query
        self.responder = responder
        self.limiter = limiter
        self.log = log
    }

    /// Who asks, as the audit log keeps it.
    var actor: Actor {
        Actor(
            id: principal.id, name: principal.name, requestID: requestID,
            address: request.remoteAddress)
    }

    /// What a cancel is recorded with: whether its own traders ended an order, or who else.
    var cancelReason: String {
        let isStaff = principal.kind != .open && principal.role.may(.oversee)
        return isStaff ? "staff_request: key=\(principal.id)" : "client_request"
    }

    var connectionID: ObjectIdentifier { responder.connectionID }

    /// Counts the call for the key's limits: who asks, unless another is given. Throws 429 where
    /// there is nothing left; a batch counts all its orders so, before it does anything with them.
    func count(_ cost: Cost, _ count: Int = 1, of other: Principal? = nil) throws(Rejection) {
        let counted = limiter.count(other ?? principal, cost, count)
        usage = counted.usage ?? usage
        if let refusal = counted.refusal { throw refusal }
    }

    // MARK: Answers

    /// Answers with a JSON body.
    func reply(_ status: Int = 200, headers: [(String, String)] = [], _ json: [UInt8]) {
        finish(HTTPResponse.json(status, json, requestID: requestID, headers: headers))
    }

    func reply(
        _ status: Int = 200, headers: [(String, String)] = [],
        _ build: (inout JSONWriter) -> Void
    ) {
        var writer = JSONWriter(reservingBytes: Exchange.usualBytes)
        build(&writer)
        reply(status, headers: headers, writer.bytes)
    }

    /// Answers with the error of docs/API.md.
    func fail(_ rejection: Rejection, context: [(String, String)] = []) {
        refusalCode = rejection.code
        finish(ErrorBody.response(rejection, requestID: requestID, context: context))
    }

    func finish(_ response: HTTPResponse) {
        precondition(!isDone, "an exchange is answered once")
        isDone = true
        let micros = Clock.wallMicros() - request.receivedMicros
        route.statistics.record(status: response.status, micros: micros)
        RequestLog.write(self, status: response.status, micros: micros, to: log)
        var response = response
        if let usage { response.headers += usage.headers }
        responder.respond(response)
        end()
    }

    private func end() {
        let onEnd = self.onEnd
        self.onEnd = nil
        onEnd?()
    }

    deinit { end() }

    /// Hands the connection over to a WebSocket.
    func upgrade(_ handshake: HTTPResponse, onOpen: @escaping (WebSocket) -> Void) {
        isDone = true
        route.statistics.record(
            status: handshake.status, micros: Clock.wallMicros() - request.receivedMicros)
        responder.upgrade(handshake, onOpen: onOpen)
        end()
    }

    // MARK: What was asked

    /// The query but for the page, by name.
    var filters: [(name: String, value: String)] {
        query.filter { $0.name != "limit" && $0.name != "page_token" }
            .sorted { $0.name < $1.name }
    }

    /// The query's parameters; a repeated one, or one that the route doesn't declare, is refused.
    func queryFields() throws(Rejection) -> [String: String] {
        var fields: [String: String] = [:]
        for (name, value) in query {
            guard let field = route.query.first(where: { $0.name == name }) else {
                throw .unknownField(name, allowed: route.query.map(\.name), place: "query")
            }
            try field.checkQuery(value)
            guard fields.updateValue(value, forKey: name) == nil else {
                throw .invalid(name, given: value, allowed: "one value")
            }
        }
        return fields
    }

    /// Calls that take no query, or don't read theirs, refuse what they don't know all the same.
    func checkQuery() throws(Rejection) {
        if !query.isEmpty { _ = try queryFields() }
    }

    /// The body as a JSON object with no members but those that the route declares. An empty body is
    /// an empty object where it is optional.
    func bodyFields() throws(Rejection) -> Fields {
        if let givenBody { return try declared(givenBody) }
        if request.body.isEmpty {
            guard route.isBodyOptional else {
                throw Rejection(
                    .malformed, "body_required",
                    "This call needs a JSON object as its body, with Content-Type: application/json."
                )
            }
            return Fields(JSONObject(members: []))
        }
        try requireJSON()
        let value: JSONValue
        do throws(JSONFailure) { value = try JSONParser.parse(request.body) } catch {
            throw Rejection(
                .malformed, "malformed_json",
                "The body is not valid JSON: \(error.message) at byte \(error.offset).",
                values: "offset=\(error.offset)")
        }
        guard case .object(let object) = value else {
            throw Rejection(
                .malformed, "malformed_json", "The body must be a JSON object, {…}.")
        }
        return try declared(object)
    }

    private func declared(_ object: JSONObject) throws(Rejection) -> Fields {
        let fields = Fields(object)
        try fields.refuseUnknown(route.body ?? [], place: "body")
        return fields
    }

    private func requireJSON() throws(Rejection) {
        let type = request.head.headers.first("content-type") ?? ""
        if type == "application/json" { return }
        let plain = type.lowercased().filter { $0 != " " && $0 != "\"" }
        guard plain == "application/json" || plain == "application/json;charset=utf-8" else {
            throw Rejection(
                .unsupportedMediaType, "unsupported_media_type",
                "Send the body as Content-Type: application/json; it came as '\(type.prefix(60))'.")
        }
    }
}

extension HTTPResponse {
    static func json(
        _ status: Int, _ json: [UInt8], requestID: String, headers: [(String, String)] = []
    ) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [
                ("Content-Type", "application/json"), ("Cache-Control", "no-store"),
                ("X-Request-Id", requestID),
            ] + headers, body: json)
    }
}
