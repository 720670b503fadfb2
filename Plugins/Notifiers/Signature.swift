// HMAC-SHA256 (RFC 2104, FIPS 180-4), by which a webhook's receiver knows that it was us, and when.

import Glibc

struct Signature: Sendable {
    private let key: [UInt8]

    init(secret: String) {
        let bytes = Array(secret.utf8)
        key = bytes.count > SHA256.blockBytes ? SHA256.digest(bytes) : bytes
    }

    /// The headers for a body that is sent now: the signature is over `timestamp.body`, so that an old
    /// request can't be sent again as a new one.
    func headers(_ body: [UInt8], at seconds: Int = time(nil)) -> [(name: String, value: String)] {
        let code = hmac(Array("\(seconds).".utf8) + body)
        let digits = Array("0123456789abcdef".utf8)
        let hex = code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return [
            ("X-OES-Timestamp", "\(seconds)"),
            ("X-OES-Signature", "sha256=\(String(decoding: hex, as: UTF8.self))"),
        ]
    }

    func hmac(_ message: [UInt8]) -> [UInt8] {
        let padded = key + [UInt8](repeating: 0, count: SHA256.blockBytes - key.count)
        let inner = SHA256.digest(padded.map { $0 ^ 0x36 } + message)
        return SHA256.digest(padded.map { $0 ^ 0x5C } + inner)
    }
}

enum SHA256 {
    static let blockBytes = 64

    /// The fractional parts of the cube roots of the first 64 primes.
    private static let rounds: [UInt32] = primes(64).map { root($0, 3) }
    /// The fractional parts of the square roots of the first eight.
    private static let start: [UInt32] = primes(8).map { root($0, 2) }

    static func digest(_ message: [UInt8]) -> [UInt8] {
        var state = start
        var padded = message + [0x80]
        while padded.count % blockBytes != 56 { padded.append(0) }
        let bits = UInt64(message.count) * 8
        padded += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
        for block in stride(from: 0, to: padded.count, by: blockBytes) {
            mix(padded[block..<block + blockBytes], into: &state)
        }
        return state.flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) }
        }
    }

    private static func mix(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
        let words = schedule(block)
        var v = state
        for index in 0..<64 {
            let first = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)
            let choice = (v[4] & v[5]) ^ (~v[4] & v[6])
            let one = v[7] &+ first &+ choice &+ rounds[index] &+ words[index]
            let second = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)
            let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])
            v = [one &+ second &+ majority, v[0], v[1], v[2], v[3] &+ one, v[4], v[5], v[6]]
        }
        for index in 0..<8 { state[index] &+= v[index] }
    }

    private static func schedule(_ block: ArraySlice<UInt8>) -> [UInt32] {
        var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { at in
            block[at..<at + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<64 {
            let early = words[index - 15]
            let late = words[index - 2]
            words.append(
                words[index - 16] &+ words[index - 7]
                    &+ (turn(early, 7) ^ turn(early, 18) ^ early >> 3)
                    &+ (turn(late, 17) ^ turn(late, 19) ^ late >> 10))
        }
        return words
    }

    private static func turn(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word >> count | word << (32 - count)
    }

    private static func primes(_ count: Int) -> [UInt64] {
        var found: [UInt64] = []
        var candidate: UInt64 = 2
        while found.count < count {
            if found.allSatisfy({ candidate % $0 != 0 }) { found.append(candidate) }
            candidate += 1
        }
        return found
    }

    /// The first 32 bits behind the point of the root, by halving: exact in whole numbers.
    private static func root(_ number: UInt64, _ power: Int) -> UInt32 {
        // The root times 2^32, which is below 2^37 for all our primes.
        var low: UInt64 = 0
        var high: UInt64 = 1 << 37
        while high - low > 1 {
            let middle = (low + high) / 2
            if isAtMost(middle, power, number) { low = middle } else { high = middle }
        }
        return UInt32(truncatingIfNeeded: low)
    }

    /// Whether (value / 2^32)^power ≤ number.
    private static func isAtMost(_ value: UInt64, _ power: Int, _ number: UInt64) -> Bool {
        var product = UInt128(1)
        for _ in 0..<power { product *= UInt128(value) }
        return product <= UInt128(number) << UInt128(32 * power)
    }
}
