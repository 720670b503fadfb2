// A request up to its body, understood: everything that the connection needs to go on reading, and
// everything that a router needs to choose a handler.

package enum HTTPMethod: Sendable, Equatable {
    case get, head, post, put, patch, delete, options
    /// A well-formed method that this server doesn't know.
    case other

    package var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .other: "other"
        }
    }
}

/// How the end of a request's body is found.
package enum BodyFraming: Sendable, Equatable {
    case none
    /// Content-Length, at most Limits.bodyBytes.
    case length(Int)
    case chunked
}

package struct RequestHead: Sendable {
    package let method: HTTPMethod
    /// As it was sent, escapes included, before "?"; begins with "/", or is "*" for OPTIONS.
    package let path: [UInt8]
    /// As it was sent, after the first "?"; empty where there is none.
    package let query: [UInt8]
    /// 0 or 1, of HTTP/1.
    package let minorVersion: Int
    package let headers: HTTPHeaders
    package let framing: BodyFraming
    /// Whether the client wants the connection to stay open after the answer.
    package let keepAlive: Bool
    /// Whether the client waits for "100 Continue" before it sends the body.
    package let expectsContinue: Bool
}
