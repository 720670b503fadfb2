// Fuzzes the WebSocket reader: cut at a place that the first byte chooses, the input gives the
// messages that it gives in one piece; text is UTF-8 and nothing passes the limit.

import Wire

private let limit = 4_096

private enum Outcome: Equatable {
    case message(WebSocketMessage)
    case failure(WebSocketFailure)
}

private func read(_ pieces: [UnsafeRawBufferPointer]) -> [Outcome] {
    var reader = WebSocketReader(messageLimit: limit)
    var outcomes: [Outcome] = []
    for piece in pieces {
        var rest = piece
        reading: while true {
            switch reader.read(rest) {
            case .needMore: break reading
            case .failed(let failure): return outcomes + [.failure(failure)]
            case .done(let message, let consumed):
                outcomes.append(.message(message))
                rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
            }
        }
    }
    return outcomes
}

private func check(_ outcome: Outcome) {
    switch outcome {
    case .message(.text(let text)):
        precondition(text.count <= limit && String(validating: text, as: UTF8.self) != nil)
    case .message(.binary(let bytes)):
        precondition(bytes.count <= limit)
    case .message(.ping(let payload)), .message(.pong(let payload)):
        precondition(payload.count <= 125)
    case .message(.close(let code, let reason)):
        precondition(reason.isEmpty || code != nil)
        precondition(String(validating: reason, as: UTF8.self) != nil)
    case .failure(let failure):
        precondition([1002, 1007, 1009].contains(failure.closeCode))
        precondition(failure.message.utf8.count <= 123)
    }
}

@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 1, let start else { return 0 }
    let bytes = UnsafeRawBufferPointer(start: start + 1, count: count - 1)
    let cut = min(Int(start[0]), bytes.count)
    let whole = read([bytes])
    precondition(
        whole
            == read([
                UnsafeRawBufferPointer(rebasing: bytes[..<cut]),
                UnsafeRawBufferPointer(rebasing: bytes[cut...]),
            ]))
    for outcome in whole { check(outcome) }
    return 0
}
