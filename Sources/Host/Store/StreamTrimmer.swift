// Keeps the event stream at a stated length. Every host may do it; it never passes what the
// projector has yet to read, since lists and histories are built from these entries alone, nor what a
// notifier has yet to take, up to a second length: one that is long dead must not fill Redis. Where
// `oes verify` keeps checkpoints, what came after the newest stays twice as long.

import Base

package final class StreamTrimmer {
    private let connection: RedisConnection
    private let keys: Keys
    private let notifiers: [String]
    private let entriesKept: Int64
    private let entriesForNotifiers: Int64
    private let every: Int64
    private var lastTrimmed: Int64 = 0

    package init(
        _ connection: RedisConnection, keys: Keys = .first,
        notifiers: [String] = [], entriesKept: Int = Limits.streamEntriesKept,
        entriesForNotifiers: Int = Limits.streamEntriesForNotifiers, every: Int = Limits.trimEvery
    ) {
        self.connection = connection
        self.keys = keys
        self.notifiers = notifiers
        self.entriesKept = Int64(entriesKept)
        self.entriesForNotifiers = Int64(entriesForNotifiers)
        self.every = Int64(every)
    }

    /// To be called with each sequence that the host has seen; trims at every N-th.
    package func observed(_ sequence: Int64) {
        guard sequence - lastTrimmed >= every else { return }
        lastTrimmed = sequence
        let names = [keys.projected, keys.checkpoint] + notifiers.map(keys.notifierCursor)
        connection.send(RedisCommand("MGET", names)) { [weak self] result in
            guard let self, case .success(.array(let replies)) = result,
                replies.count == names.count
            else { return }
            // A notifier that Redis doesn't know begins with what comes.
            let taken = replies.dropFirst(2).compactMap(\.int64).min() ?? sequence
            let held = max(taken, sequence - entriesForNotifiers)
            trim(
                latest: sequence, projected: min(replies[0].int64 ?? 0, held),
                checkpoint: replies[1].int64)
        }
    }

    /// What MINID keeps and all that is older goes, in whole blocks of the stream (`~`). A failure
    /// is left for the next time.
    private func trim(latest: Int64, projected: Int64, checkpoint: Int64?) {
        let first = Self.firstKept(
            latest: latest, projected: projected, checkpoint: checkpoint, kept: entriesKept)
        guard first > 1 else { return }
        let words = [keys.events, "MINID", "~", "\(first)"]
        connection.send(RedisCommand("XTRIM", words)) { _ in }
    }

    /// A checkpoint that nobody renews holds the stream up to twice its length, no longer.
    static func firstKept(
        latest: Int64, projected: Int64, checkpoint: Int64? = nil, kept: Int64
    ) -> Int64 {
        let wanted = min(latest - kept + 1, projected + 1)
        guard let checkpoint else { return wanted }
        return min(wanted, max(checkpoint + 1, latest - 2 * kept + 1))
    }
}
