// Child processes. posix_spawn starts them without copying the parent (0.7 ms), and a pidfd tells
// the loop when one ends, each by itself: no SIGCHLD, and nobody else's children are reaped.

import CSystem
import Glibc

/// How a process ended.
package enum ProcessEnd: Equatable, Sendable, CustomStringConvertible {
    case exited(code: Int32)
    case signalled(Int32)

    /// `exited with code 3`, `died of SIGSEGV`.
    package var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .signalled(let signal): "died of \(Self.name(ofSignal: signal))"
        }
    }

    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .exited(code: (waitStatus >> 8) & 0xff) : .signalled(signal)
    }

    private static func name(ofSignal signal: Int32) -> String {
        let names = [
            SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGHUP: "SIGHUP",
            SIGILL: "SIGILL", SIGINT: "SIGINT", SIGKILL: "SIGKILL", SIGPIPE: "SIGPIPE",
            SIGQUIT: "SIGQUIT", SIGSEGV: "SIGSEGV", SIGSYS: "SIGSYS", SIGTERM: "SIGTERM",
            SIGTRAP: "SIGTRAP", SIGXCPU: "SIGXCPU",
        ]
        return names[signal] ?? "signal \(signal)"
    }
}

package final class ChildProcess {
    package let process: pid_t
    private let loop: EventLoop
    private let descriptor: Int32
    private var registration: Registration?

    /// Starts `executable` (a path) with `arguments` (the first is its name) and this process's
    /// environment, in a process group of its own, with no signal blocked or ignored.
    /// Of the parent's descriptors it gets 0, 1, 2 and `inherited` as 3, provided that the others
    /// are closed on exec, as all of this room's are. `onEnd` is called once, on the loop.
    package init(
        loop: EventLoop, executable: String, arguments: [String], inherited: Int32?,
        onEnd: @escaping (ProcessEnd) -> Void
    ) throws(SystemError) {
        let child = try Self.spawn(executable, arguments, inherited)
        do throws(SystemError) {
            descriptor = try Syscall.value("pidfd_open") { oes_pidfd_open(child) }
        } catch {
            _ = Glibc.kill(child, SIGKILL)
            _ = try? Self.wait(child)
            throw error
        }
        self.loop = loop
        process = child
        registration = try loop.register(descriptor, .readable) { [weak self] _ in
            guard let self else { return }
            finish()
            if let end = try? Self.wait(child) { onEnd(end) }
        }
    }

    deinit { finish() }

    /// Nothing where the process has ended.
    package func kill(_ signal: Int32) {
        // Until it is waited for, its number can't belong to another process.
        if registration != nil { _ = Glibc.kill(process, signal) }
    }

    private func finish() {
        guard let registration else { return }
        loop.deregister(registration)
        self.registration = nil
        Syscall.close(descriptor)
    }

    private static func wait(_ process: pid_t) throws(SystemError) -> ProcessEnd {
        var status: Int32 = 0
        _ = try Syscall.value("waitpid") { waitpid(process, &status, 0) }
        return ProcessEnd(waitStatus: status)
    }

    private static func spawn(
        _ executable: String, _ arguments: [String], _ inherited: Int32?
    ) throws(SystemError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let inherited { posix_spawn_file_actions_adddup2(&actions, inherited, 3) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        resetSignals(&attributes)
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, executable, &actions, &attributes, words, environ)
        guard code == 0 else { throw SystemError(call: "posix_spawn", errno: code) }
        return child
    }

    /// What a process ignores or blocks it would hand on to its children.
    private static func resetSignals(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(flags))
    }
}
