// SHA-256 (FIPS 180-4), for plugin libraries' checksums and for keys at rest.

package enum SHA256 {
    /// The digest of 32 bytes.
    package static func hash(_ message: some Collection<UInt8>) -> [UInt8] {
        var state: State = [
            0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A,
            0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
        ]
        let padded = MerkleDamgard.pad(message)
        var schedule = Schedule(repeating: 0)
        for blockStart in stride(from: 0, to: padded.count, by: 64) {
            for word in 0..<16 {
                schedule[word] = MerkleDamgard.word(padded, at: blockStart + word * 4)
            }
            for round in 16..<64 { schedule[round] = extend(schedule, round) }
            compress(schedule, into: &state)
        }
        var digest: [UInt8] = []
        digest.reserveCapacity(32)
        for word in 0..<8 { MerkleDamgard.append(state[word], to: &digest) }
        return digest
    }

    // On the stack: every request with a key hashes it.
    private typealias State = InlineArray<8, UInt32>
    private typealias Schedule = InlineArray<64, UInt32>

    /// The digest as 64 hexadecimal digits in lower case.
    package static func hex(_ message: some Collection<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = hash(message).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    private static func rotateRight(_ value: UInt32, _ count: UInt32) -> UInt32 {
        MerkleDamgard.rotateLeft(value, 32 - count)
    }

    private static func extend(_ schedule: Schedule, _ round: Int) -> UInt32 {
        let early = schedule[round - 15]
        let late = schedule[round - 2]
        let first = rotateRight(early, 7) ^ rotateRight(early, 18) ^ early >> 3
        let second = rotateRight(late, 17) ^ rotateRight(late, 19) ^ late >> 10
        return schedule[round - 16] &+ first &+ schedule[round - 7] &+ second
    }

    private static func compress(_ schedule: Schedule, into state: inout State) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for round in 0..<64 {
            let sumE = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25)
            let choice = (e & f) ^ (~e & g)
            let first = h &+ sumE &+ choice &+ roundConstants[round] &+ schedule[round]
            let sumA = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22)
            let majority = (a & b) ^ (a & c) ^ (b & c)
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ sumA &+ majority)
        }
        let added: State = [a, b, c, d, e, f, g, h]
        for word in 0..<8 { state[word] &+= added[word] }
    }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let roundConstants: [UInt32] = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4,
        0xAB1C_5ED5, 0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE,
        0x9BDC_06A7, 0xC19B_F174, 0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F,
        0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA, 0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7,
        0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967, 0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC,
        0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85, 0xA2BF_E8A1, 0xA81A_664B,
        0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070, 0x19A4_C116,
        0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
        0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7,
        0xC671_78F2,
    ]
}
