// The one way to place, amend and cancel an order: plan, risk, script.
//
// The plugins work on the host's picture, which may be milliseconds old; the script decides on what
// is true. What a rule refuses is recorded as a rejected order, so that a repeated request gets the
// same answer and risk can see it.

import Base
import Loop
import Plugins
import Store
import Trading

package final class OrderService {
    let loop: EventLoop
    let picture: Picture
    let planner: OrderPlanner
    let riskGate: RiskGate
    let matcher: Matcher
    let history: History
    let acknowledged: Acknowledged
    private let names: OrderNames
    let turns: OrderTurns
    let families: FamilyDriver

    /// Tries of one command before a picture that stays old is reported.
    static let staleRetries = 20
    private static let staleRetryMillis = 5

    package init(
        loop: EventLoop, picture: Picture, registry: PluginRegistry, matcher: Matcher,
        history: History, acknowledged: Acknowledged, names: OrderNames, families: FamilyDriver
    ) {
        self.loop = loop
        self.picture = picture
        planner = OrderPlanner(registry: registry)
        riskGate = RiskGate(registry: registry, keepsRecords: false)
        self.matcher = matcher
        self.history = history
        self.acknowledged = acknowledged
        self.names = names
        turns = OrderTurns(loop: loop)
        self.families = families
    }

    /// A client order id for a client that gave none.
    package func nextClientOrderID() -> String { names.next() }

    func retryWhenFresh(_ action: @escaping () -> Void) {
        _ = loop.schedule(afterMillis: OrderService.staleRetryMillis, action)
    }
}

extension Rejection {
    /// The one 503 that doesn't invite to try again: a deposit that was done would count twice.
    package static let possiblyDoneCode = "possibly_done"

    /// The order ended before it could be changed or cancelled.
    static func closed(_ order: Order) -> Rejection {
        Reasons.rejection(code: "order_closed", values: "status=\(order.status.keptName)")
    }

    static let stalePicture = Rejection(
        .unavailable, "stale_picture",
        "The instrument or limits changed just now and this host hasn't caught up; try again.")
}

extension RedisFailure {
    /// What a client is told of a command on an order: repeating it is safe.
    package var orderRejection: Rejection {
        switch self {
        case .outcomeUnknown, .unexpected:
            RedisFailure.unknown(
                "outcome_unknown",
                "Ask for the order, or repeat the request with the same client_order_id.")
        case .unavailable, .overloaded, .server: rejection
        }
    }

    /// What a client is told of anything else. A deposit that is repeated counts twice.
    package var rejection: Rejection {
        switch self {
        case .unavailable:
            Rejection(
                .unavailable, "store_unavailable",
                "Redis is away; nothing was done. Try again shortly.")
        case .overloaded:
            Rejection(
                .unavailable, "overloaded",
                "Too many commands are waiting for Redis; nothing was done. Try again shortly.")
        case .outcomeUnknown, .unexpected:
            RedisFailure.unknown(
                Rejection.possiblyDoneCode, "Look whether it was before you repeat it.")
        case .server(let text):
            Rejection(
                .unavailable, "store_error",
                "Redis refused the command: \(text.prefix(120)). Nothing was acknowledged.")
        }
    }

    private static func unknown(_ code: String, _ advice: String) -> Rejection {
        Rejection(
            .unavailable, code,
            "Redis's answer was lost or can't be read: the command may or may not have been done. "
                + advice)
    }
}
