// One client's WebSocket: subscribe, unsubscribe and ping in, the channels' messages out. A bad
// message is answered, and the socket stays open.

import Base
import Feed
import Server
import Service
import Trading
import Wire

struct FeedRoute {
    let services: Services

    var route: Route {
        Route(
            .get, "/ws", "The live feed (WebSocket)", .permission(.see),
            answers: [Answer(status: 101, body: .none)], needsRedis: false
        ) { [services] exchange throws(Rejection) in
            switch WebSocketHandshake.accept(exchange.request.head) {
            case .failure(let failure):
                exchange.finish(
                    ErrorBody.response(failure, requestID: exchange.requestID))
            case .success(let handshake):
                let principal = exchange.principal
                let request = exchange.request
                exchange.upgrade(handshake) { socket in
                    FeedSocket(socket, of: principal, request, services: services).start()
                }
            }
        }
    }
}

final class FeedSocket: Subscriber {
    private static let message = [
        Field("type", .choice(types), "What to do.", required: true),
        Field("channel", .text(most: 64), "Of which channel."),
        Field(
            "from_seq", .whole(0...Scaled.maximum),
            "Of subscribe: the last seq that was heard; what came after it is told first."),
        Field(
            "from_index", .whole(0...Scaled.maximum),
            "The index of the last message heard of that event; without it, all of them were."),
    ]
    private static let types = ["subscribe", "unsubscribe", "ping"] + EntryAction.names

    let principal: Principal
    let handshake: HTTPRequest
    let services: Services
    private let socket: WebSocket
    /// The ids of requests without an answer yet.
    var entries: Set<String> = []
    /// What its orders belong to that are cancelled when it is gone.
    var lease: SessionLease?
    private var subscriptions: Set<Channel> = []
    /// Subscribes and unsubscribes that haven't been acted on.
    private var waitingTurns = 0
    private var allowance = TokenBucket(
        perSecond: Limits.socketMessagesPerSecond, atOnce: Limits.socketMessagesAtOnce,
        now: Clock.monotonicMicros())

    init(
        _ socket: WebSocket, of principal: Principal, _ handshake: HTTPRequest,
        services: Services
    ) {
        self.socket = socket
        self.handshake = handshake
        self.principal = principal
        self.services = services
    }

    /// The socket keeps this object alive until it closes.
    func start() {
        services.sockets.add(self)
        socket.onText = { text in self.receive(text) }
        socket.onBinary = { _ in self.receive(nil) }
        socket.onClose = {
            self.services.sockets.remove(self)
            for channel in self.subscriptions {
                self.services.feed.unsubscribe(self, from: channel)
            }
            self.subscriptions = []
            if let lease = self.lease { self.services.leases.release(lease) }
            self.socket.onText = nil
            self.socket.onBinary = nil
            self.socket.onClose = nil
        }
    }

    func deliver(frames: [UInt8]) { socket.send(frame: frames) }

    var bufferedBytes: Int { socket.bufferedBytes }

    /// Its key or session is over.
    func end(_ rejection: Rejection) {
        socket.send(text: FeedMessages.error(rejection))
        socket.close(code: 1008, reason: rejection.code)
    }

    /// `text`: nil for a binary message.
    private func receive(_ text: [UInt8]?) {
        if endIfOver() { return }
        do throws(Rejection) {
            let fields = try read(text)
            if try takeEntry(fields) { return }
            try takeAllowance()
            try handle(fields)
        } catch {
            socket.send(text: FeedMessages.error(error))
        }
    }

    /// Whether its key or session is over, by what this host knows now.
    private func endIfOver() -> Bool {
        guard let over = services.gatekeeper.end(of: principal, now: Clock.wallMicros())
        else { return false }
        end(over)
        return true
    }

    /// What can't be read counts as a message, too.
    private func read(_ text: [UInt8]?) throws(Rejection) -> Fields {
        do throws(Rejection) {
            guard let text else {
                throw Rejection(
                    .malformed, "binary_message", "Messages are JSON text, not binary.")
            }
            return try FeedSocket.fields(text)
        } catch {
            try takeAllowance()
            throw error
        }
    }

    /// Orders have their key's own limits; everything else counts here.
    private func takeAllowance() throws(Rejection) {
        guard allowance.take(1, now: Clock.monotonicMicros()) else { throw .tooManyMessages }
    }

    func send(_ text: [UInt8]) { socket.send(text: text) }

    private func handle(_ fields: Fields) throws(Rejection) {
        try fields.refuseUnknown(FeedSocket.message, place: "message")
        switch try fields.requiredChoice("type", FeedSocket.types) {
        case "subscribe":
            subscribe(try FeedSocket.channel(fields), after: try FeedSocket.position(fields))
        case "unsubscribe": unsubscribe(try FeedSocket.channel(fields))
        default:
            // A subscribe that still waits may have to tell what was missed.
            let told =
                waitingTurns == 0 ? services.feed.sequenceTold(self, subscriptions) : nil
            socket.send(text: FeedMessages.pong(asOf: told))
        }
    }

    private static func fields(_ text: [UInt8]) throws(Rejection) -> Fields {
        let value: JSONValue
        do throws(JSONFailure) { value = try JSONParser.parse(text) } catch {
            throw Rejection(
                .malformed, "malformed_json",
                "The message is not valid JSON: \(error.message) at byte \(error.offset).")
        }
        guard case .object(let object) = value else {
            throw Rejection(
                .malformed, "malformed_json",
                "A message is a JSON object such as {\"type\":\"subscribe\",\"channel\":\"oes:trades\"}."
            )
        }
        return Fields(object)
    }

    private static func channel(_ fields: Fields) throws(Rejection) -> Channel {
        let name = try fields.requiredText("channel", most: 64)
        guard let channel = Channel(name: name) else {
            throw .invalid(
                "channel", given: "\"\(name)\"", allowed: "one of \(Channel.patterns)",
                code: "unknown_channel")
        }
        return channel
    }

    /// nil where the client starts afresh.
    private static func position(_ fields: Fields) throws(Rejection) -> FeedPosition? {
        let sequence = try fields.whole("from_seq", 0...Scaled.maximum)
        let index = try fields.whole("from_index", 0...Scaled.maximum)
        guard let sequence else {
            guard index == nil else {
                throw .missing("from_seq", expected: "given together with from_index")
            }
            return nil
        }
        return FeedPosition(sequence: sequence, index: index.map { Int($0) })
    }

    /// Confirms, then sends the snapshot, or what was missed; a second subscribe begins again.
    private func subscribe(_ channel: Channel, after position: FeedPosition?) {
        inTurn { [self] in
            if let refusal = refusal(of: channel) ?? refusalOfNumber(channel) {
                return socket.send(text: FeedMessages.error(refusal))
            }
            subscriptions.insert(channel)
            socket.send(text: FeedMessages.subscription("success", channel: channel.name))
            guard let position else { return services.feed.subscribe(self, to: channel) }
            services.feed.resume(self, on: channel, after: position) { [self] rejection in
                subscriptions.remove(channel)
                socket.send(text: FeedMessages.error(rejection.about(field: "from_seq")))
            }
        }
    }

    /// Another's account is refused in the words of one that isn't there.
    private func refusal(of channel: Channel) -> Rejection? {
        do throws(Rejection) {
            try channel.access.check(principal, channel.accessParameters)
            if let id = channel.accountID { _ = try services.requireAccount(id) }
        } catch {
            return error.about(field: "channel")
        }
        return services.feed.refusal(of: channel)
    }

    private func refusalOfNumber(_ channel: Channel) -> Rejection? {
        if subscriptions.contains(channel) { return nil }
        guard subscriptions.count >= Limits.subscriptionsPerSocket else { return nil }
        return Rejection(
            .refused, "too_many_subscriptions",
            "A socket may hold \(Limits.subscriptionsPerSocket) subscriptions.", field: "channel")
    }

    private func unsubscribe(_ channel: Channel) {
        inTurn { [self] in
            subscriptions.remove(channel)
            services.feed.unsubscribe(self, from: channel)
            socket.send(text: FeedMessages.subscription("unsubscribed", channel: channel.name))
        }
    }

    /// Once the picture is what clients were told, and behind what came before: an unsubscribe that
    /// overtook its subscribe would leave the channel open for good.
    private func inTurn(_ action: @escaping () -> Void) {
        waitingTurns += 1
        services.whenCurrent { [self] rejection in
            waitingTurns -= 1
            guard !isClosed, !endIfOver() else { return }
            if let rejection { return socket.send(text: FeedMessages.error(rejection)) }
            action()
        }
    }

    private var isClosed: Bool { socket.onClose == nil }
}

extension Rejection {
    fileprivate static let tooManyMessages = Rejection(
        .tooMany, "rate_limited",
        "A socket may send \(Limits.socketMessagesPerSecond) messages a second. This one was not "
            + "acted on; wait a second and send it again.")
}
