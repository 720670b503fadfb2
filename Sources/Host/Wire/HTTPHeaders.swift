// The header lines of a request: one copy of their bytes, and where each name and value stands in
// it. Looking a name up walks the lines; requests have about ten, and no dictionary beats that.

package struct HTTPHeaders: Sendable {
    /// Places in `storage`. 32 bits are plenty: Limits.headerBytes bounds the whole.
    struct Line: Sendable {
        var nameStart: UInt32
        var nameEnd: UInt32
        var valueStart: UInt32
        var valueEnd: UInt32
    }

    /// The bytes of all lines, names in lower case.
    private let storage: [UInt8]
    private let lines: [Line]

    /// `block` is the text that the lines' places count from.
    init(block: [UInt8], lines: [Line]) {
        var lowered = block
        for line in lines {
            for index in Int(line.nameStart)..<Int(line.nameEnd) {
                lowered[index] = Ascii.lowercased(lowered[index])
            }
        }
        self.storage = lowered
        self.lines = lines
    }

    package var count: Int { lines.count }

    /// The first value of a name, given in lower case. Bytes that are no UTF-8 are replaced.
    package func first(_ lowercasedName: String) -> String? {
        firstBytes(lowercasedName).map { String(decoding: $0, as: UTF8.self) }
    }

    /// All values of a name, given in lower case, in their order.
    package func all(_ lowercasedName: String) -> [String] {
        lines.filter { isNamed($0, lowercasedName) }
            .map { String(decoding: value($0), as: UTF8.self) }
    }

    /// The first value as it was sent, without the blanks around it.
    package func firstBytes(_ lowercasedName: String) -> ArraySlice<UInt8>? {
        for line in lines where isNamed(line, lowercasedName) { return value(line) }
        return nil
    }

    /// How many lines have this name, given in lower case.
    package func count(of lowercasedName: String) -> Int {
        lines.count { isNamed($0, lowercasedName) }
    }

    /// Whether a comma-separated list, over all lines of this name, has a token; in any case.
    package func contains(_ lowercasedName: String, token: String) -> Bool {
        for line in lines where isNamed(line, lowercasedName) {
            for part in value(line).split(separator: UInt8(ascii: ",")) {
                if Ascii.equal(HTTPHeaders.trimmed(part), token.utf8) { return true }
            }
        }
        return false
    }

    /// The value of a name that may come at most once; several are refused, equal or not.
    func single(_ lowercasedName: String) throws(HTTPFailure) -> ArraySlice<UInt8>? {
        guard let value = firstBytes(lowercasedName) else { return nil }
        guard count(of: lowercasedName) == 1 else {
            throw .malformed("The header \(lowercasedName) is given more than once.")
        }
        return value
    }

    private func value(_ line: Line) -> ArraySlice<UInt8> {
        storage[Int(line.valueStart)..<Int(line.valueEnd)]
    }

    private func isNamed(_ line: Line, _ lowercasedName: String) -> Bool {
        guard lowercasedName.utf8.count == Int(line.nameEnd - line.nameStart) else { return false }
        var index = Int(line.nameStart)
        for byte in lowercasedName.utf8 {
            guard storage[index] == byte else { return false }
            index += 1
        }
        return true
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text.drop { $0 == Ascii.space || $0 == Ascii.tab }
        while let last = text.last, last == Ascii.space || last == Ascii.tab { text.removeLast() }
        return text
    }
}
