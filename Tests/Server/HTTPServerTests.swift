import Base
import Glibc
import Loop
import Testing

@testable import Server

/// Over real sockets on loopback.
@Suite struct HTTPServerTests {
    @Test func keepsTheConnectionAndAnswersInTurn() {
        let server = TestServer()
        defer { server.stop() }
        let client = server.connect()
        for path in ["/a", "/b", "/c"] {
            let response = client.get(path)
            #expect(response?.status == 200)
            #expect(response?.text == path)
            #expect(response?.headers["connection"] == "keep-alive")
            #expect(response?.headers["date"]?.hasSuffix("GMT") == true)
        }
        #expect(server.statistics.accepted == 1)
    }

    @Test func pipelinedRequestsAreAnsweredInTheirOrder() {
        let server = TestServer()
        defer { server.stop() }
        let client = server.connect()
        // Slow ones between fast ones, and more than may be unanswered at once.
        let paths = (0..<200).map { $0 % 7 == 0 ? "/slow/\($0)" : "/fast/\($0)" }
        client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
        #expect(paths.map { _ in client.response()?.text } == paths)
    }

    @Test func aBodyInDropsIsPutTogether() {
        let server = TestServer()
        defer { server.stop() }
        let client = server.connect()
        let requests =
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
            + "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n"
        for byte in requests.utf8 {
            client.send([byte])
            usleep(100)
        }
        #expect(client.response()?.text == "hello")
        #expect(client.response()?.text == "abcde")
        #expect(client.response()?.text == "/x")
    }

    @Test func headHasTheLengthButNoBody() {
        let server = TestServer()
        defer { server.stop() }
        let client = server.connect()
        client.send("HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\nGET /d HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(client.response(toHead: true)?.headers["content-length"] == "4")
        #expect(client.response()?.text == "/d")
    }

    @Test func continueIsSaidOnlyToAnAcceptableRequest() {
        let server = TestServer()
        defer { server.stop() }
        let client = server.connect()
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: "
        client.send(head + "3\r\n\r\n")
        #expect(client.response()?.status == 100)
        client.send("abc")
        #expect(client.response()?.text == "abc")
        // A body that is there already needs no word.
        client.send(head + "3\r\n\r\ndef")
        #expect(client.response()?.text == "def")
        client.send(head + "\(Limits.bodyBytes + 1)\r\n\r\n")
        #expect(client.response()?.status == 413)
        #expect(client.isAtEnd)
        let other = server.connect()
        other.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n")
        #expect(other.response()?.status == 417)
    }

    struct BadRequest: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let status: Int

        init(_ name: String, _ status: Int, _ text: String) {
            testDescription = name
            self.text = text
            self.status = status
        }
    }

    static let badRequests = [
        BadRequest(
            "line too long", 414,
            "GET /\(String(repeating: "a", count: Limits.requestLineBytes)) HTTP/1.1\r\n\r\n"),
        BadRequest(
            "headers too long", 431,
            "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: Limits.headerBytes))"),
        BadRequest(
            "too many headers", 431,
            "GET / HTTP/1.1\r\nHost: a\r\n"
                + String(repeating: "X: 1\r\n", count: Limits.headerCount) + "\r\n"),
        BadRequest(
            "body too long", 413,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(Limits.bodyBytes + 1)\r\n\r\n"),
        BadRequest(
            "chunk too long", 413,
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n"),
        BadRequest("no host", 400, "GET / HTTP/1.1\r\n\r\n"),
        BadRequest("nonsense", 400, "nonsense\r\n\r\n"),
        BadRequest("other version", 505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
    ]

    @Test(arguments: badRequests)
    func aBadRequestIsAnsweredAndEndsTheConnection(request: BadRequest) {
        let server = TestServer()
        defer { server.stop() }
        let client = server.connect()
        // What was asked before is answered first.
        client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + request.text)
        // What follows is never read, and must not destroy the answer.
        client.send(String(repeating: "more", count: 50_000))
        #expect(client.response()?.text == "/slow")
        let response = client.response()
        #expect(response?.status == request.status)
        #expect(response?.headers["connection"] == "close")
        #expect(client.isAtEnd)
    }

    @Test func closesWhereTheClientAsksForIt() {
        let server = TestServer()
        defer { server.stop() }
        for request in [
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
        ] {
            let client = server.connect()
            client.send(request)
            #expect(client.response()?.headers["connection"] == "close")
            #expect(client.isAtEnd)
        }
    }

    @Test func answersAClientThatHasHalfClosed() {
        let server = TestServer()
        defer { server.stop() }
        let client = server.connect()
        client.send(
            "GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /big/3000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        client.halfClose()
        usleep(100_000)
        #expect(client.response()?.text == "/slow")
        #expect(client.response()?.body.count == 3_000_000)
        #expect(client.isAtEnd)
    }

    @Test func largeBodiesPassBothWays() {
        let server = TestServer()
        defer { server.stop() }
        let client = server.connect()
        let body = (0..<Limits.bodyBytes).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
        client.send(body)
        #expect(client.response()?.body == body)
        #expect(client.get("/big/20000000")?.body.count == 20_000_000)
        #expect(client.get("/after")?.text == "/after")
    }

    @Test func aHandlerThatForgetsIsAnsweredFor() {
        let server = TestServer()
        defer { server.stop() }
        let client = server.connect()
        #expect(client.get("/forgotten")?.status == 500)
        #expect(client.get("/next")?.status == 200)
    }

    @Test func aSlowSenderGetsATimeout() {
        let server = TestServer {
            $0.requestMillis = 100
            $0.sweepMillis = 20
        }
        defer { server.stop() }
        let client = server.connect()
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
        #expect(client.response()?.status == 408)
        #expect(client.isAtEnd)
        // The time is the whole request's, not the pause's between its bytes.
        let dripping = server.connect()
        for byte in "GET / HTTP/1.1\r\nHost".utf8 {
            dripping.send([byte])
            usleep(10_000)
        }
        #expect(dripping.response()?.status == 408)
    }

    @Test func anIdleConnectionIsClosed() {
        let server = TestServer {
            $0.idleMillis = 100
            $0.sweepMillis = 20
        }
        defer { server.stop() }
        let client = server.connect()
        #expect(client.get("/a")?.status == 200)
        #expect(client.isAtEnd)
    }

    @Test func aConnectionTooManyIsTold() {
        let server = TestServer { $0.connections = 2 }
        defer { server.stop() }
        let clients = [server.connect(), server.connect()]
        #expect(clients.map { $0.get("/")?.status } == [200, 200])
        let third = server.connect()
        #expect(third.response()?.status == 503)
        #expect(third.isAtEnd)
        #expect(clients.map { $0.get("/")?.status } == [200, 200])
        #expect(server.statistics.refused == 1)
    }

    @Test func aThousandConnectionsAtOnce() {
        let server = TestServer()
        defer { server.stop() }
        let clients = (0..<1_000).map { _ in server.connect() }
        for client in clients { client.send("GET /all HTTP/1.1\r\nHost: a\r\n\r\n") }
        #expect(clients.allSatisfy { $0.response()?.text == "/all" })
        #expect(server.statistics.connectionsNow == 1_000)
    }

    @Test func shutdownFinishesWhatIsInFlight() {
        let server = TestServer()
        let idle = server.connect()
        #expect(idle.get("/")?.status == 200)
        let busy = server.connect()
        busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        let socket = server.connect()
        #expect(socket.upgrade("/ws")?.status == 101)
        usleep(10_000)
        #expect(server.stop())
        #expect(idle.isAtEnd)
        #expect(busy.response()?.text == "/slow")
        #expect(busy.isAtEnd)
        #expect(socket.frame()?.closeCode == 1001)
        #expect(server.statistics.connectionsNow == 0)
        #expect(server.closedSockets == 1)
    }

    @Test func aPortInUseIsSaidClearly() throws {
        let server = TestServer()
        defer { server.stop() }
        let port = server.port
        let error = #expect(throws: ListenError.self) {
            let loop = try EventLoop()
            let second = HTTPServer(loop: loop, log: Log(level: .error, origin: "test")) { _, _ in }
            _ = try second.listen(address: "127.0.0.1", port: port, sharedPort: false)
        }
        #expect(
            error?.description == "can't listen on 127.0.0.1:\(port): bind: Address already in use")
    }
}
