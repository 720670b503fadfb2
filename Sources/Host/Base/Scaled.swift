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
    package static func parse<Bytes: Collection<UInt8>>(
        _ text: Bytes, scale: Int
    ) throws(ScaledError) -> Int64 {
        var digits = DigitCollector()
        var rest = text[...]
        let negative = rest.first == UInt8(ascii: "-")
        if negative { rest = rest.dropFirst() }
        let mantissa = rest.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
        try digits.collect(mantissa)
        let exponent = try parseExponent(rest.dropFirst(mantissa.count))
        let size = try digits.value(scale: scale, exponent: exponent)
        return negative ? -size : size
    }

    /// Writes a scaled number without trailing zeros: (15000, scale 2) gives "150".
    package static func format(_ value: Int64, scale: Int) -> String {
        String(decoding: bytes(value, scale: scale), as: UTF8.self)
    }

    /// The bytes of `format`.
    package static func bytes(_ value: Int64, scale: Int) -> [UInt8] {
        var rest = value.magnitude
        var reversed: [UInt8] = []
        reversed.reserveCapacity(24)
        var decimals = 0
        while decimals < scale || rest > 0 {
            let digit = UInt8(rest % 10)
            rest /= 10
            if decimals == scale && scale > 0 && !reversed.isEmpty {
                reversed.append(UInt8(ascii: "."))
            }
            // A zero at the very end of the decimals is left out.
            if decimals >= scale || digit != 0 || !reversed.isEmpty {
                reversed.append(UInt8(ascii: "0") + digit)
            }
            decimals += 1
        }
        if decimals <= scale {
            if !reversed.isEmpty { reversed.append(UInt8(ascii: ".")) }
            reversed.append(UInt8(ascii: "0"))
        }
        if value < 0 { reversed.append(UInt8(ascii: "-")) }
        reversed.reverse()
        return reversed
    }

    private static func parseExponent<Bytes: Collection<UInt8>>(
        _ text: Bytes
    ) throws(ScaledError) -> Int {
        guard !text.isEmpty else { return 0 }
        var digits = text.dropFirst()
        let negative = digits.first == UInt8(ascii: "-")
        if negative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        guard !digits.isEmpty else { throw .malformed }
        var size = 0
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { throw .malformed }
            size = min(size * 10 + Int(byte - UInt8(ascii: "0")), 10_000)
        }
        return negative ? -size : size
    }
}

/// The digits of a mantissa, with leading zeros dropped and trailing zeros counted apart, so that
/// "1.5000000000000000000000" is as good as "1.5".
private struct DigitCollector {
    private var significant: Int64 = 0
    private var pendingZeros = 0
    private var decimals = 0
    private var overflow = false

    mutating func collect<Bytes: Collection<UInt8>>(_ text: Bytes) throws(ScaledError) {
        var sawDigit = false
        var sawPoint = false
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard !sawPoint, sawDigit else { throw .malformed }
                sawPoint = true
                sawDigit = false
                continue
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { throw .malformed }
            sawDigit = true
            append(Int64(byte - UInt8(ascii: "0")), isDecimal: sawPoint)
        }
        guard sawDigit else { throw .malformed }
    }

    private mutating func append(_ digit: Int64, isDecimal: Bool) {
        if isDecimal { decimals += 1 }
        if digit == 0 {
            pendingZeros += 1
            return
        }
        for _ in 0..<min(pendingZeros, 20) where significant != 0 { shift(0) }
        pendingZeros = 0
        shift(digit)
    }

    private mutating func shift(_ digit: Int64) {
        if significant > Scaled.maximum / 10 { overflow = true } else {
            significant = significant * 10 + digit
        }
    }

    /// The number times ten to `scale`, exact or an error.
    func value(scale: Int, exponent: Int) throws(ScaledError) -> Int64 {
        if overflow { throw decimals - pendingZeros > scale ? .tooManyDecimals(scale: scale) : .tooLarge }
        if significant == 0 { return 0 }
        // significant × 10^pendingZeros × 10^(exponent - decimals) × 10^scale
        let power = pendingZeros + exponent - decimals + scale
        if power < 0 { throw .tooManyDecimals(scale: scale) }
        guard power <= 18 else { throw .tooLarge }
        let (product, overflowed) = significant.multipliedReportingOverflow(
            by: Scaled.powersOfTen[power])
        if overflowed || product > Scaled.maximum { throw .tooLarge }
        return product
    }
}
