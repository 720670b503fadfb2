// Fuzzes decimals: what is read in one scale, which the first byte chooses, is written in its
// shortest form and reads again to the same.

import Base

@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 0, let start else { return 0 }
    let scale = Int(start[0] % 10)
    let text = UnsafeBufferPointer(start: start + 1, count: count - 1)
    guard let value = try? Scaled.parse(text, scale: scale) else { return 0 }
    precondition(value.magnitude <= Scaled.maximum.magnitude)
    let shortest = Scaled.bytes(value, scale: scale)
    precondition((try? Scaled.parse(shortest, scale: scale)) == value)
    if shortest.contains(UInt8(ascii: ".")) {
        precondition(shortest.last != UInt8(ascii: "0") && shortest.last != UInt8(ascii: "."))
    }
    return 0
}
