// Dead letters, the events that a notifier couldn't be brought to take: a stream in Redis, whose ids are
// the events' own. So one that is given up twice, as its host died in between, is there once.

import Base
import Trading

/// What an administrator does about some of them.
package struct LettersCall: Sendable {
    package let notifier: String
    package let isDrop: Bool
    /// Empty = the oldest of all, Limits.deadLettersPerCall at most.
    package let ids: [String]

    package init(notifier: String, isDrop: Bool, ids: [String]) {
        self.notifier = notifier
        self.isDrop = isDrop
        self.ids = ids
    }

    var action: AuditAction { isDrop ? .deadLettersDropped : .deadLettersRetried }
}

package enum LettersReply: Sendable, Equatable {
    /// The sequence is 0 where there were none.
    case done(sequence: Int64, count: Int64, left: Int64)
    case refused(ScriptRefusal)
}

extension LettersReply {
    init(_ reply: ReplyReader) throws(RedisFailure) {
        switch reply.word {
        case "ok":
            self = .done(
                sequence: try reply.number(1), count: try reply.number(2),
                left: try reply.number(3))
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension DeadLetter {
    fileprivate init?(entry: RedisReply) {
        guard let pair = entry.elements, pair.count == 2, let id = pair[0].text,
            let fields = pair[1].elements, fields.count % 2 == 0
        else { return nil }
        var known: [String: RedisReply] = [:]
        for place in stride(from: 0, to: fields.count, by: 2) {
            known[fields[place].text ?? ""] = fields[place + 1]
        }
        guard let json = known["event"]?.bytes else { return nil }
        self.init(
            id: id, type: known["type"]?.text ?? "", account: known["account"]?.text ?? "",
            symbol: known["symbol"]?.text ?? "", severity: known["severity"]?.text ?? "",
            json: json, time: known["time"]?.int64 ?? 0, attempts: known["attempts"]?.int64 ?? 0,
            problem: known["problem"]?.text ?? "")
    }

    fileprivate var fields: [(String, [UInt8])] {
        [
            ("event", json), ("type", Array(type.utf8)), ("account", Array(account.utf8)),
            ("symbol", Array(symbol.utf8)), ("severity", Array(severity.utf8)),
            ("time", Array(String(time).utf8)), ("attempts", Array(String(attempts).utf8)),
            ("problem", Array(problem.utf8)),
        ]
    }
}

/// One notifier's, as they stand in Redis.
package struct DeadLetters {
    private let redis: RedisConnection
    private let letters: String
    private let resend: String

    package init(_ redis: RedisConnection, notifier: String, keys: Keys = .first) {
        self.redis = redis
        letters = keys.deadLetters(notifier)
        resend = keys.resend(notifier)
    }

    /// Adds them in the order of their events; those that are there already stay as they are.
    package func add(_ added: [DeadLetter], _ completion: @escaping (Bool) -> Void) {
        var remaining = added.count
        var isDone = true
        for letter in added {
            var command = RedisCommand("XADD", [letters, "MAXLEN", String(Limits.deadLettersKept)])
            command.append(letter.id)
            for (name, value) in letter.fields {
                command.append(name)
                command.append(value)
            }
            redis.send(command) { result in
                if case .failure(let failure) = result, !DeadLetters.isKnown(failure) {
                    isDone = false
                }
                remaining -= 1
                if remaining == 0 { completion(isDone) }
            }
        }
    }

    /// Redis takes no id that isn't beyond the last one: it was added before.
    private static func isKnown(_ failure: RedisFailure) -> Bool {
        if case .server(let text) = failure { return text.contains("equal or smaller") }
        return false
    }

    /// The newest first, those before an id where one is given, at most `limit`.
    package func newest(
        before id: String?, limit: Int,
        _ completion: @escaping (Result<[DeadLetter], RedisFailure>) -> Void
    ) {
        let words = [letters, id.map { "(\($0)" } ?? "+", "-", "COUNT", String(limit)]
        redis.send(RedisCommand("XREVRANGE", words)) { result in
            completion(result.map { ($0.elements ?? []).compactMap(DeadLetter.init(entry:)) })
        }
    }

    package func count(_ completion: @escaping (Result<Int64, RedisFailure>) -> Void) {
        redis.send(RedisCommand("XLEN", [letters])) { result in
            completion(result.map { $0.int64 ?? 0 })
        }
    }

    /// The ids that are to be sent again, the first `limit`, with the letters that are still there.
    package func toResend(
        limit: Int,
        _ completion: @escaping Answer<(ids: [String], letters: [DeadLetter])>
    ) {
        redis.send(RedisCommand("LRANGE", [resend, "0", String(limit - 1)])) { result in
            switch result {
            case .failure(let failure): completion(.failure(failure))
            case .success(let reply):
                let ids = (reply.elements ?? []).compactMap(\.text)
                guard !ids.isEmpty else { return completion(.success(([], []))) }
                read(ids) { completion($0.map { (ids, $0) }) }
            }
        }
    }

    private func read(
        _ ids: [String], _ completion: @escaping (Result<[DeadLetter], RedisFailure>) -> Void
    ) {
        var found: [DeadLetter] = []
        var failure: RedisFailure?
        var remaining = ids.count
        for id in ids {
            redis.send(RedisCommand("XRANGE", [letters, id, id])) { result in
                switch result {
                case .failure(let problem): failure = problem
                case .success(let reply):
                    found += (reply.elements ?? []).compactMap(DeadLetter.init(entry:))
                }
                remaining -= 1
                guard remaining == 0 else { return }
                completion(failure.map { .failure($0) } ?? .success(found))
            }
        }
    }

    /// After a resend: letters that were delivered go, and so many ids have had their turn.
    package func finishResend(
        turns: Int, delivered: [String], _ completion: @escaping (Bool) -> Void
    ) {
        if !delivered.isEmpty {
            redis.send(RedisCommand("XDEL", [letters] + delivered)) { _ in }
        }
        redis.send(RedisCommand("LPOP", [resend, String(turns)])) { result in
            if case .success = result { completion(true) } else { completion(false) }
        }
    }
}
