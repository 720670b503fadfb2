// The data folder of the embedded Redis: what lies where in it, and who may use it.
//
//     OES_DATA/host.lock      held by the host that serves this folder; contains its process id
//     OES_DATA/redis/         mode 700: the append-only file, the log, the socket, the settings
//     OES_DATA/redis/lock     held by the redis-server itself
//
// Both are kernel locks (flock), so that they end with their process, however that ends, and a
// file that is left over means nothing. The second one tells surely whether a server lives on this
// folder, even where its socket was deleted or it doesn't answer: two on one append-only file would
// destroy it.

import Base
import Glibc

/// Why the embedded Redis can't be had; each says what to do.
package enum EmbeddedRedisError: Error, Equatable, CustomStringConvertible {
    case folder(path: String, reason: String)
    /// The bytes by which the socket's path is too long.
    case pathTooLong(path: String, excess: Int)
    /// Another host; 0 where its number can't be read.
    case lockedByHost(process: Int32, path: String)
    case serverMissing
    case serverEnded(reason: String, log: String)
    /// 0 where its number can't be read.
    case serverMute(process: Int32, path: String)
    case serverUnfit(reason: String)

    package var description: String {
        switch self {
        case .folder(let path, let reason):
            "the data folder \(path) can't be used: \(reason); see OES_DATA"
        case .pathTooLong(let path, let excess):
            "the data folder's path \(path) is \(excess) bytes too long for a unix socket: set "
                + "OES_DATA to a shorter one"
        case .lockedByHost(let process, let path):
            "another host (process \(process)) uses the data folder \(path): end it, or give this "
                + "one another OES_DATA"
        case .serverMissing:
            "redis-server isn't installed: install it (Debian, Ubuntu: apt install redis-server; "
                + "Fedora: dnf install redis; Alpine: apk add redis), or set REDIS_HOST to use one "
                + "that runs elsewhere"
        case .serverEnded(let reason, let log):
            "redis-server \(reason) at its start; its log ends with: \(log)"
        case .serverMute(let process, let path):
            "a redis-server (process \(process)) holds the folder \(path) but doesn't answer on its "
                + "socket: end it and start again"
        case .serverUnfit(let reason): "the embedded Redis can't be used: \(reason)"
        }
    }
}

struct EmbeddedRedisFolder {
    /// Absolute, without symbolic links.
    let path: String

    var redis: String { "\(path)/redis" }
    var socket: String { "\(redis)/redis.sock" }
    var serverLock: String { "\(redis)/lock" }
    var configuration: String { "\(redis)/redis.conf" }
    var log: String { "\(redis)/redis.log" }
    var processFile: String { "\(redis)/redis.pid" }

    /// sockaddr_un's 108 with its closing zero.
    static let socketPathMost = 107

    /// Makes what is missing, for this user alone.
    init(_ dataFolder: String) throws(EmbeddedRedisError) {
        try Self.makeFolders(dataFolder)
        guard let resolved = unsafe realpath(dataFolder, nil) else {
            throw Self.failure(dataFolder)
        }
        defer { unsafe free(resolved) }
        path = unsafe String(cString: resolved)
        let excess = socket.utf8.count - Self.socketPathMost
        guard excess <= 0 else { throw .pathTooLong(path: path, excess: excess) }
        guard mkdir(redis, 0o700) == 0 || errno == EEXIST, chmod(redis, 0o700) == 0 else {
            throw Self.failure(redis)
        }
    }

    private static func makeFolders(_ path: String) throws(EmbeddedRedisError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/\(part)"
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else { throw failure(made) }
        }
    }

    private static func failure(_ path: String) -> EmbeddedRedisError {
        .folder(path: path, reason: unsafe String(cString: strerror(errno)))
    }

    /// The host's lock, until the descriptor is closed. Never inherited.
    func lockForHost() throws(EmbeddedRedisError) -> Int32 {
        let file = "\(path)/host.lock"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(file) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let owner = Self.readNumber(descriptor)
            close(descriptor)
            throw .lockedByHost(process: owner, path: path)
        }
        let text = Array("\(getpid())\n".utf8)
        let isWritten =
            ftruncate(descriptor, 0) == 0
            && text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
                == text.count
        guard isWritten else {
            defer { close(descriptor) }
            throw Self.failure(file)
        }
        return descriptor
    }

    /// The server's lock, to be handed to a new server and then closed; nil while one lives.
    func lockForServer() throws(EmbeddedRedisError) -> Int32? {
        let descriptor = open(serverLock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(serverLock) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    private static func readNumber(_ descriptor: Int32) -> Int32 {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }
        return Int32(String(decoding: digits, as: UTF8.self)) ?? 0
    }

    /// As the server wrote it; 0 where it can't be read.
    func serverProcess() -> Int32 {
        let descriptor = open(processFile, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        return Self.readNumber(descriptor)
    }

    /// Written anew at each start of a server, so that nothing in it is ever out of date.
    func writeConfiguration(_ durability: Durability) throws(EmbeddedRedisError) {
        let descriptor = open(
            configuration, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(configuration) }
        defer { close(descriptor) }
        let text = Array(configurationText(durability).utf8)
        let written = text.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard written == text.count else { throw Self.failure(configuration) }
    }

    func configurationText(_ durability: Durability) -> String {
        """
        # Written by the host at each start; changes are lost.
        port 0
        unixsocket \(Self.quoted(socket))
        unixsocketperm 700
        dir \(Self.quoted(redis))
        logfile \(Self.quoted(log))
        pidfile \(Self.quoted(processFile))
        daemonize no
        databases 1
        # Every write reaches the append-only file; snapshots would only repeat it.
        save ""
        appendonly yes
        appendfsync \(durability.appendfsync)
        # Also while it is being rewritten: what was acknowledged must be kept then too.
        no-appendfsync-on-rewrite no
        auto-aof-rewrite-percentage 100
        auto-aof-rewrite-min-size 128mb
        # The end of a file after a power cut: what is torn there was never acknowledged.
        aof-load-truncated yes
        # Full memory must refuse, never forget.
        maxmemory-policy noeviction
        # Long listpacks are scanned: a smaller bound measured 16 % faster.
        hash-max-listpack-entries 16
        latency-tracking no

        """
    }

    /// As redis.conf reads it.
    static func quoted(_ text: String) -> String {
        let escaped = text.map { character in
            switch character {
            case "\\", "\"": "\\\(character)"
            case "\n": "\\n"
            default: String(character)
            }
        }
        return "\"\(escaped.joined())\""
    }

    /// The end of the server's log, in one line.
    func logTail() -> String {
        let descriptor = open(log, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "(no log)" }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: 600)
        let start = max(0, size - bytes.count)
        let count = unsafe pread(descriptor, &bytes, bytes.count, start)
        let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            .split(separator: "\n")
        return lines.suffix(3).joined(separator: " | ")
    }
}

extension Durability {
    var appendfsync: String {
        switch self {
        case .strict: "always"
        case .fast: "everysec"
        }
    }
}
