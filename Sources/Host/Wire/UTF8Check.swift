// Checks UTF-8 that arrives in pieces (Unicode's table 3-7: no overlong forms, no surrogates,
// nothing above U+10FFFF), and knows at every byte whether what came so far can still become valid.

struct UTF8Check {
    /// Continuation bytes that the present character still needs.
    private var missing = 0
    /// What the next continuation byte may be; narrower right after some lead bytes.
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// Whether no character is left unfinished.
    var isAtBoundary: Bool { missing == 0 }

    /// False as soon as nothing can make the text valid.
    mutating func take(_ bytes: Span<UInt8>) -> Bool {
        var index = missing == 0 ? asciiCount(bytes) : 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if missing == 0 {
                guard byte >= 0x80 else { continue }
                guard lead(byte) else { return false }
            } else {
                guard byte >= lowest, byte <= highest else { return false }
                missing -= 1
                lowest = 0x80
                highest = 0xBF
            }
        }
        return true
    }

    /// How many bytes in front, in steps of eight, are ASCII: most texts are nothing else.
    private func asciiCount(_ bytes: Span<UInt8>) -> Int {
        var index = 0
        while index + 8 <= bytes.count {
            let word = bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard word & 0x8080_8080_8080_8080 == 0 else { return index }
            index += 8
        }
        return index
    }

    private mutating func lead(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, lowest) = (2, 0xA0)
        case 0xED: (missing, highest) = (2, 0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, lowest) = (3, 0x90)
        case 0xF1...0xF3: missing = 3
        case 0xF4: (missing, highest) = (3, 0x8F)
        default: return false
        }
        return true
    }
}
