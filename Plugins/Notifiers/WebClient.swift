// The smallest HTTP client that serves a webhook: one POST on one connection, within a deadline, and
// a way to end it early. Nothing is kept between posts.

final class WebClient: Sendable {
    private let cancellation: Cancellation
    /// Most of an answer that is looked at: its head.
    private static let headBytes = 16_384

    init(_ cancellation: Cancellation) { self.cancellation = cancellation }

    func post(_ request: WebRequest, to address: WebAddress, _ deadline: Deadline) -> WebAnswer {
        do throws(Connection.Failure) {
            let connection = try Connection.open(
                address.host, address.port, deadline, cancellation)
            var head =
                "POST \(address.target) HTTP/1.1\r\nHost: \(address.authority)\r\n"
                + "Content-Length: \(request.body.count)\r\nUser-Agent: oes\r\n"
                + "Connection: close\r\n"
            for (name, value) in request.headers { head += "\(name): \(value)\r\n" }
            try connection.send(Array("\(head)\r\n".utf8) + request.body)
            return try receive(connection)
        } catch {
            return .failed(error.why)
        }
    }

    /// Reads to the end of the answer's head, stepping over 1xx answers.
    private func receive(_ connection: Connection) throws(Connection.Failure) -> WebAnswer {
        var bytes: [UInt8] = []
        while bytes.count <= Self.headBytes {
            while let end = ResponseHead.end(of: bytes) {
                guard let head = ResponseHead(bytes[..<end]) else {
                    return .failed("the answer is no HTTP")
                }
                if head.status >= 200 {
                    return .answered(
                        status: head.status, retryAfterSeconds: head.retryAfterSeconds)
                }
                bytes.removeFirst(end)
            }
            bytes += try connection.receive()
        }
        return .failed("the answer's head is above \(Self.headBytes) bytes")
    }
}

/// What is posted: JSON, with headers of the notifier's own.
struct WebRequest {
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    init(_ body: [UInt8], headers: [(name: String, value: String)] = []) {
        self.headers = [("Content-Type", "application/json")] + headers
        self.body = body
    }
}

enum WebAnswer {
    case answered(status: Int, retryAfterSeconds: Int64)
    case failed(String)
}

/// What a webhook needs of an answer's head.
struct ResponseHead {
    let status: Int
    /// 0 where there is none.
    let retryAfterSeconds: Int64

    /// The index behind the empty line that ends the head; nil where it isn't there yet.
    static func end(of bytes: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard bytes.count >= mark.count else { return nil }
        for start in 0...(bytes.count - mark.count)
        where bytes[start] == mark[0] && bytes[start..<start + 4].elementsEqual(mark) {
            return start + 4
        }
        return nil
    }

    init?(_ head: ArraySlice<UInt8>) {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let parts = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), parts[1].utf8.count == 3,
            let status = Int(parts[1]), (100...599).contains(status)
        else { return nil }
        self.status = status
        var seconds: Int64 = 0
        for line in lines.dropFirst() {
            let field = line.split(separator: ":", maxSplits: 1)
            guard field.count == 2, field[0].lowercased() == "retry-after" else { continue }
            seconds = max(Int64(field[1].drop { $0 == " " }) ?? 0, 0)
        }
        retryAfterSeconds = seconds
    }
}
