// The .env file, and what else Settings reads from the system.
//
// A line is `KEY=value`, with `export` in front or not; empty lines and lines that begin with #
// are skipped. A value without quotes ends at a # with a space before it. In single quotes all
// stands for itself; in double quotes \n, \t, \" and \\ are known. Nothing is substituted.

import Glibc

package enum SettingsFile {
    /// The last of two lines with one key counts.
    package static func parse(_ bytes: [UInt8]) throws(SettingsError) -> [String: String] {
        var values: [String: String] = [:]
        let withoutMark = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...]
        let lines = withoutMark.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            do throws(LineError) {
                if let (key, value) = try parseLine(line) { values[key] = value }
            } catch {
                throw SettingsError(description: ".env, line \(index + 1): \(error.reason)")
            }
        }
        return values
    }

    private struct LineError: Error {
        let reason: String
    }

    private static func parseLine(
        _ whole: ArraySlice<UInt8>
    ) throws(LineError) -> (String, String)? {
        var line = trimmed(whole)
        guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
        if line.starts(with: Array("export ".utf8)) { line = trimmed(line.dropFirst(7)) }
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else {
            throw LineError(reason: "KEY=value is expected")
        }
        let key = trimmed(line[..<equals])
        guard !key.isEmpty, key.allSatisfy(isKeyByte) else {
            throw LineError(reason: "a name has letters, digits and _ only")
        }
        let value = try parseValue(trimmed(line[(equals + 1)...]))
        guard let text = String(validating: value, as: UTF8.self), !value.contains(0) else {
            throw LineError(reason: "the value isn't UTF-8 text")
        }
        return (String(decoding: key, as: UTF8.self), text)
    }

    private static func parseValue(_ text: ArraySlice<UInt8>) throws(LineError) -> [UInt8] {
        guard let quote = text.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
        else { return plainValue(text) }
        var value: [UInt8] = []
        var position = text.startIndex + 1
        while position < text.endIndex, text[position] != quote {
            if quote == UInt8(ascii: "\""), text[position] == UInt8(ascii: "\\") {
                position += 1
                guard position < text.endIndex, let byte = unescaped(text[position]) else {
                    throw LineError(reason: "known escapes are \\n, \\t, \\\" and \\\\")
                }
                value.append(byte)
            } else {
                value.append(text[position])
            }
            position += 1
        }
        guard position < text.endIndex else { throw LineError(reason: "the quote isn't closed") }
        let rest = trimmed(text[(position + 1)...])
        guard rest.isEmpty || rest.first == UInt8(ascii: "#") else {
            throw LineError(reason: "there is text after the closing quote")
        }
        return value
    }

    private static func plainValue(_ text: ArraySlice<UInt8>) -> [UInt8] {
        if text.first == UInt8(ascii: "#") { return [] }
        let comment = text.indices.dropFirst().first { index in
            text[index] == UInt8(ascii: "#") && isBlank(text[index - 1])
        }
        return Array(trimmed(text[..<(comment ?? text.endIndex)]))
    }

    private static func unescaped(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "n"): UInt8(ascii: "\n")
        case UInt8(ascii: "t"): UInt8(ascii: "\t")
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
        default: nil
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let front = text.drop(while: isBlank)
        let count = front.reversed().drop(while: isBlank).count
        return front.prefix(count)
    }
}

package struct SystemReadError: Error {
    package let reason: String
}

/// The file's bytes; nil where there is no such file.
package func readWhole(_ path: String, most: Int) throws(SystemReadError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        if errno == ENOENT { return nil }
        throw SystemReadError(reason: unsafe String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: most + 1)
    var count = 0
    while count < bytes.count {
        let step = bytes.withUnsafeMutableBytes { buffer in
            unsafe read(descriptor, buffer.baseAddress! + count, buffer.count - count)
        }
        if step < 0 && errno == EINTR { continue }
        guard step >= 0 else {
            throw SystemReadError(reason: unsafe String(cString: strerror(errno)))
        }
        if step == 0 { return Array(bytes[..<count]) }
        count += step
    }
    throw SystemReadError(reason: "it is larger than \(most) bytes")
}

/// The environment that this process was started with.
func processEnvironment() -> [String: String] {
    var values: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
        let text = unsafe String(cString: entry)
        if let equals = text.firstIndex(of: "=") {
            values[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        next += 1
    }
    return values
}

package func executableFolder() -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return nil }
    let path = buffer[..<count].map(UInt8.init(bitPattern:))
    guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    return String(decoding: path[..<slash], as: UTF8.self)
}

/// The number of single-letter changes that make one text the other.
func editDistance(_ left: String, _ right: String) -> Int {
    let rightBytes = Array(right.utf8)
    var row = Array(0...rightBytes.count)
    for (leftIndex, leftByte) in left.utf8.enumerated() {
        var diagonal = row[0]
        row[0] = leftIndex + 1
        for (index, rightByte) in rightBytes.enumerated() {
            let substituted = diagonal + (leftByte == rightByte ? 0 : 1)
            diagonal = row[index + 1]
            row[index + 1] = min(substituted, row[index] + 1, diagonal + 1)
        }
    }
    return row[rightBytes.count]
}
