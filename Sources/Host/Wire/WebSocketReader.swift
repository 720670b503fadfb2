// Reads WebSocket frames from a client (RFC 6455) and joins them to messages.
//
// The reader keeps what it has seen, so each byte is looked at once however the bytes arrive. Text
// is checked as it comes: a message of a megabyte that is wrong in its first byte is refused there.

package struct WebSocketReader {
    private enum Stage {
        case header
        case payload(FrameHeader)
        /// After a close frame or a failure, nothing that comes is read.
        case finished
    }

    private let messageLimit: Int
    private var stage = Stage.header
    private var headerBytes: [UInt8] = []
    /// The payload bytes of the present frame that have been taken.
    private var framePosition = 0
    /// The data message whose fragments are coming in, if one is.
    private var fragmented: WebSocketOpcode?
    private var message: [UInt8] = []
    private var control: [UInt8] = []
    private var textCheck = UTF8Check()

    /// `messageLimit` in bytes, all fragments of a message together.
    package init(messageLimit: Int) {
        self.messageLimit = messageLimit
        headerBytes.reserveCapacity(FrameHeader.longest)
    }

    /// Takes bytes as they come. `needMore` has taken all of them; `done` gives one message and the
    /// number of bytes taken, and is to be called again with the rest. After a close message or a
    /// failure it only answers `needMore`.
    package mutating func read(
        _ bytes: UnsafeRawBufferPointer
    ) -> WebSocketStep<WebSocketMessage> {
        read(bytes.octets.span)
    }

    package mutating func read(_ bytes: Span<UInt8>) -> WebSocketStep<WebSocketMessage> {
        do throws(WebSocketFailure) {
            var position = 0
            while true {
                switch stage {
                case .finished:
                    return .needMore
                case .header:
                    guard let header = try readHeader(bytes, &position) else { return .needMore }
                    try begin(header)
                case .payload(let header):
                    try readPayload(bytes, &position, header)
                    guard framePosition == header.length else { return .needMore }
                    stage = .header
                    if let message = try endFrame(header) {
                        return .done(message, consumed: position)
                    }
                }
            }
        } catch {
            stage = .finished
            return .failed(error)
        }
    }

    private mutating func readHeader(
        _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(WebSocketFailure) -> FrameHeader? {
        while position < bytes.count {
            headerBytes.append(bytes[position])
            position += 1
            if let header = try FrameHeader(headerBytes) {
                headerBytes.removeAll(keepingCapacity: true)
                return header
            }
        }
        return nil
    }

    /// Judges a frame before any of its payload is taken.
    private mutating func begin(_ header: FrameHeader) throws(WebSocketFailure) {
        switch header.opcode {
        case .continuation:
            guard fragmented != nil else {
                throw .protocolError("A continuation without a message to continue.")
            }
        case .text, .binary:
            guard fragmented == nil else {
                throw .protocolError("A new message before the last one ended.")
            }
            fragmented = header.opcode
        case .close, .ping, .pong:
            break
        }
        if !header.opcode.isControl, header.length > messageLimit - message.count { throw .tooBig }
        framePosition = 0
        stage = .payload(header)
    }

    private mutating func readPayload(
        _ bytes: Span<UInt8>, _ position: inout Int, _ header: FrameHeader
    ) throws(WebSocketFailure) {
        let count = min(bytes.count - position, header.length - framePosition)
        guard count > 0 else { return }
        let payload = bytes.extracting(position..<(position + count))
        position += count
        if header.opcode.isControl {
            header.unmask(payload, at: framePosition, into: &control)
        } else {
            header.unmask(payload, at: framePosition, into: &message)
        }
        framePosition += count
        guard !header.opcode.isControl, fragmented == .text else { return }
        var check = textCheck
        guard check.take(message.span.extracting(last: count)) else { throw .notUTF8 }
        textCheck = check
    }

    /// The message that this frame ends, if it ends one.
    private mutating func endFrame(
        _ header: FrameHeader
    ) throws(WebSocketFailure) -> WebSocketMessage? {
        switch header.opcode {
        case .ping: return .ping(takeControl())
        case .pong: return .pong(takeControl())
        case .close: return try close(takeControl())
        case .continuation, .text, .binary:
            guard header.isFinal else { return nil }
            let isText = fragmented == .text
            guard !isText || textCheck.isAtBoundary else { throw .notUTF8 }
            defer { message = [] }
            fragmented = nil
            return isText ? .text(message) : .binary(message)
        }
    }

    private mutating func takeControl() -> [UInt8] {
        defer { control = [] }
        return control
    }

    private mutating func close(_ payload: [UInt8]) throws(WebSocketFailure) -> WebSocketMessage {
        stage = .finished
        guard !payload.isEmpty else { return .close(code: nil, reason: []) }
        guard payload.count >= 2 else { throw .protocolError("A close code of one byte.") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard WebSocketFailure.isValidCloseCode(code) else {
            throw .protocolError("A close code that none may send.")
        }
        let reason = Array(payload.dropFirst(2))
        var check = UTF8Check()
        guard check.take(reason.span), check.isAtBoundary else { throw .notUTF8 }
        return .close(code: code, reason: reason)
    }
}

/// What stands before a frame's payload: 6, 8 or 14 bytes from a client.
private struct FrameHeader {
    static let longest = 14

    let opcode: WebSocketOpcode
    let isFinal: Bool
    let length: Int
    /// The four mask bytes, the first one lowest.
    private let mask: UInt32

    /// nil where more bytes are needed. Each byte is judged as soon as it is there.
    init?(_ bytes: [UInt8]) throws(WebSocketFailure) {
        let opcode = try FrameHeader.opcode(bytes[0])
        guard bytes.count >= 2 else { return nil }
        guard bytes[1] & 0x80 != 0 else { throw .protocolError("A frame without a mask.") }
        let isFinal = bytes[0] & 0x80 != 0
        let shortLength = Int(bytes[1] & 0x7F)
        guard !opcode.isControl || (isFinal && shortLength <= 125) else {
            throw .protocolError("A control frame in pieces, or longer than 125 bytes.")
        }
        let lengthBytes = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0
        guard bytes.count >= 2 + lengthBytes else { return nil }
        let length = try FrameHeader.length(shortLength, bytes[2..<(2 + lengthBytes)])
        guard bytes.count == 6 + lengthBytes else { return nil }
        self.opcode = opcode
        self.isFinal = isFinal
        self.length = length
        self.mask = bytes[(2 + lengthBytes)...].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func opcode(_ byte: UInt8) throws(WebSocketFailure) -> WebSocketOpcode {
        guard byte & 0x70 == 0 else { throw .protocolError("A reserved bit is set.") }
        guard let opcode = WebSocketOpcode(rawValue: byte & 0x0F) else {
            throw .protocolError("A reserved opcode.")
        }
        return opcode
    }

    private static func length(
        _ shortLength: Int, _ bytes: ArraySlice<UInt8>
    ) throws(WebSocketFailure) -> Int {
        guard !bytes.isEmpty else { return shortLength }
        let length = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length > (bytes.count == 2 ? 125 : 65_535), let length = Int(exactly: length) else {
            throw .protocolError("A length not written in the shortest form, or beyond 63 bits.")
        }
        return length
    }

    /// Eight bytes at a time: byte by byte, the mask of a large message cost more than all else.
    private static func exclusiveOr(_ bytes: UnsafeMutableRawBufferPointer, _ key: UInt32) {
        let wideKey = (UInt64(key) << 32 | UInt64(key)).littleEndian
        var index = 0
        while index + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            bytes.storeBytes(of: word ^ wideKey, toByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < bytes.count {
            bytes[index] ^= UInt8(truncatingIfNeeded: key >> UInt32((index & 3) * 8))
            index += 1
        }
    }

    /// Appends the payload bytes that begin at place `position` of the frame, mask taken off.
    func unmask(_ payload: Span<UInt8>, at position: Int, into output: inout [UInt8]) {
        let shift = UInt32(position & 3) * 8
        let key = shift == 0 ? mask : mask >> shift | mask << (32 - shift)
        let start = output.count
        payload.withUnsafeBufferPointer { output.append(contentsOf: $0) }
        output.withUnsafeMutableBytes { output in
            FrameHeader.exclusiveOr(UnsafeMutableRawBufferPointer(rebasing: output[start...]), key)
        }
    }
}
