// A connection after its upgrade: messages in, frames out, pings, and the several ways to part.

import Base
import Loop
import Wire

extension Connection {
    func openWebSocket(_ onOpen: (WebSocket) -> Void) {
        let socket = WebSocket(id: server.nextSocketId(), connection: self)
        webSocket = socket
        times.lastPingMicros = nowMicros
        server.statistics.webSockets += 1
        onOpen(socket)
    }

    // MARK: Input

    /// Takes one message, or what there is of it. The count of bytes taken.
    func takeMessage(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch messageReader.read(bytes) {
        case .needMore:
            return bytes.count
        case .failed(let failure):
            if state.phase == .webSocket {
                outbox.write {
                    WebSocketWriter.appendClose(
                        code: failure.closeCode, reason: failure.message, to: &$0)
                }
            }
            part()
            return bytes.count
        case .done(let message, let consumed):
            unansweredPings = 0
            receive(message)
            return consumed
        }
    }

    private func receive(_ message: WebSocketMessage) {
        switch message {
        case .text(let text): webSocket?.onText?(text)
        case .binary(let bytes): webSocket?.onBinary?(bytes)
        case .ping(let payload): if state.phase == .webSocket { send(.pong, payload) }
        case .pong: break
        case .close(let code, _):
            if state.phase == .webSocket { sendClose(code) }
            part()
        }
    }

    /// The client's own code back, as RFC 6455 has it.
    private func sendClose(_ code: UInt16?) {
        outbox.write {
            guard let code else {
                WebSocketWriter.append(.close, [], to: &$0)
                return
            }
            WebSocketWriter.appendClose(code: code, reason: "", to: &$0)
        }
    }

    /// Both sides have said goodbye, or one can't be talked to.
    private func part() {
        endWebSocket()
        state.beginDrain()
        changed()
    }

    // MARK: Output

    func send(frame: [UInt8]) {
        server.loop.assertOnLoop()
        guard state.phase == .webSocket else { return }
        outbox.append(frame)
        noteSent()
    }

    func send(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
        server.loop.assertOnLoop()
        guard state.phase == .webSocket else { return }
        outbox.write { WebSocketWriter.append(opcode, payload, to: &$0) }
        noteSent()
    }

    private func noteSent() {
        if outbox.count > Limits.outboxBytes { cutOff() }
        changed()
    }

    /// Ends a client that doesn't read, so that it never slows another. It is told, if it reads
    /// on within a moment.
    private func cutOff() {
        server.statistics.slowReaders += 1
        outbox.dropUnsent()
        outbox.write { WebSocketWriter.appendClose(code: 1008, reason: "slow_reader", to: &$0) }
        times.deadlineMicros = after(millis: server.limits.drainMillis)
        part()
    }

    func closeWebSocket(code: UInt16, reason: String) {
        server.loop.assertOnLoop()
        guard state.phase == .webSocket else { return }
        outbox.write { WebSocketWriter.appendClose(code: code, reason: reason, to: &$0) }
        state.beginWebSocketClose()
        times.deadlineMicros = after(millis: server.limits.drainMillis)
        endWebSocket()
        changed()
    }

    /// Ends its use by handlers. They hear of it at the end of the turn.
    func endWebSocket() {
        guard let webSocket, webSocket.isOpen else { return }
        server.statistics.webSockets -= 1
        if let onClose = webSocket.end() { server.loop.later(onClose) }
    }
}
