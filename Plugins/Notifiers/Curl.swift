// The system's curl program, for what needs TLS or speaks SMTP: OES has no TLS of its own.
//
// Nothing secret stands on its command line, which every user of the machine can read: options come to
// it as a file on its standard input, what is sent as another, both in memory and without a name.

import Glibc
import OESPluginKit

struct Curl: Sendable {
    private let cancellation: Cancellation

    struct Result {
        /// curl's exit code; 0 = the transfer was done.
        let code: Int32
        /// What `write-out` asked for.
        let output: String
        /// The first line that curl said of an error.
        let problem: String
    }

    /// Fails where there is no curl: it should be known at the start.
    init(_ cancellation: Cancellation, field: String) throws(ConfigurationRefusal) {
        guard Curl.isInstalled() else {
            throw ConfigurationRefusal(
                field: field, text: "needs the program curl, which isn't in PATH: install curl")
        }
        self.cancellation = cancellation
    }

    /// Runs curl with these options; `body` can be read at `bodyPath`.
    func run(
        _ options: [(name: String, value: String?)], body: [UInt8], _ deadline: Deadline
    ) -> Swift.Result<Result, Connection.Failure> {
        do throws(Connection.Failure) {
            let seconds = max(deadline.leftMillis, 1)
            let limit = "\(seconds / 1_000).\(String(1_000 + seconds % 1_000).dropFirst())"
            let all =
                options + [
                    ("max-time", limit), ("silent", nil), ("show-error", nil),
                ]
            let lines = all.map { name, value in
                value.map { "\(name) = \"\(Curl.escape($0))\"\n" } ?? "\(name)\n"
            }
            let config = try MemoryFile(Array(lines.joined().utf8))
            let content = try MemoryFile(body)
            return .success(try run(config, content, deadline))
        } catch {
            return .failure(error)
        }
    }

    static let bodyPath = "/dev/fd/3"

    /// Within quotes of curl's config file.
    private static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    private func run(
        _ config: MemoryFile, _ content: MemoryFile, _ deadline: Deadline
    ) throws(Connection.Failure) -> Result {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Connection.Failure(why: errorText()) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let reader = ends[0]
        defer { close(reader) }
        let child = try Curl.spawn(config.descriptor, content.descriptor, closing: ends[1])
        do throws(Connection.Failure) {
            let output = try read(reader, deadline)
            return Curl.result(of: try Curl.wait(child), output)
        } catch {
            kill(child, SIGKILL)
            _ = try? Curl.wait(child)
            throw error
        }
    }

    /// All that it says, until it ends.
    private func read(
        _ reader: Int32, _ deadline: Deadline
    ) throws(Connection.Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        // curl's own limit comes first, and says more than ours.
        let grace = Deadline(inMillis: deadline.leftMillis + 250)
        while true {
            if let why = cancellation.wait(for: reader, POLLIN, until: grace) {
                throw Connection.Failure(why: why)
            }
            let count = Glibc.read(reader, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return bytes }
            if bytes.count < 16_384 { bytes += buffer[..<count] }
        }
    }

    /// curl's complaints begin with `curl: (code) `; all else is what write-out asked for.
    private static func result(of code: Int32, _ output: [UInt8]) -> Result {
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        let problem = lines.first { $0.hasPrefix("curl: ") } ?? ""
        let rest = lines.filter { !$0.hasPrefix("curl: ") }.joined(separator: "\n")
        return Result(code: code, output: rest, problem: String(problem.prefix(300)))
    }

    private static func wait(_ child: pid_t) throws(Connection.Failure) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw Connection.Failure(why: errorText()) }
        }
        guard status & 0x7F == 0 else {
            throw Connection.Failure(why: "curl died of signal \(status & 0x7F)")
        }
        return (status >> 8) & 0xFF
    }

    /// `output` is closed here, so that its other end tells when the child's has gone.
    private static func spawn(
        _ config: Int32, _ content: Int32, closing output: Int32
    ) throws(Connection.Failure) -> pid_t {
        defer { close(output) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, config, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        posix_spawn_file_actions_adddup2(&actions, content, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        setDefaults(&attributes)
        let words = Curl.copies(of: ["curl", "-q", "--config", "-"])
        let environment = Curl.copies(of: Curl.environment())
        defer { for word in words + environment { free(word) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, "curl", &actions, &attributes, words, environment)
        guard code == 0 else { throw Connection.Failure(why: "curl: \(errorText(code))") }
        return child
    }

    /// For `free`, with the NULL that ends such a list.
    private static func copies(of texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        var copies: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
        copies.append(nil)
        return copies
    }

    /// No signal that the host blocks or ignores, and a process group of its own.
    private static func setDefaults(_ attributes: inout posix_spawnattr_t) {
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

    /// What curl needs of the host's environment, which has secrets that it needn't know.
    private static func environment() -> [String] {
        let names = [
            "PATH", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "https_proxy", "HTTPS_PROXY",
            "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
        ]
        return names.compactMap { name in
            getenv(name).map { "\(name)=\(String(cString: $0))" }
        }
    }

    private static func isInstalled() -> Bool {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { access("\($0)/curl", X_OK) == 0 }
    }
}

/// Bytes that another process can read as a file: in memory, and without a name.
final class MemoryFile {
    let descriptor: Int32

    init(_ bytes: [UInt8]) throws(Connection.Failure) {
        let name = "/oes-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Connection.Failure(why: "/dev/shm: \(errorText())") }
        shm_unlink(name)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress! + written, $0.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Connection.Failure(why: "/dev/shm: \(errorText())") }
            written += count
        }
        lseek(descriptor, 0, SEEK_SET)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
