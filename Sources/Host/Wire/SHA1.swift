// SHA-1 (FIPS 180-4), which the WebSocket handshake asks for. It protects nothing here.

package enum SHA1 {
    /// The digest of 20 bytes.
    package static func hash(_ message: some Collection<UInt8>) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        let padded = MerkleDamgard.pad(message)
        var schedule = [UInt32](repeating: 0, count: 80)
        for blockStart in stride(from: 0, to: padded.count, by: 64) {
            for word in 0..<16 {
                schedule[word] = MerkleDamgard.word(padded, at: blockStart + word * 4)
            }
            for round in 16..<80 {
                let mixed = schedule[round - 3] ^ schedule[round - 8] ^ schedule[round - 14]
                schedule[round] = MerkleDamgard.rotateLeft(mixed ^ schedule[round - 16], 1)
            }
            compress(schedule, into: &state)
        }
        var digest: [UInt8] = []
        for word in state { MerkleDamgard.append(word, to: &digest) }
        return digest
    }

    private static func compress(_ schedule: [UInt32], into state: inout [UInt32]) {
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for round in 0..<80 {
            let (mix, constant) = roundFunction(round, b, c, d)
            let next = MerkleDamgard.rotateLeft(a, 5) &+ mix &+ e &+ constant &+ schedule[round]
            (a, b, c, d, e) = (next, a, MerkleDamgard.rotateLeft(b, 30), c, d)
        }
        for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
    }

    private static func roundFunction(
        _ round: Int, _ b: UInt32, _ c: UInt32, _ d: UInt32
    ) -> (mix: UInt32, constant: UInt32) {
        switch round {
        case ..<20: ((b & c) | (~b & d), 0x5A82_7999)
        case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case ..<60: ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
    }
}

/// What SHA-1 and SHA-256 share: blocks of 64 bytes, the length at the end, big-endian words.
enum MerkleDamgard {
    /// The message, one set bit, zeros, and its length in bits: a multiple of 64 bytes.
    static func pad(_ message: some Collection<UInt8>) -> [UInt8] {
        var padded: [UInt8] = []
        padded.reserveCapacity((message.count + 8) / 64 * 64 + 64)
        padded.append(contentsOf: message)
        let bitCount = UInt64(padded.count) * 8
        padded.append(0x80)
        while padded.count % 64 != 56 { padded.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: bitCount >> UInt64(shift)))
        }
        return padded
    }

    static func word(_ bytes: [UInt8], at place: Int) -> UInt32 {
        let high = UInt32(bytes[place]) << 24 | UInt32(bytes[place + 1]) << 16
        return high | UInt32(bytes[place + 2]) << 8 | UInt32(bytes[place + 3])
    }

    static func append(_ word: UInt32, to bytes: inout [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: word >> 24))
        bytes.append(UInt8(truncatingIfNeeded: word >> 16))
        bytes.append(UInt8(truncatingIfNeeded: word >> 8))
        bytes.append(UInt8(truncatingIfNeeded: word))
    }

    static func rotateLeft(_ value: UInt32, _ count: UInt32) -> UInt32 {
        value << count | value >> (32 - count)
    }
}
