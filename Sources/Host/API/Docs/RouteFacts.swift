// What the documentation says of a route beyond what it declares: all of it follows from the
// declaration, so that nobody has to remember it.

import Trading

struct RouteFacts {
    let route: Route

    /// `getV1OrdersByOrder` of GET /api/v1/orders/{order}: unique, as method and pattern are.
    var operationID: String {
        segments.reduce(route.method.name.lowercased()) { name, segment in
            name + (segment.hasPrefix("{") ? "By" : "") + camel(segment)
        }
    }

    private func camel(_ segment: Substring) -> String {
        segment.split { !$0.isLetter && !$0.isNumber }.map {
            $0.prefix(1).uppercased() + $0.dropFirst()
        }.joined()
    }

    /// The pattern without /api.
    private var segments: [Substring] {
        let all = route.pattern.split(separator: "/")
        return all.first == "api" ? Array(all.dropFirst()) : all
    }

    var isVersion1: Bool { segments.first == "v1" }

    /// What it is about. An account's orders are orders.
    var resource: String {
        let literals = segments.filter { !$0.hasPrefix("{") && $0 != "v1" }
        for name in ["orders", "executions", "admin"] where literals.contains(Substring(name)) {
            return name
        }
        let first = literals.first.map(String.init) ?? "system"
        return RouteFacts.system.contains(first) ? "system" : first
    }

    private static let system = ["health", "status", "metrics", "openapi.json", "docs", "ws"]

    /// The group under which the documentation shows it.
    var tag: String { isVersion1 ? resource : "\(resource) (kept)" }

    /// `anyone`, `permission` …, as the table says it.
    var accessName: String {
        switch route.access {
        case .anyone: "anyone"
        case .permission: "permission"
        case .account: "account"
        case .order: "order"
        case .everyone: "everyone"
        }
    }

    /// Who may, in words.
    var accessText: String { RouteFacts.text(of: route.access) }

    static func text(of access: Access) -> String {
        guard let permission = access.permission else { return "Anyone, without a key." }
        let roles = Role.allCases.filter { $0.may(permission) }.map(\.name).joined(separator: ", ")
        return switch access {
        case .anyone, .permission: "A key of role \(roles)."
        case .account: "A key of role \(roles), for this account."
        case .order: "A key of role \(roles), for the order's account."
        case .everyone: "A key of role \(roles), for all accounts."
        }
    }

    var pathFields: [Field] { route.parameterNames.map(Field.inPath) }

    /// The statuses of its refusals, ascending. Those of the HTTP parser, which any bytes may get,
    /// are only listed where a well-formed request can meet them.
    var refusals: [Int] {
        var statuses: Set = [400, 403]
        let isOpen = route.access.permission == nil
        if !isOpen { statuses.insert(401) }
        if !isOpen, route.access.permission != .cancel { statuses.insert(429) }
        if namesSomething { statuses.insert(404) }
        if !route.parameterNames.isEmpty || !route.query.isEmpty { statuses.insert(414) }
        if route.body != nil { statuses.formUnion([413, 415]) }
        if route.query.contains(where: { $0.name == "page_token" }) { statuses.insert(422) }
        if route.needsRedis { statuses.insert(503) }
        if route.answers.contains(where: { $0.status == 101 }) { statuses.insert(426) }
        statuses.formUnion(route.refusals.map(\.rawValue))
        return statuses.sorted()
    }

    private var namesSomething: Bool {
        !route.parameterNames.isEmpty
            || (route.query + (route.body ?? [])).contains(where: isAccount)
    }

    private func isAccount(_ field: Field) -> Bool {
        switch field.kind {
        case .object(let fields), .objects(let fields, _): fields.contains(where: isAccount)
        case .text, .identifier, .symbol, .currency, .choice, .choices, .flag, .decimal, .whole,
            .time,
            .token,
            .identifiers,
            .orderTypeName, .timeInForceName, .orderTypeParameters:
            field.name == "account_id"
        }
    }

    /// Whether its answers carry a Link to the next page: the kept routes' bare lists do.
    func hasLink(_ answer: Answer) -> Bool {
        guard case .json(.list) = answer.body else { return false }
        return route.query.contains { $0.name == "page_token" }
    }
}
