// Brings events to one notifier plugin: at least once, in order, and without ever slowing an order.
//
// The cursor, the last sequence that the notifier has taken, stands in Redis, so that a killed host
// loses nothing: the next one goes on from there, and what was under way is delivered again. The
// notifier works on its own thread; here only batches are handed over and answers taken.
//
// Only the lease's holder delivers. One that loses it in mid-delivery lets the batch end but neither
// saves its cursor, which could take back the new holder's, nor goes on.
//
// What can't be delivered becomes a dead letter (Store/LettersCall), and the stream goes on. Dead letters
// are sent again when somebody asks for it, each once, between the stream's events.

import Base
import Loop
import Plugins
import Service
import Store
import Trading

package final class NotifierDispatch {
    private let loop: EventLoop
    private let mailbox: Mailbox
    private let redis: RedisConnection
    private let reader: EventReader
    private let letters: DeadLetters
    private let picture: Picture
    private let runner: NotifierRunner
    private let settings: NotifierSettings
    /// It has crashed the host again and again: its plugin isn't called.
    private let isLeftOut: Bool
    private let log: Log

    /// nil until it has been read from Redis.
    private var cursor: Int64?
    private var isBusy = false
    /// What is being delivered.
    private var work: NotifierWork?
    private var isRetrying = false
    /// Whether somebody may have asked for dead letters to be sent again.
    private var mayResend = true
    /// Whether this host delivers.
    private var isActive = false
    /// Counts how often it began to: what was begun before is not gone on with.
    private var tenure = 0
    private var counts: NotifierProgress

    package init(
        loop: EventLoop, mailbox: Mailbox, redis: RedisConnection, picture: Picture,
        runner: NotifierRunner, settings: NotifierSettings, isLeftOut: Bool = false, log: Log
    ) {
        self.loop = loop
        self.mailbox = mailbox
        self.redis = redis
        reader = EventReader(redis)
        letters = DeadLetters(redis, notifier: runner.name)
        self.picture = picture
        self.runner = runner
        self.settings = settings
        self.isLeftOut = isLeftOut
        self.log = log
        counts = NotifierProgress(name: runner.name)
    }

    private var name: String { runner.name }

    package var progress: NotifierProgress {
        var progress = counts
        progress.isActive = isActive
        guard isActive else {
            progress.state = isLeftOut ? .quarantined : .standby
            return progress
        }
        progress.backlog = cursor.map { max(0, picture.sequence - $0) } ?? 0
        progress.lagMicros = work.map { max(0, Clock.wallMicros() - $0.since) } ?? 0
        progress.state =
            runner.isHung
            ? .hung : isRetrying ? .retrying : work == nil ? .idle : .delivering
        return progress
    }

    /// A notifier that Redis doesn't know yet starts with what comes next: to be called before anybody
    /// can make an event. True where Redis knows it now.
    package func prepare(_ completion: @escaping (Bool) -> Void) {
        let words = [Keys.first.notifierCursor(name), String(picture.sequence), "NX"]
        redis.send(RedisCommand("SET", words)) { reply in
            if case .success = reply { completion(true) } else { completion(false) }
        }
    }

    /// Called when this host has the lease; it may be called again while it has.
    package func begin() {
        guard !isLeftOut else { return }
        if !isActive {
            isActive = true
            tenure += 1
            // Another may have moved it meanwhile.
            cursor = nil
        }
        mayResend = true
        wake()
    }

    /// Called when this host has lost the lease.
    package func end() { isActive = false }

    /// Dead letters wait to be sent again.
    package func resend() {
        mayResend = true
        wake()
    }

    /// Called when there may be new events.
    package func wake() {
        guard isActive, !isBusy, redis.isUp else { return }
        guard let cursor else { return loadCursor() }
        if mayResend { return readLetters() }
        guard cursor < picture.sequence else { return }
        isBusy = true
        let current = tenure
        reader.range(
            from: cursor + 1, to: picture.sequence, limit: Limits.eventsPerDelivery
        ) { [self] result in
            guard goesOn(current) else { return }
            switch result {
            case .failure(let failure): skip(failure, after: cursor)
            case .success(let events): take(events)
            }
        }
    }

    /// Whether what was begun in this tenure may go on; else it ends here, and what is next begins.
    private func goesOn(_ begun: Int) -> Bool {
        if isActive, begun == tenure { return true }
        isBusy = false
        isRetrying = false
        work = nil
        cursor = nil
        wake()
        return false
    }

    private func loadCursor() {
        isBusy = true
        let current = tenure
        redis.send(RedisCommand("GET", [Keys.first.notifierCursor(name)])) { [self] reply in
            guard goesOn(current) else { return }
            isBusy = false
            switch reply {
            case .success(let value) where value.isNull: save(picture.sequence)
            case .success(let value):
                cursor = value.int64 ?? picture.sequence
                wake()
            case .failure: wait(Limits.deliveryRetryMillis)
            }
        }
    }

    // MARK: What there is to deliver

    private func take(_ events: [Event]) {
        guard let first = events.first, let last = events.last else {
            return wait(Limits.deliveryRetryMillis)
        }
        let all = events.flatMap { NotificationJSON.events(of: $0, picture: picture) }
        let wanted = all.filter(settings.filter.takes)
        counts.filtered += Int64(all.count - wanted.count)
        begin(NotifierWork(.stream(upTo: last.sequence), wanted, since: first.time))
    }

    /// What was trimmed can't be told any more: that much is told, whatever the filter takes.
    private func skip(_ failure: EventReadFailure, after cursor: Int64) {
        guard case .gap(let gap) = failure else {
            log.warning("notifier \(name): \(failure); it goes on shortly")
            return wait(Limits.deliveryRetryMillis)
        }
        log.error("notifier \(name): events were lost before they were delivered: \(gap)")
        let last: Int64 =
            switch gap {
            case .trimmed(let begins): begins - 1
            case .unreadable(let sequence, _): sequence
            case .reset: picture.sequence
            }
        guard last > cursor else { return save(last) }
        counts.lost += last - cursor
        let now = Clock.wallMicros()
        let notice = NotificationJSON.lost(from: cursor + 1, to: last, at: now)
        begin(NotifierWork(.stream(upTo: last), [notice], since: now))
    }

    private func readLetters() {
        isBusy = true
        let current = tenure
        letters.toResend(limit: Limits.eventsPerDelivery) { [self] result in
            guard goesOn(current) else { return }
            switch result {
            case .failure: wait(Limits.deliveryRetryMillis)
            case .success((let ids, _)) where ids.isEmpty:
                mayResend = false
                isBusy = false
                wake()
            case .success((let ids, let letters)):
                let since = letters.map(\.time).min() ?? Clock.wallMicros()
                begin(NotifierWork(.resend(turns: ids.count), letters.map(\.event), since: since))
            }
        }
    }

    // MARK: Delivery

    private func begin(_ work: NotifierWork) {
        self.work = work
        deliver()
    }

    /// The next batch, or what comes once there is none.
    private func deliver() {
        guard let work else { return }
        guard !work.events.isEmpty else { return finish(work) }
        let batch = work.batch
        let mailbox = self.mailbox
        let box = Unchecked(self)
        let current = tenure
        runner.deliver(
            batch: batch, attempt: work.attempt, deadlineMillis: Limits.deliveryMillis
        ) { result, problem in
            mailbox.post {
                guard box.value.goesOn(current) else { return }
                box.value.judge(result, batch.count, problem)
            }
        }
    }

    private func judge(_ result: DeliveryResult, _ count: Int, _ problem: String) {
        counts.problem = problem
        switch result {
        case .ok: advance(count)
        case .partial(let index): advance(min(index + 1, count))
        case .drop:
            counts.failures += 1
            if work?.split() == true { return deliver() }
            giveUp(1, problem)
        case .retry(let afterMillis):
            counts.failures += 1
            retry(count, Int(afterMillis), problem)
        }
    }

    private func advance(_ count: Int) {
        counts.delivered += Int64(count)
        work?.advance(count, delivered: true)
        deliver()
    }

    /// A dead letter has one try each time it is asked for, so that it holds up nothing.
    private func retry(_ count: Int, _ afterMillis: Int, _ problem: String) {
        guard let attempt = work?.attempt, work?.isResend == false, attempt < settings.attempts
        else { return giveUp(count, problem) }
        work?.attempt = attempt + 1
        let backOff = min(
            Limits.deliveryRetryMillis << min(attempt - 1, 16), Limits.deliveryRetryMaximumMillis)
        let delay = max(afterMillis, backOff)
        isRetrying = true
        let current = tenure
        _ = loop.schedule(afterMillis: delay + Int.random(in: 0...max(1, delay / 4))) { [self] in
            guard goesOn(current) else { return }
            isRetrying = false
            deliver()
        }
    }

    /// Keeps the first so many events where an operator finds them, and goes on.
    private func giveUp(_ count: Int, _ problem: String) {
        guard let work else { return }
        if work.isResend {
            log.warning("notifier \(name): \(count) dead letters couldn't be delivered either")
            self.work?.advance(count, delivered: false)
            return deliver()
        }
        log.error(
            "notifier \(name): gave up on \(count) events after \(work.attempt) attempts; they are "
                + "among its dead letters (/api/v1/notifiers/\(name)/dead-letters)")
        bury(
            work.events.prefix(count).map {
                DeadLetter($0, attempts: work.attempt, problem: problem)
            })
    }

    /// However long it takes: what isn't kept would be lost.
    private func bury(_ dead: [DeadLetter]) {
        let current = tenure
        letters.add(dead) { [self] isDone in
            guard goesOn(current) else { return }
            guard isDone else {
                _ = loop.schedule(afterMillis: Limits.deliveryRetryMaximumMillis / 10) { [self] in
                    if goesOn(current) { bury(dead) }
                }
                return
            }
            counts.deadLetters += Int64(dead.count)
            work?.advance(dead.count, delivered: false)
            deliver()
        }
    }

    // MARK: The end of a stretch

    private func finish(_ done: NotifierWork) {
        switch done.origin {
        case .stream(let sequence): save(sequence)
        case .resend(let turns):
            let current = tenure
            letters.finishResend(turns: turns, delivered: done.deliveredIDs) { [self] isDone in
                guard goesOn(current) else { return }
                work = nil
                guard isDone else { return wait(Limits.deliveryRetryMillis) }
                isBusy = false
                wake()
            }
        }
    }

    private func save(_ sequence: Int64) {
        isBusy = true
        let current = tenure
        redis.send(RedisCommand("SET", [Keys.first.notifierCursor(name), String(sequence)])) {
            [self] reply in
            // Where saving failed the events may come twice, never not at all.
            if case .failure(let failure) = reply {
                log.warning("notifier \(name): cursor not saved: \(failure)")
            }
            guard goesOn(current) else { return }
            cursor = sequence
            work = nil
            isBusy = false
            wake()
        }
    }

    private func wait(_ millis: Int) {
        isBusy = true
        _ = loop.schedule(afterMillis: millis) { [self] in
            isBusy = false
            wake()
        }
    }
}

/// Carries a loop-confined object through another thread and back, where alone it is used.
private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
