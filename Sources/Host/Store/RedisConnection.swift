// One pipelined connection to Redis that comes back by itself.
//
// What is in flight when a connection is lost has an unknown outcome: it may have been carried out.
// It is never sent again here, since only its sender knows whether that is harmless. While there is
// no connection, commands fail at once: a queue that grows while Redis is away would only turn
// one fault into two. A new connection counts as up after AUTH, CLIENT SETNAME and what
// `prepare` does on it (checks, the function library).

import Base
import Glibc
import Loop

package final class RedisConnection {
    private enum State {
        case closed
        /// Waiting for the next attempt.
        case down
        case connecting, preparing, up
    }

    package let endpoint: RedisEndpoint
    /// CLIENT SETNAME's, and the log's.
    package let name: String
    /// Called with true when commands may be sent, with false when no longer.
    package var onStateChange: ((Bool) -> Void)?
    /// Prepares each new connection, by `sendWhilePreparing`, and then calls the given function
    /// once: nil = ready, a text = not usable, and why; then it is dropped and tried again.
    package var prepare: ((RedisConnection, @escaping (String?) -> Void) -> Void)?
    /// Why there is no connection; nil while it is up.
    package private(set) var problem: String?
    package var isUp: Bool { state == .up }
    package var commandsInFlight: Int { pending.count }
    /// How often it has come up; the first time isn't a reconnect.
    package private(set) var connectionsMade: Int64 = 0

    private let loop: EventLoop
    private let log: Log
    private let commandMillis: Int
    private var state = State.closed
    private var link: RedisLink?
    private var pending = PendingCommands()
    private var isFlushPending = false
    private var failedAttempts = 0
    private var retryTimer: TimerID?
    private var timeoutTimer: TimerID?

    package init(
        loop: EventLoop, endpoint: RedisEndpoint, name: String, log: Log,
        commandMillis: Int = Limits.commandMillis
    ) {
        self.loop = loop
        self.endpoint = endpoint
        self.name = name
        self.log = log
        self.commandMillis = commandMillis
    }

    deinit { link?.abandon() }

    /// Starts connecting, and goes on until `close`.
    package func connect() {
        loop.assertOnLoop()
        guard state == .closed else { return }
        state = .down
        attempt()
    }

    /// What is in flight fails as outcomeUnknown. `connect` may follow.
    package func close() {
        loop.assertOnLoop()
        guard state != .closed else { return }
        if let retryTimer { loop.cancel(retryTimer) }
        leave(to: .closed, because: "closed")
    }

    /// Drops the connection and makes a new one, which is prepared anew.
    package func restart(because reason: String) {
        loop.assertOnLoop()
        guard state == .up else { return }
        leave(to: .down, because: reason)
    }

    /// Calls `completion` exactly once, and never before this returns.
    package func send(
        _ command: consuming RedisCommand, _ completion: @escaping RedisCompletion
    ) {
        guard state == .up else { return fail(completion, .unavailable) }
        guard pending.count < Limits.commandsInFlight else { return fail(completion, .overloaded) }
        submit(command, completion)
    }

    /// `send` for the work of `prepare`.
    package func sendWhilePreparing(
        _ command: consuming RedisCommand, _ completion: @escaping RedisCompletion
    ) {
        guard state == .preparing || state == .up else { return fail(completion, .unavailable) }
        submit(command, completion)
    }

    private func fail(_ completion: @escaping RedisCompletion, _ failure: RedisFailure) {
        loop.later { completion(.failure(failure)) }
    }

    private func submit(
        _ command: consuming RedisCommand, _ completion: @escaping RedisCompletion
    ) {
        let deadline = loop.nowMicros + Int64(commandMillis) * 1_000
        pending.append(deadlineMicros: deadline, completion)
        link?.send(command)
        flushAtEndOfTurn()
        if timeoutTimer == nil { watchTimeouts() }
    }

    /// By `later` rather than a hook of `beforeSleep`: so what another hook sends isn't left lying
    /// until the next event.
    private func flushAtEndOfTurn() {
        guard !isFlushPending else { return }
        isFlushPending = true
        loop.later { [weak self] in
            self?.isFlushPending = false
            self?.link?.flush()
        }
    }
}

// MARK: The link's life

extension RedisConnection {
    private func attempt() {
        retryTimer = nil
        switch RedisLink.open(endpoint, loop: loop, owner: self) {
        case .success(let newLink):
            link = newLink
            state = .connecting
            limitConnecting(newLink)
        case .failure(let error):
            leave(to: .down, because: error.reason)
        }
    }

    /// A server that accepts and then says nothing, or a packet filter that drops.
    private func limitConnecting(_ attempted: RedisLink) {
        loop.schedule(afterMillis: Limits.connectMillis) { [weak self, weak attempted] in
            guard let self, let attempted, link === attempted, state != .up else { return }
            leave(to: .down, because: "no answer within \(Limits.connectMillis) ms")
        }
    }

    func linkIsConnected(_ connected: RedisLink) {
        guard connected === link else { return }
        state = .preparing
        if let password = endpoint.password {
            sendWhilePreparing(RedisCommand("AUTH", [password])) { [weak self] in
                self?.authenticated(connected, $0)
            }
        } else {
            setName(connected)
        }
    }

    private func authenticated(
        _ connected: RedisLink, _ result: Result<RedisReply, RedisFailure>
    ) {
        guard connected === link else { return }
        switch result {
        case .success: setName(connected)
        case .failure(let failure): leave(to: .down, because: Self.explain(failure))
        }
    }

    private func setName(_ connected: RedisLink) {
        sendWhilePreparing(RedisCommand("CLIENT", ["SETNAME", name])) { [weak self] result in
            guard let self, connected === link else { return }
            // A server that forbids CLIENT works as well without the name.
            if case .failure(.server(let text)) = result, text.hasPrefix("NOAUTH") {
                return leave(to: .down, because: Self.explain(.server(text)))
            }
            guard let prepare else { return becomeUp() }
            prepare(self) { [weak self] problem in
                guard let self, connected === link, state == .preparing else { return }
                guard let problem else { return becomeUp() }
                leave(to: .down, because: problem)
            }
        }
    }

    private func becomeUp() {
        state = .up
        connectionsMade += 1
        failedAttempts = 0
        problem = nil
        log.info("redis \(name): connected to \(endpoint)")
        onStateChange?(true)
    }

    static func explain(_ failure: RedisFailure) -> String {
        switch failure {
        case .server(let text) where text.hasPrefix("WRONGPASS"):
            "Redis refuses the password: REDIS_PASSWORD is wrong"
        case .server(let text) where text.hasPrefix("NOAUTH"):
            "Redis wants a password: set REDIS_PASSWORD"
        case .server(let text) where text.hasPrefix("ERR AUTH"):
            "Redis has no password, but REDIS_PASSWORD is set: remove it, or give Redis one "
                + "(requirepass)"
        case .server(let text): text
        case .unavailable: "no connection"
        case .outcomeUnknown: "the connection was lost"
        case .overloaded: "too many commands in flight"
        case .unexpected(let what): "an unexpected answer: \(what)"
        }
    }

    func link(_ answered: RedisLink, received reply: RedisReply) {
        guard answered === link, let completion = pending.popFirst() else { return }
        guard case .error(let text) = reply else { return completion(.success(reply)) }
        completion(.failure(.server(text)))
        // A master that became a replica: the next connection finds out what there is now.
        if answered === link, state == .up, text.hasPrefix("READONLY") {
            leave(to: .down, because: "Redis has become a read-only replica")
        }
    }

    func link(_ ended: RedisLink, endedBecause reason: String) {
        guard ended === link else { return }
        link = nil
        leave(to: .down, because: reason)
    }

    /// The one way out of every state. Completions come last, since they may call anything here.
    private func leave(to next: State, because reason: String) {
        let wasUp = state == .up
        state = next
        link?.abandon()
        link = nil
        let unknown = pending.removeAll()
        report(reason, wasUp: wasUp, inFlight: unknown.count)
        if next == .down { scheduleRetry() }
        if wasUp { onStateChange?(false) }
        for completion in unknown { completion(.failure(.outcomeUnknown)) }
    }

    private func report(_ reason: String, wasUp: Bool, inFlight: Int) {
        let isNew = problem != reason
        problem = reason
        guard state != .closed, isNew || wasUp else { return }
        let lost = wasUp ? "; \(inFlight) commands were in flight" : ""
        log.warning("redis \(name): no connection to \(endpoint): \(reason)\(lost)")
    }

    /// 50 ms doubling to 2 s, and of that a random part from half to all: hosts that lost the same
    /// server don't come back in step.
    private func scheduleRetry() {
        let most = min(
            Limits.reconnectMillis << min(failedAttempts, 10), Limits.reconnectMaximumMillis)
        failedAttempts += 1
        retryTimer = loop.schedule(afterMillis: Int.random(in: most / 2...most)) { [weak self] in
            guard let self, state == .down else { return }
            attempt()
        }
    }

    // MARK: Time-outs

    private func watchTimeouts() {
        guard let deadline = pending.firstDeadlineMicros else { return timeoutTimer = nil }
        let millis = Int(max(0, deadline - loop.nowMicros) / 1_000) + 1
        timeoutTimer = loop.schedule(afterMillis: millis) { [weak self] in
            guard let self else { return }
            timeoutTimer = nil
            let isLate = pending.firstDeadlineMicros.map { $0 <= self.loop.nowMicros } ?? false
            // The answers of what came later would be taken for the late one's: start anew.
            if isLate {
                leave(to: .down, because: "no answer within \(commandMillis) ms")
            }
            watchTimeouts()
        }
    }
}
