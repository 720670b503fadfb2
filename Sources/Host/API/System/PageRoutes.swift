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

    /// The page or file at a path; nil where there is none.
    static func response(
        path: [UInt8], ifNoneMatch: String?, requestID: String
    ) -> HTTPResponse? {
        guard let file = UIFiles.file(path: String(decoding: path, as: UTF8.self)) else {
            return nil
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
