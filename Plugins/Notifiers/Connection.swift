// A stream socket to a receiver, with a deadline and a cancellation for every wait. (A name's resolution
// by getaddrinfo can't be given a deadline; the resolver's own applies.)

import Glibc

final class Connection {
    private let socket: Int32
    private let deadline: Deadline
    private let cancellation: Cancellation

    private init(_ socket: Int32, _ deadline: Deadline, _ cancellation: Cancellation) {
        self.socket = socket
        self.deadline = deadline
        self.cancellation = cancellation
    }

    deinit { close(socket) }

    /// Why something didn't work.
    struct Failure: Error {
        let why: String
    }

    /// Tries each of the name's addresses in turn.
    static func open(
        _ host: String, _ port: String, _ deadline: Deadline, _ cancellation: Cancellation
    ) throws(Failure) -> Connection {
        let list = try AddressList(host, port, SOCK_STREAM)
        var failure = Failure(why: "the name has no address")
        for info in list {
            do throws(Failure) {
                return try connect(
                    info.ai_family, info.ai_addr, info.ai_addrlen, deadline, cancellation)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// A socket of this machine.
    static func open(
        path: String, _ deadline: Deadline, _ cancellation: Cancellation
    ) throws(Failure) -> Connection {
        guard let address = LocalAddress(path) else { throw Failure(why: "the path is too long") }
        return try address.lend { pointer, length throws(Failure) in
            try connect(AF_UNIX, pointer, length, deadline, cancellation)
        }
    }

    private static func connect(
        _ family: Int32, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t,
        _ deadline: Deadline, _ cancellation: Cancellation
    ) throws(Failure) -> Connection {
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue) | flags, 0)
        guard socket >= 0 else { throw Failure(why: errorText()) }
        let connection = Connection(socket, deadline, cancellation)
        if Glibc.connect(socket, address, length) == 0 { return connection }
        guard errno == EINPROGRESS else { throw Failure(why: errorText()) }
        try connection.wait(POLLOUT)
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size)
        guard code == 0 else { throw Failure(why: errorText(code)) }
        return connection
    }

    func send(_ bytes: [UInt8]) throws(Failure) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    socket, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if count < 0 && errno == EAGAIN {
                try wait(POLLOUT)
            } else if !(count < 0 && errno == EINTR) {
                throw Failure(why: errorText())
            }
        }
    }

    /// What has come, at least one byte.
    func receive() throws(Failure) -> ArraySlice<UInt8> {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            try wait(POLLIN)
            let count = recv(socket, &buffer, buffer.count, 0)
            if count > 0 { return buffer[..<count] }
            guard count < 0 else {
                throw Failure(why: "the connection ended before an answer")
            }
            if errno != EINTR && errno != EAGAIN { throw Failure(why: errorText()) }
        }
    }

    private func wait(_ events: Int32) throws(Failure) {
        if let why = cancellation.wait(for: socket, events, until: deadline) {
            throw Failure(why: why)
        }
    }
}

/// What a name stands for.
final class AddressList: Sequence {
    private var first: UnsafeMutablePointer<addrinfo>?

    init(_ host: String, _ port: String, _ kind: __socket_type) throws(Connection.Failure) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(kind.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        let code = getaddrinfo(host, port, &hints, &first)
        guard code == 0 else { throw Connection.Failure(why: String(cString: gai_strerror(code))) }
    }

    deinit { freeaddrinfo(first) }

    /// Valid while the list lives.
    func makeIterator() -> AnyIterator<addrinfo> {
        var next = first
        return AnyIterator {
            guard let info = next?.pointee else { return nil }
            next = info.ai_next
            return info
        }
    }
}

/// A path as a socket's address.
struct LocalAddress {
    private var address = sockaddr_un()

    /// nil where it is too long.
    init?(_ path: String) {
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !bytes.isEmpty, bytes.count < room, !bytes.contains(0) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    }

    func lend<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(Connection.Failure) -> Result
    ) throws(Connection.Failure) -> Result {
        var copy = address
        return try withUnsafeMutablePointer(to: &copy) { pointer throws(Connection.Failure) in
            let raw = UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            return try body(raw, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
