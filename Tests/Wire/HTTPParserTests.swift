// The head parser: what it understands, and above all what it refuses.

import Base
import Testing

@testable import Wire

@Suite struct HTTPParserTests {
    static let order = """
        POST /api/accounts/7/orders/direct?dry=1&x=%20 HTTP/1.1
        Host: localhost:8001
        Content-Type: application/json
        X-Note:   two  words\t
        Content-Length: 42
        Empty:


        """

    @Test func understandsARequest() throws {
        let bytes = crlf(Self.order)
        let step = parseHead(bytes: bytes + Array("{\"a\":1}".utf8))
        let head = try #require(step.value)
        #expect(step.consumed == bytes.count)
        #expect(head.method == .post)
        #expect(text(head.path) == "/api/accounts/7/orders/direct")
        #expect(text(head.query) == "dry=1&x=%20")
        #expect(head.minorVersion == 1)
        #expect(head.framing == .length(42))
        #expect(head.keepAlive && !head.expectsContinue)
        #expect(head.headers.count == 5)
        #expect(head.headers.first("host") == "localhost:8001")
        #expect(head.headers.first("x-note") == "two  words")
        #expect(head.headers.first("empty") == "")
        #expect(head.headers.first("absent") == nil)
    }

    @Test func everyPrefixAsksForMore() {
        let bytes = crlf(Self.order)
        for count in 0..<bytes.count {
            #expect(parseHead(bytes: Array(bytes[..<count])).needsMore, "at \(count)")
        }
    }

    @Test func dropsGiveWhatOnePieceGives() {
        let bytes = crlf(Self.order)
        for count in 1..<bytes.count {
            let step = parseHead(bytes: Array(bytes[..<count]), alreadySeen: count - 1)
            #expect(step.needsMore, "at \(count)")
        }
        let last = parseHead(bytes: bytes, alreadySeen: bytes.count - 1)
        #expect(last.consumed == bytes.count)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\nHost: a\n\n", HTTPMethod.get, "/", ""),
        ("HEAD /? HTTP/1.1\nHost: a\n\n", .head, "/", ""),
        ("PUT /a%2Fb?c?d HTTP/1.1\nHost: a\n\n", .put, "/a%2Fb", "c?d"),
        ("PATCH /a;b=1,2 HTTP/1.1\nHost: a\n\n", .patch, "/a;b=1,2", ""),
        ("DELETE //a/../b HTTP/1.1\nHost: a\n\n", .delete, "//a/../b", ""),
        ("OPTIONS * HTTP/1.1\nHost: a\n\n", .options, "*", ""),
        ("BREW /pot HTTP/1.1\nHost: a\n\n", .other, "/pot", ""),
        ("get / HTTP/1.1\nHost: a\n\n", .other, "/", ""),
        ("GET http://A.b:80/c?d=[1] HTTP/1.1\nHost: a.B:80\n\n", .get, "/c", "d=[1]"),
        ("GET HTTP://a HTTP/1.1\nHost: a\n\n", .get, "/", ""),
        ("GET http://a?b HTTP/1.1\nHost: a\n\n", .get, "/", "b"),
        ("GET / HTTP/1.0\n\n", .get, "/", ""),
        ("\nGET / HTTP/1.1\nHost: a\n\n", .get, "/", ""),
        ("GET / HTTP/1.1\nHost: [::1]:8001\n\n", .get, "/", ""),
        ("GET / HTTP/1.1\nHost: 127.0.0.1:65535\n\n", .get, "/", ""),
    ])
    func readsMethodsAndTargets(
        request: String, method: HTTPMethod, path: String, query: String
    ) throws {
        let head = try #require(parseHead(lines: request).value)
        #expect(head.method == method)
        #expect(text(head.path) == path)
        #expect(text(head.query) == query)
    }

    @Test(arguments: [
        // The request line.
        ("GET /\n\n", 400), ("GET\n\n", 400), ("\n\nGET / HTTP/1.1\nHost: a\n\n", 400),
        (" GET / HTTP/1.1\nHost: a\n\n", 400), ("GET  / HTTP/1.1\nHost: a\n\n", 400),
        ("GET /  HTTP/1.1\nHost: a\n\n", 400), ("GET / HTTP/1.1 \nHost: a\n\n", 400),
        ("GET\t/ HTTP/1.1\nHost: a\n\n", 400), ("GET /a b HTTP/1.1\nHost: a\n\n", 400),
        ("G(T / HTTP/1.1\nHost: a\n\n", 400), ("G\u{e9}T / HTTP/1.1\nHost: a\n\n", 400),
        ("GET / http/1.1\nHost: a\n\n", 400), ("GET / HTTP/1\nHost: a\n\n", 400),
        ("GET / HTTP/1.10\nHost: a\n\n", 400), ("GET / HTTP/01.1\nHost: a\n\n", 400),
        ("GET / HTP/1.1\nHost: a\n\n", 400), ("GET / HTTP/a.b\nHost: a\n\n", 400),
        ("GET / HTTP/1.2\nHost: a\n\n", 505), ("GET / HTTP/2.0\nHost: a\n\n", 505),
        ("GET / HTTP/0.9\nHost: a\n\n", 505), ("PRI * HTTP/2.0\n\n", 505),
        // The target.
        ("GET * HTTP/1.1\nHost: a\n\n", 400), ("OPTIONS ** HTTP/1.1\nHost: a\n\n", 400),
        ("CONNECT a:80 HTTP/1.1\nHost: a\n\n", 501), ("GET a HTTP/1.1\nHost: a\n\n", 400),
        ("GET /#a HTTP/1.1\nHost: a\n\n", 400), ("GET /?b#a HTTP/1.1\nHost: a\n\n", 400),
        ("GET /% HTTP/1.1\nHost: a\n\n", 400), ("GET /%1 HTTP/1.1\nHost: a\n\n", 400),
        ("GET /%1? HTTP/1.1\nHost: a\n\n", 400), ("GET /?%zz HTTP/1.1\nHost: a\n\n", 400),
        ("GET /\u{e9} HTTP/1.1\nHost: a\n\n", 400), ("GET /\"a\" HTTP/1.1\nHost: a\n\n", 400),
        ("GET /<a> HTTP/1.1\nHost: a\n\n", 400), ("GET /a\\b HTTP/1.1\nHost: a\n\n", 400),
        ("GET https://a/ HTTP/1.1\nHost: a\n\n", 400), ("GET http:// HTTP/1.1\nHost: a\n\n", 400),
        ("GET http://b/ HTTP/1.1\nHost: a\n\n", 400), ("GET http://a/ HTTP/1.0\n\n", 400),
        ("GET http://u@a/ HTTP/1.1\nHost: a\n\n", 400),
        ("GET http:///b HTTP/1.1\nHost: a\n\n", 400),
        // Host.
        ("GET / HTTP/1.1\n\n", 400), ("GET / HTTP/1.1\nHost: a\nHost: a\n\n", 400),
        ("GET / HTTP/1.0\nHost: a\nHost: b\n\n", 400), ("GET / HTTP/1.1\nHost:\n\n", 400),
        ("GET / HTTP/1.1\nHost: a,b\n\n", 400), ("GET / HTTP/1.1\nHost: a b\n\n", 400),
        ("GET / HTTP/1.1\nHost: a/b\n\n", 400), ("GET / HTTP/1.1\nHost: u@a\n\n", 400),
        ("GET / HTTP/1.1\nHost: :80\n\n", 400), ("GET / HTTP/1.1\nHost: a:b\n\n", 400),
        ("GET / HTTP/1.1\nHost: a:65536\n\n", 400), ("GET / HTTP/1.1\nHost: a:-1\n\n", 400),
        ("GET / HTTP/1.1\nHost: [::1\n\n", 400), ("GET / HTTP/1.1\nHost: [g::]\n\n", 400),
        ("GET / HTTP/1.1\nHost: [::1]x\n\n", 400), ("GET / HTTP/1.1\nHost: a:000080\n\n", 400),
        // Header lines.
        ("GET / HTTP/1.1\nHost : a\n\n", 400), ("GET / HTTP/1.1\n Host: a\n\n", 400),
        ("GET / HTTP/1.1\nHost: a\n b\n\n", 400), ("GET / HTTP/1.1\nHost: a\n\tb\n\n", 400),
        ("GET / HTTP/1.1\nHost: a\n: b\n\n", 400), ("GET / HTTP/1.1\nHost: a\nb\n\n", 400),
        ("GET / HTTP/1.1\nHost: a\nb c: d\n\n", 400), ("GET / HTTP/1.1\nHost: a\nb\t: c\n\n", 400),
        ("GET / HTTP/1.1\nHost: a\n(b): c\n\n", 400),
        ("GET / HTTP/1.1\nHost: a\n\u{e9}: c\n\n", 400),
        ("GET / HTTP/1.1\nHost: a\nb: c\u{0}d\n\n", 400),
        ("GET / HTTP/1.1\nHost: a\nb: c\u{7f}\n\n", 400),
        ("GET / HTTP/1.1\nHost: a\nb: c\u{1}\n\n", 400),
        ("GET / HTTP/1.1\nHost: a\nb\u{0}: c\n\n", 400),
    ])
    func refuses(request: String, status: Int) {
        #expect(parseHead(lines: request).failure?.status == status)
    }

    @Test(arguments: [
        ("Content-Length: 0", BodyFraming.length(0)),
        ("Content-Length: 007", .length(7)),
        ("Content-Length: 1048576", .length(1_048_576)),
        ("Transfer-Encoding: chunked", .chunked),
        ("transfer-ENCODING:\tChunked ", .chunked),
        ("X: y", .none),
    ])
    func framesABody(line: String, framing: BodyFraming) throws {
        let head = try #require(parseHead(lines: "POST / HTTP/1.1\nHost: a\n\(line)\n\n").value)
        #expect(head.framing == framing)
    }

    @Test(arguments: [
        ("Content-Length: 1\nContent-Length: 1", 400), ("Content-Length: 1, 1", 400),
        ("Content-Length: 1\nContent-Length: 2", 400), ("Content-Length: +1", 400),
        ("Content-Length: -1", 400), ("Content-Length: 1 2", 400), ("Content-Length:", 400),
        ("Content-Length: 0x1", 400), ("Content-Length: 1.0", 400), ("Content-Length: 1_0", 400),
        ("Content-Length: \u{661}", 400), ("Content-Length: 1048577", 413),
        ("Content-Length: 99999999999999999999999999999999999999", 413),
        ("Content-Length: 18446744073709551617", 413),
        ("Content-Length: 1\nTransfer-Encoding: chunked", 400),
        ("Transfer-Encoding: chunked\nContent-Length: 1", 400),
        ("Transfer-Encoding: chunked\nTransfer-Encoding: chunked", 400),
        ("Transfer-Encoding: chunked, chunked", 400), ("Transfer-Encoding: gzip, chunked", 400),
        ("Transfer-Encoding: gzip", 400), ("Transfer-Encoding: identity", 400),
        ("Transfer-Encoding: xchunked", 400), ("Transfer-Encoding: chunked;q=1", 400),
        ("Transfer-Encoding: \u{b}chunked", 400), ("Transfer-Encoding:", 400),
        ("Transfer-Encoding: \"chunked\"", 400), ("Transfer-Encoding: chunk\n ed", 400),
        ("Transfer-Encoding : chunked", 400), ("Content_Length: 1", 400),
        ("Transfer_Encoding: gzip\nTransfer-Encoding: chunked", 400),
        ("Content-Type: a\nContent-Type: a", 400), ("Origin: a\nOrigin: b", 400),
        ("Authorization: a\nAuthorization: b", 400), ("X-API-Key: a\nx-api-key: b", 400),
        ("Expect: 200-ok", 417), ("Expect: 100-continue\nExpect: 100-continue", 400),
    ])
    func refusesFramings(lines: String, status: Int) {
        let step = parseHead(lines: "POST / HTTP/1.1\nHost: a\n\(lines)\n\n")
        #expect(step.failure?.status == status)
    }

    @Test func refusesChunksInHTTP10() {
        let step = parseHead(lines: "POST / HTTP/1.0\nTransfer-Encoding: chunked\n\n")
        #expect(step.failure?.status == 400)
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\n", false),
        ("HTTP/1.1", "Connection: Upgrade , CLOSE\n", false),
        ("HTTP/1.1", "Connection: a\nConnection: close\n", false),
        ("HTTP/1.1", "Connection: closed\n", true), ("HTTP/1.0", "", false),
        ("HTTP/1.0", "Connection: Keep-Alive\n", true),
        ("HTTP/1.0", "Connection: keep-alive, close\n", false),
    ])
    func knowsWhetherToStay(version: String, line: String, keepAlive: Bool) throws {
        let head = try #require(parseHead(lines: "GET / \(version)\nHost: a\n\(line)\n").value)
        #expect(head.keepAlive == keepAlive)
    }

    @Test func expectationsAreKnown() throws {
        let modern = parseHead(lines: "PUT / HTTP/1.1\nHost: a\nExpect: 100-Continue\n\n")
        #expect(try #require(modern.value).expectsContinue)
        let old = parseHead(lines: "PUT / HTTP/1.0\nExpect: 100-continue\n\n")
        #expect(try #require(old.value).expectsContinue == false)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n", "GET / HTTP/1.1\rHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nb: c\nd: e\r\n\r\n",
    ])
    func refusesBareLineEnds(request: String) {
        #expect(parseHead(bytes: Array(request.utf8)).failure?.status == 400)
    }

    @Test func refusesTLSAtItsFirstByte() {
        #expect(parseHead(bytes: [0x16]).failure?.status == 400)
    }

    @Test func linesAreBounded() {
        func path(_ count: Int) -> [UInt8] {
            let target = "/" + String(repeating: "a", count: count - "GET / HTTP/1.1".utf8.count)
            return crlf("GET \(target) HTTP/1.1\nHost: a\n\n")
        }
        #expect(parseHead(bytes: path(Limits.requestLineBytes)).value != nil)
        let tooLong = path(Limits.requestLineBytes + 1)
        #expect(parseHead(bytes: tooLong).failure?.status == 414)
        // It is refused before its end has come, too.
        let beginning = Array(tooLong.prefix(Limits.requestLineBytes + 2))
        #expect(parseHead(bytes: beginning).failure?.status == 414)
    }

    @Test func headersAreBoundedInBytes() {
        func request(_ count: Int) -> [UInt8] {
            let value = String(repeating: "b", count: count - "Host: a\r\nX: \r\n".utf8.count)
            return crlf("GET / HTTP/1.1\nHost: a\nX: \(value)\n\n")
        }
        #expect(parseHead(bytes: request(Limits.headerBytes)).value != nil)
        let tooLong = request(Limits.headerBytes + 1)
        #expect(parseHead(bytes: tooLong).failure?.status == 431)
        #expect(parseHead(bytes: Array(tooLong.dropLast(1))).failure?.status == 431)
    }

    @Test func headersAreBoundedInNumber() {
        func request(_ count: Int) -> [UInt8] {
            crlf(
                "GET / HTTP/1.1\nHost: a\n"
                    + (1..<count).map { "H\($0): \n" }.joined() + "\n")
        }
        #expect(parseHead(bytes: request(Limits.headerCount)).value?.headers.count == 100)
        #expect(parseHead(bytes: request(Limits.headerCount + 1)).failure?.status == 431)
    }

    @Test func endlessDropsAreRefusedAtTheLimit() {
        let most = Limits.requestLineBytes + Limits.headerBytes
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: most + 1)
        let within = parseHead(bytes: Array(bytes.dropLast()), alreadySeen: most - 1)
        #expect(within.needsMore)
        #expect(parseHead(bytes: bytes, alreadySeen: most).failure?.status == 414)
    }

    /// A mutant is refused, unfinished or understood, and what is understood is within the bounds.
    @Test func mutantsAreCleanlyReadOrRefused() {
        var random = SeededGenerator(seed: 1)
        let bytes = crlf(Self.order)
        var outcomes = (valid: 0, refused: 0)
        for _ in 0..<20_000 {
            let mutant = random.mutate(bytes)
            let step = parseHead(bytes: mutant)
            if let failure = step.failure {
                outcomes.refused += 1
                #expect([400, 413, 501, 505].contains(failure.status))
            }
            if let head = step.value {
                outcomes.valid += 1
                #expect(head.headers.all("host").count == 1)
                #expect(head.path.first == UInt8(ascii: "/"))
                #expect(step.consumed.map { $0 <= mutant.count } == true)
            }
        }
        #expect(outcomes.valid > 1_000 && outcomes.refused > 1_000)
    }

    @Test func listsAreSearchedOverAllLines() throws {
        let head = try #require(
            parseHead(lines: "GET / HTTP/1.1\nHost: a\nA: x, y\nB: 1\na:  Z ,,\nA:\n\n").value)
        #expect(head.headers.all("a") == ["x, y", "Z ,,", ""])
        #expect(head.headers.contains("a", token: "Y") && head.headers.contains("a", token: "z"))
        #expect(!head.headers.contains("a", token: "1") && !head.headers.contains("c", token: "x"))
        #expect(head.headers.first("A") == nil)
    }
}
