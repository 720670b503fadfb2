// Takes a chunked body apart (RFC 9112, section 7.1), byte by byte as it comes. Chunk extensions
// and trailers are read as strictly as the head and then dropped: nothing here uses them.

import Base

package struct ChunkedDecoder: Sendable {
    private enum Stage {
        case size
        case `extension`
        case sizeLineFeed
        case data
        case dataReturn
        case dataLineFeed
        case trailerStart
        case trailerName
        case trailerValue
        case trailerLineFeed
        case endLineFeed
        case finished
    }

    private let limit: Int
    private var stage = Stage.size
    /// The size being read, then the bytes of the chunk that are still to come.
    private var chunkBytes = 0
    private var sizeDigits = 0
    private var total = 0
    private var extensionBytes = 0
    private var trailerBytes = 0
    private var trailerCount = 0
    private var trailerName: [UInt8] = []
    /// What RFC 9110 6.5.1 keeps out of trailers because a body's end or a request's way hang on it.
    private static let forbiddenTrailers = [
        "authorization", "connection", "content-encoding", "content-length", "content-type",
        "host", "trailer", "transfer-encoding",
    ].map { Array($0.utf8) }

    /// `limit` in bytes of the body, without its chunk lines.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes bytes as they come and appends what they carry. `needMore` has taken all of them;
    /// `done` gives the number taken, behind which the next request begins. Not to be called again
    /// after `done` or a failure.
    package mutating func decode(
        _ bytes: UnsafeRawBufferPointer, into body: inout [UInt8]
    ) -> ParseStep<Void> {
        decode(bytes.octets.span, into: &body)
    }

    package mutating func decode(_ bytes: Span<UInt8>, into body: inout [UInt8]) -> ParseStep<Void>
    {
        precondition(stage != .finished, "the body has ended")
        do throws(HTTPFailure) {
            var position = 0
            while position < bytes.count {
                if stage == .data {
                    position += takeData(bytes.extracting(droppingFirst: position), into: &body)
                } else {
                    try take(bytes[position])
                    position += 1
                }
                if stage == .finished { return .done((), consumed: position) }
            }
            return .needMore
        } catch {
            stage = .finished
            return .failed(error)
        }
    }

    private mutating func takeData(_ bytes: Span<UInt8>, into body: inout [UInt8]) -> Int {
        let count = min(chunkBytes, bytes.count)
        bytes.extracting(first: count).withUnsafeBufferPointer { body.append(contentsOf: $0) }
        chunkBytes -= count
        if chunkBytes == 0 { stage = .dataReturn }
        return count
    }

    /// Takes one byte of everything but a chunk's data.
    private mutating func take(_ byte: UInt8) throws(HTTPFailure) {
        switch stage {
        case .size: try takeSize(byte)
        case .extension: try takeExtension(byte)
        case .sizeLineFeed: try endSize(byte)
        case .dataReturn: try expect(byte, Ascii.carriageReturn, then: .dataLineFeed)
        case .dataLineFeed: try expect(byte, Ascii.lineFeed, then: .size)
        case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed:
            try takeTrailer(byte)
        case .endLineFeed: try expect(byte, Ascii.lineFeed, then: .finished)
        case .data, .finished: preconditionFailure("taken elsewhere")
        }
    }

    private mutating func expect(
        _ byte: UInt8, _ expected: UInt8, then next: Stage
    ) throws(HTTPFailure) {
        guard byte == expected else { throw .malformed("A chunk doesn't end where it should.") }
        stage = next
    }

    private mutating func takeSize(_ byte: UInt8) throws(HTTPFailure) {
        if let digit = Ascii.hexValue(byte) {
            sizeDigits += 1
            guard sizeDigits <= 16 else { throw .malformed("A chunk size has too many digits.") }
            // Beyond the limit any size is as good as another, and must not overflow.
            chunkBytes = min(chunkBytes << 4 | Int(digit), Int(Int32.max))
            return
        }
        guard sizeDigits > 0 else { throw .malformed("A chunk has no size.") }
        guard chunkBytes <= limit - total else { throw .bodyTooLarge }
        switch byte {
        case Ascii.carriageReturn: stage = .sizeLineFeed
        case UInt8(ascii: ";"): stage = .extension
        default: throw .malformed("A chunk size is not hexadecimal.")
        }
    }

    private mutating func takeExtension(_ byte: UInt8) throws(HTTPFailure) {
        if byte == Ascii.carriageReturn {
            stage = .sizeLineFeed
            return
        }
        guard !Ascii.isControl(byte) else {
            throw .malformed("A chunk extension has a control character.")
        }
        extensionBytes += 1
        guard extensionBytes <= Limits.chunkExtensionBytes else {
            throw .malformed("The chunk extensions are too long.")
        }
    }

    private mutating func endSize(_ byte: UInt8) throws(HTTPFailure) {
        try expect(byte, Ascii.lineFeed, then: chunkBytes > 0 ? .data : .trailerStart)
        total += chunkBytes
        sizeDigits = 0
    }

    private mutating func takeTrailer(_ byte: UInt8) throws(HTTPFailure) {
        trailerBytes += 1
        guard trailerBytes <= Limits.headerBytes else { throw .headersTooLarge }
        switch stage {
        case .trailerStart where byte == Ascii.carriageReturn:
            stage = .endLineFeed
        case .trailerStart:
            trailerCount += 1
            guard trailerCount <= Limits.headerCount else { throw .headersTooLarge }
            trailerName.removeAll(keepingCapacity: true)
            stage = .trailerName
            try takeTrailerName(byte)
        case .trailerName where byte == UInt8(ascii: ":"):
            guard !ChunkedDecoder.forbiddenTrailers.contains(trailerName) else { throw badTrailer }
            stage = .trailerValue
        case .trailerName:
            try takeTrailerName(byte)
        case .trailerValue where byte == Ascii.carriageReturn:
            stage = .trailerLineFeed
        case .trailerValue:
            guard !Ascii.isControl(byte) else { throw badTrailer }
        default:
            try expect(byte, Ascii.lineFeed, then: .trailerStart)
        }
    }

    private mutating func takeTrailerName(_ byte: UInt8) throws(HTTPFailure) {
        guard ByteSet.token.contains(byte) else { throw badTrailer }
        trailerName.append(Ascii.lowercased(byte))
    }

    private var badTrailer: HTTPFailure {
        .malformed("A trailer line is malformed, or of a name that no trailer may have.")
    }
}
