// Fuzzes the request head parser: what it takes is within the bounds, and bytes that come in drops
// give what they give at once.

import Base
import Wire

@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    switch HTTPParser.parseHead(bytes) {
    case .needMore:
        break
    case .failed(let failure):
        precondition((400...505).contains(failure.status))
    case .done(let head, let consumed):
        precondition(consumed <= count && head.headers.count <= Limits.headerCount)
        precondition(!head.path.isEmpty)
        for size in stride(from: 0, to: consumed, by: max(1, consumed / 16)) {
            guard
                case .needMore = HTTPParser.parseHead(
                    UnsafeRawBufferPointer(rebasing: bytes[..<size]))
            else { preconditionFailure("a beginning isn't one") }
        }
        _ = WebSocketHandshake.accept(head)
        _ = try? PercentCoding.segments(head.path)
        _ = try? PercentCoding.query(head.query)
    }
    return 0
}
