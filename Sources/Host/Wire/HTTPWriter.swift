// Writes HTTP/1.1 answers. The length is always stated, so a client never has to wait for the end
// of a connection to know the end of an answer.

import Base

package enum HTTPWriter {
    /// The interim answer to Expect: 100-continue.
    package static let continueLine = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Appends head and body; the body is left out, its length not, where the request was a HEAD.
    /// `date` is the value of HTTPDate for now; without it there is no Date line.
    package static func append(
        _ response: HTTPResponse, to out: inout [UInt8], keepAlive: Bool, isHead: Bool,
        date: [UInt8]? = nil
    ) {
        out.reserveCapacity(out.count + 256 + response.body.count)
        append("HTTP/1.1 ", to: &out)
        Scaled.append(Int64(response.status), scale: 0, to: &out)
        out.append(Ascii.space)
        append(HTTPResponse.reason(response.status), to: &out)
        append("\r\n", to: &out)
        for (name, value) in response.headers { appendHeader(name, value, to: &out) }
        if let date {
            append("Date: ", to: &out)
            out.append(contentsOf: date)
            append("\r\n", to: &out)
        }
        appendFraming(response, to: &out, keepAlive: keepAlive)
        if !isHead && hasBody(response.status) { out.append(contentsOf: response.body) }
    }

    /// RFC 9110: interim answers, 204 and 304 end with their head.
    private static func hasBody(_ status: Int) -> Bool {
        status >= 200 && status != 204 && status != 304
    }

    /// Length and connection lines, and the empty line. A 101 leaves HTTP and says its own.
    private static func appendFraming(
        _ response: HTTPResponse, to out: inout [UInt8], keepAlive: Bool
    ) {
        if hasBody(response.status) {
            append("Content-Length: ", to: &out)
            Scaled.append(Int64(response.body.count), scale: 0, to: &out)
            append("\r\n", to: &out)
        }
        if response.status >= 200 {
            append(keepAlive ? "Connection: keep-alive\r\n" : "Connection: close\r\n", to: &out)
        }
        append("\r\n", to: &out)
    }

    /// Names are the program's own. Values may repeat what a client sent, so control characters in
    /// them become blanks: a value can never end its line.
    private static func appendHeader(_ name: String, _ value: String, to out: inout [UInt8]) {
        precondition(name.utf8.allSatisfy { ByteSet.token.contains($0) }, "a header's name")
        append(name, to: &out)
        append(": ", to: &out)
        let start = out.count
        append(value, to: &out)
        for index in start..<out.count where Ascii.isControl(out[index]) {
            out[index] = Ascii.space
        }
        append("\r\n", to: &out)
    }

    private static func append(_ text: String, to out: inout [UInt8]) {
        out.append(contentsOf: text.utf8)
    }
}
