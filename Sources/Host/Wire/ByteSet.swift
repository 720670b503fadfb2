// Sets of ASCII characters, named as in the grammars of RFC 9110 and RFC 3986.

/// A set of ASCII characters as 128 bits: a test is a shift and a mask.
struct ByteSet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init(_ characters: String) {
        for byte in characters.utf8 { insert(byte) }
    }

    private mutating func insert(_ byte: UInt8) {
        precondition(byte < 128, "ASCII only")
        if byte < 64 { low |= 1 << byte } else { high |= 1 << (byte - 64) }
    }

    func union(_ characters: String) -> ByteSet {
        var result = self
        for byte in characters.utf8 { result.insert(byte) }
        return result
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        if byte < 64 { return low & (1 << UInt64(byte)) != 0 }
        return byte < 128 && high & (1 << UInt64(byte - 64)) != 0
    }

    static let alphanumeric = ByteSet(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    /// token of RFC 9110: methods and header names.
    static let token = alphanumeric.union("!#$%&'*+-.^_`|~")
    /// unreserved of RFC 3986: what needs no escape anywhere.
    static let unreserved = alphanumeric.union("-._~")
    /// A path: pchar and "/". A percent sign is checked by itself.
    static let path = unreserved.union("!$&'()*+,;=:@/%")
    /// A query: also what browsers send there without an escape, although RFC 3986 has them escape.
    static let query = path.union("?[]{}|\\^`")
    /// A host by name or IPv4 address. Narrower than RFC 3986: no escape, no comma, no userinfo.
    static let hostName = alphanumeric.union("-._")
    /// What stands between the brackets of an IPv6 address.
    static let hostBrackets = ByteSet("0123456789ABCDEFabcdef:.")
    static let digit = ByteSet("0123456789")
}

/// The characters that the grammars name.
enum Ascii {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let delete: UInt8 = 0x7F

    /// Any control character but the tab, which header values may contain.
    @inline(__always)
    static func isControl(_ byte: UInt8) -> Bool {
        (byte < space && byte != tab) || byte == delete
    }

    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    /// 0 to 15, or nil where the character is no hexadecimal digit.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// Whether two texts are the same but for the case of ASCII letters.
    static func equal(_ left: ArraySlice<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).allSatisfy { lowercased($0) == lowercased($1) }
    }
}
