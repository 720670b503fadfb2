// Reads that wait until something has come as far as a sequence.
//
// Nobody waits for ever: what can't come (Redis is away, the lists can't be written) is told to the
// client as 503 after a while, and so many may wait and no more.

import Base
import Trading

/// nil: it has come. Else what the client is told.
package typealias WaitEnd = (Rejection?) -> Void

struct Waiting {
    private struct Entry {
        let sequence: Int64
        let deadlineMicros: Int64
        let action: WaitEnd
    }

    private var entries: [Entry] = []

    var count: Int { entries.count }

    /// Calls `action` once: from `wake`, from `giveUp`, or at once where too many wait.
    mutating func add(
        _ sequence: Int64, waitMillis: Int = Limits.waitMillis, _ action: @escaping WaitEnd
    ) {
        guard entries.count < Limits.waitingReads else { return action(.behind) }
        let deadline = Clock.monotonicMicros() + Int64(waitMillis) * 1_000
        entries.append(Entry(sequence: sequence, deadlineMicros: deadline, action: action))
    }

    /// Takes out those that wait for nothing later than `reached`, in the order in which they came.
    mutating func wake(_ reached: Int64) -> [WaitEnd] {
        if entries.isEmpty { return [] }
        return takeOut { $0.sequence <= reached }
    }

    /// Takes out those that have waited too long.
    mutating func giveUp(nowMicros: Int64) -> [WaitEnd] {
        if entries.isEmpty { return [] }
        return takeOut { $0.deadlineMicros <= nowMicros }
    }

    private mutating func takeOut(where isWanted: (Entry) -> Bool) -> [WaitEnd] {
        let taken = entries.filter(isWanted)
        if !taken.isEmpty { entries.removeAll(where: isWanted) }
        return taken.map(\.action)
    }
}

extension Rejection {
    static let behind = Rejection(
        .unavailable, "behind",
        "This host hasn't caught up with Redis, so that what it could show is older than what "
            + "clients were told. Try again shortly.")
}
