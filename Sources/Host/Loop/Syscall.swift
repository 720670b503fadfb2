// System calls, one wrapper a call: a call that was interrupted is made again, one that would
// block answers so by value, and everything else that goes wrong is a SystemError. Nothing above
// this room looks at errno.

import CSystem
import Glibc

/// A system call that failed.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The call's name, e.g. `bind`.
    package let call: String
    package let errno: Int32

    package init(call: String, errno: Int32) {
        self.call = call
        self.errno = errno
    }

    /// `bind: Address already in use`.
    package var description: String { unsafe "\(call): \(String(cString: strerror(errno)))" }
}

/// What a read or a write on a non-blocking descriptor did.
package enum Transfer: Equatable {
    /// The count of bytes moved. Zero from a read is the end of the stream.
    case bytes(Int)
    case wouldBlock
}

package enum Syscall {
    /// Reads at most `buffer.count` bytes.
    package static func read(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Transfer {
        try transfer("read") { unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
    }

    package static func write(
        _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer
    ) throws(SystemError) -> Transfer {
        try transfer("write") { unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
    }

    /// Closes a descriptor that the caller owns. Linux frees it in every case, so there is nothing
    /// that a caller could do about an error, and trying again might close a stranger's.
    package static func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }

    /// A file of `bytes` zeros in memory, to be shared with child processes.
    package static func sharedMemory(
        name: String, bytes: Int
    ) throws(SystemError) -> Int32 {
        let descriptor = try value("memfd_create") { oes_memfd_create(name) }
        do throws(SystemError) {
            try check("ftruncate") { ftruncate(descriptor, bytes) }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Maps the first `bytes` of a shared memory file; it stays mapped for the process's life.
    package static func map(
        _ descriptor: Int32, bytes: Int
    ) throws(SystemError) -> UnsafeMutableRawPointer {
        let address = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw SystemError(call: "mmap", errno: errno)
        }
        return unsafe address
    }

    /// A broken pipe is an error of the write, not the end of the process.
    package static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    // MARK: The three ways a call answers

    /// For calls that answer a count or -1.
    @inline(__always)
    static func transfer(_ call: StaticString, _ body: () -> Int) throws(SystemError) -> Transfer {
        while true {
            let count = body()
            if count >= 0 { return .bytes(count) }
            let code = errno
            if code == EINTR { continue }
            if code == EAGAIN || code == EWOULDBLOCK { return .wouldBlock }
            throw SystemError(call: "\(call)", errno: code)
        }
    }

    /// For calls that answer a descriptor or another number, or -1.
    @inline(__always)
    static func value(_ call: StaticString, _ body: () -> Int32) throws(SystemError) -> Int32 {
        while true {
            let result = body()
            if result >= 0 { return result }
            let code = errno
            if code == EINTR { continue }
            throw SystemError(call: "\(call)", errno: code)
        }
    }

    /// For calls that answer 0 or -1.
    @inline(__always)
    static func check(_ call: StaticString, _ body: () -> Int32) throws(SystemError) {
        _ = try value(call, body)
    }
}
