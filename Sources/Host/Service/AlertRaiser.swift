// Looks through the event stream for what is to be an alert, and raises it. Every host does; a cursor
// in Redis lets each stretch of the stream through once, so that an alert is raised by one of them, and
// by another where that one died. A stretch without any costs nothing but a call now and then.

import Base
import Loop
import Store
import Trading

package final class AlertRaiser {
    private let loop: EventLoop
    private let matcher: Matcher
    private let picture: Picture
    private let acknowledged: Acknowledged
    private let log: Log
    /// Everything up to here has been looked through, by some host.
    package private(set) var cursor: Int64 = 0
    /// Alerts found behind the cursor, by the event they were found in.
    private var found: [(sequence: Int64, alerts: [NewAlert])] = []
    private var seen: Int64 = 0
    private var isBusy = false
    private var waiting = Waiting()

    package init(
        loop: EventLoop, matcher: Matcher, picture: Picture, acknowledged: Acknowledged, log: Log
    ) {
        self.loop = loop
        self.matcher = matcher
        self.picture = picture
        self.acknowledged = acknowledged
        self.log = log
    }

    /// To be called before the first events come.
    package func loadCursor(
        _ redis: RedisConnection, _ completion: @escaping (Result<Int64, RedisFailure>) -> Void
    ) {
        redis.send(RedisCommand("GET", [Keys.first.alerted])) { [self] reply in
            completion(
                reply.map { value in
                    cursor = value.int64 ?? 0
                    return cursor
                })
        }
    }

    /// Where the stream is to be followed from so that none is missed, as far as it isn't too long ago.
    package func start(before sequence: Int64) -> Int64 {
        min(sequence, max(cursor, sequence - 4 * Limits.eventsPerAlerting))
    }

    package func append(_ events: [Event]) {
        for event in events where event.sequence > max(cursor, seen) {
            seen = event.sequence
            let alerts = AlertFinder.alerts(in: event, picture: picture)
            if !alerts.isEmpty { found.append((event.sequence, alerts)) }
        }
        work()
    }

    /// Runs `action` once all that these events are to raise has been raised.
    package func whenLookedThrough(to wanted: Int64, _ action: @escaping WaitEnd) {
        if done >= wanted { return action(nil) }
        waiting.add(wanted, action)
    }

    /// Answers what has waited too long.
    package func giveUpWaiting(nowMicros: Int64) {
        for action in waiting.giveUp(nowMicros: nowMicros) { action(.behind) }
    }

    /// Up to here nothing is left to be raised.
    private var done: Int64 { found.first.map { $0.sequence - 1 } ?? max(seen, cursor) }

    private func work() {
        for action in waiting.wake(done) { action(nil) }
        guard !isBusy, seen > cursor else { return }
        guard !found.isEmpty || seen - cursor >= Limits.eventsPerAlerting else { return }
        isBusy = true
        let (alerts, upTo) = nextStretch()
        matcher.raise(alerts, stretch: (from: cursor, to: upTo)) { [self] reply in
            finish(reply, upTo: upTo)
        }
    }

    /// All alerts of the events up to one of them, as many as a call may hold.
    private func nextStretch() -> (alerts: [NewAlert], upTo: Int64) {
        var alerts: [NewAlert] = []
        for (index, item) in found.enumerated() {
            if index > 0, alerts.count + item.alerts.count > Limits.alertsPerCall {
                return (alerts, found[index - 1].sequence)
            }
            alerts += item.alerts
        }
        return (Array(alerts.prefix(Limits.alertsPerCall)), seen)
    }

    private func finish(_ reply: Result<AlertReply, RedisFailure>, upTo: Int64) {
        switch reply {
        case .success(.done(let sequence)):
            cursor = upTo
            acknowledged.note(sequence)
        case .success(.stale(let newer)): cursor = newer
        case .success(.refused(let refusal)):
            return retry("refused \(refusal.code) \(refusal.values)")
        case .failure(let failure): return retry("\(failure)")
        }
        found.removeAll { $0.sequence <= cursor }
        isBusy = false
        work()
    }

    private func retry(_ problem: String) {
        log.warning("alerts: \(problem); tried again")
        _ = loop.schedule(afterMillis: Limits.projectorRetryMillis) { [self] in
            isBusy = false
            work()
        }
    }
}
