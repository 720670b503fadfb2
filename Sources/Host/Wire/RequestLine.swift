// The first line of a request: method, target and version with exactly one space between them.

struct RequestLine {
    let method: HTTPMethod
    let path: [UInt8]
    let query: [UInt8]
    let minorVersion: Int
    /// The host of a target in absolute form, `http://host/path`, which Host has to repeat.
    let authority: [UInt8]?

    /// Reads the line that fills `range`, without its CR LF. The version is judged before the
    /// target, so that a client of HTTP/2 learns what is wrong.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPFailure) {
        let methodEnd = RequestLine.findSpace(bytes, range)
        let targetStart = min(methodEnd + 1, range.upperBound)
        let targetEnd = RequestLine.findSpace(bytes, targetStart..<range.upperBound)
        guard targetEnd < range.upperBound else {
            throw .malformed("The request line is not of the form method target version.")
        }
        let method = try RequestLine.method(bytes, range.lowerBound..<methodEnd)
        self.minorVersion = try RequestLine.minorVersion(bytes, (targetEnd + 1)..<range.upperBound)
        let target = try Target(bytes, targetStart..<targetEnd, method: method)
        self.method = method
        self.path = target.path.isEmpty ? [UInt8(ascii: "/")] : bytes.copy(target.path)
        self.query = bytes.copy(target.query)
        self.authority = target.authority.map { bytes.copy($0) }
    }

    private static func findSpace(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        var index = range.lowerBound
        while index < range.upperBound, bytes[index] != Ascii.space { index += 1 }
        return index
    }

    private static func method(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPFailure) -> HTTPMethod {
        guard !range.isEmpty else { throw .malformed("The request line has no method.") }
        for index in range where !ByteSet.token.contains(bytes[index]) {
            throw .malformed("The method has a character that none may have.")
        }
        if matches(bytes, range, "GET") { return .get }
        if matches(bytes, range, "POST") { return .post }
        if matches(bytes, range, "DELETE") { return .delete }
        if matches(bytes, range, "PUT") { return .put }
        if matches(bytes, range, "PATCH") { return .patch }
        if matches(bytes, range, "HEAD") { return .head }
        if matches(bytes, range, "OPTIONS") { return .options }
        if matches(bytes, range, "CONNECT") { throw .methodNotSupported }
        return .other
    }

    private static func minorVersion(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPFailure) -> Int {
        if matches(bytes, range, "HTTP/1.1") { return 1 }
        if matches(bytes, range, "HTTP/1.0") { return 0 }
        let start = range.lowerBound
        guard range.count == 8, matches(bytes, start..<(start + 5), "HTTP/"),
            ByteSet.digit.contains(bytes[start + 5]), bytes[start + 6] == UInt8(ascii: "."),
            ByteSet.digit.contains(bytes[start + 7])
        else { throw .malformed("The request line doesn't end in an HTTP version.") }
        throw .versionNotSupported
    }

    fileprivate static func matches(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString
    ) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        for offset in 0..<range.count where bytes[range.lowerBound + offset] != expected[offset] {
            return false
        }
        return true
    }
}

/// Where the parts of a request's target stand.
private struct Target {
    var authority: Range<Int>?
    /// Empty only for `http://host`, whose path is "/".
    var path: Range<Int>
    var query: Range<Int>

    init(_ bytes: Span<UInt8>, _ range: Range<Int>, method: HTTPMethod) throws(HTTPFailure) {
        var start = range.lowerBound
        guard start < range.upperBound else { throw .malformed("The request has no target.") }
        if range.count == 1, bytes[start] == UInt8(ascii: "*"), method == .options {
            path = range
            query = range.upperBound..<range.upperBound
            return
        }
        if bytes[start] != UInt8(ascii: "/") {
            let host = try Target.authority(bytes, range)
            authority = host
            start = host.upperBound
        }
        let pathEnd = try Target.scan(bytes, start..<range.upperBound, allowed: .path)
        path = start..<pathEnd
        query = min(pathEnd + 1, range.upperBound)..<range.upperBound
        guard pathEnd < range.upperBound else { return }
        guard bytes[pathEnd] == UInt8(ascii: "?"),
            try Target.scan(bytes, query, allowed: .query) == range.upperBound
        else { throw .malformed("The target has a character that must be escaped.") }
    }

    /// The host of `http://host/…`; other schemes and forms are refused.
    private static func authority(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPFailure) -> Range<Int> {
        let start = range.lowerBound + 7
        guard start < range.upperBound,
            Ascii.equal(bytes.copy(range.lowerBound..<start)[...], "http://".utf8)
        else { throw .malformed("The target is neither a path nor an http address.") }
        var end = start
        while end < range.upperBound, bytes[end] != UInt8(ascii: "/"),
            bytes[end] != UInt8(ascii: "?")
        {
            end += 1
        }
        return start..<end
    }

    /// The first place whose byte isn't allowed; each percent sign must begin an escape.
    private static func scan(
        _ bytes: Span<UInt8>, _ range: Range<Int>, allowed: ByteSet
    ) throws(HTTPFailure) -> Int {
        var index = range.lowerBound
        while index < range.upperBound, allowed.contains(bytes[index]) {
            if bytes[index] == UInt8(ascii: "%") {
                guard index + 2 < range.upperBound, Ascii.hexValue(bytes[index + 1]) != nil,
                    Ascii.hexValue(bytes[index + 2]) != nil
                else { throw .malformed("The target has a percent sign without two digits.") }
            }
            index += 1
        }
        return index
    }
}
