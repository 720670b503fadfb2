// Reading and writing the little-endian records of docs/REDIS.md.

/// A record that is shorter or other than its layout says: data of another version, or damage.
package struct RecordError: Error, Equatable {
    package let what: String
    package init(what: String) { self.what = what }
}

package struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    package var isAtEnd: Bool { position == bytes.endIndex }

    package mutating func byte() throws(RecordError) -> UInt8 {
        guard position < bytes.endIndex else { throw RecordError(what: "record ends early") }
        defer { position += 1 }
        return bytes[position]
    }

    package mutating func int64() throws(RecordError) -> Int64 {
        guard bytes.endIndex - position >= 8 else { throw RecordError(what: "record ends early") }
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += 8
        return Int64(bitPattern: value)
    }

    package mutating func uint32() throws(RecordError) -> UInt32 {
        guard bytes.endIndex - position >= 4 else { throw RecordError(what: "record ends early") }
        var value: UInt32 = 0
        for index in 0..<4 { value |= UInt32(bytes[position + index]) << UInt32(8 * index) }
        position += 4
        return value
    }

    package mutating func take(_ count: Int) throws(RecordError) -> ArraySlice<UInt8> {
        guard bytes.endIndex - position >= count else {
            throw RecordError(what: "record ends early")
        }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// `s1`: a byte of length and that many bytes.
    package mutating func string() throws(RecordError) -> String {
        String(decoding: try block(), as: UTF8.self)
    }

    /// `s1` that is no text.
    package mutating func block() throws(RecordError) -> ArraySlice<UInt8> {
        try take(Int(try byte()))
    }

    package mutating func rest() -> ArraySlice<UInt8> {
        defer { position = bytes.endIndex }
        return bytes[position...]
    }
}

package struct ByteWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// `capacity`: the bytes that the whole will have, as far as is known.
    package init(capacity: Int) { bytes.reserveCapacity(capacity) }

    package mutating func byte(_ value: UInt8) { bytes.append(value) }

    package mutating func int64(_ value: Int64) {
        let bits = UInt64(bitPattern: value)
        for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * index))) }
    }

    package mutating func uint32(_ value: UInt32) {
        for index in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * index))) }
    }

    /// `s1`; what is longer than 255 bytes is cut, between two characters.
    package mutating func string(_ text: String) {
        let utf8 = text.utf8
        guard utf8.count > 255 else {
            bytes.append(UInt8(utf8.count))
            bytes.append(contentsOf: utf8)
            return
        }
        var end = utf8.index(utf8.startIndex, offsetBy: 255)
        while UTF8.isContinuation(utf8[end]) { utf8.formIndex(before: &end) }
        bytes.append(UInt8(utf8.distance(from: utf8.startIndex, to: end)))
        bytes.append(contentsOf: utf8[..<end])
    }

    /// `s1` that is no text: at most 255 bytes.
    package mutating func block(_ block: [UInt8]) {
        precondition(block.count <= 255)
        bytes.append(UInt8(block.count))
        bytes.append(contentsOf: block)
    }

    package mutating func raw<Bytes: Sequence<UInt8>>(_ more: Bytes) {
        bytes.append(contentsOf: more)
    }
}
