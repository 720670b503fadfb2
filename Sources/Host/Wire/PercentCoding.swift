// Percent escapes (RFC 3986) in paths and queries.

/// Why an escaped text can't be read.
package enum PercentFailure: Error, Equatable, Sendable {
    /// A percent sign without two hexadecimal digits.
    case badEscape
    /// The unescaped bytes are not UTF-8.
    case notUTF8
}

package enum PercentCoding {
    /// Unescapes one path segment, or a name or value of a query, where "+" is a blank.
    package static func decode(
        _ text: ArraySlice<UInt8>, plusIsBlank: Bool = false
    ) throws(PercentFailure) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            guard byte == UInt8(ascii: "%") else {
                bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? Ascii.space : byte)
                continue
            }
            guard index + 1 < text.endIndex, let high = Ascii.hexValue(text[index]),
                let low = Ascii.hexValue(text[index + 1])
            else { throw .badEscape }
            bytes.append(high << 4 | low)
            index += 2
        }
        guard let valid = try? UTF8Span(validating: bytes.span) else { throw .notUTF8 }
        return String(copying: valid)
    }

    /// The unescaped segments of a path that begins with "/": `/api/orders/` gives "api", "orders"
    /// and "". An escaped slash stays within its segment.
    package static func segments(_ path: [UInt8]) throws(PercentFailure) -> [String] {
        var segments: [String] = []
        for part in path.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            segments.append(try decode(part))
        }
        return segments
    }

    /// The unescaped pairs of a query, in their order; "a" is as good as "a=".
    package static func query(
        _ query: [UInt8]
    ) throws(PercentFailure) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for part in query.split(separator: UInt8(ascii: "&")) {
            let name = part.prefix { $0 != UInt8(ascii: "=") }
            let value = part.dropFirst(name.count + 1)
            pairs.append(
                (try decode(name, plusIsBlank: true), try decode(value, plusIsBlank: true)))
        }
        return pairs
    }

    /// Escapes all but RFC 3986's unreserved characters.
    package static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            if ByteSet.unreserved.contains(byte) {
                escaped.append(byte)
            } else {
                escaped.append(UInt8(ascii: "%"))
                escaped.append(digits[Int(byte >> 4)])
                escaped.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
