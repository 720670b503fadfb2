// The browser's pages, from memory.

import Base
import Trading
import UI
import Wire

enum Pages {
    /// Scripts, styles, pictures and sockets from here only; no inline script.
    static let policy =
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

    /// What the page or file at a path asks for; nil where there is none. Pages ask for a session, but
    /// for the one where it is opened; files are the same for everybody.
    static func access(path: [UInt8]) -> Access? {
        let path = String(decoding: path, as: UTF8.self)
        guard let file = UIFiles.file(path: path) else { return nil }
        let isPage = file.contentType.hasPrefix("text/html") && path != signInPath
        return isPage ? .permission(.see) : .anyone
    }

    private static let signInPath = "/sign-in"

    /// Leads to the sign-in page, and from there back to what was asked for.
    static func signIn(then head: RequestHead, requestID: String) -> HTTPResponse {
        let query = head.query.isEmpty ? [] : Array("?".utf8) + head.query
        let next = PercentCoding.encode(String(decoding: head.path + query, as: UTF8.self))
        return HTTPResponse(
            status: 303,
            headers: [
                ("Location", "\(signInPath)?next=\(next)"), ("Cache-Control", "no-store"),
                ("X-Request-Id", requestID),
            ])
    }

    /// The page or file at a path that has one.
    static func response(
        path: [UInt8], ifNoneMatch: String?, requestID: String
    ) -> HTTPResponse {
        guard let file = UIFiles.file(path: String(decoding: path, as: UTF8.self)) else {
            preconditionFailure("a page that isn't there")
        }
        let tag = "\"\(file.etag)\""
        let headers = [
            ("Content-Type", file.contentType), ("ETag", tag), ("Cache-Control", "no-cache"),
            ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"), ("X-Request-Id", requestID),
        ]
        if ifNoneMatch == tag { return HTTPResponse(status: 304, headers: headers, body: []) }
        return HTTPResponse(status: 200, headers: headers, body: file.bytes)
    }
}
