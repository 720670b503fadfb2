// The tail of the event stream: every event once, in order, whatever becomes of the connection.
//
// Sequence numbers have no holes, since each call that changes something adds exactly one entry. So
// the reader knows by itself when something is missing (trimmed while it was away) or when the data
// was replaced under it; it then stops and says so, and its owner loads a new picture. It reads on a
// connection of its own, which Redis holds open until there is something (XREAD BLOCK).

import Base
import Loop
import Trading

package final class EventStream {
    /// The last event that was handed over.
    package private(set) var sequence: Int64 = 0
    /// One call a batch, without holes and repeats.
    package var onEvents: (([Event]) -> Void)?
    /// Nothing more comes until `follow` is called again.
    package var onGap: ((EventGap) -> Void)?

    private let connection: RedisConnection
    private let keys: Keys
    private let log: Log
    private var isFollowing = false
    /// The entry of `sequence` as Redis gave it; nil where it isn't known.
    private var lastEntry: [UInt8]?
    /// Replies of reads that began before the last `follow` are dropped.
    private var generation = 0

    /// The connection is this stream's alone, since it blocks. `connect` it and set nothing but its
    /// `prepare`.
    package init(_ connection: RedisConnection, keys: Keys = .first, log: Log) {
        self.connection = connection
        self.keys = keys
        self.log = log
        connection.onStateChange = { [weak self] isUp in
            if isUp { self?.resume() }
        }
    }

    /// Hands over what follows after `sequence`, from now on.
    package func follow(after sequence: Int64) {
        self.sequence = sequence
        lastEntry = nil
        isFollowing = true
        if connection.isUp { resume() }
    }

    package func stop() {
        isFollowing = false
        generation += 1
    }

    /// A new connection, perhaps to other data: first see whether it goes on where we are.
    private func resume() {
        guard isFollowing else { return }
        generation += 1
        checkEntry(generation)
    }

    /// A Redis that lost its last second in a crash counts on from an earlier number, and may have
    /// come past ours again by now: but with another event there.
    private func checkEntry(_ current: Int) {
        let words = [keys.events, "\(sequence)", "\(sequence)"]
        connection.send(RedisCommand("XRANGE", words)) { [weak self] result in
            guard let self, current == generation else { return }
            switch result {
            case .failure(let failure): return lost(failure)
            case .success(let reply):
                let entry = reply.elements?.first.flatMap(EventEntries.bytes)
                if let entry, let lastEntry, entry != lastEntry {
                    return gap(.reset(last: sequence - 1))
                }
                lastEntry = entry ?? lastEntry
            }
            checkReset(current)
        }
    }

    private func checkReset(_ current: Int) {
        connection.send(RedisCommand("GET", [keys.sequence])) { [weak self] result in
            guard let self, current == generation else { return }
            switch result {
            case .failure(let failure): lost(failure)
            case .success(let reply):
                let last = reply.int64 ?? 0
                if last < sequence { return gap(.reset(last: last)) }
                read(current)
            }
        }
    }

    private func read(_ current: Int) {
        var command = RedisCommand("XREAD")
        command.append("COUNT")
        command.append(Int64(Limits.streamBatch))
        command.append("BLOCK")
        command.append(Int64(Limits.streamBlockMillis))
        command.append("STREAMS")
        command.append(keys.events)
        command.append(sequence)
        connection.send(command) { [weak self] result in
            guard let self, current == generation else { return }
            do throws(EventReadFailure) {
                try take(try reply(result), current)
            } catch {
                switch error {
                case .redis(let failure): lost(failure)
                case .gap(let found): gap(found)
                }
            }
        }
    }

    private func take(
        _ reply: RedisReply, _ current: Int
    ) throws(EventReadFailure) {
        // Nothing came for a while. The same is seen where the data was flushed.
        if reply.isNull { return checkReset(current) }
        guard let stream = reply.elements?.first?.elements, stream.count == 2,
            let entries = stream[1].elements
        else { throw .redis(.unexpected("\(reply)")) }
        let events = try EventEntries.decode(entries, after: sequence)
        if let last = events.last {
            sequence = last.sequence
            lastEntry = entries.last.flatMap(EventEntries.bytes)
            onEvents?(events)
        }
        // The owner may have called `stop` or `follow`.
        if current == generation { read(current) }
    }

    private func gap(_ gap: EventGap) {
        stop()
        log.warning("event stream: after \(sequence) comes \(gap)")
        onGap?(gap)
    }

    /// The connection comes back by itself and then resumes; where it isn't at fault, make it.
    private func lost(_ failure: RedisFailure) {
        guard connection.isUp else { return }
        connection.restart(because: "event stream: \(RedisConnection.explain(failure))")
    }
}
