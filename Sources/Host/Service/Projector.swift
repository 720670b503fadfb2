// Builds the lists that are read newest first (everyone's orders, an account's orders, trades, the
// ledger, executions) from the event stream, so that the matcher script has no part in it and no
// reader goes through the whole database.
//
// Each batch is one script call that names the sequence it continues from. Another host may have
// done the work meanwhile: then the call is refused with the newer cursor, and this host goes on
// from there. So nothing is listed twice, and nothing is left out. A call holds a bounded number of
// events, so that a host that starts far behind neither stops Redis nor waits longer than a command
// may; and it gathers events for some milliseconds, unless a reader waits for them.

import Base
import Loop
import Store
import Trading

package final class Projector {
    private let loop: EventLoop
    private let matcher: Matcher
    private let log: Log
    /// Everything up to here is in the lists.
    package private(set) var cursor: Int64 = 0
    /// Events that aren't in the lists yet, in their order. A slice: what is done leaves at its front.
    private var pending: ArraySlice<Event> = []
    /// Whether a call is under way, or one that failed waits to be made again.
    private var isBusy = false
    /// Whether a few events wait for more to come; and whether they have waited long enough.
    private var isGathering = false
    private var hasGathered = false
    private var waiting = Waiting()
    /// Each is logged once in a row.
    private var lastProblem = ""

    package init(loop: EventLoop, matcher: Matcher, log: Log) {
        self.loop = loop
        self.matcher = matcher
        self.log = log
    }

    /// Reads how far the lists have come. To be called before the first events are appended.
    package func loadCursor(
        _ redis: RedisConnection, _ completion: @escaping (Result<Int64, RedisFailure>) -> Void
    ) {
        redis.send(RedisCommand("GET", [Keys.first.projected])) { [self] reply in
            completion(
                reply.map { value in
                    cursor = value.int64 ?? 0
                    return cursor
                })
        }
    }

    package func append(_ events: [Event]) {
        pending += events
        work()
    }

    /// Runs `action` once the lists hold all up to this sequence, or with what the client is told
    /// where they don't come so far.
    package func whenProjected(to wanted: Int64, _ action: @escaping WaitEnd) {
        if cursor >= wanted { return action(nil) }
        waiting.add(wanted, action)
        work()
    }

    /// Answers what has waited too long.
    package func giveUpWaiting(nowMicros: Int64) {
        for action in waiting.giveUp(nowMicros: nowMicros) { action(.behind) }
    }

    private func work() {
        guard !isBusy else { return }
        pending = pending.drop { $0.sequence <= cursor }
        let batch = nextBatch()
        guard let first = batch.first, let last = batch.last else { return wakeWaiting() }
        guard first.sequence == cursor + 1 else { return missing(first.sequence) }
        guard isWorthACall(batch) else { return gather() }
        hasGathered = false
        isBusy = true
        let additions = Projection(of: batch).additions
        let call = ProjectCall(from: cursor, to: last.sequence, additions: additions)
        matcher.project(call) { [self] reply in finish(reply, upTo: last.sequence) }
    }

    /// A call costs Redis about what it costs to list ten orders. So nothing is listed one by one
    /// that nobody waits for.
    private func isWorthACall(_ batch: ArraySlice<Event>) -> Bool {
        waiting.count > 0 || hasGathered || batch.count < pending.count
            || batch.count >= Limits.eventsPerProjection / 2
    }

    private func gather() {
        guard !isGathering else { return }
        isGathering = true
        _ = loop.schedule(afterMillis: Limits.projectionMillis) { [self] in
            isGathering = false
            hasGathered = true
            work()
        }
    }

    /// As many events as one call may hold, but one at least.
    private func nextBatch() -> ArraySlice<Event> {
        var changes = 0
        let batch = pending.prefix(Limits.eventsPerProjection).prefix { event in
            changes += event.changes.count
            return changes <= Limits.changesPerProjection
        }
        return batch.isEmpty ? pending.prefix(1) : batch
    }

    /// The lists in Redis end before the events that we have: its data went back in time. The event
    /// stream finds that too, and the host then starts afresh; until then nothing is listed.
    private func missing(_ first: Int64) {
        log.warning("projector: the lists end at \(cursor), our events begin at \(first)")
    }

    private func finish(_ reply: Result<ProjectReply, RedisFailure>, upTo sequence: Int64) {
        isBusy = false
        switch reply {
        case .success(.done): cursor = sequence
        case .success(.stale(let newer)): cursor = newer
        case .success(.refused(let refusal)):
            return retry("refused \(refusal.code) \(refusal.values)")
        case .failure(let failure): return retry("\(failure)")
        }
        wakeWaiting()
        work()
    }

    /// Nothing is lost: the same events are tried again until Redis takes them.
    private func retry(_ problem: String) {
        if problem != lastProblem { log.warning("projector: \(problem); it is tried again") }
        lastProblem = problem
        isBusy = true
        _ = loop.schedule(afterMillis: Limits.projectorRetryMillis) { [self] in
            isBusy = false
            work()
        }
    }

    private func wakeWaiting() {
        lastProblem = ""
        for action in waiting.wake(cursor) { action(nil) }
    }
}
