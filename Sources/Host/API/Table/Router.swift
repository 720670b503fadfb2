// From a method and a path to a handler: a tree with one step a path segment. A literal segment wins
// over a parameter. A trailing slash makes no difference.

import Wire

package enum RouteMatch {
    case found(Route, parameters: [String])
    case wrongMethod(allowed: [String])
    case unknownPath
    case badPath
}

package struct Router {
    private final class Node {
        var literals: [[UInt8]: Node] = [:]
        var parameter: Node?
        var routes: [Route] = []
    }

    private let root = Node()

    package init(_ routes: [Route]) {
        for route in routes { add(route) }
    }

    private func add(_ route: Route) {
        var node = root
        for segment in Router.segments(Array(route.pattern.utf8)) {
            node =
                segment.first == UInt8(ascii: "{")
                ? parameter(of: node) : literal(segment, of: node)
        }
        precondition(
            !node.routes.contains { $0.method == route.method }, "two routes \(route.pattern)")
        node.routes.append(route)
    }

    private func parameter(of node: Node) -> Node {
        if let next = node.parameter { return next }
        let next = Node()
        node.parameter = next
        return next
    }

    private func literal(_ segment: ArraySlice<UInt8>, of node: Node) -> Node {
        if let next = node.literals[Array(segment)] { return next }
        let next = Node()
        node.literals[Array(segment)] = next
        return next
    }

    package func match(_ method: HTTPMethod, path: [UInt8]) -> RouteMatch {
        var node = root
        var parameters: [String] = []
        for segment in Router.segments(path) {
            if let next = node.literals[Array(segment)] {
                node = next
            } else if let next = node.parameter {
                guard let value = try? PercentCoding.decode(segment) else { return .badPath }
                parameters.append(value)
                node = next
            } else {
                return .unknownPath
            }
        }
        if node.routes.isEmpty { return .unknownPath }
        let wanted = method == .head ? .get : method
        guard let route = node.routes.first(where: { $0.method == wanted }) else {
            return .wrongMethod(allowed: Router.allowed(node.routes))
        }
        return .found(route, parameters: parameters)
    }

    private static func allowed(_ routes: [Route]) -> [String] {
        let names = routes.map { $0.method.name }
        return names.contains("GET") ? names + ["HEAD"] : names
    }

    private static func segments(_ path: [UInt8]) -> [ArraySlice<UInt8>] {
        var segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if segments.first?.isEmpty == true { segments.removeFirst() }
        if segments.last?.isEmpty == true { segments.removeLast() }
        return segments
    }
}
