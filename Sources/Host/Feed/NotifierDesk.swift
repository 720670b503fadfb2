// What operators ask and do about notifiers, from whichever worker they reach: cursors and dead letters
// come from Redis, counts are this worker's own.

import Base
import Plugins
import Service
import Store
import Trading

package struct NotifierStatus {
    package let entry: NotifierEntry
    package let progress: NotifierProgress
    /// nil where Redis doesn't know it yet.
    package let cursor: Int64?
    /// All that there are now.
    package let deadLetters: Int64
}

/// How many dead letters something was done about, and how many others are left.
package struct LettersDone {
    package let count: Int64
    package let left: Int64
    /// Of the event; 0 where there was nothing to do.
    package let sequence: Int64
}

package final class NotifierDesk {
    private let notifications: Notifications
    private let entries: [NotifierEntry]
    private let redis: RedisConnection
    private let matcher: Matcher
    private let acknowledged: Acknowledged

    package init(
        _ notifications: Notifications, _ entries: [NotifierEntry], redis: RedisConnection,
        matcher: Matcher, acknowledged: Acknowledged
    ) {
        self.notifications = notifications
        self.entries = entries
        self.redis = redis
        self.matcher = matcher
        self.acknowledged = acknowledged
    }

    /// As this worker sees them, in the order of the configuration.
    package var progress: [NotifierProgress] { notifications.progress }

    package func progress(of name: String) -> NotifierProgress? {
        notifications.progress.first { $0.name == name }
    }

    package func all(_ completion: @escaping (Result<[NotifierStatus], Rejection>) -> Void) {
        let now = Dictionary(progress.map { ($0.name, $0) }) { first, _ in first }
        var found: [NotifierStatus] = []
        var rejection: Rejection?
        var remaining = entries.count
        guard remaining > 0 else { return completion(.success([])) }
        for entry in entries {
            status(of: entry, now[entry.name] ?? NotifierProgress(name: entry.name)) { result in
                switch result {
                case .success(let status): found.append(status)
                case .failure(let failure): rejection = failure.rejection
                }
                remaining -= 1
                guard remaining == 0 else { return }
                completion(rejection.map { .failure($0) } ?? .success(found))
            }
        }
    }

    /// Both commands go out together, so that all answers come in the order of the entries.
    private func status(
        of entry: NotifierEntry, _ progress: NotifierProgress,
        _ completion: @escaping (Result<NotifierStatus, RedisFailure>) -> Void
    ) {
        var cursor: Result<RedisReply, RedisFailure> = .failure(.unavailable)
        redis.send(RedisCommand("GET", [Keys.first.notifierCursor(entry.name)])) { cursor = $0 }
        DeadLetters(redis, notifier: entry.name).count { count in
            completion(
                cursor.flatMap { value in
                    count.map {
                        NotifierStatus(
                            entry: entry, progress: progress, cursor: value.int64, deadLetters: $0)
                    }
                })
        }
    }

    /// A notifier's dead letters, the newest first. A page token is the place of the last one shown.
    package func letters(
        of name: String, _ page: Page,
        _ completion: @escaping (Result<PageOf<DeadLetter>, Rejection>) -> Void
    ) {
        let before = page.before.map(LetterPlace.id)
        DeadLetters(redis, notifier: name).newest(before: before, limit: page.limit) { result in
            switch result {
            case .failure(let failure): completion(.failure(failure.rejection))
            case .success(let letters):
                let isFull = letters.count >= page.limit
                let next = isFull ? letters.last.flatMap { LetterPlace.of($0.id) } : nil
                completion(.success(PageOf(items: letters, next: next)))
            }
        }
    }

    /// Sends dead letters again, or drops them. Gives how many it was about and how many others are left.
    /// `ids` empty: the oldest of all.
    package func act(
        on notifier: String, isDrop: Bool, _ ids: [String], by actor: Actor,
        _ completion: @escaping (Result<LettersDone, Rejection>) -> Void
    ) {
        let call = LettersCall(notifier: notifier, isDrop: isDrop, ids: ids)
        matcher.letters(call, by: actor) { [self] result in
            switch result {
            case .failure(let failure): completion(.failure(failure.rejection))
            case .success(.refused(let refusal)):
                completion(.failure(Reasons.rejection(refusal)))
            case .success(.done(let sequence, let count, let left)):
                acknowledged.note(sequence)
                if !call.isDrop { notifications.resend(call.notifier) }
                completion(.success(LettersDone(count: count, left: left, sequence: sequence)))
            }
        }
    }

    package func has(_ name: String) -> Bool { entries.contains { $0.name == name } }
}

/// A dead letter's id, `<sequence>-<index>`, as one number.
enum LetterPlace {
    /// More than the changes of any event.
    private static let perEvent = 131_072

    static func of(_ id: String) -> Int? {
        let parts = id.split(separator: "-")
        guard parts.count == 2, let sequence = Int(parts[0]), let index = Int(parts[1]),
            index < perEvent
        else { return nil }
        return sequence * perEvent + index
    }

    static func id(_ place: Int) -> String { "\(place / perEvent)-\(place % perEvent)" }
}
