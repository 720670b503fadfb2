// Cuts the bytes of a connection into requests. Pure: it is given bytes, and answers what they are
// worth and how many of them it has taken.

import Base
import Wire

struct RequestReader {
    enum Step {
        /// All that can be used was taken; what wasn't has to be shown again with more behind it.
        case needMore(consumed: Int)
        /// The head is good, and the client waits for a word before it sends the body.
        case continueWanted(consumed: Int)
        case request(RequestHead, body: [UInt8], consumed: Int)
        /// Nobody knows where the next request begins.
        case failed(HTTPFailure)
    }

    /// Of the request whose body is coming in.
    private var head: RequestHead?
    private var body: [UInt8] = []
    private var missingBytes = 0
    private var decoder: ChunkedDecoder?
    /// The bytes of an unfinished head that the parser has seen.
    private var seenBytes = 0

    /// Whether part of a request has come.
    var isMidRequest: Bool { head != nil || seenBytes > 0 }

    mutating func read(_ bytes: UnsafeRawBufferPointer) -> Step {
        if head != nil { return readBody(bytes, from: 0) }
        switch HTTPParser.parseHead(bytes, alreadySeen: seenBytes) {
        case .needMore:
            seenBytes = bytes.count
            return .needMore(consumed: 0)
        case .failed(let failure):
            return .failed(failure)
        case .done(let head, let consumed):
            seenBytes = 0
            return begin(head, bytes, consumed)
        }
    }

    private mutating func begin(
        _ head: RequestHead, _ bytes: UnsafeRawBufferPointer, _ consumed: Int
    ) -> Step {
        switch head.framing {
        case .none, .length(0):
            return .request(head, body: [], consumed: consumed)
        case .length(let length):
            missingBytes = length
            body.reserveCapacity(min(length, Limits.readBytes))
        case .chunked:
            decoder = ChunkedDecoder(limit: Limits.bodyBytes)
        }
        self.head = head
        if head.expectsContinue, consumed == bytes.count {
            return .continueWanted(consumed: consumed)
        }
        return readBody(bytes, from: consumed)
    }

    private mutating func readBody(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Step {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
        guard decoder == nil else { return readChunks(rest, from: start) }
        let count = min(missingBytes, rest.count)
        body.append(contentsOf: rest.prefix(count))
        missingBytes -= count
        let consumed = start + count
        return missingBytes == 0 ? finish(consumed) : .needMore(consumed: consumed)
    }

    private mutating func readChunks(_ rest: UnsafeRawBufferPointer, from start: Int) -> Step {
        switch decoder!.decode(rest, into: &body) {
        case .needMore: return .needMore(consumed: start + rest.count)
        case .failed(let failure): return .failed(failure)
        case .done(_, let consumed): return finish(start + consumed)
        }
    }

    private mutating func finish(_ consumed: Int) -> Step {
        guard let head else { preconditionFailure("a body without its head") }
        defer {
            self.head = nil
            body = []
            decoder = nil
        }
        return .request(head, body: body, consumed: consumed)
    }
}
