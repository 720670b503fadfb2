// Fuzzes the decoder of chunked bodies: cut at a place that the first byte chooses, the input gives
// what it gives in one piece, and never more than the limit.

import Wire

private let limit = 4_096

private struct Outcome: Equatable {
    var body: [UInt8] = []
    var consumed: Int?
    var failure: HTTPFailure?
}

private func decode(_ pieces: [UnsafeRawBufferPointer]) -> Outcome {
    var decoder = ChunkedDecoder(limit: limit)
    var outcome = Outcome()
    var taken = 0
    for piece in pieces {
        switch decoder.decode(piece, into: &outcome.body) {
        case .needMore: taken += piece.count
        case .failed(let failure):
            outcome.failure = failure
            return outcome
        case .done(_, let consumed):
            outcome.consumed = taken + consumed
            return outcome
        }
    }
    return outcome
}

@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 1, let start else { return 0 }
    let bytes = UnsafeRawBufferPointer(start: start + 1, count: count - 1)
    let cut = min(Int(start[0]), bytes.count)
    let whole = decode([bytes])
    let pieces = decode([
        UnsafeRawBufferPointer(rebasing: bytes[..<cut]),
        UnsafeRawBufferPointer(rebasing: bytes[cut...]),
    ])
    precondition(whole == pieces)
    precondition(whole.body.count <= limit)
    precondition(whole.consumed.map { $0 <= bytes.count } ?? true)
    return 0
}
