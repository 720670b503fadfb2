// A WebSocket that sends each message back, which suites for the protocol need. Only there with
// OES_TEST_ECHO, so that no host that serves clients has it.

import Server
import Wire

package enum EchoSocket {
    package static var route: Route {
        Route(
            .get, "/test/echo", "Sends each WebSocket message back; for tests", .anyone,
            answers: [Answer(status: 101, body: .none)], needsRedis: false
        ) { exchange in
            switch WebSocketHandshake.accept(exchange.request.head) {
            case .failure(let failure):
                exchange.finish(ErrorBody.response(failure, requestID: exchange.requestID))
            case .success(let handshake):
                exchange.upgrade(handshake) { socket in
                    // The handlers keep the socket alive until it closes, which forgets them.
                    socket.onText = { socket.send(text: $0) }
                    socket.onBinary = { socket.send(binary: $0) }
                }
            }
        }
    }
}
