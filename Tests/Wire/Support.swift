// What the wire tests share: feeding bytes, in one piece or in drops, and a repeatable generator.

import Testing

@testable import Wire

/// SplitMix64: a seed gives the same numbers on each machine, so a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The bytes with one to four of them changed, removed, doubled or swapped.
    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var mutant = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) where !mutant.isEmpty {
            let place = Int.random(in: 0..<mutant.count, using: &self)
            switch Int.random(in: 0..<5, using: &self) {
            case 0: mutant[place] = UInt8.random(in: 0...255, using: &self)
            case 1: mutant[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 2: mutant.remove(at: place)
            case 3: mutant.insert(mutant[place], at: place)
            default: mutant.swapAt(place, Int.random(in: 0..<mutant.count, using: &self))
            }
        }
        return mutant
    }
}

extension WireStep {
    var value: Value? {
        if case .done(let value, _) = self { value } else { nil }
    }

    var consumed: Int? {
        if case .done(_, let consumed) = self { consumed } else { nil }
    }

    var failure: Failure? {
        if case .failed(let failure) = self { failure } else { nil }
    }

    var needsMore: Bool {
        if case .needMore = self { true } else { false }
    }
}

/// Reads a head from text as it is written here: "\n" stands for CR LF.
func parseHead(lines text: String) -> ParseStep<RequestHead> {
    parseHead(bytes: crlf(text))
}

func parseHead(bytes: [UInt8], alreadySeen: Int = 0) -> ParseStep<RequestHead> {
    bytes.withUnsafeBytes { HTTPParser.parseHead($0, alreadySeen: alreadySeen) }
}

/// Text with CR LF for each line feed.
func crlf(_ text: String) -> [UInt8] {
    text.utf8.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
}

func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: Array(bytes), as: UTF8.self)
}
