// Writes JSON straight into bytes. It sets the commas itself and holds the caller to the grammar:
// a value without a name in an object, an unbalanced end and the like are our mistakes, so they
// stop the program.

import Base

package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    /// One bit for each open array (0) or object (1), the innermost lowest.
    private var nesting: UInt64 = 0
    private var depth = 0
    /// Whether something stands before the next element.
    private var needsComma = false
    /// Whether a name was written and its value wasn't.
    private var awaitsValue = false

    package init() {}

    package init(reservingBytes capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// Whether one whole value is written.
    package var isComplete: Bool { depth == 0 && needsComma }

    package mutating func beginObject() { begin(UInt8(ascii: "{"), isObject: true) }
    package mutating func endObject() { end(UInt8(ascii: "}"), isObject: true) }
    package mutating func beginArray() { begin(UInt8(ascii: "["), isObject: false) }
    package mutating func endArray() { end(UInt8(ascii: "]"), isObject: false) }

    /// A name of the program's own: it must need no escape.
    package mutating func key(_ name: StaticString) {
        beforeKey()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    /// A name of any characters. A literal takes the other form.
    @_disfavoredOverload
    package mutating func key(_ name: String) {
        beforeKey()
        appendQuoted(name)
        bytes.append(UInt8(ascii: ":"))
    }

    package mutating func string(_ text: String) {
        beforeValue()
        appendQuoted(text)
    }

    /// A string whose bytes must be valid UTF-8.
    package mutating func string(_ text: some Collection<UInt8>) {
        string(String(decoding: text, as: UTF8.self))
    }

    package mutating func number(_ value: Int64) {
        decimal(value, scale: 0)
    }

    /// A scaled number as a JSON number: (15025, scale 2) gives 150.25.
    package mutating func decimal(_ value: Int64, scale: Int) {
        beforeValue()
        Scaled.append(value, scale: scale, to: &bytes)
    }

    /// A scaled number as a JSON string: (15025, scale 2) gives "150.25".
    package mutating func decimalString(_ value: Int64, scale: Int) {
        beforeValue()
        bytes.append(UInt8(ascii: "\""))
        Scaled.append(value, scale: scale, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// UTC microseconds as an RFC 3339 string.
    package mutating func time(_ micros: Int64) {
        beforeValue()
        bytes.append(UInt8(ascii: "\""))
        CivilTime(micros: micros).append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func bool(_ value: Bool) {
        raw(value ? JSONWriter.trueWord : JSONWriter.falseWord)
    }

    package mutating func null() {
        raw(JSONWriter.nullWord)
    }

    /// A value that is JSON already.
    package mutating func raw(_ json: [UInt8]) {
        beforeValue()
        bytes.append(contentsOf: json)
    }

    /// A value that was read.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let text): raw(text)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                key(member.name)
                self.value(member.value)
            }
            endObject()
        }
    }

    private static let trueWord = Array("true".utf8)
    private static let falseWord = Array("false".utf8)
    private static let nullWord = Array("null".utf8)

    private var isInObject: Bool { depth > 0 && nesting & 1 == 1 }

    private mutating func begin(_ bracket: UInt8, isObject: Bool) {
        beforeValue()
        precondition(depth < 64, "nested deeper than the writer keeps track of")
        bytes.append(bracket)
        nesting = nesting << 1 | (isObject ? 1 : 0)
        depth += 1
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8, isObject: Bool) {
        precondition(depth > 0 && isInObject == isObject, "an end that fits no beginning")
        precondition(!awaitsValue, "a name without a value")
        bytes.append(bracket)
        nesting >>= 1
        depth -= 1
        needsComma = true
    }

    private mutating func beforeKey() {
        precondition(isInObject && !awaitsValue, "a name where none may stand")
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        awaitsValue = true
    }

    private mutating func beforeValue() {
        if isInObject {
            precondition(awaitsValue, "a value without a name")
            awaitsValue = false
        } else if needsComma {
            precondition(depth > 0, "a second value after the first")
            bytes.append(UInt8(ascii: ","))
        }
        needsComma = true
    }

    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { appendEscaped($0) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Runs that need no escape are copied whole.
    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var runStart = 0
        for index in 0..<text.count {
            let byte = text[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                continue
            }
            bytes.append(contentsOf: text[runStart..<index])
            appendEscape(byte)
            runStart = index + 1
        }
        bytes.append(contentsOf: text[runStart...])
    }

    private mutating func appendEscape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(contentsOf: [UInt8(ascii: "u"), 0x30, 0x30])
            for digit in [byte >> 4, byte & 15] {
                bytes.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
            }
        }
    }
}
