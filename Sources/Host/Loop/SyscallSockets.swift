// The socket calls. Every socket is non-blocking and closed on exec.

import CSystem
import Glibc

/// What became of an accept.
package enum AcceptResult {
    case accepted(descriptor: Int32, remoteAddress: String)
    case wouldBlock
    /// The one connection that was to be accepted is gone already; try the next.
    case aborted
    /// The process or the system has no descriptor (or memory) left.
    case exhausted
}

extension Syscall {
    /// A TCP socket bound to `address` (IPv4 or IPv6 in numbers) and listening.
    /// `sharedPort` lets several processes listen on one port; the kernel spreads connections.
    package static func listen(
        address: String, port: UInt16, sharedPort: Bool
    ) throws(SystemError) -> Int32 {
        guard let target = SocketAddress(address: address, port: port) else {
            throw SystemError(call: "inet_pton", errno: EINVAL)
        }
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = try value("socket") { socket(target.family, flags, 0) }
        do throws(SystemError) {
            try setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            if sharedPort { try setOption(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
            try check("bind") { target.withPointer { unsafe bind(descriptor, $0, $1) } }
            try check("listen") { Glibc.listen(descriptor, 1_024) }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// The port that a bound socket has.
    package static func boundPort(_ descriptor: Int32) throws(SystemError) -> UInt16 {
        var storage = sockaddr_storage()
        try check("getsockname") {
            unsafe withSocketAddress(&storage) { unsafe getsockname(descriptor, $0, $1) }
        }
        return SocketAddress(storage).port
    }

    /// Takes one waiting connection.
    package static func accept(_ listener: Int32) throws(SystemError) -> AcceptResult {
        var storage = sockaddr_storage()
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        do throws(SystemError) {
            let descriptor = try value("accept4") {
                unsafe withSocketAddress(&storage) { unsafe oes_accept4(listener, $0, $1, flags) }
            }
            return .accepted(
                descriptor: descriptor, remoteAddress: SocketAddress(storage).addressText)
        } catch {
            switch error.errno {
            case EAGAIN, EWOULDBLOCK: return .wouldBlock
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
            // Errors of the connection that waited, which Linux reports here (accept(2)).
            case ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH,
                EOPNOTSUPP, ENETUNREACH, EPERM:
                return .aborted
            default: throw error
            }
        }
    }

    /// Sends small writes at once instead of waiting for more.
    package static func setNoDelay(_ descriptor: Int32) throws(SystemError) {
        try setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    /// Bounds what the kernel keeps for a peer that doesn't read. It may take twice of this.
    package static func setSendBuffer(_ descriptor: Int32, bytes: Int) throws(SystemError) {
        try setOption(descriptor, SOL_SOCKET, SO_SNDBUF, Int32(bytes))
    }

    /// Closing then drops what the kernel still holds and resets the connection, instead of going on
    /// to offer it to a peer that doesn't read.
    package static func resetOnClose(_ descriptor: Int32) {
        var setting = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &setting, socklen_t(MemoryLayout<linger>.size))
    }

    /// Tells the peer that nothing more will be sent; it may still send.
    package static func shutdownSending(_ descriptor: Int32) {
        _ = Glibc.shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Sends from the front of `bytes`.
    package static func send(
        _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer
    ) throws(SystemError) -> Transfer {
        try transfer("send") {
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// Sends several buffers with one call, in their order. At least one, and few: they are held
    /// by recursion.
    package static func send(
        _ descriptor: Int32, gathering buffers: ArraySlice<[UInt8]>, skipping sentBytes: Int
    ) throws(SystemError) -> Transfer {
        var vectors: [iovec] = []
        vectors.reserveCapacity(buffers.count)
        return try gather(descriptor, buffers, skipping: sentBytes, into: &vectors)
    }

    private static func gather(
        _ descriptor: Int32, _ buffers: ArraySlice<[UInt8]>, skipping sentBytes: Int,
        into vectors: inout [iovec]
    ) throws(SystemError) -> Transfer {
        guard let first = buffers.first else { return try send(descriptor, &vectors) }
        return try first.withUnsafeBufferPointer { (bytes) throws(SystemError) in
            // sendmsg only reads, though its type can't say so.
            let base = bytes.baseAddress.map {
                UnsafeMutableRawPointer(mutating: $0 + sentBytes)
            }
            vectors.append(iovec(iov_base: base, iov_len: bytes.count - sentBytes))
            return try gather(descriptor, buffers.dropFirst(), skipping: 0, into: &vectors)
        }
    }

    private static func send(
        _ descriptor: Int32, _ vectors: inout [iovec]
    ) throws(SystemError) -> Transfer {
        try vectors.withUnsafeMutableBufferPointer { (vectors) throws(SystemError) in
            var message = msghdr()
            message.msg_iov = vectors.baseAddress
            message.msg_iovlen = vectors.count
            return try transfer("sendmsg") { sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL)) }
        }
    }

    private static func setOption(
        _ descriptor: Int32, _ level: Int32, _ option: Int32, _ setting: Int32
    ) throws(SystemError) {
        var setting = setting
        try check("setsockopt") {
            unsafe setsockopt(
                descriptor, level, option, &setting, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    private static func withSocketAddress(
        _ storage: inout sockaddr_storage,
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int32 {
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, &length)
            }
        }
    }
}

/// An IPv4 or IPv6 address with its port.
struct SocketAddress {
    private var storage: sockaddr_storage
    private let length: socklen_t

    init(_ storage: sockaddr_storage) {
        self.storage = storage
        self.length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    }

    /// Nil where the address isn't IPv4 or IPv6 in numbers.
    init?(address: String, port: UInt16) {
        var four = sockaddr_in()
        var six = sockaddr_in6()
        storage = sockaddr_storage()
        if unsafe inet_pton(AF_INET, address, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            unsafe withUnsafeMutableBytes(of: &storage) {
                unsafe $0.storeBytes(of: four, as: sockaddr_in.self)
            }
        } else if unsafe inet_pton(AF_INET6, address, &six.sin6_addr) == 1 {
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            unsafe withUnsafeMutableBytes(of: &storage) {
                unsafe $0.storeBytes(of: six, as: sockaddr_in6.self)
            }
        } else {
            return nil
        }
    }

    var family: Int32 { Int32(storage.ss_family) }

    var port: UInt16 {
        let raw =
            family == AF_INET
            ? loaded(as: sockaddr_in.self).sin_port : loaded(as: sockaddr_in6.self).sin6_port
        return UInt16(bigEndian: raw)
    }

    /// `127.0.0.1`, `::1`; empty for another family.
    var addressText: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let size = socklen_t(text.count)
        if family == AF_INET {
            var address = loaded(as: sockaddr_in.self).sin_addr
            unsafe inet_ntop(AF_INET, &address, &text, size)
        } else if family == AF_INET6 {
            var address = loaded(as: sockaddr_in6.self).sin6_addr
            unsafe inet_ntop(AF_INET6, &address, &text, size)
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, length)
            }
        }
    }

    private func loaded<Kind>(as kind: Kind.Type) -> Kind {
        unsafe withUnsafeBytes(of: storage) { unsafe $0.load(as: kind) }
    }
}
