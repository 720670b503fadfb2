// The rules of a connection's life, apart from its socket: which requests wait for answers, in what
// order answers leave, when reading has to stop, and when the connection ends. A pure struct: its
// methods change the state, `next` says what is to be done, and the Connection does it.

import Base
import Wire

struct ConnectionState {
    enum Phase: Equatable {
        case http
        case webSocket
        /// A close frame is sent; the client's is awaited.
        case webSocketClosing
        /// Nothing more will be said. What comes in is thrown away until the client closes too.
        case draining
        case closed
    }

    enum Action {
        case wait
        case write(HTTPResponse, keepAlive: Bool, isHead: Bool)
        case sendContinue
        /// Everything is said: half-close when all is sent.
        case drain
    }

    private struct Exchange {
        let number: Int
        let isHead: Bool
        let keepAlive: Bool
        var response: HTTPResponse?
    }

    private(set) var phase = Phase.http
    /// Requests without a written answer, oldest first.
    private var exchanges: [Exchange] = []
    private var lastNumber = 0
    /// No further request will be read: the client or a failure has ended them.
    private var hasLastRequest = false
    /// An upgrade waits for its answer; what comes behind it isn't HTTP if it is accepted.
    private var upgradeNumber: Int?
    private var owesContinue = false
    private var owesDrain = false
    private(set) var isShuttingDown = false

    var unansweredCount: Int { exchanges.count }

    /// Whether the next request may be read.
    var canReadRequest: Bool {
        phase == .http && !hasLastRequest && upgradeNumber == nil
            && exchanges.count < Limits.pipelinedRequests
    }

    // MARK: What happens

    /// A whole request has come; its number names it in `answer`.
    mutating func begin(isHead: Bool, keepAlive: Bool, isUpgrade: Bool) -> Int {
        precondition(canReadRequest, "a request was read that shouldn't have been")
        lastNumber += 1
        owesContinue = false
        if !keepAlive { hasLastRequest = true }
        if isUpgrade { upgradeNumber = lastNumber }
        exchanges.append(Exchange(number: lastNumber, isHead: isHead, keepAlive: keepAlive))
        return lastNumber
    }

    /// A head has come whose client waits for a go-ahead.
    mutating func wantContinue() { owesContinue = true }

    /// What came can't be understood: `response` is the last answer, after those still owed.
    mutating func fail(_ response: HTTPResponse) {
        guard phase == .http, !hasLastRequest else { return }
        hasLastRequest = true
        owesContinue = false
        lastNumber += 1
        exchanges.append(
            Exchange(number: lastNumber, isHead: false, keepAlive: false, response: response))
    }

    /// False where the request is not open: answered before, or its connection is over.
    mutating func answer(_ number: Int, _ response: HTTPResponse) -> Bool {
        guard phase == .http,
            let index = exchanges.firstIndex(where: { $0.number == number }),
            exchanges[index].response == nil
        else { return false }
        exchanges[index].response = response
        if upgradeNumber == number { upgradeNumber = nil }
        return true
    }

    /// Whether the connection is a WebSocket from now on; the handshake's answer must be written.
    /// Only a request that asked for it, with every earlier one answered, can be upgraded.
    mutating func upgrade(_ number: Int) -> Bool {
        guard phase == .http, upgradeNumber == number, exchanges.first?.number == number,
            !isShuttingDown
        else { return false }
        phase = .webSocket
        exchanges = []
        upgradeNumber = nil
        return true
    }

    /// The client sends no more. It gets the answers to what it has sent.
    mutating func inputEnded() { hasLastRequest = true }

    /// The server ends: answers still leave, and close the connection. A request that is coming in
    /// is finished first.
    mutating func shutDown(isMidRequest: Bool) {
        isShuttingDown = true
        if phase == .http, !isMidRequest { hasLastRequest = true }
    }

    mutating func beginWebSocketClose() {
        if phase == .webSocket { phase = .webSocketClosing }
    }

    /// Nothing more will be said, whatever was owed.
    mutating func beginDrain() {
        if phase != .closed { phase = .draining }
        exchanges = []
        owesDrain = false
    }

    mutating func close() {
        phase = .closed
        exchanges = []
    }

    // MARK: What is to be done

    /// To be called, and carried out, until it answers `wait`.
    mutating func next() -> Action {
        if owesDrain {
            owesDrain = false
            return .drain
        }
        guard phase == .http else { return .wait }
        guard let first = exchanges.first else { return nextWithoutExchange() }
        guard let response = first.response else { return .wait }
        exchanges.removeFirst()
        let isLast = !first.keepAlive || isShuttingDown || (hasLastRequest && exchanges.isEmpty)
        if isLast {
            phase = .draining
            exchanges = []
            owesDrain = true
        }
        return .write(response, keepAlive: !isLast, isHead: first.isHead)
    }

    private mutating func nextWithoutExchange() -> Action {
        if hasLastRequest {
            phase = .draining
            return .drain
        }
        if owesContinue {
            owesContinue = false
            return .sendContinue
        }
        return .wait
    }
}
