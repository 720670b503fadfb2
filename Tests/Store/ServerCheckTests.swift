import Base
import Glibc
import Loop
import Testing

@testable import Store

/// Answers every command with one text, for servers that aren't at hand.
private final class FakeServer {
    let port: Int
    private let loop: EventLoop
    private let listener: Int32
    private var clients: [Int32] = []

    init(_ loop: EventLoop, reply: String) throws {
        self.loop = loop
        listener = try Syscall.listen(address: "127.0.0.1", port: 0, sharedPort: false)
        port = Int(try Syscall.boundPort(listener))
        _ = try loop.register(listener, .readable) { [unowned self] _ in
            guard case .accepted(let client, _) = try? Syscall.accept(listener) else { return }
            clients.append(client)
            _ = try? loop.register(client, .readable) { _ in
                var bytes = [UInt8](repeating: 0, count: 4_096)
                guard read(client, &bytes, bytes.count) > 0 else {
                    return
                }
                let answer = Array("$\(reply.utf8.count)\r\n\(reply)\r\n".utf8)
                _ = answer.withUnsafeBytes { write(client, $0.baseAddress, $0.count) }
            }
        }
    }
}

@Suite struct ServerVerdictTests {
    private static let good = [
        "redis_version": "7.0.15", "role": "master", "maxmemory": "0", "aof_enabled": "1",
        "maxmemory_policy": "noeviction", "loading": "0", "aof_last_write_status": "ok",
    ]

    private func judge(_ changes: [String: String]) -> ServerVerdict {
        let facts = Self.good.merging(changes) { $1 }
        let lines = facts.map { "\($0.key):\($0.value)" }
        let info = "# Server\r\n" + lines.joined(separator: "\r\n") + "\r\n"
        return ServerCheck.judge(info: info, wantsDurability: .strict)
    }

    @Test func aGoodServerPassesWithoutAWord() {
        #expect(judge([:]) == ServerVerdict(problem: nil, warnings: []))
        #expect(judge(["redis_version": "8.2.1"]).problem == nil)
    }

    @Test(arguments: [
        ("redis_version", "6.2.14", "use version 7.0 or newer"),
        ("redis_version", "x", "use version 7.0 or newer"),
        ("role", "slave", "read-only replica"),
        ("aof_last_write_status", "err", "disk is full"),
        ("loading", "1", "still loading"),
    ])
    func unfitServersAreRefused(name: String, value: String, expected: String) {
        #expect(judge([name: value]).problem?.contains(expected) == true)
    }

    @Test func evictionIsRefusedOnceItCanHappen() {
        let evicting = judge(["maxmemory": "100", "maxmemory_policy": "allkeys-lru"])
        #expect(evicting.problem?.contains("maxmemory-policy allkeys-lru") == true)
        #expect(judge(["maxmemory": "100"]).problem == nil)
        let later = judge(["maxmemory_policy": "allkeys-lru"])
        #expect(later.problem == nil && later.warnings.count == 1)
    }

    @Test func aMissingAppendOnlyFileIsAWarning() {
        #expect(judge(["aof_enabled": "0"]).warnings.first?.contains("appendonly yes") == true)
    }

    @Test func othersThanRedisAreRefused() {
        for info in ["", "role:master", "hello", "# redis_version:7"] {
            let problem = ServerCheck.judge(info: info, wantsDurability: .fast).problem
            #expect(problem?.contains("isn't a Redis server") == true)
        }
    }

    @Test func strictDurabilityWantsASyncOfEveryWrite() {
        let warning = ServerCheck.durabilityWarning(
            appendfsync: "everysec", wantsDurability: .strict)
        #expect(warning?.contains("appendfsync everysec") == true)
        #expect(
            ServerCheck.durabilityWarning(appendfsync: "always", wantsDurability: .strict) == nil)
        #expect(
            ServerCheck.durabilityWarning(appendfsync: "everysec", wantsDurability: .fast) == nil)
        #expect(ServerCheck.durabilityWarning(appendfsync: nil, wantsDurability: .strict) == nil)
    }
}

@Suite(.serialized) struct StorePreparationTests {
    private func connection(
        _ loop: EventLoop, _ endpoint: RedisEndpoint, loadsLibrary: Bool = true
    ) -> RedisConnection {
        let connection = RedisConnection(loop: loop, endpoint: endpoint, name: "t", log: quiet)
        StorePreparation(durability: .fast, log: quiet)
            .install(on: connection, loadsLibrary: loadsLibrary)
        connection.connect()
        return connection
    }

    private func problem(_ endpoint: RedisEndpoint) throws -> String {
        let loop = try EventLoop()
        let connection = connection(loop, endpoint)
        loop.run { connection.problem != nil || connection.isUp }
        defer { connection.close() }
        return connection.problem ?? "none"
    }

    @Test func severalHostsLoadTheLibraryAtOnce() throws {
        let redis = try PrivateRedis()
        let loop = try EventLoop()
        let connections = (0..<4).map { _ in connection(loop, redis.endpoint) }
        loop.run { connections.allSatisfy(\.isUp) }
        let libraries = try redis.command("FUNCTION", "LIST").elements
        #expect(libraries?.count == 1)
        #expect(try redis.command("GET", "oes:{0}:schema").text == "3")
        for connection in connections { connection.close() }
    }

    @Test func dataOfOtherLayoutsIsRefused() throws {
        let redis = try PrivateRedis()
        _ = try redis.command("SET", "oes:{0}:schema", "4")
        #expect(try problem(redis.endpoint).contains("run the newer host"))
        _ = try redis.command("SET", "oes:{0}:schema", "1")
        #expect(try problem(redis.endpoint).contains("run the older host"))
        _ = try redis.command("SET", "oes:{0}:schema", "hello")
        #expect(try problem(redis.endpoint).contains("other data"))
        _ = try redis.command("DEL", "oes:{0}:schema")
        _ = try redis.command("LPUSH", "oes:{0}:schema", "x")
        #expect(try problem(redis.endpoint).contains("WRONGTYPE"))
    }

    @Test func anEvictingServerIsRefusedUntilItIsMended() throws {
        let redis = try PrivateRedis(
            ["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"])
        let loop = try EventLoop()
        let connection = connection(loop, redis.endpoint)
        loop.run { connection.problem != nil }
        #expect(connection.problem?.contains("set maxmemory-policy noeviction") == true)
        let verdict = ServerCheck.judgeNow(redis.endpoint, wantsDurability: .fast)
        #expect(verdict.problem?.contains("the Redis at \(redis.socket) can't be used") == true)
        _ = try redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
        loop.run { connection.isUp }
        connection.close()
    }

    @Test func aReplicaIsRefusedAndAlsoWhatBecomesOne() throws {
        let redis = try PrivateRedis()
        let loop = try EventLoop()
        let connection = connection(loop, redis.endpoint)
        loop.run { connection.isUp }
        _ = try redis.command("REPLICAOF", "127.0.0.1", "1")
        var result: Result<RedisReply, RedisFailure>?
        connection.send(RedisCommand("SET", ["k", "v"])) { result = $0 }
        loop.run { connection.problem?.contains("REDIS_PORT to its master") == true }
        guard case .failure(.server(let text)) = result else {
            Issue.record("\(String(describing: result))")
            return
        }
        #expect(text.hasPrefix("READONLY"))
        connection.close()
    }

    @Test func fullMemoryStillLetsConnect() throws {
        let redis = try PrivateRedis()
        let loop = try EventLoop()
        let first = connection(loop, redis.endpoint)
        loop.run { first.isUp }
        first.close()
        _ = try redis.command("CONFIG", "SET", "maxmemory", "1mb")
        #expect(throws: RedisFailure.self) { try redis.command("SET", "k", "v") }
        let second = connection(loop, redis.endpoint)
        loop.run { second.isUp }
        second.close()
    }

    @Test func aFlushedLibraryIsLoadedAgain() throws {
        let redis = try PrivateRedis()
        let loop = try EventLoop()
        let connection = connection(loop, redis.endpoint)
        let matcher = Matcher(connection)
        loop.run { connection.isUp }
        _ = try redis.command("FUNCTION", "FLUSH")
        var failed = false
        matcher.tick("X") { result in
            if case .failure(.server) = result { failed = true }
        }
        loop.run { failed && connection.isUp }
        var reply: TickReply?
        matcher.tick("X") { reply = try? $0.get() }
        loop.run { reply != nil }
        #expect(reply == .refused(ScriptRefusal(code: "unknown_symbol", values: "symbol=X")))
        connection.close()
    }

    @Test func anOldServerAndAStrangerAreRefused() throws {
        let loop = try EventLoop()
        let old = try FakeServer(loop, reply: "redis_version:6.0.16\r\nrole:master")
        let toOld = connection(loop, .tcp(host: "127.0.0.1", port: old.port, password: nil))
        loop.run { toOld.problem != nil }
        #expect(toOld.problem?.contains("it is Redis 6.0.16, which has no functions") == true)
        toOld.close()
        let stranger = try FakeServer(loop, reply: "hello")
        let toStranger = connection(
            loop, .tcp(host: "127.0.0.1", port: stranger.port, password: nil))
        loop.run { toStranger.problem != nil }
        #expect(toStranger.problem?.contains("isn't a Redis server") == true)
        toStranger.close()
    }

    @Test func anUnreachableServerIsNamedAtTheStart() throws {
        let port = try freePort()
        let verdict = ServerCheck.judgeNow(
            .tcp(host: "127.0.0.1", port: port, password: "x"), wantsDurability: .strict)
        #expect(verdict.problem?.contains("127.0.0.1:\(port) is not reachable") == true)
        #expect(verdict.problem?.contains("REDIS_HOST") == true)
    }

    @Test func warningsForAServerWithoutDurability() throws {
        let redis = try PrivateRedis()
        let verdict = ServerCheck.judgeNow(redis.endpoint, wantsDurability: .strict)
        #expect(verdict.problem == nil)
        #expect(verdict.warnings.count == 2)
    }
}
