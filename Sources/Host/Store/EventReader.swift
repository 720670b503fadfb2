// Entries of the event stream as Redis hands them over, and reading a stretch of it.

import Base
import Trading

/// Why a stretch of events can't be had.
package enum EventGap: Error, Sendable, Equatable {
    /// Entries were trimmed: the stream begins at this sequence.
    case trimmed(begins: Int64)
    /// The stream ends before what was asked for: its data was replaced, or restored from a backup.
    case reset(last: Int64)
    /// An entry that this host can't read: written by a newer one, or damaged.
    case unreadable(sequence: Int64, what: String)
}

package enum EventReadFailure: Error, Equatable {
    case redis(RedisFailure)
    case gap(EventGap)
}

enum EventEntries {
    /// The `[[id, [field, bytes, …]], …]` of XREAD and XRANGE, which must go on after `last`.
    static func decode(
        _ entries: [RedisReply], after last: Int64
    ) throws(EventReadFailure) -> [Event] {
        var events: [Event] = []
        events.reserveCapacity(entries.count)
        for entry in entries {
            let (sequence, bytes) = try parts(entry)
            let expected = (events.last?.sequence ?? last) + 1
            guard sequence == expected else { throw .gap(.trimmed(begins: sequence)) }
            do throws(RecordError) {
                events.append(try Event(sequence: sequence, entry: bytes[...]))
            } catch {
                throw .gap(.unreadable(sequence: sequence, what: error.what))
            }
        }
        return events
    }

    /// An entry's event, undecoded; nil where it is none.
    static func bytes(_ entry: RedisReply) -> [UInt8]? { try? parts(entry).bytes }

    private static func parts(
        _ entry: RedisReply
    ) throws(EventReadFailure) -> (sequence: Int64, bytes: [UInt8]) {
        guard let pair = entry.elements, pair.count == 2, let id = pair[0].bytes,
            let sequence = try? Scaled.parse(id.prefix { $0 != UInt8(ascii: "-") }, scale: 0)
        else { throw .redis(.unexpected("\(entry)")) }
        guard let fields = pair[1].elements, fields.count == 2, fields[0].text == "e",
            let bytes = fields[1].bytes
        else { throw .gap(.unreadable(sequence: sequence, what: "not an event")) }
        return (sequence, bytes)
    }
}

package struct EventReader {
    private let connection: RedisConnection
    private let keys: Keys

    package init(_ connection: RedisConnection, keys: Keys = .first) {
        self.connection = connection
        self.keys = keys
    }

    /// The events `from` … `to` (both included), at most `limit` of them, without holes; fewer
    /// where the stream ends. A client that asks for older ones than there are gets `.trimmed`.
    package func range(
        from: Int64, to: Int64 = Int64.max, limit: Int,
        _ answer: @escaping (Result<[Event], EventReadFailure>) -> Void
    ) {
        var command = RedisCommand("XRANGE")
        command.append(keys.events)
        command.append(max(from, 0))
        command.append(max(to, 0))
        command.append("COUNT")
        command.append(Int64(limit))
        connection.send(command) { result in
            do throws(EventReadFailure) {
                let reply = try reply(result)
                guard let entries = reply.elements else {
                    throw .redis(.unexpected("\(reply)"))
                }
                answer(.success(try EventEntries.decode(entries, after: max(from, 1) - 1)))
            } catch {
                answer(.failure(error))
            }
        }
    }

    /// The newest event's sequence; 0 where nothing has happened yet.
    package func lastSequence(_ answer: @escaping Answer<Int64>) {
        connection.send(RedisCommand("GET", [keys.sequence])) { result in
            answer(result.map { $0.int64 ?? 0 })
        }
    }
}

func reply(
    _ result: Result<RedisReply, RedisFailure>
) throws(EventReadFailure) -> RedisReply {
    switch result {
    case .success(let reply): reply
    case .failure(let failure): throw .redis(failure)
    }
}
