// The HTTP request that becomes a WebSocket (RFC 6455, section 4.2). No extension and no
// subprotocol is offered, so whatever a client proposes of them is passed over.

package enum WebSocketHandshake {
    private static let versionRefused = HTTPFailure(
        status: 426, code: "upgrade_required", message: "Only WebSocket version 13 is spoken.")

    private static let upgradeNeeded = HTTPFailure(
        status: 426, code: "upgrade_required",
        message: "This address speaks WebSocket only; open it with a WebSocket client.")

    /// The 101 that accepts, or why the request is no valid handshake: 426 where it doesn't ask for
    /// WebSocket, or for another version of it, else 400.
    package static func accept(_ head: RequestHead) -> Result<HTTPResponse, HTTPFailure> {
        let headers = head.headers
        guard headers.contains("upgrade", token: "websocket") else {
            return .failure(upgradeNeeded)
        }
        guard head.method == .get, head.minorVersion == 1, head.framing == .none,
            headers.contains("connection", token: "upgrade")
        else {
            return .failure(
                .malformed(
                    "A WebSocket handshake is a GET of HTTP/1.1 with Connection: Upgrade, without a body."
                ))
        }
        guard let key = try? headers.single("sec-websocket-key"), Base64.decode(key)?.count == 16
        else {
            return .failure(.malformed("Sec-WebSocket-Key is not 16 bytes in Base64."))
        }
        guard headers.all("sec-websocket-version") == ["13"] else {
            return .failure(versionRefused)
        }
        let accepted = HTTPResponse(
            status: 101,
            headers: [
                ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                ("Sec-WebSocket-Accept", answer(to: key)),
            ])
        return .success(accepted)
    }

    /// RFC 6455's proof that a server understood the handshake.
    private static func answer(to key: ArraySlice<UInt8>) -> String {
        Base64.encode(SHA1.hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
    }
}
