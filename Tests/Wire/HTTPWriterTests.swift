// Answers as bytes: framing that can't be misread, and no header that a client could forge.

import Testing

@testable import Wire

private func written(
    _ response: HTTPResponse, keepAlive: Bool = true, isHead: Bool = false, date: String? = nil
) -> String {
    var out: [UInt8] = []
    HTTPWriter.append(
        response, to: &out, keepAlive: keepAlive, isHead: isHead, date: date.map { Array($0.utf8) })
    return text(out)
}

@Suite struct HTTPWriterTests {
    static let created = HTTPResponse(
        status: 201, headers: [("Content-Type", "application/json")], body: Array("{}".utf8))

    @Test func writesHeadAndBody() {
        #expect(
            written(Self.created, date: "now")
                == text(
                    crlf(
                        "HTTP/1.1 201 Created\nContent-Type: application/json\nDate: now\n"
                            + "Content-Length: 2\nConnection: keep-alive\n\n{}")))
    }

    @Test func aHeadHasTheLengthWithoutTheBody() {
        let answer = written(Self.created, keepAlive: false, isHead: true)
        #expect(answer.hasSuffix("Content-Length: 2\r\nConnection: close\r\n\r\n"))
    }

    @Test(arguments: [204, 304])
    func someAnswersEndWithTheirHead(status: Int) {
        let answer = written(HTTPResponse(status: status, body: Array("x".utf8)))
        #expect(!answer.contains("Content-Length") && answer.hasSuffix("\r\n\r\n"))
    }

    @Test func anEmptyBodyStatesItsLength() {
        #expect(written(HTTPResponse(status: 200)).contains("Content-Length: 0\r\n"))
    }

    @Test func answersStandBehindOneAnother() {
        var out = HTTPWriter.continueLine
        HTTPWriter.append(Self.created, to: &out, keepAlive: true, isHead: false)
        HTTPWriter.append(Self.created, to: &out, keepAlive: true, isHead: false)
        #expect(text(out).split(separator: "HTTP/1.1 ").count == 3)
        #expect(text(out).hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n"))
    }

    @Test func aValueNeverEndsItsLine() {
        let forged = HTTPResponse(
            status: 200, headers: [("Location", "/a\r\nSet-Cookie: b\0\u{7f}")])
        #expect(written(forged).contains("Location: /a  Set-Cookie: b  \r\n"))
    }

    @Test func aNameMustBeAToken() async {
        await #expect(processExitsWith: .failure) {
            var out: [UInt8] = []
            let forged = HTTPResponse(status: 200, headers: [("A\r\nB", "c")])
            HTTPWriter.append(forged, to: &out, keepAlive: true, isHead: false)
        }
    }

    @Test func failuresAnswerTheirHeaders() {
        #expect(HTTPFailure(status: 426, code: "", message: "").headers.count == 2)
        #expect(HTTPFailure.bodyTooLarge.headers.isEmpty)
    }

    @Test func theDateIsRFC9110s() {
        var date = HTTPDate()
        #expect(
            text(date.bytes(wallMicros: 784_111_777_999_999)) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(
            text(date.bytes(wallMicros: 784_111_777_000_000)) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(
            text(date.bytes(wallMicros: 784_111_778_000_000)) == "Sun, 06 Nov 1994 08:49:38 GMT")
        #expect(text(date.bytes(wallMicros: 0)) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(
            text(date.bytes(wallMicros: 1_709_164_800_000_000)) == "Thu, 29 Feb 2024 00:00:00 GMT")
    }
}
