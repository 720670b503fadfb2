// One client's connection: the socket's side of ConnectionState.
//
// Input is read once a turn and cut into requests or messages; output collects in the outbox and is
// sent by `flush`, once, before the loop sleeps. A connection is never freed in mid-flow: it is
// marked closed, and reaped at the end of the turn. Whatever makes reading go on again after a
// pause is put off to the end of the turn, so that no handler runs inside another's call.

import Base
import Loop
import Wire

final class Connection {
    let server: HTTPServer
    let descriptor: Int32
    let remoteAddress: String
    /// Its place in the server's list; -1 once reaped.
    var index = 0
    /// Whether it waits to be flushed.
    var isDirty = false

    var state = ConnectionState()
    var outbox = Outbox()
    var webSocket: WebSocket?
    private var registration: Registration?
    private var requestReader = RequestReader()
    var messageReader = WebSocketReader(messageLimit: Limits.webSocketMessageBytes)
    /// Input that couldn't be used yet: part of a head, or what came behind too many requests.
    private var pendingInput: [UInt8] = []
    /// An upgrade waits here until every earlier request is answered.
    private var heldUpgrade: HTTPRequest?
    private var hasInputEnded = false
    private var hasSentEnd = false
    /// Whether input was put aside that isn't only the beginning of a head.
    private var isPaused = false
    private var isResumeScheduled = false
    /// Whether the socket took less than there was to send.
    private(set) var isBlocked = false

    var times: ConnectionTimes
    var unansweredPings = 0

    init(server: HTTPServer, descriptor: Int32, remoteAddress: String) {
        self.server = server
        self.descriptor = descriptor
        self.remoteAddress = remoteAddress
        times = ConnectionTimes(lastInputMicros: server.loop.nowMicros)
    }

    /// Begins to read.
    func start() throws(SystemError) {
        registration = try server.loop.register(descriptor, .readable) { [unowned self] events in
            handle(events)
        }
    }

    var bufferedBytes: Int { outbox.count }
    var nowMicros: Int64 { server.loop.nowMicros }

    /// Queues a flush for the end of this turn.
    func changed() { server.markDirty(self) }

    /// Ends it at once; what is unsent is lost.
    func abort() {
        guard state.phase != .closed else { return }
        state.close()
        if !outbox.isEmpty { Syscall.resetOnClose(descriptor) }
        if let registration { server.loop.deregister(registration) }
        registration = nil
        outbox.removeAll()
        pendingInput = []
        heldUpgrade = nil
        endWebSocket()
        webSocket = nil
        changed()
    }

    // MARK: Input

    private func handle(_ events: IOEvents) {
        if events.contains(.error) || (events.contains(.hangup) && !events.contains(.readable)) {
            abort()
            return
        }
        if events.contains(.readable) { readInput() }
        changed()
    }

    private func readInput() {
        let received: Transfer
        do throws(SystemError) {
            received = try Syscall.read(descriptor, into: server.readBuffer)
        } catch {
            abort()
            return
        }
        switch received {
        case .wouldBlock: break
        case .bytes(0): endInput()
        case .bytes(let count):
            times.lastInputMicros = nowMicros
            server.statistics.receivedBytes += count
            accept(UnsafeRawBufferPointer(rebasing: server.readBuffer[..<count]))
        }
    }

    private func endInput() {
        hasInputEnded = true
        switch state.phase {
        case .http:
            state.inputEnded()
            advance()
        case .draining:
            // What is still unsent the client may be reading.
            if hasSentEnd { abort() }
        case .webSocket, .webSocketClosing: abort()
        case .closed: break
        }
    }

    /// Takes new bytes, behind those that still wait.
    private func accept(_ bytes: UnsafeRawBufferPointer) {
        guard !pendingInput.isEmpty else {
            let consumed = take(bytes)
            keep(bytes[consumed...])
            return
        }
        pendingInput.append(contentsOf: bytes)
        acceptPending()
    }

    private func acceptPending() {
        // Taken out first: handlers run meanwhile, and may end this connection.
        let input = pendingInput
        pendingInput = []
        input.withUnsafeBytes { bytes in
            let consumed = take(bytes)
            keep(bytes[consumed...])
        }
    }

    private func keep(_ rest: Slice<UnsafeRawBufferPointer>) {
        guard state.phase != .closed, state.phase != .draining else { return }
        if !rest.isEmpty { pendingInput = Array(rest) }
        noteRequestStart()
    }

    private func noteRequestStart() {
        guard requestReader.isMidRequest else {
            times.requestStartMicros = nil
            return
        }
        if times.requestStartMicros == nil { times.requestStartMicros = nowMicros }
    }

    /// Uses what can be used now. The count of bytes that needn't be shown again.
    private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        var consumed = 0
        isPaused = false
        while consumed < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[consumed...])
            switch state.phase {
            case .http:
                guard canReadRequest else {
                    isPaused = true
                    return consumed
                }
                let (count, isDone) = takeRequest(rest)
                consumed += count
                if isDone { return consumed }
            case .webSocket, .webSocketClosing: consumed += takeMessage(rest)
            case .draining, .closed: return bytes.count
            }
        }
        return consumed
    }

    private var canReadRequest: Bool {
        state.canReadRequest && heldUpgrade == nil && outbox.count < Limits.outboxPauseBytes
    }

    /// How much was taken, and whether more input is needed to go on.
    private func takeRequest(_ bytes: UnsafeRawBufferPointer) -> (Int, Bool) {
        switch requestReader.read(bytes) {
        case .needMore(let consumed):
            return (consumed, true)
        case .continueWanted(let consumed):
            state.wantContinue()
            advance()
            return (consumed, false)
        case .request(let head, let body, let consumed):
            times.requestStartMicros = nil
            begin(
                HTTPRequest(
                    head: head, body: body, receivedMicros: Clock.wallMicros(),
                    remoteAddress: remoteAddress))
            return (consumed, false)
        case .failed(let failure):
            fail(failure)
            return (bytes.count, true)
        }
    }

    private func begin(_ request: HTTPRequest) {
        let isUpgrade = request.head.asksForWebSocket
        if isUpgrade, request.head.framing != .none {
            fail(.upgradeWithBody)
        } else if isUpgrade, state.unansweredCount > 0 {
            heldUpgrade = request
        } else {
            dispatch(request, isUpgrade: isUpgrade)
        }
    }

    private func dispatch(_ request: HTTPRequest, isUpgrade: Bool) {
        let head = request.head
        let number = state.begin(
            isHead: head.method == .head, keepAlive: head.keepAlive, isUpgrade: isUpgrade)
        server.statistics.requests += 1
        server.handler(request, Responder(connection: self, number: number))
    }

    /// Answers what can't be understood, and ends the connection behind it.
    func fail(_ failure: HTTPFailure) {
        server.statistics.failures += 1
        times.requestStartMicros = nil
        state.fail(server.errorBody(failure))
        advance()
    }

    // MARK: Answers

    func answer(_ number: Int, _ response: HTTPResponse) {
        server.loop.assertOnLoop()
        if state.answer(number, response) { advance() }
    }

    func answerFailure(_ number: Int, _ failure: HTTPFailure) {
        answer(number, server.errorBody(failure))
    }

    func upgrade(_ number: Int, _ handshake: HTTPResponse, onOpen: (WebSocket) -> Void) {
        server.loop.assertOnLoop()
        guard state.upgrade(number) else {
            answerFailure(number, state.isShuttingDown ? .shuttingDown : .noAnswer)
            return
        }
        write(handshake, keepAlive: true, isHead: false)
        openWebSocket(onOpen)
        if !pendingInput.isEmpty { scheduleResume() }
        changed()
    }

    /// The server ends: no further request than the one that is coming in.
    func shutDown() {
        state.shutDown(isMidRequest: requestReader.isMidRequest)
        closeWebSocket(code: 1001, reason: "going_away")
        advance()
    }

    /// Nothing was asked for a long time.
    func endIdle() {
        state.inputEnded()
        advance()
    }

    /// Carries out what the state asks for.
    private func advance() {
        actions: while true {
            switch state.next() {
            case .wait: break actions
            case .write(let response, let keepAlive, let isHead):
                write(response, keepAlive: keepAlive, isHead: isHead)
            case .sendContinue:
                outbox.write { $0.append(contentsOf: HTTPWriter.continueLine) }
            case .drain:
                pendingInput = []
                times.requestStartMicros = nil
            }
        }
        changed()
    }

    private func write(_ response: HTTPResponse, keepAlive: Bool, isHead: Bool) {
        guard outbox.count < Limits.outboxBytes else {
            server.statistics.slowReaders += 1
            abort()
            return
        }
        let date = server.date()
        outbox.write {
            HTTPWriter.append(response, to: &$0, keepAlive: keepAlive, isHead: isHead, date: date)
        }
    }

    // MARK: The end of a turn

    /// Sends what waits, and makes the socket's interest what the state needs. At the turn's end.
    func flush() {
        guard state.phase != .closed else { return }
        do throws(SystemError) {
            let sent = try outbox.flush(to: descriptor)
            server.statistics.sentBytes += sent
            if sent > 0 || !isBlocked { times.lastProgressMicros = nowMicros }
            isBlocked = !outbox.isEmpty
        } catch {
            abort()
            return
        }
        if state.phase == .draining, outbox.isEmpty { sendEnd() }
        updateInterest()
        if state.phase == .http, canGoOn { scheduleResume() }
    }

    /// Whether input that was put aside can be used now.
    private var canGoOn: Bool {
        if heldUpgrade != nil { return state.unansweredCount == 0 }
        return isPaused && canReadRequest
    }

    private func sendEnd() {
        guard !hasSentEnd else { return }
        hasSentEnd = true
        if hasInputEnded {
            abort()
            return
        }
        Syscall.shutdownSending(descriptor)
        times.deadlineMicros = min(times.deadlineMicros, after(millis: server.limits.drainMillis))
    }

    private func updateInterest() {
        guard let registration else { return }
        var interest = IOEvents(rawValue: 0)
        if wantsInput { interest.insert(.readable) }
        if isBlocked { interest.insert(.writable) }
        server.loop.modify(registration, interest)
    }

    var wantsInput: Bool {
        guard !hasInputEnded else { return false }
        switch state.phase {
        case .http: return canReadRequest
        case .webSocket, .webSocketClosing, .draining: return true
        case .closed: return false
        }
    }

    /// Before the other rooms flush in this turn, or in the next turn, which then comes at once.
    private func scheduleResume() {
        guard !isResumeScheduled else { return }
        isResumeScheduled = true
        server.loop.later { [self] in
            isResumeScheduled = false
            resume()
        }
    }

    private func resume() {
        guard state.phase != .closed else { return }
        if let request = heldUpgrade, state.unansweredCount == 0, state.canReadRequest {
            heldUpgrade = nil
            dispatch(request, isUpgrade: true)
        }
        acceptPending()
        changed()
    }
}

extension RequestHead {
    /// Whether a good answer would end HTTP on this connection.
    fileprivate var asksForWebSocket: Bool {
        headers.contains("upgrade", token: "websocket")
            && headers.contains("connection", token: "upgrade")
    }
}
