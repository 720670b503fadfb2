// The tests' blocking client. Every wait ends after five seconds.

import Glibc
import Wire

struct TestResponse: Equatable {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
}

struct TestFrame: Equatable {
    var opcode: UInt8
    var payload: [UInt8]

    /// Of a close frame.
    var closeCode: Int? {
        opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil
    }
}

final class TestClient {
    private let descriptor: Int32
    private var received: [UInt8] = []

    init(port: UInt16, receiveBufferBytes: Int32? = nil) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var wait = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        if var size = receiveBufferBytes {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        precondition(result == 0, "no connection to the test's server")
    }

    deinit { close(descriptor) }

    /// False where the server has closed its side for good.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// One answer, or nil at the end of the stream.
    func response(toHead: Bool = false) -> TestResponse? {
        guard let head = read(through: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        var response = TestResponse(
            status: Int(lines[0].split(separator: " ")[1])!, headers: [:], body: [])
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            response.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        if !toHead, let length = response.headers["content-length"] {
            guard let body = read(count: Int(length)!) else { return nil }
            response.body = body
        }
        return response
    }

    func get(_ path: String) -> TestResponse? {
        send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        return response()
    }

    /// Whether the stream ends now, with nothing before its end.
    var isAtEnd: Bool { received.isEmpty && receive() == 0 }

    // MARK: WebSocket

    func upgrade(_ path: String) -> TestResponse? {
        send(
            "GET \(path) HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        return response()
    }

    /// A masked frame, as clients send them; up to 125 bytes.
    static func frame(_ opcode: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let mask: [UInt8] = [1, 2, 3, 4]
        let masked = payload.enumerated().map { $1 ^ mask[$0 % 4] }
        return [0x80 | opcode, 0x80 | UInt8(payload.count)] + mask + masked
    }

    func frame() -> TestFrame? {
        guard let start = read(count: 2) else { return nil }
        var length = Int(start[1])
        if length >= 126 {
            guard let bytes = read(count: length == 126 ? 2 : 8) else { return nil }
            length = bytes.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let payload = read(count: length) else { return nil }
        return TestFrame(opcode: start[0] & 15, payload: payload)
    }

    // MARK: Bytes

    private func read(through end: [UInt8]) -> [UInt8]? {
        var searched = 0
        while true {
            while searched + end.count <= received.count {
                if received[searched..<(searched + end.count)].elementsEqual(end) {
                    return take(searched + end.count)
                }
                searched += 1
            }
            guard receive() > 0 else { return nil }
        }
    }

    private func read(count: Int) -> [UInt8]? {
        while received.count < count {
            guard receive() > 0 else { return nil }
        }
        return take(count)
    }

    private func take(_ count: Int) -> [UInt8] {
        defer { received.removeFirst(count) }
        return Array(received.prefix(count))
    }

    private func receive() -> Int {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { received.append(contentsOf: buffer.prefix(count)) }
        return count
    }
}
