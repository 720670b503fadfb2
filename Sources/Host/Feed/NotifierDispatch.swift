// Brings events to one notifier plugin: at least once, in order, and without ever slowing an order.
//
// The cursor, the last sequence that the notifier has taken, stands in Redis, so that a killed host
// loses nothing: the next one goes on from there, and what was under way is delivered again. The
// notifier works on its own thread; here only batches are handed over and answers taken.
//
// Only the lease's holder delivers. One that loses it in mid-delivery lets the batch end but neither
// saves its cursor, which could take back the new holder's, nor goes on.

import Base
import Loop
import Plugins
import Service
import Store
import Trading

/// How far a notifier is behind the stream, while this host delivers.
package struct NotifierProgress: Sendable {
    package let name: String
    package let backlog: Int64
    package let deadLetters: Int64
}

package final class NotifierDispatch {
    private let loop: EventLoop
    private let mailbox: Mailbox
    private let redis: RedisConnection
    private let reader: EventReader
    private let picture: Picture
    private let runner: NotifierRunner
    private let log: Log

    /// nil until it has been read from Redis.
    private var cursor: Int64?
    private var isBusy = false
    private var attempt = 1
    /// Whether this host delivers.
    private var isActive = false
    /// Counts how often it began to: what was begun before is not gone on with.
    private var tenure = 0

    /// One delivery's events of the stream, at most.
    private static let batchEvents = 64
    private static let deadlineMillis = 5_000
    /// Deliveries of one batch before it goes to the dead-letter list.
    private static let attemptLimit = 8
    private static let firstRetryMillis = 200
    private static let longestRetryMillis = 30_000
    /// Events kept in the dead-letter list, the newest: a receiver that is gone for good must not
    /// fill Redis's memory.
    private static let deadLettersKept = 10_000

    package init(
        loop: EventLoop, mailbox: Mailbox, redis: RedisConnection, picture: Picture,
        runner: NotifierRunner, log: Log
    ) {
        self.loop = loop
        self.mailbox = mailbox
        self.redis = redis
        reader = EventReader(redis)
        self.picture = picture
        self.runner = runner
        self.log = log
    }

    private var name: String { runner.name }
    /// Events given up since the start.
    private var deadLetters: Int64 = 0

    package var progress: NotifierProgress {
        let isBehind = isActive ? cursor.map { max(0, picture.sequence - $0) } : nil
        return NotifierProgress(name: name, backlog: isBehind ?? 0, deadLetters: deadLetters)
    }

    /// Called when this host has the lease; it may be called again while it has.
    package func begin() {
        if !isActive {
            isActive = true
            tenure += 1
            attempt = 1
            // Another may have moved it meanwhile.
            cursor = nil
        }
        wake()
    }

    /// Called when this host has lost the lease.
    package func end() { isActive = false }

    /// Called when there may be new events.
    package func wake() {
        guard isActive, !isBusy, redis.isUp else { return }
        guard let cursor else { return loadCursor() }
        guard cursor < picture.sequence else { return }
        isBusy = true
        let current = tenure
        reader.range(
            from: cursor + 1, to: picture.sequence, limit: NotifierDispatch.batchEvents
        ) { [self] result in
            guard goesOn(current) else { return }
            switch result {
            case .failure(let failure):
                skip(failure)
            case .success(let events): deliver(events)
            }
        }
    }

    /// Whether what was begun in this tenure may go on; else it ends here, and what is next begins.
    private func goesOn(_ begun: Int) -> Bool {
        if isActive, begun == tenure { return true }
        isBusy = false
        cursor = nil
        wake()
        return false
    }

    /// A notifier that Redis doesn't know yet starts with what comes next.
    private func loadCursor() {
        isBusy = true
        let current = tenure
        redis.send(RedisCommand("GET", [Keys.first.notifierCursor(name)])) { [self] reply in
            guard goesOn(current) else { return }
            isBusy = false
            switch reply {
            case .success(let value) where value.isNull:
                save(picture.sequence)
            case .success(let value):
                cursor = value.int64 ?? picture.sequence
                wake()
            case .failure: wait(NotifierDispatch.firstRetryMillis)
            }
        }
    }

    /// What was trimmed can't be told any more: said, and passed over.
    private func skip(_ failure: EventReadFailure) {
        guard case .gap(let gap) = failure else {
            log.warning("notifier \(name): \(failure); it goes on shortly")
            return wait(NotifierDispatch.firstRetryMillis)
        }
        log.error("notifier \(name): events were lost before they were delivered: \(gap)")
        switch gap {
        case .trimmed(let begins): save(begins - 1)
        case .unreadable(let sequence, _): save(sequence)
        case .reset: save(picture.sequence)
        }
    }

    private func deliver(_ events: [Event]) {
        guard let last = events.last else { return wait(NotifierDispatch.firstRetryMillis) }
        let batch = events.flatMap { NotificationJSON.events(of: $0, picture: picture) }
        guard !batch.isEmpty else { return save(last.sequence) }
        deliver(batch, upTo: last.sequence)
    }

    private func deliver(_ batch: [NotifierEvent], upTo sequence: Int64) {
        let mailbox = self.mailbox
        let box = Unchecked(self)
        let current = tenure
        runner.deliver(
            batch: batch, attempt: attempt, deadlineMillis: NotifierDispatch.deadlineMillis
        ) { result in
            mailbox.post {
                guard box.value.goesOn(current) else { return }
                box.value.finish(result, batch, upTo: sequence)
            }
        }
    }

    private func finish(
        _ result: DeliveryResult, _ batch: [NotifierEvent], upTo sequence: Int64
    ) {
        switch result {
        case .ok, .drop:
            attempt = 1
            save(sequence)
        case .partial(let index) where index + 1 >= batch.count:
            attempt = 1
            save(sequence)
        case .partial(let index):
            attempt = 1
            deliver(Array(batch[(index + 1)...]), upTo: sequence)
        case .retry(let afterMillis): retry(batch, upTo: sequence, afterMillis: Int(afterMillis))
        }
    }

    private func retry(_ batch: [NotifierEvent], upTo sequence: Int64, afterMillis: Int) {
        guard attempt < NotifierDispatch.attemptLimit else {
            return giveUp(batch, upTo: sequence)
        }
        let backoff = min(
            NotifierDispatch.firstRetryMillis << (attempt - 1), NotifierDispatch.longestRetryMillis)
        attempt += 1
        let delay = max(afterMillis, backoff)
        let jittered = delay + Int.random(in: 0...max(1, delay / 4))
        let current = tenure
        _ = loop.schedule(afterMillis: jittered) { [self] in
            if goesOn(current) { deliver(batch, upTo: sequence) }
        }
    }

    /// Keeps what couldn't be delivered where an operator can see it, and goes on.
    private func giveUp(_ batch: [NotifierEvent], upTo sequence: Int64) {
        log.error(
            "notifier \(name): gave up on \(batch.count) events after \(attempt) attempts; they are "
                + "in \(Keys.first.deadLetters(name))")
        attempt = 1
        let key = Keys.first.deadLetters(name)
        let current = tenure
        var command = RedisCommand("RPUSH", [key])
        for event in batch { command.append(event.json) }
        redis.send(command) { [self] reply in
            guard goesOn(current) else { return }
            guard case .failure = reply else {
                deadLetters += Int64(batch.count)
                return save(sequence)
            }
            _ = loop.schedule(afterMillis: NotifierDispatch.longestRetryMillis) { [self] in
                if goesOn(current) { giveUp(batch, upTo: sequence) }
            }
        }
        let oldest = "\(-NotifierDispatch.deadLettersKept)"
        redis.send(RedisCommand("LTRIM", [key, oldest, "-1"])) { _ in }
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
