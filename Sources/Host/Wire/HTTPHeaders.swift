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
        var values: [String] = []
        var next = find(lowercasedName, from: 0)
        while let index = next {
            values.append(String(decoding: value(index), as: UTF8.self))
            next = find(lowercasedName, from: index + 1)
        }
        return values
    }

    /// The first value as it was sent, without the blanks around it.
    package func firstBytes(_ lowercasedName: String) -> ArraySlice<UInt8>? {
        find(lowercasedName, from: 0).map { value($0) }
    }

    /// Whether a comma-separated list, over all lines of this name, has a token; in any case.
    package func contains(_ lowercasedName: String, token: String) -> Bool {
        var next = find(lowercasedName, from: 0)
        while let index = next {
            for part in value(index).split(separator: UInt8(ascii: ",")) {
                if Ascii.equal(HTTPHeaders.trimmed(part), token.utf8) { return true }
            }
            next = find(lowercasedName, from: index + 1)
        }
        return false
    }

    /// The value of a name that may come at most once; several are refused, equal or not.
    func single(_ lowercasedName: String) throws(HTTPFailure) -> ArraySlice<UInt8>? {
        guard let index = find(lowercasedName, from: 0) else { return nil }
        guard find(lowercasedName, from: index + 1) == nil else {
            throw .malformed("The header \(lowercasedName) is given more than once.")
        }
        return value(index)
    }

    private func value(_ index: Int) -> ArraySlice<UInt8> {
        storage[Int(lines[index].valueStart)..<Int(lines[index].valueEnd)]
    }

    /// The next line of a name. The name's bytes are taken out of the String once, not for each
    /// line: a request's head is looked through a dozen times.
    private func find(_ lowercasedName: String, from start: Int) -> Int? {
        guard start < lines.count else { return nil }
        var name = lowercasedName
        return name.withUTF8 { name in
            lines[start...].firstIndex { line in
                guard Int(line.nameEnd - line.nameStart) == name.count else { return false }
                let place = Int(line.nameStart)
                for offset in 0..<name.count where storage[place + offset] != name[offset] {
                    return false
                }
                return true
            }
        }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text.drop { $0 == Ascii.space || $0 == Ascii.tab }
        while let last = text.last, last == Ascii.space || last == Ascii.tab { text.removeLast() }
        return text
    }
}
