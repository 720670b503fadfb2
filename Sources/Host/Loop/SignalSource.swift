// Signals as events of the loop, by signalfd: nothing runs inside a signal handler.

import CSystem
import Glibc

package final class SignalSource {
    private let loop: EventLoop
    private let descriptor: Int32
    private var registration: Registration?

    /// Blocks `signals` for the calling thread, and for the threads and processes that it starts
    /// later (`ChildProcess` gives its children an empty mask), and hands each to `handler`.
    /// Call it before any other thread starts, or one of those may get the signal instead.
    package init(
        loop: EventLoop, signals: [Int32], handler: @escaping (Int32) -> Void
    ) throws(SystemError) {
        var mask = sigset_t()
        sigemptyset(&mask)
        for signal in signals { sigaddset(&mask, signal) }
        pthread_sigmask(SIG_BLOCK, &mask, nil)
        descriptor = try Syscall.value("signalfd") { [mask] in
            unsafe withUnsafePointer(to: mask) {
                unsafe signalfd(-1, $0, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
            }
        }
        self.loop = loop
        registration = try loop.register(descriptor, .readable) { [descriptor] _ in
            while let signal = Self.next(descriptor) { handler(signal) }
        }
    }

    deinit {
        if let registration { loop.deregister(registration) }
        Syscall.close(descriptor)
    }

    private static func next(_ descriptor: Int32) -> Int32? {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        let result = unsafe withUnsafeMutableBytes(of: &information) { bytes in
            unsafe try? Syscall.read(descriptor, into: bytes)
        }
        return result == .bytes(size) ? Int32(information.ssi_signo) : nil
    }
}
