// Starting a redis-server as a process that outlives us.

import Glibc

enum RedisServerProcess {
    /// The program's path: of PATH, else where distributions put it.
    static func find() -> String? {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? ""
        let folders = path.split(separator: ":").map(String.init)
        return find(in: folders + ["/usr/bin", "/usr/local/bin", "/usr/sbin"])
    }

    static func find(in folders: [String]) -> String? {
        folders.map { "\($0)/redis-server" }.first { access($0, X_OK) == 0 }
    }

    /// Starts it in a session of its own, so that neither a terminal's Ctrl-C nor its end reaches
    /// it. `lock`: handed to it as descriptor 3, which it doesn't know and so keeps open until it
    /// ends, and with it the lock. Returns the process id, or an error number.
    static func start(
        _ program: String, configuration: String, lock: Int32
    ) -> Result<pid_t, SpawnError> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, mode) in [(Int32(0), O_RDONLY), (1, O_WRONLY), (2, O_WRONLY)] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", mode, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, lock, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        cleanSignalsAndSession(&attributes)
        let texts: [String] = [program, configuration]
        var words: [UnsafeMutablePointer<CChar>?] = texts.map { unsafe strdup($0) }
        unsafe words.append(nil)
        defer { for word in unsafe words { unsafe free(word) } }
        var process: pid_t = 0
        let code = unsafe posix_spawn(
            &process, program, &actions, &attributes, words, environ)
        return code == 0 ? .success(process) : .failure(SpawnError(number: code))
    }

    private static func cleanSignalsAndSession(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let setsid: Int32 = 0x80  // POSIX_SPAWN_SETSID, which Glibc's module doesn't show
        let flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | setsid
        posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    /// Reaps a child of ours: how it ended, or nil while it runs.
    static func ended(_ process: pid_t) -> String? {
        var status: Int32 = 0
        let result = unsafe waitpid(process, &status, WNOHANG)
        if result == 0 { return nil }
        guard result == process else { return "ended" }
        let signal = status & 0x7f
        return signal == 0 ? "exited with code \((status >> 8) & 0xff)" : "died of signal \(signal)"
    }
}

struct SpawnError: Error {
    let number: Int32
    var text: String { unsafe String(cString: strerror(number)) }
}
