// Reads JSON (RFC 8259), strictly: the whole text is one value in UTF-8, and what the RFC leaves to
// the reader is refused rather than guessed: a name given twice, a byte order mark, a lone
// surrogate. Nesting is bounded, so the recursion is.

import Base

package enum JSONParser {
    /// The value of a whole text. Arrays and objects may stand `depth` deep in one another.
    package static func parse(
        _ bytes: [UInt8], depth: Int = Limits.jsonDepth
    ) throws(JSONFailure) -> JSONValue {
        try parse(bytes.span, depth: depth)
    }

    package static func parse(
        _ bytes: ArraySlice<UInt8>, depth: Int = Limits.jsonDepth
    ) throws(JSONFailure) -> JSONValue {
        try parse(bytes.span, depth: depth)
    }

    package static func parse(
        _ bytes: Span<UInt8>, depth: Int = Limits.jsonDepth
    ) throws(JSONFailure) -> JSONValue {
        var reader = JSONReader(depthLeft: depth)
        let value = try reader.value(bytes)
        reader.skipBlanks(bytes)
        guard reader.at == bytes.count else { throw reader.failure("text after the value") }
        return value
    }
}

/// A place in the text. The text itself is passed to each call, since a Span can't be stored.
private struct JSONReader {
    var at = 0
    var depthLeft: Int

    init(depthLeft: Int) {
        self.depthLeft = depthLeft
    }

    func failure(_ message: String) -> JSONFailure {
        JSONFailure(offset: at, message: message)
    }

    mutating func skipBlanks(_ bytes: Span<UInt8>) {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x09, 0x0A, 0x0D: at += 1
            default: return
            }
        }
    }

    /// Reads a value and the blanks before it.
    mutating func value(_ bytes: Span<UInt8>) throws(JSONFailure) -> JSONValue {
        skipBlanks(bytes)
        guard at < bytes.count else { throw failure("unexpected end") }
        switch bytes[at] {
        case UInt8(ascii: "\""):
            return .string(try string(bytes))
        case UInt8(ascii: "{"):
            return .object(
                try nested(bytes) { reader, bytes throws(JSONFailure) in
                    try reader.object(bytes)
                })
        case UInt8(ascii: "["):
            return .array(
                try nested(bytes) { reader, bytes throws(JSONFailure) in
                    try reader.array(bytes)
                })
        case UInt8(ascii: "-"), 0x30...0x39:
            return .number(try number(bytes))
        case UInt8(ascii: "t"):
            return try word(bytes, "true", .bool(true))
        case UInt8(ascii: "f"):
            return try word(bytes, "false", .bool(false))
        case UInt8(ascii: "n"):
            return try word(bytes, "null", .null)
        default:
            throw failure("unexpected character")
        }
    }

    private mutating func nested<Value>(
        _ bytes: Span<UInt8>,
        _ read: (inout JSONReader, Span<UInt8>) throws(JSONFailure) -> Value
    ) throws(JSONFailure) -> Value {
        guard depthLeft > 0 else { throw failure("nested too deeply") }
        depthLeft -= 1
        at += 1
        let value = try read(&self, bytes)
        depthLeft += 1
        return value
    }

    /// Skips blanks and says whether this byte stands next; steps over it if so.
    private mutating func take(_ bytes: Span<UInt8>, _ byte: UInt8) -> Bool {
        skipBlanks(bytes)
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func array(_ bytes: Span<UInt8>) throws(JSONFailure) -> [JSONValue] {
        var elements: [JSONValue] = []
        if take(bytes, UInt8(ascii: "]")) { return elements }
        repeat {
            elements.append(try value(bytes))
        } while take(bytes, UInt8(ascii: ","))
        guard take(bytes, UInt8(ascii: "]")) else { throw failure("expected , or ]") }
        return elements
    }

    private mutating func object(_ bytes: Span<UInt8>) throws(JSONFailure) -> JSONObject {
        var members = UniqueMembers()
        if take(bytes, UInt8(ascii: "}")) { return JSONObject() }
        repeat {
            skipBlanks(bytes)
            let nameStart = at
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
                throw failure("expected a name")
            }
            let name = try string(bytes)
            guard take(bytes, UInt8(ascii: ":")) else { throw failure("expected :") }
            guard members.append(name, try value(bytes)) else {
                throw JSONFailure(offset: nameStart, message: "a name is given twice")
            }
        } while take(bytes, UInt8(ascii: ","))
        guard take(bytes, UInt8(ascii: "}")) else { throw failure("expected , or }") }
        return JSONObject(members: members.list)
    }

    private mutating func word(
        _ bytes: Span<UInt8>, _ text: StaticString, _ value: JSONValue
    ) throws(JSONFailure) -> JSONValue {
        for offset in 0..<text.utf8CodeUnitCount {
            guard at < bytes.count, bytes[at] == text.utf8Start[offset] else {
                throw failure("unexpected character")
            }
            at += 1
        }
        return value
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(JSONFailure) -> [UInt8] {
        let start = at
        if bytes[at] == UInt8(ascii: "-") { at += 1 }
        if at < bytes.count, bytes[at] == UInt8(ascii: "0") {
            at += 1
        } else {
            try digits(bytes)
        }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            try digits(bytes)
        }
        if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
                at += 1
            }
            try digits(bytes)
        }
        return bytes.copy(start..<at)
    }

    /// One digit or more.
    private mutating func digits(_ bytes: Span<UInt8>) throws(JSONFailure) {
        let start = at
        while at < bytes.count, ByteSet.digit.contains(bytes[at]) { at += 1 }
        guard at > start else { throw failure("expected a digit") }
    }
}

extension JSONReader {
    /// Reads a string from its opening to its closing quote. Most have no escape and are taken over
    /// in one piece.
    fileprivate mutating func string(_ bytes: Span<UInt8>) throws(JSONFailure) -> String {
        let start = at + 1
        at = start
        try skipPlain(bytes)
        if bytes[at] == UInt8(ascii: "\"") {
            at += 1
            return try text(bytes.extracting(start..<(at - 1)), offset: start)
        }
        var unescaped = bytes.copy(start..<at)
        while bytes[at] != UInt8(ascii: "\"") {
            try escape(bytes, into: &unescaped)
            let plain = at
            try skipPlain(bytes)
            for index in plain..<at { unescaped.append(bytes[index]) }
        }
        at += 1
        return try text(unescaped.span, offset: start)
    }

    /// Steps to the next quote or backslash.
    private mutating func skipPlain(_ bytes: Span<UInt8>) throws(JSONFailure) {
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            guard byte >= 0x20 else { throw failure("a control character in a string") }
            at += 1
        }
        throw failure("unexpected end")
    }

    private func text(_ bytes: Span<UInt8>, offset: Int) throws(JSONFailure) -> String {
        guard let text = try? UTF8Span(validating: bytes) else {
            throw JSONFailure(offset: offset, message: "a string that is not UTF-8")
        }
        return String(copying: text)
    }

    /// Reads one escape, which begins with the backslash at `at`.
    private mutating func escape(
        _ bytes: Span<UInt8>, into text: inout [UInt8]
    ) throws(JSONFailure) {
        guard at + 1 < bytes.count else { throw failure("unexpected end") }
        let plain: UInt8
        switch bytes[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain = bytes[at + 1]
        case UInt8(ascii: "b"): plain = 0x08
        case UInt8(ascii: "f"): plain = 0x0C
        case UInt8(ascii: "n"): plain = 0x0A
        case UInt8(ascii: "r"): plain = 0x0D
        case UInt8(ascii: "t"): plain = 0x09
        case UInt8(ascii: "u"):
            let scalar = try unicodeEscape(bytes)
            text.append(contentsOf: UTF8.encode(scalar)!)
            return
        default: throw failure("an unknown escape")
        }
        text.append(plain)
        at += 2
    }

    /// Reads `\uXXXX`, or two of them that are a surrogate pair.
    private mutating func unicodeEscape(
        _ bytes: Span<UInt8>
    ) throws(JSONFailure) -> Unicode.Scalar {
        let first = try fourDigits(bytes)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00 else { throw failure("a surrogate without its pair") }
        let second = try fourDigits(bytes)
        guard second >= 0xDC00, second <= 0xDFFF,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw failure("a surrogate without its pair") }
        return scalar
    }

    private mutating func fourDigits(_ bytes: Span<UInt8>) throws(JSONFailure) -> UInt32 {
        guard at + 6 <= bytes.count else { throw failure("unexpected end") }
        guard bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
            throw failure("a surrogate without its pair")
        }
        var value: UInt32 = 0
        for index in (at + 2)..<(at + 6) {
            guard let digit = Ascii.hexValue(bytes[index]) else {
                throw failure("expected four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
        }
        at += 6
        return value
    }
}

/// The members of an object while it is read. Few names are compared one by one; past that a set
/// keeps an object of a hundred thousand members from costing their square.
private struct UniqueMembers {
    private(set) var list: [(name: String, value: JSONValue)] = []
    private var names: Set<String> = []

    /// False where the name is there already.
    mutating func append(_ name: String, _ value: JSONValue) -> Bool {
        if list.isEmpty { list.reserveCapacity(8) }
        if list.count < 16 {
            for member in list where member.name == name { return false }
        } else {
            if names.isEmpty { names = Set(list.map(\.name)) }
            guard names.insert(name).inserted else { return false }
        }
        list.append((name, value))
        return true
    }
}
