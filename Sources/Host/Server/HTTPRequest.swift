// What a handler gets, and how it answers.

import Base
import Wire

package struct HTTPRequest {
    package let head: RequestHead
    package let body: [UInt8]
    /// When its last byte was read, in microseconds since 1970.
    package let receivedMicros: Int64
    /// The client's address in numbers, without its port.
    package let remoteAddress: String

    package init(
        head: RequestHead, body: [UInt8], receivedMicros: Int64, remoteAddress: String
    ) {
        self.head = head
        self.body = body
        self.receivedMicros = receivedMicros
        self.remoteAddress = remoteAddress
    }
}

/// The right to answer one request, now or in a later turn, on the loop's thread. Let go unused it
/// answers 500, so that a client never waits for a handler that forgot it.
package final class Responder {
    private enum Way {
        case connection(Connection, number: Int)
        /// The answer goes elsewhere; an empty one where there was none.
        case other(ObjectIdentifier, (HTTPResponse) -> Void)
    }

    private let way: Way
    private var isUsed = false

    init(connection: Connection, number: Int) { way = .connection(connection, number: number) }

    /// For what came by another way than as a request: `answer` gets the response, once.
    package init(of origin: ObjectIdentifier, _ answer: @escaping (HTTPResponse) -> Void) {
        way = .other(origin, answer)
    }

    deinit {
        if isUsed { return }
        switch way {
        case .connection(let connection, let number):
            connection.answerFailure(number, .noAnswer)
        case .other(_, let answer): answer(HTTPResponse(status: HTTPFailure.noAnswer.status))
        }
    }

    /// The same for all requests of one connection, as long as one of their responders lives.
    package var connectionID: ObjectIdentifier {
        switch way {
        case .connection(let connection, _): ObjectIdentifier(connection)
        case .other(let origin, _): origin
        }
    }

    /// Only the first call counts. Nothing where the client is gone.
    package func respond(_ response: HTTPResponse) {
        guard !isUsed else { return }
        isUsed = true
        switch way {
        case .connection(let connection, let number): connection.answer(number, response)
        case .other(_, let answer): answer(response)
        }
    }

    /// Answers with `handshake` (WebSocketHandshake.accept's) and goes on as a WebSocket, which
    /// `onOpen` is handed before anything of it is read. Where the server is ending, the client
    /// gets 503; where the client is gone, nothing happens.
    package func upgrade(_ handshake: HTTPResponse, onOpen: (WebSocket) -> Void) {
        guard !isUsed else { return }
        guard case .connection(let connection, let number) = way else { return }
        isUsed = true
        connection.upgrade(number, handshake, onOpen: onOpen)
    }
}

extension HTTPFailure {
    static let requestTimeout = HTTPFailure(
        status: 408, code: "request_timeout", message: "The request didn't arrive in time.")
    package static let noAnswer = HTTPFailure(
        status: 500, code: "no_answer", message: "The request was not answered.")
    static let tooManyConnections = HTTPFailure(
        status: 503, code: "too_many_connections", message: "Too many connections are open.")
    static let shuttingDown = HTTPFailure(
        status: 503, code: "shutting_down", message: "The server is ending.")
    static let upgradeWithBody = HTTPFailure(
        status: 400, code: "malformed_request", message: "An upgrade must not carry a body.")
}
