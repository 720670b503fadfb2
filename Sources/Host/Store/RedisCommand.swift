// A command to Redis, built in the bytes that go over the wire (RESP arrays of bulk strings), in
// one buffer and without a string in between: this is on the path of every order.

/// `var command = RedisCommand("HGET"); command.append(key); command.append(field)`.
package struct RedisCommand {
    /// The number of arguments is known only at the end, and Redis refuses leading zeros: the
    /// header is written right-aligned into this room in front.
    private static let headerRoom = 12

    private var buffer: [UInt8]
    private var argumentCount = 0

    /// `capacity`: the bytes that the whole command will have, as far as is known.
    package init(_ name: String, capacity: Int = 256) {
        buffer = []
        buffer.reserveCapacity(capacity + Self.headerRoom)
        buffer.append(contentsOf: repeatElement(0, count: Self.headerRoom))
        append(name)
    }

    /// A command of texts only, for what is off the order path.
    package init(_ name: String, _ arguments: [String]) {
        self.init(name)
        for argument in arguments { append(argument) }
    }

    package mutating func append(_ text: String) {
        begin(length: text.utf8.count)
        buffer.append(contentsOf: text.utf8)
        end()
    }

    package mutating func append(_ bytes: [UInt8]) {
        begin(length: bytes.count)
        buffer.append(contentsOf: bytes)
        end()
    }

    package mutating func append(_ number: Int64) {
        begin(length: Self.digitCount(number.magnitude) + (number < 0 ? 1 : 0))
        if number < 0 { buffer.append(UInt8(ascii: "-")) }
        appendDigits(number.magnitude)
        end()
    }

    /// Gives the finished command's bytes.
    consuming func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let start = writeHeader()
        return unsafe buffer.withUnsafeBufferPointer { bytes in
            unsafe body(UnsafeBufferPointer(rebasing: bytes[start...]))
        }
    }

    /// Returns where the header begins.
    private mutating func writeHeader() -> Int {
        var position = Self.headerRoom - 1
        buffer[position] = UInt8(ascii: "\n")
        buffer[position - 1] = UInt8(ascii: "\r")
        position -= 1
        var rest = argumentCount
        repeat {
            position -= 1
            buffer[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        position -= 1
        buffer[position] = UInt8(ascii: "*")
        return position
    }

    private mutating func begin(length: Int) {
        argumentCount += 1
        buffer.append(UInt8(ascii: "$"))
        appendDigits(UInt64(length))
        end()
    }

    private mutating func end() {
        buffer.append(UInt8(ascii: "\r"))
        buffer.append(UInt8(ascii: "\n"))
    }

    private static func digitCount(_ number: UInt64) -> Int {
        var rest = number
        var count = 1
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        return count
    }

    private mutating func appendDigits(_ number: UInt64) {
        if number < 10 {
            buffer.append(UInt8(ascii: "0") + UInt8(number))
            return
        }
        let count = Self.digitCount(number)
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: count))
        var rest = number
        for index in (start..<start + count).reversed() {
            buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
