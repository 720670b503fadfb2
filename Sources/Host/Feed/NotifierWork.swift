// What a notifier has yet to take of one stretch of the stream, or of one lot of dead letters.

import Base
import Plugins
import Trading

struct NotifierWork {
    enum Origin {
        /// Events of the stream up to this sequence.
        case stream(upTo: Int64)
        /// Dead letters that are sent again: so many ids have had their turn afterwards.
        case resend(turns: Int)
    }

    let origin: Origin
    /// Those that are left.
    private(set) var events: ArraySlice<NotifierEvent>
    /// UTC microseconds of the oldest.
    let since: Int64
    /// 1 at the first try of the batch.
    var attempt = 1
    /// Events of one delivery. It falls where the receiver refuses some of them for good, so that those
    /// alone are given up.
    private(set) var batchEvents = Limits.eventsPerDelivery * 4
    /// Of a resend: what was delivered, and so is no dead letter any more.
    private(set) var deliveredIDs: [String] = []

    init(_ origin: Origin, _ events: [NotifierEvent], since: Int64) {
        self.origin = origin
        self.events = events[...]
        self.since = since
    }

    /// What the next delivery holds.
    var batch: [NotifierEvent] { Array(events.prefix(batchEvents)) }

    var isResend: Bool {
        if case .resend = origin { true } else { false }
    }

    /// The first so many are done with.
    mutating func advance(_ count: Int, delivered: Bool) {
        if delivered, isResend { deliveredIDs += events.prefix(count).map(\.id) }
        events = events.dropFirst(count)
        attempt = 1
    }

    /// Tries fewer at once. False where it is down to one.
    mutating func split() -> Bool {
        let count = batch.count
        guard count > 1 else { return false }
        batchEvents = count / 2
        attempt = 1
        return true
    }
}

extension DeadLetter {
    init(_ event: NotifierEvent, attempts: Int, problem: String) {
        self.init(
            id: event.id, type: event.type, account: event.account, symbol: event.symbol,
            severity: event.severity, json: event.json, time: Clock.wallMicros(),
            attempts: Int64(attempts), problem: String(problem.prefix(Limits.problemBytes)))
    }

    var event: NotifierEvent {
        NotifierEvent(
            id: id, type: type, account: account, symbol: symbol, severity: severity, json: json)
    }
}
