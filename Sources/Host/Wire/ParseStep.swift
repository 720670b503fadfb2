// What a parser answers. A parser here never reads by itself and never waits: it gets the bytes
// that are there and says what they are worth, so that the same code serves sockets, tests and
// fuzzers.

/// The answer of one step over a stream of bytes.
package enum WireStep<Value, Failure: Error> {
    /// The bytes are the beginning of something valid.
    case needMore
    /// No continuation can make these bytes valid; the connection has to be closed after the
    /// answer, since nobody can tell where the next message begins.
    case failed(Failure)
    /// A whole value, and how many of the given bytes belong to it.
    case done(Value, consumed: Int)
}

extension WireStep: Sendable where Value: Sendable {}

/// A step whose failure is answered in HTTP.
package typealias ParseStep<Value> = WireStep<Value, HTTPFailure>

extension Span where Element == UInt8 {
    /// A copy of a part of the input, for what outlives it.
    func copy(_ range: Range<Int>) -> [UInt8] {
        extracting(range).withUnsafeBufferPointer { [UInt8]($0) }
    }
}

extension UnsafeRawBufferPointer {
    /// The same memory, seen as bytes.
    var octets: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: baseAddress?.assumingMemoryBound(to: UInt8.self), count: count)
    }
}
