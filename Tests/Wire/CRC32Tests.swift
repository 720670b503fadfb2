import Testing

@testable import Wire

@Suite struct CRC32Tests {
    /// The check value that every description of CRC-32 gives, and others from Python's zlib.
    @Test(arguments: [
        ("123456789", 0xCBF4_3926), ("", 0), ("a", 0xE8B7_BE43), ("/", 0x79D3_D2D4 as UInt32),
    ])
    func vectors(text: String, expected: UInt32) {
        #expect(CRC32.of(Array(text.utf8)) == expected)
    }
}
