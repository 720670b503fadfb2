import Base
import Glibc
import Testing

@testable import Store

@Suite(.serialized) struct EmbeddedRedisTests {
    private func start(
        _ folder: TemporaryFolder, _ durability: Durability = .strict, name: String = "data"
    ) throws(EmbeddedRedisError) -> EmbeddedRedis {
        try EmbeddedRedis(
            folder: "\(folder.path)/\(name)", durability: durability,
            program: "/usr/bin/redis-server", log: quiet)
    }

    private func command(_ redis: EmbeddedRedis, _ words: String...) throws -> RedisReply {
        try BlockingRedis(redis.endpoint, timeoutMillis: 2_000).call(words)
    }

    private func process(_ redis: EmbeddedRedis) throws -> pid_t {
        let info = try #require(try command(redis, "INFO", "server").text)
        return try #require(ServerCheck.parse(info)["process_id"].flatMap { pid_t($0) })
    }

    private func setting(_ redis: EmbeddedRedis, _ name: String) throws -> String? {
        try command(redis, "CONFIG", "GET", name).elements?.last?.text
    }

    @Test func itHasTheSettingsThatKeepOrdersAndEndsCleanly() throws {
        let folder = try TemporaryFolder()
        let redis = try start(folder)
        let expected = [
            "port": "0", "appendonly": "yes", "appendfsync": "always", "save": "",
            "maxmemory-policy": "noeviction", "hash-max-listpack-entries": "16",
            "unixsocketperm": "700", "dir": "\(folder.path)/data/redis",
        ]
        for (name, value) in expected {
            #expect(try setting(redis, name) == value, "\(name)")
        }
        var status = stat()
        #expect(stat("\(folder.path)/data/redis", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
        #expect(stat("\(folder.path)/data/redis/redis.sock", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
        #expect(redis.check() == .running)
        _ = try command(redis, "SET", "k", "v")
        #expect(redis.shutdown())
        #expect(redis.check() != .running)
    }

    @Test func itLivesInASessionOfItsOwnAndHoldsNoDescriptorOfOurs() throws {
        let folder = try TemporaryFolder()
        let redis = try start(folder)
        defer { _ = redis.shutdown() }
        let server = try process(redis)
        #expect(getsid(server) == server)
        var target = [CChar](repeating: 0, count: 4_096)
        // Only its lock was handed on; host.lock must end with the host.
        for descriptor in 0..<32 {
            let count = readlink("/proc/\(server)/fd/\(descriptor)", &target, target.count)
            guard count > 0 else { continue }
            let path = String(
                decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
            #expect(!path.hasSuffix("host.lock"))
            if descriptor == 3 { #expect(path == "\(folder.path)/data/redis/lock") }
        }
    }

    @Test func dataIsThereAfterACleanEndAndAfterAKill() throws {
        let folder = try TemporaryFolder()
        do {
            let redis = try start(folder)
            _ = try command(redis, "SET", "clean", "1")
            #expect(redis.shutdown())
        }
        do {
            let redis = try start(folder)
            #expect(!redis.isAdopted)
            #expect(try command(redis, "GET", "clean").text == "1")
            _ = try command(redis, "SET", "killed", "2")
            kill(try process(redis), SIGKILL)
            #expect(eventually { redis.check() == .restarted })
            #expect(eventually { (try? command(redis, "GET", "killed").text) == "2" })
            #expect(redis.check() == .running)
            #expect(redis.shutdown())
        }
    }

    @Test func aServerThatDiesAgainAndAgainIsStartedWithGrowingWaits() throws {
        let folder = try TemporaryFolder()
        let redis = try start(folder)
        kill(try process(redis), SIGKILL)
        #expect(eventually { redis.check() == .restarted })
        #expect(eventually { (try? process(redis)) != nil })
        kill(try process(redis), SIGKILL)
        #expect(eventually { redis.check() == .down })
        #expect(redis.check() == .down)
        #expect(eventually { redis.check() == .restarted })
        #expect(eventually { redis.shutdown() })
    }

    @Test func anOrphanIsAdoptedAndNeverStartedTwice() throws {
        let folder = try TemporaryFolder()
        var server: pid_t = 0
        do {
            let redis = try start(folder, .fast)
            #expect(try setting(redis, "appendfsync") == "everysec")
            server = try process(redis)
            _ = try command(redis, "SET", "k", "v")
        }
        // The host is gone without a shutdown; the next one has another durability.
        let redis = try start(folder, .strict)
        #expect(redis.isAdopted)
        #expect(try process(redis) == server)
        #expect(try setting(redis, "appendfsync") == "always")
        #expect(try command(redis, "GET", "k").text == "v")
        #expect(redis.check() == .running)
        // An adopted one is watched as well.
        kill(server, SIGKILL)
        waitpid(server, nil, 0)
        #expect(eventually { redis.check() == .restarted })
        #expect(eventually { (try? command(redis, "GET", "k").text) == "v" })
        #expect(redis.shutdown())
    }

    @Test func aSecondHostIsRefusedWithTheFirstOnesNumber() throws {
        let folder = try TemporaryFolder()
        let redis = try start(folder)
        defer { _ = redis.shutdown() }
        #expect(
            throws: EmbeddedRedisError.lockedByHost(
                process: getpid(), path: "\(folder.path)/data")
        ) { try start(folder) }
        #expect(redis.check() == .running)
    }

    @Test func leftOverFilesMeanNothing() throws {
        let folder = try TemporaryFolder()
        mkdir("\(folder.path)/data", 0o700)
        mkdir("\(folder.path)/data/redis", 0o755)
        for name in ["host.lock", "redis/lock", "redis/redis.sock", "redis/redis.pid"] {
            let descriptor = open("\(folder.path)/data/\(name)", O_CREAT | O_WRONLY, 0o600)
            _ = "1\n".withCString { write(descriptor, $0, 2) }
            close(descriptor)
        }
        let redis = try start(folder)
        #expect(!redis.isAdopted)
        #expect(try command(redis, "PING") == .status("PONG"))
        #expect(redis.shutdown())
    }

    @Test func aSocketThatVanishedIsNoReasonToStartASecondServer() throws {
        let folder = try TemporaryFolder()
        let redis = try start(folder)
        let server = try process(redis)
        let socket = "\(folder.path)/data/redis/redis.sock"
        rename(socket, socket + ".away")
        // It counts as running by its lock, and is not started twice.
        #expect(redis.check() == .running)
        rename(socket + ".away", socket)
        #expect(try process(redis) == server)
        #expect(redis.shutdown())
    }

    @Test func foldersThatCannotBeUsedAreNamed() throws {
        let folder = try TemporaryFolder()
        close(open("\(folder.path)/file", O_CREAT | O_WRONLY, 0o600))
        #expect(
            throws: EmbeddedRedisError.folder(
                path: "\(folder.path)/file/x", reason: "Not a directory")
        ) { try start(folder, name: "file/x") }
        let long = String(repeating: "x", count: 120)
        #expect(throws: EmbeddedRedisError.self) { try start(folder, name: long) }
        do {
            _ = try start(folder, name: long)
        } catch {
            let path = "\(folder.path)/\(long)"
            let excess = path.utf8.count + "/redis/redis.sock".utf8.count - 107
            #expect(error == .pathTooLong(path: path, excess: excess))
        }
    }

    @Test func aPathThatJustFitsAndHasSpacesWorks() throws {
        let folder = try TemporaryFolder()
        let room = 107 - folder.path.utf8.count - 1 - "/redis/redis.sock".utf8.count
        let name = "a 'b\\ #é" + String(repeating: "y", count: room - 9)
        let redis = try start(folder, name: name)
        #expect(try command(redis, "PING") == .status("PONG"))
        #expect(redis.shutdown())
    }

    @Test func aMissingServerIsNamedWithItsPackage() {
        #expect(RedisServerProcess.find(in: ["/nonexistent", ""]) == nil)
        #expect(RedisServerProcess.find(in: ["/nonexistent", "/usr/bin"]) != nil)
        #expect("\(EmbeddedRedisError.serverMissing)".contains("apt install redis-server"))
    }

    @Test func aServerThatCannotStartShowsItsLog() throws {
        let folder = try TemporaryFolder()
        let redis = try start(folder)
        _ = try command(redis, "SET", "k", "v")
        #expect(redis.shutdown())
        // A damaged append-only file.
        let manifest = "\(folder.path)/data/redis/appendonlydir/appendonly.aof.manifest"
        run("/bin/sh", ["-c", "echo broken > \(manifest)"])
        do {
            let second = try start(folder)
            Issue.record("started with a damaged file")
            _ = second.shutdown()
        } catch {
            guard case .serverEnded(let reason, let log) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(reason == "exited with code 1")
            #expect(log.contains("manifest"))
        }
    }
}
