// The commands that wait for their answers, oldest first, in a ring that grows by doubling.
// Redis answers in order and all have the same time-out, so the first one is always the next to
// be answered and the next to be late.

package typealias RedisCompletion = (Result<RedisReply, RedisFailure>) -> Void

struct PendingCommands {
    private struct Entry {
        let deadlineMicros: Int64
        let completion: RedisCompletion
    }

    private var ring: [Entry?] = Array(repeating: nil, count: 64)
    private var head = 0
    private(set) var count = 0

    var firstDeadlineMicros: Int64? { count == 0 ? nil : ring[head]?.deadlineMicros }

    mutating func append(deadlineMicros: Int64, _ completion: @escaping RedisCompletion) {
        if count == ring.count { grow() }
        ring[(head + count) & (ring.count - 1)] = Entry(
            deadlineMicros: deadlineMicros, completion: completion)
        count += 1
    }

    mutating func popFirst() -> RedisCompletion? {
        guard count > 0 else { return nil }
        let entry = ring[head]
        ring[head] = nil
        head = (head + 1) & (ring.count - 1)
        count -= 1
        return entry?.completion
    }

    mutating func removeAll() -> [RedisCompletion] {
        var completions: [RedisCompletion] = []
        while let completion = popFirst() { completions.append(completion) }
        return completions
    }

    private mutating func grow() {
        let ordered = ring[head...] + ring[..<head]
        ring = Array(ordered) + Array(repeating: nil, count: ring.count)
        head = 0
    }
}
