// The documentation as pages: /docs for people, /openapi.json for machines. Both are made at the start
// from the very table that the router works from, and served from memory.

import Plugins
import Trading
import UI
import Wire

final class Documentation {
    private let registry: PluginRegistry
    private var openAPI: Page?
    private var docs: Page?

    /// What is served: it never changes while the host runs.
    private struct Page {
        let contentType: String
        let bytes: [UInt8]
        let tag: String

        init(_ contentType: String, _ bytes: [UInt8]) {
            self.contentType = contentType
            self.bytes = bytes
            tag = "\"\(UIFiles.fingerprint(bytes))\""
        }
    }

    init(registry: PluginRegistry) { self.registry = registry }

    var routes: [Route] {
        [
            Route(
                .get, "/openapi.json", "This API as an OpenAPI 3.1 document", .permission(.see),
                answers: [
                    Answer(status: 200, body: .json(.any)), Answer(status: 304, body: .none),
                ], needsRedis: false
            ) { [unowned self] exchange in
                answer(exchange, openAPI)
            },
            Route(
                .get, "/docs", "This API for people, on one page", .permission(.see),
                answers: [.text("text/html"), Answer(status: 304, body: .none)], needsRedis: false
            ) { [unowned self] exchange in
                answer(exchange, docs)
            },
        ]
    }

    /// `routes`: the whole table, these pages included.
    func make(of routes: [Route]) {
        let document = OpenAPI(routes: routes, registry: registry).document()
        openAPI = Page("application/json", document)
        let page = DocsPage(routes: routes, registry: registry).document()
        docs = Page("text/html; charset=utf-8", page)
    }

    private func answer(_ exchange: Exchange, _ page: Page?) {
        guard let page else { return exchange.fail(.storeAway) }
        let headers = [
            ("Content-Type", page.contentType), ("ETag", page.tag), ("Cache-Control", "no-cache"),
            ("Content-Security-Policy", Pages.policy), ("Referrer-Policy", "same-origin"),
            ("X-Content-Type-Options", "nosniff"), ("X-Request-Id", exchange.requestID),
        ]
        let isKnown = exchange.request.head.headers.first("if-none-match") == page.tag
        exchange.finish(
            HTTPResponse(
                status: isKnown ? 304 : 200, headers: headers, body: isKnown ? [] : page.bytes))
    }
}
