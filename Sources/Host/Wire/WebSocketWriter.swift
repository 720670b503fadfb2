// Writes WebSocket frames as a server does: whole messages, never masked.

package enum WebSocketWriter {
    /// Appends one frame. The payload of a ping or pong is at most 125 bytes.
    package static func append(
        _ opcode: WebSocketOpcode, _ payload: some Collection<UInt8>, to out: inout [UInt8]
    ) {
        let count = payload.count
        precondition(!opcode.isControl || count <= 125, "a control frame holds 125 bytes at most")
        out.append(0x80 | opcode.rawValue)
        switch count {
        case ...125:
            out.append(UInt8(count))
        case ...65_535:
            out.append(126)
            appendBigEndian(count, bytes: 2, to: &out)
        default:
            out.append(127)
            appendBigEndian(count, bytes: 8, to: &out)
        }
        out.append(contentsOf: payload)
    }

    /// Appends a close frame. A reason above 123 bytes is cut, between characters.
    package static func appendClose(code: UInt16, reason: String, to out: inout [UInt8]) {
        precondition(WebSocketFailure.isValidCloseCode(code), "a close code that none may send")
        var payload = [UInt8(code >> 8), UInt8(code & 0xFF)]
        for character in reason.unicodeScalars {
            let bytes = UTF8.encode(character)!
            guard payload.count + bytes.count <= 125 else { break }
            payload.append(contentsOf: bytes)
        }
        append(.close, payload, to: &out)
    }

    private static func appendBigEndian(_ value: Int, bytes: Int, to out: inout [UInt8]) {
        for index in (0..<bytes).reversed() {
            out.append(UInt8(truncatingIfNeeded: value >> (index * 8)))
        }
    }
}
