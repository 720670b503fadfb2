// The smallest HTTP client that serves a webhook: one POST on one connection, within a deadline, and
// a way to end it early. Nothing is kept between posts. (A name's resolution by getaddrinfo can't
// be given a deadline; the resolver's own applies.)

import Glibc

final class WebClient: Sendable {
    enum Answer {
        case answered(status: Int, retryAfterSeconds: Int64)
        case failed(String)
    }

    /// Most of an answer that is looked at: its head.
    private static let headBytes = 16_384

    /// Readable once cancelled: wakes every wait, for ever.
    private let cancelReader: Int32
    private let cancelWriter: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        (cancelReader, cancelWriter) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(cancelWriter, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(cancelReader)
        close(cancelWriter)
    }

    /// Ends a running post, and every later one at once. From any thread; never blocks.
    func cancel() {
        var byte: UInt8 = 1
        _ = write(cancelWriter, &byte, 1)
    }

    func post(_ body: [UInt8], to address: WebAddress, withinMillis: Int64) -> Answer {
        let deadline = Self.nowMillis() + withinMillis
        let (socket, why) = connect(address, deadline)
        guard let socket else { return .failed(why) }
        defer { close(socket) }
        let head =
            "POST \(address.target) HTTP/1.1\r\nHost: \(address.authority)\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n"
            + "User-Agent: oes\r\nConnection: close\r\n\r\n"
        if let why = send(Array(head.utf8) + body, socket, deadline) { return .failed(why) }
        return receive(socket, deadline)
    }

    /// Tries each of the name's addresses in turn.
    private func connect(_ address: WebAddress, _ deadline: Int64) -> (Int32?, String) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, address.port, &hints, &list)
        guard code == 0 else { return (nil, String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var why = "the name has no address"
        var next = list
        while let info = next {
            let (socket, wrong) = connect(info.pointee, deadline)
            if let socket { return (socket, "") }
            why = wrong
            next = info.pointee.ai_next
        }
        return (nil, why)
    }

    private func connect(_ info: addrinfo, _ deadline: Int64) -> (Int32?, String) {
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(info.ai_family, info.ai_socktype | flags, info.ai_protocol)
        guard socket >= 0 else { return (nil, errorText()) }
        if Glibc.connect(socket, info.ai_addr, info.ai_addrlen) == 0 { return (socket, "") }
        var why = errorText()
        if errno == EINPROGRESS {
            if let wrong = wait(socket, POLLOUT, deadline) {
                why = wrong
            } else {
                var code: Int32 = 0
                var size = socklen_t(MemoryLayout<Int32>.size)
                getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size)
                if code == 0 { return (socket, "") }
                why = String(cString: strerror(code))
            }
        }
        close(socket)
        return (nil, why)
    }

    /// nil where all was sent.
    private func send(_ bytes: [UInt8], _ socket: Int32, _ deadline: Int64) -> String? {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    socket, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if count < 0 && errno == EAGAIN {
                if let why = wait(socket, POLLOUT, deadline) { return why }
            } else if !(count < 0 && errno == EINTR) {
                return errorText()
            }
        }
        return nil
    }

    /// Reads to the end of the answer's head, stepping over 1xx answers.
    private func receive(_ socket: Int32, _ deadline: Int64) -> Answer {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
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
            if let why = wait(socket, POLLIN, deadline) { return .failed(why) }
            let count = recv(socket, &buffer, buffer.count, 0)
            if count > 0 {
                bytes.append(contentsOf: buffer[..<count])
            } else if count == 0 {
                return .failed("the connection ended before an answer")
            } else if errno != EINTR && errno != EAGAIN {
                return .failed(errorText())
            }
        }
        return .failed("the answer's head is above \(Self.headBytes) bytes")
    }

    /// nil where the socket is ready; else why the wait ended.
    private func wait(_ socket: Int32, _ events: Int32, _ deadline: Int64) -> String? {
        while true {
            let left = deadline - Self.nowMillis()
            guard left > 0 else { return "no answer within the deadline" }
            var polled = [
                pollfd(fd: socket, events: Int16(events), revents: 0),
                pollfd(fd: cancelReader, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&polled, 2, Int32(clamping: left))
            if count < 0 && errno != EINTR { return errorText() }
            if polled[1].revents != 0 { return "cancelled" }
            if polled[0].revents != 0 { return nil }
        }
    }

    private static func nowMillis() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
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
