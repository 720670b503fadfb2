// WebSocket messages and handshakes (RFC 6455), with a small client's side to make frames.

import Testing

@testable import Wire

/// A frame as a client sends it; every part can be made wrong.
func frame(
    _ firstByte: UInt8, _ payload: [UInt8] = [], mask: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D],
    lengthForm: Int? = nil, length: Int? = nil
) -> [UInt8] {
    let count = length ?? payload.count
    let form = lengthForm ?? (count <= 125 ? 0 : count <= 65_535 ? 2 : 8)
    let maskBit: UInt8 = mask == nil ? 0 : 0x80
    var bytes = [firstByte, maskBit | UInt8(form == 0 ? count : form == 2 ? 126 : 127)]
    for index in (0..<form).reversed() {
        bytes.append(UInt8(truncatingIfNeeded: count >> (index * 8)))
    }
    guard let mask else { return bytes + payload }
    return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
}

private enum Outcome: Equatable {
    case message(WebSocketMessage)
    case failure(UInt16)
}

/// What a reader makes of bytes that come in pieces of `size`.
private func read(_ bytes: [UInt8], limit: Int = 1_000_000, size: Int = .max) -> [Outcome] {
    var reader = WebSocketReader(messageLimit: limit)
    var outcomes: [Outcome] = []
    var taken = 0
    while taken < bytes.count {
        let piece = Array(bytes[taken..<min(bytes.count, taken + min(size, bytes.count))])
        switch piece.withUnsafeBytes({ reader.read($0) }) {
        case .needMore: taken += piece.count
        case .done(let message, let consumed):
            outcomes.append(.message(message))
            taken += consumed
        case .failed(let failure):
            return outcomes + [.failure(failure.closeCode)]
        }
    }
    return outcomes
}

private let hello = Array("Hello".utf8)

@Suite struct WebSocketReaderTests {
    /// RFC 6455, section 5.7.
    @Test func theRFCsExamples() {
        let masked: [UInt8] = [
            0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58,
        ]
        #expect(masked == frame(0x81, hello))
        #expect(read(masked) == [.message(.text(hello))])
        let pong: [UInt8] = [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        #expect(read(pong) == [.message(.pong(hello))])
        #expect(
            read(frame(0x01, Array("Hel".utf8)) + frame(0x80, Array("lo".utf8)))
                == [.message(.text(hello))])
    }

    @Test(arguments: [
        0, 1, 3, 4, 5, 124, 125, 126, 127, 128, 255, 256, 65_535, 65_536, 65_537, 200_000,
    ])
    func readsEachLength(count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(read(frame(0x82, payload)) == [.message(.binary(payload))])
    }

    /// Fragments, control frames between them, characters cut in two, several messages.
    static let conversation =
        frame(0x01, [0x61, 0xF0, 0x9F]) + frame(0x89, hello) + frame(0x00, [])
        + frame(0x00, [0x98]) + frame(0x8A) + frame(0x80, [0x80, 0x62]) + frame(0x82, [0xFF, 0x00])
        + frame(0x81) + frame(0x02, [1]) + frame(0x80, [2])
        + frame(0x88, [0x03, 0xE8] + Array("bye é".utf8))

    private static let heard: [Outcome] = [
        .message(.ping(hello)), .message(.pong([])), .message(.text(Array("a😀b".utf8))),
        .message(.binary([0xFF, 0x00])), .message(.text([])), .message(.binary([1, 2])),
        .message(.close(code: 1000, reason: Array("bye é".utf8))),
    ]

    @Test func anyPiecesGiveTheSame() {
        for size in 1...Self.conversation.count {
            #expect(read(Self.conversation, size: size) == Self.heard)
        }
    }

    @Test func everyPrefixIsABeginning() {
        for count in 0..<Self.conversation.count {
            let outcomes = read(Array(Self.conversation[..<count]))
            #expect(outcomes == Array(Self.heard.prefix(outcomes.count)))
            #expect(outcomes.count < Self.heard.count)
        }
    }

    @Test func nothingIsReadAfterAClose() {
        let bytes = frame(0x88) + frame(0x81, hello)
        #expect(read(bytes) == [.message(.close(code: nil, reason: []))])
        #expect(read(bytes, size: 1) == [.message(.close(code: nil, reason: []))])
    }

    @Test(
        arguments: [
            // Reserved bits and opcodes, at their first byte.
            [0xC1], [0xA1], [0x91], [0x83], [0x84], [0x85], [0x86], [0x87], [0x8B], [0x8C], [0x8D],
            [0x8E],
            [0x8F], [0x03], [0xF1],
            // No mask.
            frame(0x81, hello, mask: nil), [0x81, 0x05], [0x88, 0x00],
            // Control frames in pieces, or too long.
            frame(0x09), frame(0x08), frame(0x0A), frame(0x89, [UInt8](repeating: 0, count: 126)),
            [0x88, 0xFE],
            // Lengths in a longer form than needed, or beyond 63 bits.
            frame(0x81, hello, lengthForm: 2), frame(0x81, hello, lengthForm: 8),
            frame(0x82, [], lengthForm: 8, length: 65_535),
            frame(0x82, [], lengthForm: 2, length: 125),
            [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0],
            [0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            // Fragments out of turn.
            frame(0x80, hello), frame(0x00, hello), frame(0x01, hello) + frame(0x81, hello),
            frame(0x01, hello) + frame(0x02, hello), frame(0x02) + frame(0x80) + frame(0x80),
            // Close codes.
            frame(0x88, [3]), frame(0x88, [0, 0]),
        ] as [[UInt8]])
    func refusesProtocolErrors(bytes: [UInt8]) {
        #expect(read(bytes).last == .failure(1002))
        #expect(read(bytes, size: 1).last == .failure(1002))
    }

    @Test(
        arguments: [
            0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 32_768, 65_535,
        ] as [UInt16])
    func refusesCloseCodes(code: UInt16) {
        #expect(read(frame(0x88, [UInt8(code >> 8), UInt8(code & 255)])) == [.failure(1002)])
    }

    @Test(
        arguments: [
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1014, 3000, 3999, 4000,
            4999,
        ] as [UInt16])
    func takesCloseCodes(code: UInt16) {
        #expect(
            read(frame(0x88, [UInt8(code >> 8), UInt8(code & 255)]))
                == [.message(.close(code: code, reason: []))])
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1], [0xE0, 0x9F], [0xED, 0xA0], [0xF0, 0x8F], [0xF4, 0x90],
            [0xF5],
            [0xFF], [0xC3, 0x28], [0xE2, 0x82, 0x28], [0xF0, 0x9F, 0x98, 0x28], [0x61, 0xFE],
        ] as [[UInt8]])
    func refusesTextThatIsNotUTF8AtOnce(flaw: [UInt8]) {
        // The flaw is refused before its frame ends, in a fragment, and in a close reason.
        let unfinished = Array(frame(0x81, flaw + [UInt8](repeating: 0x61, count: 50)).dropLast(50))
        #expect(read(unfinished) == [.failure(1007)])
        #expect(read(frame(0x01, Array("é".utf8)) + frame(0x00, flaw)) == [.failure(1007)])
        #expect(read(frame(0x88, [0x03, 0xE8] + flaw)) == [.failure(1007)])
        #expect(read(frame(0x82, flaw)) == [.message(.binary(flaw))])
    }

    @Test(arguments: [[0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98]] as [[UInt8]])
    func refusesTextCutInACharacter(flaw: [UInt8]) {
        #expect(read(frame(0x81, flaw)) == [.failure(1007)])
        #expect(read(frame(0x01, flaw) + frame(0x80)) == [.failure(1007)])
        #expect(read(frame(0x01, flaw)).isEmpty)
        #expect(read(frame(0x88, [0x03, 0xE8] + flaw)) == [.failure(1007)])
    }

    @Test func messagesAreBounded() {
        let ten = [UInt8](repeating: 0x61, count: 10)
        #expect(read(frame(0x81, ten), limit: 10) == [.message(.text(ten))])
        #expect(read(frame(0x81, ten), limit: 9) == [.failure(1009)])
        #expect(read(frame(0x01, ten) + frame(0x80, [0x61]), limit: 10) == [.failure(1009)])
        #expect(read(frame(0x01, ten) + frame(0x89, ten) + frame(0x80), limit: 10).count == 2)
        // Known from the header alone.
        #expect(read(frame(0x82, [], length: 1 << 40), limit: 10) == [.failure(1009)])
        #expect(read(frame(0x82, ten) + frame(0x82, ten), limit: 10).count == 2)
    }

    @Test func mutantsAreTheSameInDrops() {
        var random = SeededGenerator(seed: 4)
        var refused = 0
        for _ in 0..<10_000 {
            let mutant = random.mutate(Self.conversation)
            let whole = read(mutant)
            #expect(read(mutant, size: 1) == whole)
            if case .failure = whole.last { refused += 1 }
        }
        #expect(refused > 1_000)
    }
}

@Suite struct WebSocketWriterTests {
    private func written(_ opcode: WebSocketOpcode, _ payload: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0xAA]
        WebSocketWriter.append(opcode, payload, to: &out)
        return Array(out.dropFirst())
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 100_000])
    func writesEachLength(count: Int) {
        let payload = [UInt8](repeating: 7, count: count)
        #expect(written(.binary, payload) == frame(0x82, payload, mask: nil))
    }

    /// RFC 6455, section 5.7.
    @Test func theRFCsExamples() {
        #expect(written(.text, hello) == [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
        #expect(written(.ping, hello) == [0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
    }

    @Test func closesWithAReasonThatFits() {
        var out: [UInt8] = []
        WebSocketWriter.appendClose(code: 1009, reason: "too big", to: &out)
        #expect(out == [0x88, 9, 0x03, 0xF1] + Array("too big".utf8))
        out = []
        WebSocketWriter.appendClose(
            code: 1000, reason: String(repeating: "é", count: 100), to: &out)
        #expect(out.count == 2 + 2 + 122)
        #expect(String(validating: out[4...], as: UTF8.self)?.count == 61)
    }

    @Test func aLongControlFrameStops() async {
        await #expect(processExitsWith: .failure) {
            var out: [UInt8] = []
            WebSocketWriter.append(.ping, [UInt8](repeating: 0, count: 126), to: &out)
        }
    }
}

@Suite struct WebSocketHandshakeTests {
    private func accept(
        request: String = "GET /ws HTTP/1.1", upgrade: String = "websocket",
        connection: String = "Upgrade", key: String = "dGhlIHNhbXBsZSBub25jZQ==",
        version: String = "13", more: String = ""
    ) throws -> Result<HTTPResponse, HTTPFailure> {
        let lines =
            "\(request)\nHost: a\nUpgrade: \(upgrade)\nConnection: \(connection)\n"
            + "Sec-WebSocket-Key: \(key)\nSec-WebSocket-Version: \(version)\n\(more)\n"
        return WebSocketHandshake.accept(try #require(parseHead(lines: lines).value))
    }

    private func status(_ result: Result<HTTPResponse, HTTPFailure>) -> Int {
        switch result {
        case .success(let response): response.status
        case .failure(let failure): failure.status
        }
    }

    /// The key and its answer are RFC 6455's, section 1.3.
    @Test func acceptsTheRFCsExample() throws {
        let response = try accept(more: "Sec-WebSocket-Extensions: permessage-deflate\n").get()
        var out: [UInt8] = []
        HTTPWriter.append(response, to: &out, keepAlive: true, isHead: false)
        #expect(
            text(out)
                == text(
                    crlf(
                        "HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n"
                            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n\n")))
    }

    @Test func takesListsInAnyCase() throws {
        #expect(
            status(try accept(upgrade: "h2c, WebSocket", connection: "keep-alive, UPGRADE")) == 101)
    }

    @Test func refusesWhatIsNoHandshake() throws {
        #expect(status(try accept(request: "POST /ws HTTP/1.1")) == 400)
        #expect(status(try accept(request: "GET /ws HTTP/1.0")) == 400)
        #expect(status(try accept(upgrade: "websockets")) == 426)
        #expect(status(try accept(connection: "keep-alive")) == 400)
        #expect(status(try accept(more: "Content-Length: 1\n")) == 400)
        for key in [
            "", "a", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25j", "!GhlIHNhbXBsZSBub25jZQ==",
        ] {
            #expect(status(try accept(key: key)) == 400)
        }
        let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"
        #expect(status(try accept(more: key)) == 400)
    }

    @Test func asksForVersion13() throws {
        for version in ["", "8", "12", "14", "13, 8", "013"] {
            #expect(status(try accept(version: version)) == 426)
        }
        #expect(status(try accept(more: "Sec-WebSocket-Version: 8\n")) == 426)
    }
}
