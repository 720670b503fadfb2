// A redis-server of a test's own, in a temporary folder, and a loop to talk to it.

import Base
import Glibc
import Loop
import Testing

@testable import Store

/// A folder below the system's temporary one, removed at the end.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/oes-store-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) != nil }
        try #require(made)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { run("/bin/rm", ["-rf", path]) }
}

/// Starts a program and returns its process id; its output is dropped.
@discardableResult
func spawn(_ program: String, _ arguments: [String]) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var process: pid_t = 0
    var texts: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    texts.append(nil)
    defer { for text in texts { free(text) } }
    let result = posix_spawn(&process, program, &actions, nil, texts, environ)
    return result == 0 ? process : -1
}

func run(_ program: String, _ arguments: [String]) {
    let process = spawn(program, arguments)
    var status: Int32 = 0
    if process > 0 { waitpid(process, &status, 0) }
}

/// True as soon as the condition is, false after the time.
func eventually(millis: Int = 10_000, _ condition: () -> Bool) -> Bool {
    let end = Clock.monotonicMicros() + Int64(millis) * 1_000
    while Clock.monotonicMicros() < end {
        if condition() { return true }
        usleep(5_000)
    }
    return condition()
}

final class PrivateRedis {
    let folder: TemporaryFolder
    let options: [String]
    private(set) var process: pid_t = -1

    var socket: String { "\(folder.path)/s" }
    var endpoint: RedisEndpoint { .unix(path: socket) }

    init(_ options: [String] = []) throws {
        folder = try TemporaryFolder()
        self.options = options
        try start()
    }

    deinit { kill(SIGKILL) }

    func start() throws {
        process = spawn(
            "/usr/bin/redis-server",
            ["--port", "0", "--unixsocket", socket, "--dir", folder.path, "--save", ""] + options)
        let ready = eventually {
            (try? BlockingRedis(endpoint, timeoutMillis: 500).answersPing()) == true
        }
        try #require(ready)
    }

    /// Kills and reaps.
    func kill(_ signal: Int32) {
        guard process > 0 else { return }
        Glibc.kill(process, signal)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        process = -1
    }

    func command(_ words: String...) throws -> RedisReply {
        try BlockingRedis(endpoint, timeoutMillis: 2_000).call(words)
    }
}

extension EventLoop {
    /// Runs until the condition holds after some turn; a failure is recorded after the time.
    func run(
        millis: Int = 10_000, until condition: @escaping () -> Bool,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let end = Clock.monotonicMicros() + Int64(millis) * 1_000
        func check() {
            if condition() || Clock.monotonicMicros() > end { return stop() }
            schedule(afterMillis: 1, check)
        }
        // From within the loop: `run` forgets a `stop` that came before it.
        schedule(afterMillis: 0, check)
        run()
        #expect(condition(), "not within \(millis) ms", sourceLocation: location)
    }
}

let quiet = Log(level: .error, origin: "test")
