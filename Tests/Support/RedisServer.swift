// A redis-server of a test's own: in a new temporary folder, on a unix socket, keeping nothing.
// It ends with this value.

import Glibc

public struct TestSupportError: Error, CustomStringConvertible {
    public let description: String
}

public final class RedisServer {
    private let folder: String
    private let process: pid_t
    public var socket: String { "\(folder)/redis.sock" }

    public init() throws {
        folder = try RedisServer.makeFolder()
        process = try RedisServer.spawn([
            "redis-server", "--port", "0", "--unixsocket", "\(folder)/redis.sock",
            "--dir", folder, "--save", "", "--appendonly", "no", "--loglevel", "warning",
            "--logfile", "\(folder)/redis.log",
        ])
    }

    /// A connection; waits for the server at its start.
    public func connect() throws -> RedisClient {
        for _ in 0..<500 {
            if let client = try? RedisClient(socket: socket) { return client }
            usleep(10_000)
        }
        throw TestSupportError(description: "redis-server doesn't answer on \(socket)")
    }

    deinit {
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        for file in ["redis.sock", "redis.log"] { unlink("\(folder)/\(file)") }
        rmdir(folder)
    }

    private static func makeFolder() throws -> String {
        let root = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(root)/oes-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw TestSupportError(description: "no temporary folder below \(root)")
        }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func spawn(_ arguments: [String]) throws -> pid_t {
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process: pid_t = 0
        let result = posix_spawnp(&process, arguments[0], nil, nil, &pointers, environ)
        guard result == 0 else {
            throw TestSupportError(description: "\(arguments[0]) doesn't start: \(result)")
        }
        return process
    }
}
