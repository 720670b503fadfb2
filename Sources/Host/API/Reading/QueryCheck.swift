// A query's parameters by their declared kinds: what the documentation shows is what is taken. Who
// reads a parameter afterwards reads its meaning only.

import Base
import Trading

extension Field {
    /// Throws where the text isn't of this kind. Kinds that only a body can have aren't judged.
    func checkQuery(_ text: String) throws(Rejection) {
        switch kind {
        case .symbol: try Field(name, .text(most: Limits.symbolBytes), help).checkQuery(text)
        case .text(let most):
            let isClean = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
            try require(
                isClean && (1...most).contains(text.utf8.count), text,
                "text of 1 to \(most) bytes without control characters")
        case .identifier(let most):
            try require(
                (1...most).contains(text.utf8.count) && text.utf8.allSatisfy(isIdentifierByte),
                text, "1 to \(most) of the characters A-Z a-z 0-9 . _ -")
        case .choice(let words):
            try require(words.contains(text), text, "one of " + words.joined(separator: ", "))
        case .flag: try require(text == "true" || text == "false", text, "true or false")
        case .whole(let range):
            let value = Field.isPlainNumber(text) ? Int64(text) : nil
            try require(
                value.map(range.contains) ?? false, text,
                "a whole number from \(range.lowerBound) to \(range.upperBound)",
                code: "out_of_range")
        case .token:
            try require(PageToken(text) != nil, text, "a token from an earlier answer")
        case .choices, .currency, .decimal, .time, .object, .objects, .identifiers, .orderTypeName,
            .timeInForceName,
            .orderTypeParameters:
            break
        }
    }

    private func require(
        _ isRight: Bool, _ text: String, _ allowed: String, code: String = "invalid_value"
    ) throws(Rejection) {
        guard isRight else { throw .invalid(name, given: text, allowed: allowed, code: code) }
    }

    private static func isDigits(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    /// As JSON writes whole numbers: no plus, no zeros in front.
    private static func isPlainNumber(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        return isDigits(String(digits)) && (digits.first != "0" || digits.count == 1)
    }
}
