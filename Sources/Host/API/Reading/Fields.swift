// Reading a request's fields: each by its kind, each with the same words when it is wrong. Numbers
// may come as JSON numbers or as decimal strings; they never pass through a floating-point type.

import Base
import Trading
import Wire

struct Fields {
    let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    /// nil where the field is absent or null.
    func value(_ name: String) -> JSONValue? {
        guard let value = object[name] else { return nil }
        if case .null = value { return nil }
        return value
    }

    func has(_ name: String) -> Bool { value(name) != nil }

    /// Throws where there is a member that isn't declared.
    func refuseUnknown(_ declared: [Field], place: String) throws(Rejection) {
        for member in object.members where !declared.contains(where: { $0.name == member.name }) {
            throw .unknownField(member.name, allowed: declared.map(\.name), place: place)
        }
    }

    // MARK: Text

    /// Text of at least one and at most `most` bytes, without control characters.
    func text(_ name: String, most: Int) throws(Rejection) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else {
            throw .invalid(name, given: value.shown, allowed: "text", code: "invalid_type")
        }
        let isClean = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
        guard !text.isEmpty, text.utf8.count <= most, isClean else {
            throw .invalid(
                name, given: value.shown,
                allowed: "text of 1 to \(most) bytes without control characters")
        }
        return text
    }

    func requiredText(_ name: String, most: Int) throws(Rejection) -> String {
        guard let text = try text(name, most: most) else {
            throw .missing(name, expected: "text")
        }
        return text
    }

    /// One of the named words.
    func choice(_ name: String, _ words: [String]) throws(Rejection) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else {
            throw .invalid(
                name, given: value.shown, allowed: oneOf(words), code: "invalid_type")
        }
        guard words.contains(text) else {
            throw .invalid(name, given: value.shown, allowed: oneOf(words))
        }
        return text
    }

    func requiredChoice(_ name: String, _ words: [String]) throws(Rejection) -> String {
        guard let word = try choice(name, words) else {
            throw .missing(name, expected: oneOf(words))
        }
        return word
    }

    /// Letters, digits and `._-` only.
    func identifier(_ name: String, most: Int) throws(Rejection) -> String? {
        guard let text = try text(name, most: most) else { return nil }
        guard text.utf8.allSatisfy(isIdentifierByte) else {
            throw .invalid(
                name, given: "\"\(text)\"",
                allowed: "1 to \(most) of the characters A-Z a-z 0-9 . _ -")
        }
        return text
    }

    func flag(_ name: String) throws(Rejection) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let flag) = value else {
            throw .invalid(name, given: value.shown, allowed: "true or false", code: "invalid_type")
        }
        return flag
    }

    // MARK: Numbers

    /// A decimal number in scaled units.
    func decimal(_ name: String, scale: Int) throws(Rejection) -> Int64? {
        guard let value = value(name) else { return nil }
        do throws(ScaledError) {
            switch value {
            case .number(let digits): return try Scaled.parse(digits, scale: scale)
            case .string(let text): return try Scaled.parse(Array(text.utf8), scale: scale)
            case .null, .bool, .array, .object: break
            }
        } catch {
            throw Fields.numberRejection(error, name: name, given: value.shown)
        }
        throw .invalid(
            name, given: value.shown, allowed: "a number, or one written as text",
            code: "invalid_type")
    }

    /// A decimal number above 0.
    func positive(_ name: String, scale: Int) throws(Rejection) -> Int64? {
        guard let number = try decimal(name, scale: scale) else { return nil }
        guard number > 0 else {
            throw .invalid(
                name, given: value(name)?.shown ?? "", allowed: "greater than 0",
                code: "out_of_range")
        }
        return number
    }

    func requiredPositive(_ name: String, scale: Int) throws(Rejection) -> Int64 {
        guard let number = try positive(name, scale: scale) else {
            throw .missing(name, expected: "a number greater than 0")
        }
        return number
    }

    /// A whole number in a range.
    func whole(_ name: String, _ range: ClosedRange<Int64>) throws(Rejection) -> Int64? {
        guard let number = try decimal(name, scale: 0) else { return nil }
        guard range.contains(number) else {
            throw .invalid(
                name, given: value(name)?.shown ?? "",
                allowed: "from \(range.lowerBound) to \(range.upperBound)", code: "out_of_range")
        }
        return number
    }

    private static func numberRejection(
        _ error: ScaledError, name: String, given: String
    ) -> Rejection {
        switch error {
        case .malformed:
            .invalid(name, given: given, allowed: "a decimal number such as 12.5")
        case .tooManyDecimals(let scale):
            .invalid(
                name, given: given, allowed: "a number of at most \(scale) decimals",
                code: "too_many_decimals")
        case .tooLarge:
            .invalid(name, given: given, allowed: "a smaller number", code: "out_of_range")
        }
    }
}

func isIdentifierByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        true
    default: false
    }
}

private func oneOf(_ words: [String]) -> String {
    words.count == 1 ? words[0] : "one of " + words.joined(separator: ", ")
}

extension JSONValue {
    /// As it was given, for a message; long ones are cut by who shows it.
    var shown: String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let digits): String(decoding: digits.prefix(80), as: UTF8.self)
        case .string(let text): "\"\(text.prefix(80))\""
        case .array: "an array"
        case .object: "an object"
        }
    }
}
