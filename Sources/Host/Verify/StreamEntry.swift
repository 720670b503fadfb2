// An entry of the event stream with its sections' bytes beside what they mean: records are compared
// byte for byte.

import Base
import Trading

struct StreamEntry {
    let event: Event
    /// The sections' payloads, one for each of the event's changes.
    let payloads: [ArraySlice<UInt8>]

    init(sequence: Int64, bytes: [UInt8]) throws(RecordError) {
        event = try Event(sequence: sequence, entry: bytes[...])
        var reader = ByteReader(bytes[...])
        _ = try reader.take(10)
        _ = try reader.string()
        var payloads: [ArraySlice<UInt8>] = []
        while !reader.isAtEnd {
            _ = try reader.byte()
            payloads.append(try reader.take(Int(try reader.uint32())))
        }
        self.payloads = payloads
    }

    /// A record that follows its name, and the cause before that where there is one.
    static func record(_ payload: ArraySlice<UInt8>, hasCause: Bool = false) -> [UInt8] {
        let from = payload.startIndex + (hasCause ? 1 : 0)
        guard from < payload.endIndex else { return [] }
        return Array(payload.dropFirst(from - payload.startIndex + 1 + Int(payload[from])))
    }
}
