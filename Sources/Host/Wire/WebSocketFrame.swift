// The words of RFC 6455 that reader and writer share.

package enum WebSocketOpcode: UInt8, Sendable {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    var isControl: Bool { rawValue >= 8 }
}

/// A whole message from the other side: fragments joined, mask taken off.
package enum WebSocketMessage: Sendable, Equatable {
    /// Valid UTF-8.
    case text([UInt8])
    case binary([UInt8])
    /// At most 125 bytes, to be sent back in a pong.
    case ping([UInt8])
    case pong([UInt8])
    /// `code` is nil where the frame was empty; `reason` is valid UTF-8. Nothing is read after it.
    case close(code: UInt16?, reason: [UInt8])
}

/// Why a connection has to be closed.
package struct WebSocketFailure: Error, Equatable, Sendable {
    /// 1002 protocol error, 1007 not UTF-8, 1009 too big.
    package let closeCode: UInt16
    /// At most 123 bytes, so that it fits into the close frame.
    package let message: String

    static func protocolError(_ message: String) -> WebSocketFailure {
        WebSocketFailure(closeCode: 1002, message: message)
    }

    static let notUTF8 = WebSocketFailure(closeCode: 1007, message: "A text is not UTF-8.")
    static let tooBig = WebSocketFailure(
        closeCode: 1009, message: "The message is larger than this server takes.")
}

/// A step whose failure is answered with a close frame.
package typealias WebSocketStep<Value> = WireStep<Value, WebSocketFailure>

extension WebSocketFailure {
    /// Whether a close frame may carry this code: those RFC 6455 and its registry let an endpoint
    /// send, and the ranges for libraries and applications.
    static func isValidCloseCode(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
