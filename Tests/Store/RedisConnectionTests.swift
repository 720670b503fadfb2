import Base
import Glibc
import Loop
import Testing

@testable import Store

@Suite struct RedisCommandTests {
    private func text(_ command: RedisCommand) -> String {
        command.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func argumentsAreBulkStrings() {
        var command = RedisCommand("SET")
        command.append("é")
        command.append([0, 13, 10])
        command.append(Int64.min)
        command.append(Int64.max)
        command.append(0)
        #expect(
            text(command)
                == "*6\r\n$3\r\nSET\r\n$2\r\né\r\n$3\r\n\0\r\n\r\n$20\r\n-9223372036854775808\r\n"
                + "$19\r\n9223372036854775807\r\n$1\r\n0\r\n")
    }

    @Test(arguments: [0, 8, 9, 98, 99, 1_000, 100_000])
    func theHeaderFitsEveryCount(count: Int) {
        let command = RedisCommand("X", Array(repeating: "", count: count))
        #expect(text(command).hasPrefix("*\(count + 1)\r\n$1\r\nX\r\n"))
    }

    @Test func lengthsOfSeveralDigits() {
        let long = String(repeating: "y", count: 12_345)
        #expect(text(RedisCommand("X", [long])) == "*2\r\n$1\r\nX\r\n$12345\r\n\(long)\r\n")
    }
}

@Suite struct PendingCommandsTests {
    @Test func keepsOrderWhileGrowingAndWrapping() {
        var pending = PendingCommands()
        var answered: [Int] = []
        var next = 0
        for round in 0..<300 {
            for _ in 0..<(round % 7 + 1) {
                let number = next
                pending.append(deadlineMicros: Int64(number)) { _ in answered.append(number) }
                next += 1
            }
            for _ in 0..<(round % 5) { pending.popFirst()?(.success(.null)) }
            #expect(pending.firstDeadlineMicros == Int64(answered.count))
        }
        for completion in pending.removeAll() { completion(.success(.null)) }
        #expect(answered == Array(0..<next))
        #expect(pending.count == 0 && pending.firstDeadlineMicros == nil)
    }
}

@Suite(.serialized) struct RedisConnectionTests {
    private func connection(
        _ loop: EventLoop, _ endpoint: RedisEndpoint
    ) -> RedisConnection {
        let connection = RedisConnection(loop: loop, endpoint: endpoint, name: "test", log: quiet)
        connection.connect()
        return connection
    }

    @Test func answersEveryKindOfReplyInOrder() throws {
        let redis = try PrivateRedis()
        let loop = try EventLoop()
        let connection = connection(loop, redis.endpoint)
        loop.run { connection.isUp }
        var replies: [Result<RedisReply, RedisFailure>] = []
        let scripts = [
            ["SET", "k", "v"], ["GET", "k"], ["GET", "none"], ["INCR", "n"], ["NOSUCH"],
            ["EVAL", "return {1,'a',{false,{err='ERR x'}}}", "0"], ["LRANGE", "none", "0", "1"],
        ]
        for words in scripts {
            connection.send(RedisCommand(words[0], Array(words.dropFirst()))) {
                replies.append($0)
            }
        }
        #expect(replies.isEmpty)
        loop.run { replies.count == scripts.count }
        #expect(replies[0] == .success(.status("OK")))
        #expect(replies[1] == .success(.bulk(Array("v".utf8))))
        #expect(replies[2] == .success(.null))
        #expect(replies[3] == .success(.integer(1)))
        guard case .failure(.server(let text)) = replies[4] else {
            Issue.record("\(replies[4])")
            return
        }
        #expect(text.hasPrefix("ERR unknown command"))
        let inner = RedisReply.array([.null, .error("ERR x")])
        #expect(
            replies[5] == .success(.array([.integer(1), .bulk(Array("a".utf8)), inner])))
        #expect(replies[6] == .success(.array([])))
        connection.close()
    }

    @Test func largeCommandsAndRepliesPass() throws {
        let redis = try PrivateRedis()
        let loop = try EventLoop()
        let connection = connection(loop, redis.endpoint)
        loop.run { connection.isUp }
        let large = [UInt8](repeating: 7, count: 20_000_000)
        var command = RedisCommand("SET", ["large"])
        command.append(large)
        connection.send(command) { _ in }
        var reply: RedisReply?
        connection.send(RedisCommand("GET", ["large"])) { reply = try? $0.get() }
        loop.run { reply != nil }
        #expect(reply == .bulk(large))
        connection.close()
    }

    @Test func commandsFailAtOnceWhileThereIsNoServer() throws {
        let folder = try TemporaryFolder()
        let loop = try EventLoop()
        let connection = connection(loop, .unix(path: "\(folder.path)/none"))
        var result: Result<RedisReply, RedisFailure>?
        connection.send(RedisCommand("PING")) { result = $0 }
        #expect(result == nil)
        loop.run { result != nil }
        #expect(result == .failure(.unavailable))
        #expect(connection.problem?.contains("No such file") == true)
        connection.close()
    }

    @Test func aRefusedPortIsReportedAndTriedAgain() throws {
        let listener = try Syscall.listen(address: "127.0.0.1", port: 0, sharedPort: false)
        let port = Int(try Syscall.boundPort(listener))
        Syscall.close(listener)
        let loop = try EventLoop()
        let connection = connection(loop, .tcp(host: "127.0.0.1", port: port, password: nil))
        loop.run { connection.problem != nil }
        #expect(connection.problem == "Connection refused")
        let folder = try TemporaryFolder()
        let server = spawn(
            "/usr/bin/redis-server", ["--port", "\(port)", "--dir", folder.path, "--save", ""])
        defer {
            kill(server, SIGKILL)
            waitpid(server, nil, 0)
        }
        loop.run { connection.isUp }
        #expect(connection.problem == nil)
        connection.close()
    }

    @Test func whatWasInFlightHasAnUnknownOutcomeAndTheConnectionComesBack() throws {
        let redis = try PrivateRedis()
        let loop = try EventLoop()
        let connection = connection(loop, redis.endpoint)
        var states: [Bool] = []
        connection.onStateChange = { states.append($0) }
        loop.run { connection.isUp }
        var results: [Result<RedisReply, RedisFailure>] = []
        connection.send(RedisCommand("BLPOP", ["none", "0"])) { results.append($0) }
        connection.send(RedisCommand("INCR", ["n"])) { results.append($0) }
        loop.schedule(afterMillis: 20) { redis.kill(SIGKILL) }
        loop.run { results.count == 2 }
        #expect(results == [.failure(.outcomeUnknown), .failure(.outcomeUnknown)])
        #expect(!connection.isUp)
        try redis.start()
        loop.run { connection.isUp }
        #expect(states == [true, false, true])
        connection.close()
    }

    @Test func aLateAnswerIsAnUnknownOutcomeAndEndsTheConnection() throws {
        let redis = try PrivateRedis()
        let loop = try EventLoop()
        let connection = RedisConnection(
            loop: loop, endpoint: redis.endpoint, name: "test", log: quiet, commandMillis: 100)
        var states: [Bool] = []
        connection.onStateChange = { states.append($0) }
        connection.connect()
        loop.run { connection.isUp }
        var results: [Result<RedisReply, RedisFailure>] = []
        connection.send(RedisCommand("PING")) { results.append($0) }
        connection.send(RedisCommand("BLPOP", ["none", "0"])) { results.append($0) }
        loop.run { results.count == 2 && connection.isUp && states.count == 3 }
        #expect(results == [.success(.status("PONG")), .failure(.outcomeUnknown)])
        #expect(states == [true, false, true])
        connection.close()
    }

    @Test func wrongAndRightPasswordsOverTCP() throws {
        let port = try freePort()
        let folder = try TemporaryFolder()
        let server = spawn(
            "/usr/bin/redis-server",
            ["--port", "\(port)", "--dir", folder.path, "--save", "", "--requirepass", "se cret"])
        defer {
            kill(server, SIGKILL)
            waitpid(server, nil, 0)
        }
        let loop = try EventLoop()
        let right = connection(loop, .tcp(host: "127.0.0.1", port: port, password: "se cret"))
        loop.run { right.isUp }
        let wrong = connection(loop, .tcp(host: "127.0.0.1", port: port, password: "secret"))
        loop.run { wrong.problem != nil }
        #expect(wrong.problem == "Redis refuses the password: REDIS_PASSWORD is wrong")
        #expect("\(wrong.endpoint)" == "127.0.0.1:\(port)")
        let none = connection(loop, .tcp(host: "127.0.0.1", port: port, password: nil))
        loop.run { none.problem != nil }
        #expect(none.problem == "Redis wants a password: set REDIS_PASSWORD")
        none.close()
        right.close()
        wrong.close()
    }

    @Test func aPasswordThatRedisDoesNotHaveIsNamed() throws {
        let port = try freePort()
        let folder = try TemporaryFolder()
        let server = spawn(
            "/usr/bin/redis-server", ["--port", "\(port)", "--dir", folder.path, "--save", ""])
        defer {
            kill(server, SIGKILL)
            waitpid(server, nil, 0)
        }
        let loop = try EventLoop()
        let connection = connection(loop, .tcp(host: "127.0.0.1", port: port, password: "x"))
        loop.run { connection.problem?.hasPrefix("Redis has no password") == true }
        connection.close()
    }

    @Test func aFullPipelineIsOverloaded() throws {
        let redis = try PrivateRedis()
        let loop = try EventLoop()
        let connection = connection(loop, redis.endpoint)
        loop.run { connection.isUp }
        var answered = 0
        var overloaded = 0
        for _ in 0..<Limits.commandsInFlight + 3 {
            connection.send(RedisCommand("PING")) { result in
                if result == .failure(.overloaded) { overloaded += 1 } else { answered += 1 }
            }
        }
        loop.run { answered + overloaded == Limits.commandsInFlight + 3 }
        #expect(answered == Limits.commandsInFlight)
        #expect(overloaded == 3)
        connection.close()
    }

    @Test func aFailedPreparationKeepsTheConnectionDown() throws {
        let redis = try PrivateRedis()
        let loop = try EventLoop()
        let connection = RedisConnection(
            loop: loop, endpoint: redis.endpoint, name: "test", log: quiet)
        var isGood = false
        connection.prepare = { connection, done in
            connection.sendWhilePreparing(RedisCommand("PING")) { result in
                done(isGood && result == .success(.status("PONG")) ? nil : "not good")
            }
        }
        connection.connect()
        loop.run { connection.problem == "not good" }
        #expect(!connection.isUp)
        isGood = true
        loop.run { connection.isUp }
        connection.close()
    }

    @Test func closingFromWithinACompletionIsSafe() throws {
        let redis = try PrivateRedis()
        let loop = try EventLoop()
        let connection = connection(loop, redis.endpoint)
        loop.run { connection.isUp }
        var results: [Result<RedisReply, RedisFailure>] = []
        for _ in 0..<100 {
            connection.send(RedisCommand("PING")) { result in
                results.append(result)
                if results.count == 10 { connection.close() }
            }
        }
        loop.run { results.count == 100 }
        #expect(results[9] == .success(.status("PONG")))
        #expect(results[10] == .failure(.outcomeUnknown))
        connection.connect()
        loop.run { connection.isUp }
        connection.close()
    }

    @Test func aConnectionThatIsLetGoLeavesNothingBehind() throws {
        let redis = try PrivateRedis()
        let loop = try EventLoop()
        weak var weakly: RedisConnection?
        do {
            let connection = connection(loop, redis.endpoint)
            weakly = connection
            loop.run { connection.isUp }
        }
        var turns = 0
        loop.run {
            turns += 1
            return turns > 3
        }
        #expect(weakly == nil)
        let clients = try redis.command("CLIENT", "LIST").text ?? ""
        #expect(!clients.contains("name=test"))
    }
}

func freePort() throws -> Int {
    let listener = try Syscall.listen(address: "127.0.0.1", port: 0, sharedPort: false)
    defer { Syscall.close(listener) }
    return Int(try Syscall.boundPort(listener))
}
