// Decimals: named cases, the extremes at each scale, and a slow reading by whole texts to compare
// with.

import Testing

@testable import Base

/// SplitMix64: a seed gives the same numbers on each machine.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

private func parse(_ text: String, scale: Int) -> Result<Int64, ScaledError> {
    Result { () throws(ScaledError) in try Scaled.parse(text.utf8, scale: scale) }
}

@Suite struct ScaledTests {
    @Test(arguments: [
        ("0", 0, Int64(0)), ("0", 9, 0), ("-0", 2, 0), ("00", 0, 0), ("007", 0, 7), ("0.0", 0, 0),
        ("1", 0, 1), ("1", 2, 100), ("-1", 2, -100), ("150.25", 2, 15_025), ("1.50", 1, 15),
        ("1.5000000000000000000000000000", 1, 15), ("0.000000001", 9, 1), ("-0.01", 2, -1),
        ("1e2", 0, 100), ("1E2", 0, 100), ("1e+2", 0, 100), ("1.25e1", 1, 125), ("125e-2", 2, 125),
        ("1200e-2", 0, 12), ("0e999999999999999999999", 2, 0), ("0e-999999999999999999999", 2, 0),
        ("1e-0", 0, 1), ("0.00000000000000000001e20", 0, 1), ("0100", 0, 100),
        ("100000000000000000000e-20", 0, 1), ("9007199254740991", 0, 9_007_199_254_740_991),
        ("-9007199254740991", 0, -9_007_199_254_740_991),
        ("9007199.254740991", 9, 9_007_199_254_740_991),
        ("9007199254740991000e-3", 0, 9_007_199_254_740_991),
    ])
    func reads(text: String, scale: Int, value: Int64) {
        #expect(parse(text, scale: scale) == .success(value))
    }

    @Test(arguments: [
        "", "-", "+", "+1", "--1", "-+1", ".", ".5", "5.", "-.5", "-5.", "1..2", "1.2.3", " 1",
        "1 ",
        "1 2", "1,000", "1_000", "0x10", "abc", "1a", "a1", "NaN", "Infinity", "-inf", "e5", "1e",
        "1e+", "1e-", "1e1.5", "1e5e5", "1e++5", "1.e5", "\u{661}", "1\u{0}", "1\n", "1.-5", "½",
    ])
    func refusesWhatIsNoNumber(text: String) {
        for scale in [0, 2, 9] { #expect(parse(text, scale: scale) == .failure(.malformed)) }
    }

    @Test(arguments: [
        ("0.1", 0), ("1.55", 1), ("0.001", 2), ("1e-3", 2), ("0.0000000001", 9), ("1.5e-9", 9),
        ("1e-999999999999999999999", 9), ("12345678901234567890.123", 2),
        ("9007199254740992.5", 0), ("0.00000000000000000000000000000000000001", 9),
    ])
    func refusesDecimalsBeyondTheScale(text: String, scale: Int) {
        #expect(parse(text, scale: scale) == .failure(.tooManyDecimals(scale: scale)))
    }

    @Test(arguments: [
        ("9007199254740992", 0), ("-9007199254740992", 0), ("90071992547409.92", 2),
        ("9007199254740991", 1), ("1e16", 0), ("1e18", 0), ("1e19", 0), ("1e999999999999999999", 0),
        ("18446744073709551617", 0), ("99999999999999999999999999999999999999", 0), ("1e10", 9),
        ("1234567890123456789012345678901234567890e-10", 9), ("123456789012345678901e-1", 2),
    ])
    func refusesWhatIsTooLarge(text: String, scale: Int) {
        #expect(parse(text, scale: scale) == .failure(.tooLarge))
    }

    @Test(arguments: [
        (Int64(0), 0, "0"), (0, 9, "0"), (1, 0, "1"), (-1, 0, "-1"), (1, 2, "0.01"),
        (-1, 2, "-0.01"),
        (10, 2, "0.1"), (100, 2, "1"), (15_000, 2, "150"), (15_025, 2, "150.25"),
        (15_020, 2, "150.2"),
        (1_000_000_001, 9, "1.000000001"), (1, 18, "0.000000000000000001"),
        (9_007_199_254_740_991, 0, "9007199254740991"),
        (9_007_199_254_740_991, 9, "9007199.254740991"),
        (.max, 0, "9223372036854775807"), (.min, 0, "-9223372036854775808"),
        (.min, 18, "-9.223372036854775808"), (1_000_000_000_000_000_000, 18, "1"),
    ])
    func writes(value: Int64, scale: Int, text: String) {
        #expect(Scaled.format(value, scale: scale) == text)
        #expect(Scaled.bytes(value, scale: scale) == Array(text.utf8))
    }

    @Test func writesBehindWhatIsThere() {
        var text = Array("x=0".utf8)
        Scaled.append(500, scale: 2, to: &text)
        Scaled.append(0, scale: 2, to: &text)
        #expect(String(decoding: text, as: UTF8.self) == "x=050")
    }

    @Test func writesWholeNumbersOfEachLength() {
        var value: UInt64 = 1
        for length in 1...20 {
            for number in [value - 1, value, value + 1] {
                var text: [UInt8] = []
                Scaled.appendDigits(number, atLeast: 1, to: &text)
                #expect(String(decoding: text, as: UTF8.self) == String(number))
            }
            if length < 20 { value *= 10 }
        }
        var text: [UInt8] = []
        Scaled.appendDigits(.max, atLeast: 1, to: &text)
        Scaled.appendDigits(7, atLeast: 3, to: &text)
        #expect(String(decoding: text, as: UTF8.self) == "18446744073709551615007")
    }

    @Test func readsWhatItWrote() {
        var random = SeededGenerator(state: 1)
        for scale in 0...9 {
            for edge in [0, 1, 9, 10, 99, 100, Scaled.maximum - 1, Scaled.maximum] {
                for value in [edge, -edge] {
                    #expect(
                        parse(Scaled.format(value, scale: scale), scale: scale) == .success(value))
                }
            }
            for _ in 0..<2_000 {
                let bits = Int.random(in: 1...53, using: &random)
                let size = Int64(random.next() >> UInt64(64 - bits))
                let value = Bool.random(using: &random) ? size : -size
                #expect(parse(Scaled.format(value, scale: scale), scale: scale) == .success(value))
            }
        }
    }

    @Test func agreesWithTheSlowReading() {
        var random = SeededGenerator(state: 2)
        for _ in 0..<15_000 {
            let text = randomDecimal(using: &random)
            let scale = Int.random(in: 0...9, using: &random)
            #expect(
                parse(text, scale: scale) == slowParse(text, scale: scale), "\(text) at \(scale)")
        }
    }

    @Test func anyCollectionReadsAlike() throws {
        let text = "x12.50"
        let bytes = Array(text.utf8)
        #expect(try Scaled.parse(bytes[1...], scale: 2) == 1_250)
        #expect(try Scaled.parse(text.utf8.dropFirst(), scale: 2) == 1_250)
        #expect(try Scaled.parse(bytes.reversed().reversed().dropFirst(), scale: 2) == 1_250)
        #expect(try Scaled.parse(bytes[1...].lazy.map { $0 }, scale: 2) == 1_250)
    }
}

/// Mostly decimals, some with flaws.
private func randomDecimal(using random: inout SeededGenerator) -> String {
    func digits(_ most: Int) -> String {
        let zeros = Bool.random(using: &random)
        return String(
            (0..<Int.random(in: 0...most, using: &random)).map { _ in
                zeros && Int.random(in: 0..<3, using: &random) > 0
                    ? "0" : Character(String(Int.random(in: 0...9, using: &random)))
            })
    }
    var text = Bool.random(using: &random) ? "-" : ""
    text += digits(18)
    if Bool.random(using: &random) { text += "." + digits(12) }
    if Int.random(in: 0..<4, using: &random) == 0 {
        text += ["e", "E", "e-", "e+"].randomElement(using: &random)! + digits(2)
    }
    return text
}

/// The same contract on texts: the point is moved by hand, and the whole compared as digits.
private func slowParse(_ text: String, scale: Int) -> Result<Int64, ScaledError> {
    guard let parts = text.wholeMatch(of: /(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?/)
    else {
        return .failure(.malformed)
    }
    let decimals = String(parts.3 ?? "")
    let mantissa = String(parts.2) + decimals
    var digits = String(mantissa.drop { $0 == "0" })
    if digits.isEmpty { return .success(0) }
    var power = Int(parts.4 ?? "0")! - decimals.count + scale
    while digits.last == "0" {
        digits.removeLast()
        power += 1
    }
    if power < 0 { return .failure(.tooManyDecimals(scale: scale)) }
    guard digits.count + power <= 16,
        let value = Int64(digits + String(repeating: "0", count: power)),
        value <= 9_007_199_254_740_991
    else { return .failure(.tooLarge) }
    return .success(parts.1 == "-" ? -value : value)
}
