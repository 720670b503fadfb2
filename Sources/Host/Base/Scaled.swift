// Decimal numbers as whole numbers in a scale.
//
// Outside, clients write "150.25". Inside, a number is an Int64 and a scale known from its
// instrument or currency: 15025 at scale 2. There is no Double anywhere, so nothing is ever
// rounded by accident: what doesn't fit the scale is an error for the client to mend.

/// Why a text is not a number in a given scale.
package enum ScaledError: Error, Equatable {
    /// Not of the form -?digits[.digits][e-?digits].
    case malformed
    /// More decimals than the scale allows; trailing zeros are not counted.
    case tooManyDecimals(scale: Int)
    /// Above 2^53-1 in scaled units, the largest whole number that Redis's Lua keeps exactly.
    case tooLarge
}

package enum Scaled {
    /// The largest size of a scaled number: 2^53-1.
    package static let maximum: Int64 = 9_007_199_254_740_991

    /// Powers of ten up to 10^18.
    package static let powersOfTen: [Int64] = (0...18).map { exponent in
        (0..<exponent).reduce(Int64(1)) { power, _ in power * 10 }
    }

    /// Reads a decimal number such as `-12.50` or, as JSON allows, `1.25e1` into scaled units.
    /// Leading zeros are taken ("007"); a point needs a digit on each side.
    package static func parse<Bytes: Collection<UInt8>>(
        _ text: Bytes, scale: Int
    ) throws(ScaledError) -> Int64 {
        let result = text.withContiguousStorageIfAvailable { bytes in
            Result { () throws(ScaledError) in try parse(bytes.span, scale: scale) }
        }
        guard let result else { return try parse(Array(text).span, scale: scale) }
        return try result.get()
    }

    package static func parse(_ text: Span<UInt8>, scale: Int) throws(ScaledError) -> Int64 {
        var reader = DecimalReader()
        try reader.read(text)
        return try reader.value(scale: scale)
    }

    /// Writes a scaled number without trailing zeros: (15000, scale 2) gives "150".
    package static func format(_ value: Int64, scale: Int) -> String {
        String(decoding: bytes(value, scale: scale), as: UTF8.self)
    }

    /// The bytes of `format`.
    package static func bytes(_ value: Int64, scale: Int) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(24)
        append(value, scale: scale, to: &text)
        return text
    }

    /// Appends the bytes of `format`. `scale` is 0 to 18.
    package static func append(_ value: Int64, scale: Int, to text: inout [UInt8]) {
        if value < 0 { text.append(UInt8(ascii: "-")) }
        guard scale > 0 else { return appendDigits(value.magnitude, atLeast: 1, to: &text) }
        let (whole, fraction) = value.magnitude.quotientAndRemainder(
            dividingBy: powersOfTen[scale].magnitude)
        appendDigits(whole, atLeast: 1, to: &text)
        guard fraction != 0 else { return }
        text.append(UInt8(ascii: "."))
        appendDigits(fraction, atLeast: scale, to: &text)
        while text.last == UInt8(ascii: "0") { text.removeLast() }
    }

    /// Appends a whole number, filled up with zeros in front.
    package static func appendDigits(_ value: UInt64, atLeast width: Int, to text: inout [UInt8]) {
        var width = width
        while width < 19, value >= powersOfTen[width].magnitude { width += 1 }
        if value >= 10_000_000_000_000_000_000 { width = 20 }
        text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: width))
        var rest = value
        var place = text.count
        while rest > 0 {
            place -= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
    }
}

/// A decimal number being read: significant × 10^(pendingZeros + exponent − decimals). Zeros are
/// held back until a digit follows them, so that "1.5000000000000000000000" is as good as "1.5".
private struct DecimalReader {
    private var isNegative = false
    private var significant: Int64 = 0
    private var pendingZeros = 0
    private var decimals = 0
    private var exponent = 0
    private var overflowed = false

    mutating func read(_ text: Span<UInt8>) throws(ScaledError) {
        var at = 0
        isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        if isNegative { at = 1 }
        try readDigits(text, &at, areDecimals: false)
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at += 1
            try readDigits(text, &at, areDecimals: true)
        }
        if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            try readExponent(text, &at)
        }
        guard at == text.count else { throw .malformed }
    }

    /// One digit or more.
    private mutating func readDigits(
        _ text: Span<UInt8>, _ at: inout Int, areDecimals: Bool
    ) throws(ScaledError) {
        let start = at
        while at < text.count, text[at] >= UInt8(ascii: "0"), text[at] <= UInt8(ascii: "9") {
            append(Int64(text[at] - UInt8(ascii: "0")))
            at += 1
        }
        guard at > start else { throw .malformed }
        if areDecimals { decimals = at - start }
    }

    private mutating func append(_ digit: Int64) {
        guard digit != 0 else {
            if significant != 0 { pendingZeros += 1 }
            return
        }
        while pendingZeros > 0, !overflowed {
            shift(0)
            pendingZeros -= 1
        }
        pendingZeros = 0
        shift(digit)
    }

    private mutating func shift(_ digit: Int64) {
        if significant > Scaled.maximum / 10 {
            overflowed = true
        } else {
            significant = significant * 10 + digit
        }
    }

    /// Sizes far beyond any scale are all alike, and are kept from overflowing.
    private mutating func readExponent(
        _ text: Span<UInt8>, _ at: inout Int
    ) throws(ScaledError) {
        let isNegative = at < text.count && text[at] == UInt8(ascii: "-")
        if isNegative || (at < text.count && text[at] == UInt8(ascii: "+")) { at += 1 }
        let start = at
        while at < text.count, text[at] >= UInt8(ascii: "0"), text[at] <= UInt8(ascii: "9") {
            exponent = min(exponent * 10 + Int(text[at] - UInt8(ascii: "0")), 1_000_000_000)
            at += 1
        }
        guard at > start else { throw .malformed }
        if isNegative { exponent = -exponent }
    }

    /// The number times ten to `scale`, exact or an error.
    func value(scale: Int) throws(ScaledError) -> Int64 {
        guard significant != 0 else { return 0 }
        let power = pendingZeros + exponent - decimals + scale
        // The last significant digit isn't zero, so below 10^0 it is a decimal too many.
        guard power >= 0 else { throw .tooManyDecimals(scale: scale) }
        guard !overflowed, power < Scaled.powersOfTen.count else { throw .tooLarge }
        let (size, overflow) = significant.multipliedReportingOverflow(
            by: Scaled.powersOfTen[power])
        guard !overflow, size <= Scaled.maximum else { throw .tooLarge }
        return isNegative ? -size : size
    }
}
