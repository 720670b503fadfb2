// The way of a request: the door, the route table, the handler. Everything that a client can reach
// is listed here.

import Base
import Server
import Trading
import Wire

package final class API {
    private let services: Services
    private let router: Router
    let log: Log
    private var requestCount: Int64 = 0
    private let requestPrefix: String
    private let documentation: Documentation
    private let metrics: MetricsRoute
    private let door: Door
    let limiter = RateLimiter()
    /// What order entry over WebSocket uses, by pattern and method.
    let entryRoutes: [String: [String: Route]]
    private let lanes = Lanes()

    /// `hostNames`: by what else than addresses clients may call this host.
    package init(
        services: Services, hostNames: [String] = [], log: Log, extraRoutes: [Route] = []
    ) {
        self.services = services
        self.log = log
        documentation = Documentation(registry: services.registry)
        metrics = MetricsRoute(services: services)
        let routes =
            API.routes(services) + documentation.routes + [metrics.route] + extraRoutes
        documentation.make(of: routes)
        metrics.routes = routes
        router = Router(routes)
        entryRoutes = API.entryRoutes(routes)
        door = Door(names: hostNames)
        requestPrefix = String(Clock.wallMicros(), radix: 36) + "-"
        services.sockets.enter = { [weak self] request, caller, answer in
            self?.enter(request, of: caller, answer)
        }
    }

    static func routes(_ services: Services) -> [Route] {
        OrderRoutes(services: services).routes
            + OrderRoutesV1(services: services).routes
            + OrderListRoutes(services: services).routes
            + OrderBatchRoutes(services: services).routes
            + OrderTestRoutes(services: services).routes
            + AccountRoutes(services: services).routes
            + BookRoutes(services: services).routes
            + AccountRoutesV1(services: services).routes
            + InstrumentRoutes(services: services).routes
            + BustRoutes(services: services).routes
            + CalendarRoutes(services: services).routes
            + MarketRoutes(services: services).routes
            + CandleRoutes(services: services).routes
            + QueueRoutes(services: services).routes
            + RiskRoutesV1(services: services).routes
            + ExplainRoutes(services: services).routes
            + RiskRoutes(services: services).routes
            + NotifierRoutes(services: services).routes
            + LimitRoutes(services: services).routes
            + SwitchRoutes(services: services).routes
            + ThrottleRoutes(services: services).routes
            + GroupRoutes(services: services).routes
            + AlertRoutes(services: services).routes
            + PluginRoutes(services: services).routes
            + StatusRoutes(services: services).routes
            + SessionRoutes(services: services).routes
            + KeyRoutes(services: services).routes
            + AuditRoutes(services: services).routes
            + [FeedRoute(services: services).route]
    }

    package func handle(_ request: HTTPRequest, _ responder: Responder) {
        let requestID = identify(request)
        do throws(Rejection) {
            try door.check(request.head, isOpen: services.picture.isOpen)
            try route(request, requestID, responder)
        } catch {
            metrics.unrouted.record(
                status: error.refusal.rawValue,
                micros: Clock.wallMicros() - request.receivedMicros)
            RequestLog.write(refused: request, error, requestID: requestID, to: log)
            responder.respond(ErrorBody.response(error, requestID: requestID))
        }
    }

    /// Ends the sockets whose key or session has ended; every Limits.accessCheckMillis.
    package func endOverdueSockets() { services.sockets.endOverdue() }

    /// How bytes that never became a request are answered.
    package func answer(_ failure: HTTPFailure) -> HTTPResponse {
        ErrorBody.response(failure, requestID: nextRequestID())
    }

    private func route(
        _ request: HTTPRequest, _ requestID: String, _ responder: Responder
    ) throws(Rejection) {
        let head = request.head
        switch router.match(head.method, path: head.path) {
        case .found(let route, let parameters):
            let principal = try principal(route.access, request)
            let query = try admit(principal, to: route, parameters, head)
            let exchange = Exchange(
                route: route, principal: principal, request: request, requestID: requestID,
                parameters: parameters, query: query,
                responder: responder, limiter: limiter, log: log)
            do throws(Rejection) { try exchange.count(route.cost) } catch {
                return exchange.fail(error)
            }
            run(route, exchange)
        case .wrongMethod(let allowed):
            try countMiss(request)
            let rejection = Rejection(
                .methodNotAllowed, "method_not_allowed",
                "This path takes \(allowed.joined(separator: ", ")).")
            var response = ErrorBody.response(rejection, requestID: requestID)
            response.headers.append(("Allow", allowed.joined(separator: ", ")))
            responder.respond(response)
        case .badPath:
            try countMiss(request)
            throw Rejection(.malformed, "malformed_path", "The path is not validly encoded.")
        case .unknownPath: try page(request, requestID, responder)
        }
    }

    /// Who asks; nobody in particular where anyone may. What isn't there at all is told to those
    /// with a key only, so that without one every path looks the same.
    private func principal(
        _ access: Access, _ request: HTTPRequest
    ) throws(Rejection) -> Principal {
        if case .anyone = access { return .nobody }
        return try services.gatekeeper.principal(request.head, now: request.receivedMicros)
    }

    /// The query of a call that may be made. What is refused here counts as a request, whatever it
    /// would have been: also a cancel, which is free for who may.
    private func admit(
        _ principal: Principal, to route: Route, _ parameters: [String], _ head: RequestHead
    ) throws(Rejection) -> [(name: String, value: String)] {
        do throws(Rejection) {
            try route.access.check(principal, parameters)
            guard let query = try? PercentCoding.query(head.query) else {
                throw Rejection(.malformed, "malformed_query", "The query is not validly encoded.")
            }
            return query
        } catch {
            throw limiter.count(principal, .request).refusal ?? error
        }
    }

    /// For what isn't there at all, which is told to those with a key only.
    private func countMiss(_ request: HTTPRequest) throws(Rejection) {
        let principal = try principal(.permission(.see), request)
        if let refusal = limiter.count(principal, .request).refusal { throw refusal }
    }

    /// Runs the handler in its turn on its connection.
    func run(_ route: Route, _ exchange: Exchange) {
        let connection = exchange.connectionID
        let kind = route.laneKind
        if kind != .read { exchange.onEnd = { [lanes] in lanes.leave(connection, kind) } }
        lanes.enter(connection, kind) { [self] in start(route, exchange) }
    }

    /// Where the handler misses something while the picture is behind what clients were told, it runs
    /// again once the picture has caught up: the thing may just have been made.
    private func start(_ route: Route, _ exchange: Exchange) {
        do throws(Rejection) {
            try exchange.checkQuery()
            try route.handler(exchange)
        } catch {
            guard error.isAboutSomethingMissing, services.isBehind else {
                return exchange.fail(error)
            }
            startOnceCurrent(route, exchange)
        }
    }

    private func startOnceCurrent(_ route: Route, _ exchange: Exchange) {
        let connection = exchange.connectionID
        lanes.hold(connection)
        services.whenCurrent { [self] rejection in
            exchange.hasWaited = true
            do throws(Rejection) {
                if let rejection { throw rejection }
                try route.handler(exchange)
            } catch {
                exchange.fail(error)
            }
            lanes.release(connection)
        }
    }

    /// Without a session a page leads to where one signs in; the files it is made of hold no secrets.
    private func page(
        _ request: HTTPRequest, _ requestID: String, _ responder: Responder
    ) throws(Rejection) {
        let head = request.head
        guard let access = Pages.access(path: head.path) else {
            try countMiss(request)
            throw Rejection(
                .notFound, "unknown_path",
                "There is nothing at this path; /docs lists what there is.")
        }
        guard head.method == .get || head.method == .head else {
            try countMiss(request)
            throw Rejection(.methodNotAllowed, "method_not_allowed", "This path takes GET, HEAD.")
        }
        do throws(Rejection) { _ = try principal(access, request) } catch {
            guard error.refusal == .unauthorized else { throw error }
            return responder.respond(Pages.signIn(then: head, requestID: requestID))
        }
        let response = Pages.response(
            path: head.path, ifNoneMatch: head.headers.first("if-none-match"),
            requestID: requestID)
        responder.respond(response)
    }

    /// The client's own X-Request-Id where it is a plain one, else one of ours.
    private func identify(_ request: HTTPRequest) -> String {
        if let given = request.head.headers.first("x-request-id"),
            (1...64).contains(given.utf8.count),
            given.utf8.allSatisfy(isIdentifierByte)
        {
            return given
        }
        return nextRequestID()
    }

    private func nextRequestID() -> String {
        requestCount += 1
        return requestPrefix + String(requestCount, radix: 36)
    }
}

extension Services {
    var isBehind: Bool { picture.sequence < acknowledged.sequence }
}

extension Rejection {
    var isAboutSomethingMissing: Bool {
        refusal == .notFound || code == "unknown_symbol"
    }
}
