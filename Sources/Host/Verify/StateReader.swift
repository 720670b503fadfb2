// Reads pages of Redis, each as of an exact event: a page and the sequence number are read in one
// transaction. So pages may be read while trading goes on, and each is compared with what the
// events say of that very moment. A page is small, so that nobody waits for it.

import Base
import Store
import Trading

package enum VerifyFailure: Error, CustomStringConvertible {
    case redis(RedisFailure)
    case unusable(String)

    package var description: String {
        switch self {
        case .redis(let failure): "Redis: \(failure)"
        case .unusable(let text): text
        }
    }
}

struct ExactPage {
    /// The state is the one after this event.
    let sequence: Int64
    let replies: [RedisReply]
}

final class StateReader {
    /// Elements of a page: some 0.3 ms of Redis's time.
    static let pageSize = 500

    let keys: Keys
    private let redis: BlockingRedis

    init(_ redis: BlockingRedis, _ keys: Keys) {
        self.redis = redis
        self.keys = keys
    }

    func key(_ name: String) -> String { "\(keys.prefix):\(name)" }

    func call(_ words: [String]) throws(VerifyFailure) -> RedisReply {
        try all([words])[0]
    }

    func all(_ commands: [[String]]) throws(VerifyFailure) -> [RedisReply] {
        do throws(RedisFailure) {
            return try redis.call(commands)
        } catch {
            throw .redis(error)
        }
    }

    /// The commands' replies and the sequence number, all of one moment.
    func exact(_ commands: [[String]]) throws(VerifyFailure) -> ExactPage {
        let replies = try all([["MULTI"], ["GET", keys.sequence]] + commands + [["EXEC"]])
        guard let inside = replies.last?.elements, inside.count == commands.count + 1 else {
            throw .unusable("a transaction was answered \(replies.last ?? .null)")
        }
        for (reply, command) in zip(inside.dropFirst(), commands) {
            if case .error(let text) = reply {
                throw .unusable("\(command.prefix(2).joined(separator: " ")): \(text)")
            }
        }
        return ExactPage(sequence: inside[0].int64 ?? 0, replies: Array(inside.dropFirst()))
    }

    /// Entries after `last`, at most `limit`: sequence and bytes.
    func entries(
        after last: Int64, limit: Int
    ) throws(VerifyFailure) -> [(sequence: Int64, bytes: [UInt8])] {
        let reply = try call(
            ["XRANGE", keys.events, "\(last + 1)", "+", "COUNT", "\(limit)"])
        return try (reply.elements ?? []).map { entry throws(VerifyFailure) in
            guard let pair = entry.elements, pair.count == 2, let id = pair[0].text,
                let sequence = Int64(id.prefix { $0 != "-" }),
                let fields = pair[1].elements, fields.count == 2, let bytes = fields[1].bytes
            else { throw .unusable("the stream has an entry that is no event: \(entry)") }
            return (sequence, bytes)
        }
    }

    /// The oldest event that the stream still has; nil where it is empty.
    func firstSequence() throws(VerifyFailure) -> Int64? {
        let reply = try call(["XRANGE", keys.events, "-", "+", "COUNT", "1"])
        let id = reply.elements?.first?.elements?.first?.text
        return id.flatMap { Int64($0.prefix { $0 != "-" }) }
    }

    /// Shows every element of a hash or sorted set, in pages, each with its moment. An element may be
    /// shown twice; one that comes or goes meanwhile, or not at all.
    func scan(
        _ command: String, _ key: String,
        _ visit: (Int64, [(name: String, value: RedisReply)]) throws(VerifyFailure) -> Void
    ) throws(VerifyFailure) {
        var cursor = "0"
        repeat {
            let page = try exact([[command, key, cursor, "COUNT", "\(StateReader.pageSize)"]])
            guard let parts = page.replies[0].elements, parts.count == 2,
                let next = parts[0].text, let flat = parts[1].elements
            else { throw .unusable("\(command) was answered \(page.replies[0])") }
            cursor = next
            var items: [(String, RedisReply)] = []
            for index in stride(from: 0, to: flat.count - 1, by: 2) {
                items.append((flat[index].text ?? "", flat[index + 1]))
            }
            try visit(page.sequence, items)
        } while cursor != "0"
    }
}

extension RedisReply {
    /// A sorted set's score: whole numbers only.
    var score: Int64? { text.flatMap { Double($0) }.map { Int64($0) } }
}
