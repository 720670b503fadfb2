// One WebSocket, as its user sees it. All calls are on the loop's thread.

import Wire

package final class WebSocket {
    /// Unique within the server.
    package let id: Int
    /// A whole message of valid UTF-8.
    package var onText: ((_ text: [UInt8]) -> Void)?
    package var onBinary: ((_ bytes: [UInt8]) -> Void)?
    /// Called once, at the end of the turn in which the socket ended, whoever ended it; never from
    /// within `send` or `close`, so that subscribers may be removed here.
    package var onClose: (() -> Void)?

    private let connection: Connection
    /// False as soon as either side has said goodbye.
    package private(set) var isOpen = true

    init(id: Int, connection: Connection) {
        self.id = id
        self.connection = connection
    }

    /// Bytes that the client has yet to take.
    package var bufferedBytes: Int { connection.bufferedBytes }

    /// Sends a frame made by WebSocketWriter; many sockets may share one. Nothing once closed. A
    /// client with Limits.outboxBytes waiting is told that it reads too slowly, and cut off.
    package func send(frame: [UInt8]) {
        guard isOpen else { return }
        connection.send(frame: frame)
    }

    /// Sends a text message of valid UTF-8.
    package func send(text: [UInt8]) {
        guard isOpen else { return }
        connection.send(.text, text)
    }

    /// Sends a binary message.
    package func send(binary: [UInt8]) {
        guard isOpen else { return }
        connection.send(.binary, binary)
    }

    /// Says goodbye, and waits a moment for the client's.
    package func close(code: UInt16, reason: String) {
        guard isOpen else { return }
        connection.closeWebSocket(code: code, reason: reason)
    }

    /// Ends the use of the socket; what it leads to is for the connection to do.
    func end() -> (() -> Void)? {
        guard isOpen else { return nil }
        isOpen = false
        defer {
            onText = nil
            onBinary = nil
            onClose = nil
        }
        return onClose
    }
}
