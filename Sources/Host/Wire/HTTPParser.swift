// Reads the head of an HTTP/1 request (RFC 9112), strictly.
//
// Request smuggling lives on two parsers that read the same bytes differently. So this one takes
// exactly one form of each thing: lines end in CR LF, names touch their colon, a body has one
// length given once or is chunked and nothing else, a host is given once. What another server
// might forgive is refused here, and the connection is closed.
//
// The parser keeps no state between calls. It is handed all bytes of a head each time, and
// `alreadySeen` keeps that cheap when they arrive in drops: a new look is taken only when the new
// bytes end a line.

import Base

package enum HTTPParser {
    /// Reads one head from the front of `bytes`. `alreadySeen` is the number of bytes for which the
    /// last call, on the same request, answered `needMore`.
    package static func parseHead(
        _ bytes: UnsafeRawBufferPointer, alreadySeen: Int = 0
    ) -> ParseStep<RequestHead> {
        parseHead(bytes.octets.span, alreadySeen: alreadySeen)
    }

    package static func parseHead(
        _ bytes: Span<UInt8>, alreadySeen: Int = 0
    ) -> ParseStep<RequestHead> {
        if alreadySeen > 0, isWithinLimits(bytes), !hasLineFeed(bytes, from: alreadySeen) {
            return .needMore
        }
        do throws(HTTPFailure) {
            guard let (head, consumed) = try read(bytes) else { return .needMore }
            return .done(head, consumed: consumed)
        } catch {
            return .failed(error)
        }
    }

    private static func isWithinLimits(_ bytes: Span<UInt8>) -> Bool {
        bytes.count <= Limits.requestLineBytes + Limits.headerBytes
    }

    private static func hasLineFeed(_ bytes: Span<UInt8>, from start: Int) -> Bool {
        for index in start..<max(start, bytes.count) where bytes[index] == Ascii.lineFeed {
            return true
        }
        return false
    }

    /// nil where more bytes are needed.
    private static func read(_ bytes: Span<UInt8>) throws(HTTPFailure) -> (RequestHead, Int)? {
        let start = try skipEmptyLine(bytes)
        guard
            let lineEnd = try findLineEnd(
                bytes, from: start, limit: start + Limits.requestLineBytes, tooLong: .targetTooLong)
        else { return nil }
        let line = try RequestLine(bytes, start..<lineEnd)
        guard let (headers, end) = try readHeaders(bytes, from: lineEnd + 2) else { return nil }
        return (try RequestHead(line: line, headers: headers), end)
    }

    /// One empty line before a request is forgiven, as RFC 9112 2.2 asks: old clients end a body so.
    private static func skipEmptyLine(_ bytes: Span<UInt8>) throws(HTTPFailure) -> Int {
        guard bytes.count >= 2, bytes[0] == Ascii.carriageReturn, bytes[1] == Ascii.lineFeed else {
            return 0
        }
        return 2
    }

    /// Where the line that begins at `start` has its CR LF; nil where that hasn't come. Refuses
    /// control characters at once, and a line that doesn't end before `limit`.
    private static func findLineEnd(
        _ bytes: Span<UInt8>, from start: Int, limit: Int, tooLong: HTTPFailure
    ) throws(HTTPFailure) -> Int? {
        let end = min(bytes.count, limit + 1)
        var index = start
        while index < end, !Ascii.isControl(bytes[index]) { index += 1 }
        guard index < end else {
            guard bytes.count <= limit else { throw tooLong }
            return nil
        }
        guard bytes[index] == Ascii.carriageReturn else {
            throw .malformed("The head has a control character or a bare line feed.")
        }
        guard index + 1 < bytes.count else { return nil }
        guard bytes[index + 1] == Ascii.lineFeed else {
            throw .malformed("The head has a carriage return without a line feed.")
        }
        return index
    }

    /// The header lines up to and with the empty line, and the place after it.
    private static func readHeaders(
        _ bytes: Span<UInt8>, from start: Int
    ) throws(HTTPFailure) -> (HTTPHeaders, Int)? {
        var lines: [HTTPHeaders.Line] = []
        lines.reserveCapacity(16)
        var lineStart = start
        while true {
            guard
                let lineEnd = try findLineEnd(
                    bytes, from: lineStart, limit: start + Limits.headerBytes,
                    tooLong: .headersTooLarge)
            else { return nil }
            if lineEnd == lineStart {
                let block = bytes.copy(start..<lineEnd)
                return (HTTPHeaders(block: block, lines: lines), lineEnd + 2)
            }
            guard lines.count < Limits.headerCount else { throw .headersTooLarge }
            lines.append(try readHeader(bytes, lineStart..<lineEnd, blockStart: start))
            lineStart = lineEnd + 2
        }
    }

    /// One `name: value`, with the blanks around the value left out.
    private static func readHeader(
        _ bytes: Span<UInt8>, _ line: Range<Int>, blockStart: Int
    ) throws(HTTPFailure) -> HTTPHeaders.Line {
        var nameEnd = line.lowerBound
        while nameEnd < line.upperBound, ByteSet.token.contains(bytes[nameEnd]) { nameEnd += 1 }
        guard nameEnd > line.lowerBound, nameEnd < line.upperBound,
            bytes[nameEnd] == UInt8(ascii: ":")
        else { throw .malformed("A header line is not of the form name: value.") }
        var valueStart = nameEnd + 1
        var valueEnd = line.upperBound
        while valueStart < valueEnd, isBlank(bytes[valueStart]) { valueStart += 1 }
        while valueEnd > valueStart, isBlank(bytes[valueEnd - 1]) { valueEnd -= 1 }
        return HTTPHeaders.Line(
            nameStart: UInt32(line.lowerBound - blockStart), nameEnd: UInt32(nameEnd - blockStart),
            valueStart: UInt32(valueStart - blockStart), valueEnd: UInt32(valueEnd - blockStart))
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == Ascii.space || byte == Ascii.tab
    }
}
