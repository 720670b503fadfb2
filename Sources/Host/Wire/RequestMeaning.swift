// What the header lines mean for the connection: whose host, where the body ends, whether to stay.

import Base

extension RequestHead {
    /// Beside the framing ones, what decisions hang on: taking the first or the last of two would
    /// both be guesses.
    private static let singleNames = ["content-type", "authorization", "x-api-key", "origin"]
    /// Gateways that hand headers on as variables take these for the framing ones.
    private static let lookalikeNames = ["content_length", "transfer_encoding"]

    /// Judges a request line with its headers as one.
    init(line: RequestLine, headers: HTTPHeaders) throws(HTTPFailure) {
        try RequestHead.checkHost(line, headers)
        for name in RequestHead.singleNames { _ = try headers.single(name) }
        self.method = line.method
        self.path = line.path
        self.query = line.query
        self.minorVersion = line.minorVersion
        self.headers = headers
        self.framing = try RequestHead.framing(headers, minorVersion: line.minorVersion)
        self.keepAlive = RequestHead.keepAlive(headers, minorVersion: line.minorVersion)
        self.expectsContinue = try RequestHead.expectsContinue(headers, line.minorVersion)
    }

    /// HTTP/1.1 has exactly one Host; an absolute target must name the same one.
    private static func checkHost(
        _ line: RequestLine, _ headers: HTTPHeaders
    ) throws(HTTPFailure) {
        guard let host = try headers.single("host") else {
            guard line.minorVersion == 0, line.authority == nil else {
                throw .malformed("The request has no Host.")
            }
            return
        }
        guard isHost(host) else { throw .malformed("Host is not a host with an optional port.") }
        guard let authority = line.authority else { return }
        guard Ascii.equal(host, authority) else {
            throw .malformed("The target names another host than Host does.")
        }
    }

    /// A name, an IPv4 address or a bracketed IPv6 address, and maybe a port.
    private static func isHost(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        if rest.first == UInt8(ascii: "[") {
            rest = rest.dropFirst()
            let address = rest.prefix { ByteSet.hostBrackets.contains($0) }
            rest = rest.dropFirst(address.count)
            guard address.count >= 2, rest.first == UInt8(ascii: "]") else { return false }
            rest = rest.dropFirst()
        } else {
            let name = rest.prefix { ByteSet.hostName.contains($0) }
            guard !name.isEmpty else { return false }
            rest = rest.dropFirst(name.count)
        }
        guard !rest.isEmpty else { return true }
        let port = rest.dropFirst()
        guard rest.first == UInt8(ascii: ":"), port.count <= 5 else { return false }
        return port.allSatisfy { ByteSet.digit.contains($0) }
            && port.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 65_535
    }

    /// One length, or chunked, or nothing. Both at once, lists and repetitions are how requests
    /// are smuggled, and any coding but chunked alone leaves the end of the body unknown.
    private static func framing(
        _ headers: HTTPHeaders, minorVersion: Int
    ) throws(HTTPFailure) -> BodyFraming {
        for name in lookalikeNames where headers.firstBytes(name) != nil {
            throw .malformed("The header \(name) is not taken.")
        }
        let length = try headers.single("content-length")
        guard let coding = try headers.single("transfer-encoding") else {
            guard let length else { return .none }
            return .length(try contentLength(length))
        }
        guard length == nil else {
            throw .malformed("Content-Length and Transfer-Encoding exclude each other.")
        }
        guard minorVersion == 1, Ascii.equal(coding, "chunked".utf8) else {
            throw .malformed("The only Transfer-Encoding is chunked, in HTTP/1.1.")
        }
        return .chunked
    }

    private static func contentLength(_ text: ArraySlice<UInt8>) throws(HTTPFailure) -> Int {
        guard !text.isEmpty, text.allSatisfy({ ByteSet.digit.contains($0) }) else {
            throw .malformed("Content-Length is not a whole number.")
        }
        var length = 0
        for byte in text {
            length = length * 10 + Int(byte - 0x30)
            guard length <= Limits.bodyBytes else { throw .bodyTooLarge }
        }
        return length
    }

    private static func keepAlive(_ headers: HTTPHeaders, minorVersion: Int) -> Bool {
        if headers.contains("connection", token: "close") { return false }
        return minorVersion == 1 || headers.contains("connection", token: "keep-alive")
    }

    /// HTTP/1.0 has no interim answers, so its expectations are passed over.
    private static func expectsContinue(
        _ headers: HTTPHeaders, _ minorVersion: Int
    ) throws(HTTPFailure) -> Bool {
        guard minorVersion == 1, let value = try headers.single("expect") else { return false }
        guard Ascii.equal(value, "100-continue".utf8) else { throw .expectationFailed }
        return true
    }
}
