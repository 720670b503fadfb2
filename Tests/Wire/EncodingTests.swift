// Percent escapes, Base64 and the digests, against published vectors.

import Testing

@testable import Wire

@Suite struct EncodingTests {
    @Test(arguments: [
        ("", ""), ("abc", "abc"), ("a%20b", "a b"), ("%41%7a%5A", "AzZ"), ("a+b", "a+b"),
        ("%C3%A9", "é"), ("%f0%9f%98%80", "😀"), ("%2F%2e", "/."), ("%00", "\u{0}"), ("%25", "%"),
    ])
    func unescapes(escaped: String, plain: String) throws {
        #expect(try PercentCoding.decode(Array(escaped.utf8)[...]) == plain)
    }

    @Test(arguments: ["%", "%4", "a%", "%zz", "%4g", "%%41", "% 41", "%u0041"])
    func refusesBadEscapes(escaped: String) {
        #expect(throws: PercentFailure.badEscape) {
            try PercentCoding.decode(Array(escaped.utf8)[...])
        }
    }

    @Test(arguments: ["%ff", "%c3", "%c3a", "%c0%80", "%ed%a0%80", "%f4%90%80%80", "%80"])
    func refusesWhatIsNotUTF8(escaped: String) {
        #expect(throws: PercentFailure.notUTF8) {
            try PercentCoding.decode(Array(escaped.utf8)[...])
        }
    }

    @Test(arguments: [
        ("/", [""]), ("/a", ["a"]), ("/a/", ["a", ""]), ("//a", ["", "a"]),
        ("/a%2Fb/c", ["a/b", "c"]),
        ("/api/orders/7/edit", ["api", "orders", "7", "edit"]), ("*", [""]),
    ])
    func splitsPaths(path: String, segments: [String]) throws {
        #expect(try PercentCoding.segments(Array(path.utf8)) == segments)
    }

    @Test(
        arguments: [
            ("", []), ("a=1", ["a", "1"]), ("a=1&b=2", ["a", "1", "b", "2"]), ("a", ["a", ""]),
            ("a=", ["a", ""]), ("=b", ["", "b"]), ("a=b=c", ["a", "b=c"]), ("&&a=1&", ["a", "1"]),
            ("a+b=c+d", ["a b", "c d"]), ("%26=%3D", ["&", "="]),
            ("a=1&a=2", ["a", "1", "a", "2"]),
        ] as [(String, [String])])
    func splitsQueries(query: String, parts: [String]) throws {
        #expect(
            try PercentCoding.query(Array(query.utf8)).flatMap { [$0.name, $0.value] } == parts)
    }

    @Test func queriesRefuseWhatSegmentsDo() {
        #expect(throws: PercentFailure.badEscape) { try PercentCoding.query(Array("a=%1".utf8)) }
        #expect(throws: PercentFailure.notUTF8) { try PercentCoding.query(Array("%ff=1".utf8)) }
        #expect(throws: PercentFailure.badEscape) { try PercentCoding.segments(Array("/%".utf8)) }
    }

    @Test(arguments: ["", "a b", "AAPL/BTC-USD?x=1&y=é😀", "-._~", "100%"])
    func escapesReadBack(plain: String) throws {
        let escaped = PercentCoding.encode(plain)
        #expect(escaped.utf8.allSatisfy { ByteSet.unreserved.union("%").contains($0) })
        #expect(try PercentCoding.decode(Array(escaped.utf8)[...]) == plain)
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func base64(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded.utf8) == Array(plain.utf8))
    }

    @Test func base64KeepsEachByte() {
        let bytes = (0...255).map { UInt8($0) }
        for count in 0...256 {
            #expect(
                Base64.decode(Base64.encode(Array(bytes[..<count])).utf8) == Array(bytes[..<count]))
        }
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "====", "=Zg=", "Z===", "Zh==", "Zm9=", "Zm9v\n", "Zm9 ", "Zm-_",
        "Zg==Zg==",
        "Zm8==", "Zm9v====",
    ])
    func base64Refuses(encoded: String) {
        #expect(Base64.decode(encoded.utf8) == nil)
    }

    /// FIPS 180-4's examples, and lengths around a block's end.
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
        (String(repeating: "a", count: 1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
    ])
    func sha1(message: String, digest: String) {
        #expect(hex(SHA1.hash(message.utf8)) == digest)
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func sha256(message: String, digest: String) {
        #expect(SHA256.hex(message.utf8) == digest)
        #expect(hex(SHA256.hash(message.utf8)) == digest)
    }

    /// Lengths around the end of a block, all digests hashed together; the sums are Python's.
    @Test func digestsAroundABlocksEnd() {
        let lengths = [55, 56, 57, 63, 64, 65, 119, 120]
        let messages = lengths.map { [UInt8](repeating: UInt8(ascii: "x"), count: $0) }
        #expect(SHA256.hex(messages.flatMap { SHA256.hash($0) }) == sha256Sum)
        #expect(SHA256.hex(messages.flatMap { SHA1.hash($0) }) == sha1Sum)
    }

    private let sha256Sum = "c89261bf69723036cebd9af55db0e378c45e7e34f31a3f4daf09034c99fcd15f"
    private let sha1Sum = "5a3b6bb7cba65c98141bd77e7f0b6d731b2bda695f311d5586c8dfcd38c71692"

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
