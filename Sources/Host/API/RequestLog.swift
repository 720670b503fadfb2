// A line for each request: at debug all of them, at info those that an operator should see. It holds
// the path's pattern and not the path, and never a header, a query or a body: no secret can get into
// a log by this way.

import Base
import Server
import Trading
import Wire

enum RequestLog {
    static func write(_ exchange: Exchange, status: Int, micros: Int64, to log: Log) {
        let isTold =
            status >= 500 || micros > Limits.slowRequestMicros
            || (isAdministration(exchange.route) && status < 400)
        if isTold {
            log.info("request", fields(exchange, status, micros))
        } else {
            log.debug("request", fields(exchange, status, micros))
        }
    }

    /// A request that reached no route.
    static func write(
        refused request: HTTPRequest, _ rejection: Rejection, requestID: String, to log: Log
    ) {
        log.debug(
            "request",
            [
                ("method", request.head.method.name), ("status", "\(rejection.refusal.rawValue)"),
                ("code", rejection.code), ("request_id", requestID),
                ("address", request.remoteAddress),
            ])
    }

    /// Whether it changes what only an administrator may change.
    private static func isAdministration(_ route: Route) -> Bool {
        route.method != .get && route.access.permission == .administer
    }

    private static func fields(
        _ exchange: Exchange, _ status: Int, _ micros: Int64
    ) -> [(String, String)] {
        [
            ("method", exchange.route.method.name), ("pattern", exchange.route.pattern),
            ("status", "\(status)"), ("micros", "\(micros)"),
            ("request_id", exchange.requestID), ("key", exchange.principal.id),
            ("address", exchange.request.remoteAddress),
        ] + (exchange.refusalCode.map { [("code", $0)] } ?? [])
    }
}
