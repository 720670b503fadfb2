// The library's arithmetic against 128 bits, and its reading and writing of numbers.

import Base
import Foundation
import TestSupport
import Testing

/// Makes the library's inner functions callable.
private func opened(_ source: String) -> String {
    source + """

        local function try(name, body)
            redis.register_function('oes_test_' .. name, function(keys, args)
                if not redis_call then bind() end
                local done, first, second = pcall(body, args)
                if not done then return { 'refused', first.refused, first.values } end
                return { 'ok', first, second }
            end)
        end
        try('multiply_divide', function(args)
            local quotient, rest = multiply_divide(
                tonumber(args[1]), tonumber(args[2]), tonumber(args[3]))
            return format('%d', quotient), format('%d', rest)
        end)
        try('decimal', function(args) return decimal(tonumber(args[1]), tonumber(args[2])) end)
        try('whole', function(args) return format('%d', whole(args[1], 'n')) end)
        """
}

@Suite struct LuaNumberTests {
    private let world: LuaWorld

    init() throws { world = try LuaWorld(isSeeded: false, edit: opened) }

    @Test func multiplyDivideIsExact() {
        var random = SystemRandomNumberGenerator()
        let edges: [Int64] = [
            0, 1, 2, 3, 9_999, 10_000, 94_906_265, 94_906_266, 94_906_267, 1 << 52,
            Scaled.maximum - 1, Scaled.maximum,
        ]
        func number() -> Int64 {
            if Int.random(in: 0..<3, using: &random) == 0 { return edges.randomElement()! }
            return Int64.random(in: 0...Scaled.maximum, using: &random)
                >> Int64.random(in: 0..<53, using: &random)
        }
        for _ in 0..<5_000 {
            let (a, b, d) = (number(), number(), max(1, number()))
            let product = UInt128(a) * UInt128(b)
            let (quotient, rest) = product.quotientAndRemainder(dividingBy: UInt128(d))
            let expected =
                quotient > UInt128(Scaled.maximum)
                ? "refused amount_too_large " : "ok \(quotient) \(rest)"
            let reply = world.functions.call(
                "multiply_divide", Argument(a), Argument(b), Argument(d))
            #expect(reply.description == expected, "\(a) × \(b) ÷ \(d)")
        }
    }

    @Test func decimalsReadAsTheHosts() {
        for number in [0, 1, -1, 5, 10, -1_050, 100_000, 123_456_789, Scaled.maximum] {
            for scale in 0...9 {
                let reply = world.functions.call("decimal", Argument(number), Argument(scale))
                #expect(reply.description == "ok \(Scaled.format(number, scale: scale))")
            }
        }
    }

    @Test(arguments: ["0", "-0", "7", "007", "-12", "9007199254740991", "-9007199254740991"])
    func wholeNumbers(text: String) {
        #expect(world.functions.call("whole", Argument(text)).description == "ok \(Int64(text)!)")
    }

    @Test(arguments: [
        "", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "nan", "inf", "-inf", "1\0", "١",
        "9007199254740992", "9007199254740993", "-9007199254740992", "99999999999999999",
        "00000000000000000001",
    ])
    func notWholeNumbers(text: String) {
        let reply = world.functions.call("whole", Argument(text))
        #expect(reply.description == "refused bad_argument name=n")
    }
}
