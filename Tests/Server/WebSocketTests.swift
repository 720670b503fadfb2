import Base
import Glibc
import Testing

@testable import Server

@Suite struct WebSocketTests {
    @Test func echoesWhateverTheOrder() {
        let server = TestServer()
        defer { server.stop() }
        let client = server.connect()
        // The upgrade behind a slow request, and a frame before its answer.
        client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        client.send(
            Array(
                """
                GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r
                Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
                """.utf8) + TestClient.frame(1, Array("early".utf8)))
        #expect(client.response()?.text == "/slow")
        let answer = client.response()
        #expect(answer?.status == 101)
        #expect(answer?.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(client.frame() == TestFrame(opcode: 1, payload: Array("early".utf8)))
        for text in ["", "one", String(repeating: "x", count: 125)] {
            client.send(TestClient.frame(1, Array(text.utf8)))
            #expect(client.frame() == TestFrame(opcode: 1, payload: Array(text.utf8)))
        }
        client.send(TestClient.frame(9, [1, 2, 3]))
        #expect(client.frame() == TestFrame(opcode: 10, payload: [1, 2, 3]))
        client.send(TestClient.frame(8, [0x03, 0xe8]))
        #expect(client.frame()?.closeCode == 1000)
        #expect(client.isAtEnd)
    }

    @Test func aRefusedUpgradeStaysHTTP() {
        let server = TestServer()
        defer { server.stop() }
        let client = server.connect()
        client.send(
            "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        #expect(client.response()?.status == 400)
        #expect(client.get("/still")?.text == "/still")
        client.send(
            "POST /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Content-Length: 1\r\n\r\nx")
        #expect(client.response()?.status == 400)
        #expect(client.isAtEnd)
    }

    @Test func aProtocolErrorIsNamed() {
        let server = TestServer()
        defer { server.stop() }
        let client = server.connect()
        #expect(client.upgrade("/ws")?.status == 101)
        // Not masked.
        client.send([0x81, 0x01, 0x61])
        #expect(client.frame()?.closeCode == 1002)
        #expect(client.isAtEnd)
    }

    @Test func pingsAndEndsTheSilent() {
        let server = TestServer {
            $0.pingMillis = 50
            $0.sweepMillis = 10
        }
        defer { server.stop() }
        let client = server.connect()
        #expect(client.upgrade("/ws")?.status == 101)
        for _ in 0..<4 {
            #expect(client.frame() == TestFrame(opcode: 9, payload: []))
            client.send(TestClient.frame(10, []))
        }
        // From here on, no pong.
        #expect(client.frame()?.opcode == 9)
        #expect(client.frame()?.opcode == 9)
        #expect(client.isAtEnd)
        #expect(server.closedSockets == 1)
    }

    @Test func aReaderTooSlowIsToldAndCutOff() {
        let server = TestServer()
        defer { server.stop() }
        let client = TestClient(port: server.port, receiveBufferBytes: 65_536)
        #expect(client.upgrade("/flood")?.status == 101)
        var waitedMillis = 0
        while server.statistics.slowReaders == 0, waitedMillis < 5_000 {
            usleep(10_000)
            waitedMillis += 10
        }
        #expect(server.statistics.slowReaders == 1)
        #expect(server.closedSockets == 1)
        // What was on its way comes whole, and then the reason.
        var last = client.frame()
        while last?.opcode == 1 {
            #expect(last?.payload.count == 60_000)
            last = client.frame()
        }
        #expect(last?.closeCode == 1008)
        #expect(
            last.map { String(decoding: $0.payload.dropFirst(2), as: UTF8.self) } == "slow_reader")
        #expect(client.isAtEnd)
    }

    @Test func aReaderThatNeverReadsIsGoneInTheEnd() {
        let server = TestServer {
            $0.drainMillis = 100
            $0.sweepMillis = 20
        }
        defer { server.stop() }
        let client = TestClient(port: server.port, receiveBufferBytes: 65_536)
        #expect(client.upgrade("/flood")?.status == 101)
        var waitedMillis = 0
        while server.statistics.connectionsNow > 0, waitedMillis < 5_000 {
            usleep(10_000)
            waitedMillis += 10
        }
        #expect(server.statistics.connectionsNow == 0)
    }
}
