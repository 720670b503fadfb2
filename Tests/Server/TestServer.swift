// A server on a loop of its own thread, and a client that is as simple as it can be: blocking, so
// that a test reads as what it sends and what comes back.

import Base
import Foundation
import Glibc
import Loop
import Server
import Synchronization
import Wire

/// Routes: POST /echo answers the body, /slow answers its path after 30 ms, /big/N answers N bytes,
/// /forgotten is never answered, /ws echoes messages, /flood sends frames without end, anything
/// else answers its path.
final class TestServer: Sendable {
    let port: UInt16
    private let mailbox: Mailbox
    private let shared: SharedState

    /// What the loop's thread tells the test.
    final class SharedState: Sendable {
        let statistics = Mutex(ServerStatistics())
        let closedSockets = Mutex(0)
        let hasEnded = DispatchSemaphore(value: 0)
    }

    private struct Opened: Sendable {
        let port: UInt16
        let mailbox: Mailbox
    }

    init(limits change: @escaping @Sendable (inout ServerLimits) -> Void = { _ in }) {
        let opened = Mutex<Opened?>(nil)
        let isOpen = DispatchSemaphore(value: 0)
        let shared = SharedState()
        self.shared = shared
        let report: @Sendable (Opened) -> Void = { result in
            opened.withLock { $0 = result }
            isOpen.signal()
        }
        Thread.detachNewThread { TestServer.run(change, shared, report) }
        isOpen.wait()
        let result = opened.withLock { $0! }
        port = result.port
        mailbox = result.mailbox
    }

    var statistics: ServerStatistics { shared.statistics.withLock { $0 } }
    var closedSockets: Int { shared.closedSockets.withLock { $0 } }

    /// Shuts down gracefully and waits for it. False where it took longer than 10 s.
    @discardableResult
    func stop(graceMillis: Int = 5_000) -> Bool {
        let shared = shared
        mailbox.post {
            TestServer.current?.shutdown(graceMillis: graceMillis) {
                TestServer.currentLoop?.stop()
            }
        }
        return shared.hasEnded.wait(timeout: .now() + 10) == .success
    }

    func connect() -> TestClient { TestClient(port: port) }

    // The loop's thread finds its server here; other threads never touch it.
    private static var current: HTTPServer? {
        Thread.current.threadDictionary["server"] as? HTTPServer
    }
    private static var currentLoop: EventLoop? {
        Thread.current.threadDictionary["loop"] as? EventLoop
    }

    private static func run(
        _ change: @Sendable (inout ServerLimits) -> Void, _ shared: SharedState,
        _ report: @Sendable (Opened) -> Void
    ) {
        let loop = try! EventLoop()
        let server = HTTPServer(loop: loop, log: Log(level: .error, origin: "test")) {
            TestHandler(loop: loop, shared: shared).handle($0, $1)
        }
        change(&server.limits)
        loop.beforeSleep { [unowned server] in
            shared.statistics.withLock { $0 = server.statistics }
        }
        Thread.current.threadDictionary["server"] = server
        Thread.current.threadDictionary["loop"] = loop
        let port = try! server.listen(address: "127.0.0.1", port: 0, sharedPort: false)
        report(Opened(port: port, mailbox: try! Mailbox(loop: loop)))
        loop.run()
        shared.hasEnded.signal()
    }
}

private struct TestHandler {
    let loop: EventLoop
    let shared: TestServer.SharedState

    func handle(_ request: HTTPRequest, _ responder: Responder) {
        let path = String(decoding: request.head.path, as: UTF8.self)
        let parts = path.split(separator: "/")
        switch parts.first {
        case "echo": responder.respond(HTTPResponse(status: 200, body: request.body))
        case "slow":
            loop.schedule(afterMillis: 30) {
                responder.respond(HTTPResponse(status: 200, body: Array(path.utf8)))
            }
        case "big":
            let body = [UInt8](repeating: UInt8(ascii: "b"), count: Int(parts[1])!)
            responder.respond(HTTPResponse(status: 200, body: body))
        case "forgotten": break
        case "ws", "flood":
            upgrade(request, responder, isFlood: parts.first == "flood")
        default: responder.respond(HTTPResponse(status: 200, body: Array(path.utf8)))
        }
    }

    private func upgrade(_ request: HTTPRequest, _ responder: Responder, isFlood: Bool) {
        switch WebSocketHandshake.accept(request.head) {
        case .failure(let failure):
            responder.respond(HTTPResponse(status: failure.status))
        case .success(let handshake):
            responder.upgrade(handshake) { socket in
                socket.onText = { [unowned socket] in socket.send(text: $0) }
                socket.onClose = { shared.closedSockets.withLock { $0 += 1 } }
                if isFlood { flood(socket) }
            }
        }
    }

    private func flood(_ socket: WebSocket) {
        var frame: [UInt8] = []
        WebSocketWriter.append(.text, [UInt8](repeating: 0x61, count: 60_000), to: &frame)
        for _ in 0..<20 { socket.send(frame: frame) }
        guard socket.isOpen else { return }
        loop.schedule(afterMillis: 1) { flood(socket) }
    }
}
