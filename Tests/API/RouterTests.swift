import Testing
import Trading
import Wire

@testable import API

@Suite("Router")
struct RouterTests {
    private let router = Router([
        Route(.get, "/api/orders/open", "", .anyone) { _ in },
        Route(.get, "/api/orders/{order}", "", .anyone) { _ in },
        Route(.post, "/api/orders/{order}/edit", "", .anyone) { _ in },
        Route(.delete, "/api/orders/{order}", "", .anyone) { _ in },
    ])

    private func match(_ method: HTTPMethod, _ path: String) -> String {
        switch router.match(method, path: Array(path.utf8)) {
        case .found(let route, let parameters):
            "\(route.pattern) \(parameters.joined(separator: ","))"
        case .wrongMethod(let allowed): "405 \(allowed.joined(separator: ","))"
        case .unknownPath: "404"
        case .badPath: "400"
        }
    }

    @Test("a literal wins over a parameter, and a trailing slash makes no difference")
    func literalsFirst() {
        #expect(match(.get, "/api/orders/open") == "/api/orders/open ")
        #expect(match(.get, "/api/orders/open/") == "/api/orders/open ")
        #expect(match(.get, "/api/orders/1-a") == "/api/orders/{order} 1-a")
        #expect(match(.head, "/api/orders/1-a") == "/api/orders/{order} 1-a")
    }

    @Test("parameters are decoded, and bad escapes refused")
    func decoding() {
        #expect(match(.get, "/api/orders/1%2Da") == "/api/orders/{order} 1-a")
        #expect(match(.get, "/api/orders/1%2") == "400")
        #expect(match(.get, "/api/orders/%ff") == "400")
    }

    @Test("another method names those that are allowed")
    func methods() {
        #expect(match(.put, "/api/orders/1-a") == "405 GET,DELETE,HEAD")
        #expect(match(.get, "/api/orders/1-a/edit") == "405 POST")
    }

    @Test(
        "paths that don't exist",
        arguments: ["/", "/api", "/api/orders", "/api/orders/1/edit/2", "//api/orders/open", ""])
    func unknown(path: String) {
        #expect(match(.get, path) == "404")
    }
}
