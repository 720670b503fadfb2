// Why a request can't be understood, as the client will be told.

/// A refusal on the level of HTTP. The connection is closed after it is answered.
package struct HTTPFailure: Error, Equatable, Sendable {
    package let status: Int
    /// Stable, for programs.
    package let code: String
    /// For people. Never repeats the client's bytes.
    package let message: String

    package init(status: Int, code: String, message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    /// Header lines that an answer of this status must carry.
    package var headers: [(String, String)] {
        status == 426 ? [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")] : []
    }

    static func malformed(_ message: String) -> HTTPFailure {
        HTTPFailure(status: 400, code: "malformed_request", message: message)
    }

    static let bodyTooLarge = HTTPFailure(
        status: 413, code: "body_too_large", message: "The body is larger than this server takes.")
    static let targetTooLong = HTTPFailure(
        status: 414, code: "target_too_long", message: "The request line is too long.")
    static let expectationFailed = HTTPFailure(
        status: 417, code: "expectation_failed", message: "Only Expect: 100-continue is known.")
    static let headersTooLarge = HTTPFailure(
        status: 431, code: "headers_too_large", message: "The header lines are too long or many.")
    static let methodNotSupported = HTTPFailure(
        status: 501, code: "method_not_supported", message: "CONNECT is not served here.")
    static let versionNotSupported = HTTPFailure(
        status: 505, code: "version_not_supported", message: "Only HTTP/1.1 and HTTP/1.0 are.")
}
