// Fuzzes the JSON reader and writer: what is read can be written, and reads again to the same.

import Base
import Wire

private func written(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    writer.value(value)
    precondition(writer.isComplete)
    return writer.bytes
}

@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    do throws(JSONFailure) {
        let text = written(try JSONParser.parse(bytes))
        do throws(JSONFailure) {
            let again = written(try JSONParser.parse(text))
            precondition(again == text)
        } catch {
            preconditionFailure("what was written isn't read: \(error)")
        }
    } catch {
        precondition((0...count).contains(error.offset))
    }
    return 0
}
