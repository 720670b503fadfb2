// A connection that blocks: for the supervisor, which starts, checks and ends servers, and for commands
// that do nothing else. Never on the loop.

import Base
import CHiredis
import Glibc

package final class BlockingRedis {
    private let context: UnsafeMutablePointer<redisContext>

    /// Connects and, where the endpoint has a password, logs in.
    package init(_ endpoint: RedisEndpoint, timeoutMillis: Int) throws(RedisFailure) {
        let limit = timeval(
            tv_sec: timeoutMillis / 1_000, tv_usec: (timeoutMillis % 1_000) * 1_000)
        let made =
            switch endpoint {
            case .unix(let path): unsafe redisConnectUnixWithTimeout(path, limit)
            case .tcp(let host, let port, _):
                unsafe redisConnectWithTimeout(host, Int32(port), limit)
            }
        guard let made = unsafe made else { throw .unavailable }
        unsafe context = made
        guard unsafe made.pointee.err == 0 else { throw .unavailable }
        _ = fcntl(unsafe made.pointee.fd, F_SETFD, FD_CLOEXEC)
        _ = unsafe redisSetTimeout(made, limit)
        if let password = endpoint.password { _ = try call(["AUTH", password]) }
    }

    deinit { unsafe redisFree(context) }

    func call(_ words: [String]) throws(RedisFailure) -> RedisReply {
        try call([words])[0]
    }

    /// Sends all of them at once; throws the first error among the replies.
    package func call(_ commands: [[String]]) throws(RedisFailure) -> [RedisReply] {
        for words in commands { try append(words) }
        var replies: [RedisReply] = []
        for _ in commands { replies.append(try next()) }
        for case .error(let text) in replies { throw .server(text) }
        return replies
    }

    private func append(_ words: [String]) throws(RedisFailure) {
        guard let name = words.first else { throw .unexpected("an empty command") }
        let command = RedisCommand(name, Array(words.dropFirst()))
        let sent = command.withBytes { bytes in
            let pointer = unsafe UnsafeRawPointer(bytes.baseAddress)?
                .assumingMemoryBound(to: CChar.self)
            return unsafe redisAppendFormattedCommand(context, pointer, bytes.count)
        }
        guard sent == REDIS_OK else { throw .outcomeUnknown }
    }

    private func next() throws(RedisFailure) -> RedisReply {
        var answer: UnsafeMutableRawPointer?
        guard unsafe redisGetReply(context, &answer) == REDIS_OK, let answer = unsafe answer
        else { throw .outcomeUnknown }
        defer { unsafe freeReplyObject(answer) }
        let typed = unsafe UnsafePointer(answer.assumingMemoryBound(to: redisReply.self))
        return unsafe RedisReply(copying: typed)
    }

    /// False while a server loads its data; throws where none answers.
    func answersPing() throws(RedisFailure) -> Bool {
        do throws(RedisFailure) {
            return try call(["PING"]) == .status("PONG")
        } catch {
            guard case .server(let text) = error, text.hasPrefix("LOADING") else { throw error }
            return false
        }
    }
}
