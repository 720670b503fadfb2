// A throttle on repeated execution (docs/REDIS.md, THROTTLE): how many orders of an account have
// executed in a symbol since its window began. Shut, it stays so until staff opens it.

package struct Throttle: Hashable, Sendable {
    /// `account:symbol`
    package let key: String
    package var isLatched = false
    /// The position's count of executed orders when the window began.
    package var base: Int64 = 0
    /// UTC microseconds.
    package var since: Int64 = 0
    /// 0 where it is open.
    package var latchedAt: Int64 = 0
    package var lastSequence: Int64 = 0

    package init(key: String) { self.key = key }

    /// Of an account's id, which has no colon.
    package var account: String { String(key.prefix { $0 != ":" }) }
    package var symbol: String { String(key.drop { $0 != ":" }.dropFirst()) }

    package init(key: String, record: ArraySlice<UInt8>) throws(RecordError) {
        self.key = key
        var reader = ByteReader(record)
        guard try reader.byte() == 1 else { throw RecordError(what: "throttle of another version") }
        isLatched = try reader.byte() == 1
        _ = try reader.take(2)
        base = try reader.int64()
        since = try reader.int64()
        latchedAt = try reader.int64()
        lastSequence = try reader.int64()
    }
}
