// Chunked bodies: each way of cutting them gives the same, and nothing loose is taken.

import Base
import Testing

@testable import Wire

private struct Outcome: Equatable {
    var body: String
    var consumed: Int?
    var status: Int?
}

/// Feeds the bytes in pieces of `size`.
private func decode(_ bytes: [UInt8], limit: Int = 1_000, size: Int = .max) -> Outcome {
    var decoder = ChunkedDecoder(limit: limit)
    var body: [UInt8] = []
    var taken = 0
    while taken < bytes.count {
        let piece = Array(bytes[taken..<min(bytes.count, taken + min(size, bytes.count))])
        switch piece.withUnsafeBytes({ decoder.decode($0, into: &body) }) {
        case .needMore: taken += piece.count
        case .done(_, let consumed): return Outcome(body: text(body), consumed: taken + consumed)
        case .failed(let failure): return Outcome(body: text(body), status: failure.status)
        }
    }
    return Outcome(body: text(body))
}

@Suite struct ChunkedDecoderTests {
    static let body = crlf("5\nhello\n00006;name=\"a;b\";x\n world\n0\nTrailer-A: 1\nB:\n\n")

    @Test func joinsChunks() {
        let expected = Outcome(body: "hello world", consumed: Self.body.count)
        #expect(decode(Self.body) == expected)
        #expect(decode(Self.body + Array("GET /".utf8)) == expected)
    }

    @Test func anyPiecesGiveTheSame() {
        for size in 1...Self.body.count {
            #expect(decode(Self.body, size: size).consumed == Self.body.count)
            #expect(decode(Self.body, size: size).body == "hello world")
        }
    }

    @Test func everyPrefixAsksForMore() {
        for count in 0..<Self.body.count {
            let outcome = decode(Array(Self.body[..<count]))
            #expect(outcome.consumed == nil && outcome.status == nil, "at \(count)")
        }
    }

    @Test(arguments: ["0\n\n", "000\n\n", "0;a\n\n"])
    func anEmptyBodyIsOne(body: String) {
        #expect(decode(crlf(body)) == Outcome(body: "", consumed: crlf(body).count))
    }

    @Test func sizesAreHexadecimalInAnyCase() {
        let ten = String(repeating: "x", count: 10)
        #expect(decode(crlf("a\n\(ten)\nA\n\(ten)\n0\n\n")).body == ten + ten)
    }

    @Test(arguments: [
        "\n", "g\n", "-1\na", "+1\na", " 1\na", "1 \na", "0x1\na", "1\t\na", "1,\na", ";a\n",
        "5\nhello0\n\n", "5\nhello!\n", "4\nhello\n", "00000000000000001\na",
        "5;a\u{0}\nhello\n0\n\n", "5;a\u{7f}\nhello\n0\n\n", "0\n a: b\n\n", "0\n: b\n\n",
        "0\na\n\n",
        "0\na : b\n\n", "0\na: \u{1}\n\n", "0\na b: c\n\n", "0\na: b\n c\n\n",
        "0\nContent-Length: 1\n\n", "0\ntransfer-encoding: chunked\n\n", "0\nHost: a\n\n",
        "0\nx: y\nAuthorization: z\n\n",
    ])
    func refuses(body: String) {
        #expect(decode(crlf(body)).status == 400)
        #expect(decode(crlf(body), size: 1).status == 400)
    }

    @Test(arguments: [
        "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r\n0\n\r\n",
        "5\r\nhello\r\n0\r\n\n", "5\rxhello\r\n", "0\r\na: b\n\r\n", "0\r\n\rx", "5\r\nhello\rx",
        "5;a\nhello\r\n0\r\n\r\n", "0\r\na: b\rc: d\r\n\r\n", "5\r\r\nhello\r\n",
    ])
    func refusesBareLineEnds(body: String) {
        #expect(decode(Array(body.utf8)).status == 400)
    }

    @Test(arguments: [
        ("7fffffffffffffff\n", 413), ("ffffffffffffffff\n", 413), ("3e9\n", 413),
        ("fffffffffffffffff\n", 400), ("1f5\n", nil),
    ])
    func sizesNeverOverflow(body: String, status: Int?) {
        #expect(decode(crlf(body)).status == status)
    }

    @Test func theBodyIsBounded() {
        #expect(decode(crlf("5\nhello\n0\n\n"), limit: 5).body == "hello")
        #expect(decode(crlf("5\nhello\n0\n\n"), limit: 4).status == 413)
        #expect(decode(crlf("4\nhell\n1\no\n0\n\n"), limit: 4).status == 413)
        #expect(decode(crlf("0\n\n"), limit: 0).consumed == 5)
    }

    @Test func extensionsAndTrailersAreBounded() {
        let longest = String(repeating: "e", count: Limits.chunkExtensionBytes)
        #expect(decode(crlf("0;\(longest)\n\n")).consumed != nil)
        #expect(decode(crlf("0;\(longest)e\n\n")).status == 400)
        let inPieces = String(repeating: "1;0123456789\na\n", count: 110)
        #expect(decode(crlf(inPieces)).status == 400)
        let many = String(repeating: "t: 1\n", count: Limits.headerCount)
        #expect(decode(crlf("0\n\(many)\n")).consumed != nil)
        #expect(decode(crlf("0\n\(many)t: 1\n\n")).status == 431)
        let long = String(repeating: "t", count: Limits.headerBytes)
        #expect(decode(crlf("0\nt: \(long)\n\n")).status == 431)
        #expect(decode(crlf("0\n\(long)t")).status == 431)
    }

    @Test func mutantsAreTheSameInDrops() {
        var random = SeededGenerator(seed: 2)
        var refused = 0
        for _ in 0..<10_000 {
            let mutant = random.mutate(Self.body)
            let whole = decode(mutant)
            #expect(decode(mutant, size: 1) == whole)
            if whole.status != nil { refused += 1 }
        }
        #expect(refused > 1_000)
    }
}
