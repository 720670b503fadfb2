// One line of the route table: what a call is, who may make it, what it takes and answers. The router,
// the gatekeeper, the readers of fields and the documentation all work from it.

import Base
import Trading
import Wire

package typealias Handler = (Exchange) throws(Rejection) -> Void

package struct Route {
    let method: HTTPMethod
    /// e.g. `/api/accounts/{account}/orders`
    let pattern: String
    /// One line for the documentation.
    let summary: String
    let access: Access
    let query: [Field]
    /// nil where the call takes no body at all.
    let body: [Field]?
    /// Whether the body may be left away.
    let isBodyOptional: Bool
    let answers: [Answer]
    /// The refusals, by status, that it has beside those that its other properties bring.
    let refusals: [RefusalClass]
    /// Whether it asks Redis, or waits for the picture to be as new as what clients were told.
    let needsRedis: Bool
    /// What the call counts as for its key's limits.
    let cost: Cost
    /// How it stands to other requests of its connection.
    let laneKind: Lanes.Kind
    let handler: Handler
    let statistics = RouteStatistics()

    /// `isSentInOrder`: its handler sends to Redis at once, or holds up whoever comes behind.
    init(
        _ method: HTTPMethod, _ pattern: String, _ summary: String, _ access: Access,
        query: [Field] = [], body: [Field]? = nil, isBodyOptional: Bool = false,
        answers: [Answer] = [], refusals: [RefusalClass] = [], needsRedis: Bool = true,
        cost: Cost? = nil, isSentInOrder: Bool = false, _ handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.summary = summary
        self.access = access
        self.query = query
        self.body = body
        self.isBodyOptional = isBodyOptional
        self.answers = answers
        self.refusals = refusals
        self.needsRedis = needsRedis
        self.cost = cost ?? Cost(of: access.permission)
        laneKind = method == .get ? .read : isSentInOrder ? .order : .write
        self.handler = handler
    }

    /// The names in the pattern's braces.
    package var parameterNames: [String] {
        pattern.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { String($0.dropFirst().dropLast()) }
    }
}
