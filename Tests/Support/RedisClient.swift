// A blocking client for tests: one command, one reply, everything copied.

import CHiredis
import Glibc

public enum RedisValue: Hashable, Sendable {
    case status(String)
    case error(String)
    case integer(Int64)
    case bytes([UInt8])
    case array([RedisValue])
    case null

    /// What text there is: a status, an error or bytes.
    public var text: String {
        switch self {
        case .status(let text), .error(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .integer(let number): String(number)
        case .array, .null: ""
        }
    }

    public var bytes: [UInt8] {
        if case .bytes(let bytes) = self { return bytes }
        return []
    }

    public var items: [RedisValue] {
        if case .array(let items) = self { return items }
        return []
    }

    public var integer: Int64? {
        if case .integer(let number) = self { return number }
        return nil
    }

    /// Items two by two, as HGETALL and ZRANGE WITHSCORES answer.
    public var pairs: [(RedisValue, RedisValue)] {
        stride(from: 0, to: items.count - 1, by: 2).map { (items[$0], items[$0 + 1]) }
    }
}

public final class RedisClient {
    private let context: UnsafeMutablePointer<redisContext>

    init(socket: String) throws {
        guard let context = redisConnectUnix(socket) else {
            throw TestSupportError(description: "out of memory")
        }
        self.context = context
        guard context.pointee.err == 0 else {
            throw TestSupportError(description: "no connection")
        }
        guard call(["PING"]) == .status("PONG") else {
            throw TestSupportError(description: "not ready")
        }
    }

    deinit { redisFree(context) }

    public func call(_ words: [String]) -> RedisValue { call(words.map { Array($0.utf8) }) }
    public func call(_ words: String...) -> RedisValue { call(words) }

    /// A lost connection is an error value too.
    public func call(_ words: [[UInt8]]) -> RedisValue {
        var command = Array("*\(words.count)\r\n".utf8)
        for word in words {
            command += Array("$\(word.count)\r\n".utf8) + word + [13, 10]
        }
        var answer: UnsafeMutableRawPointer?
        let sent = command.withUnsafeBytes { bytes in
            redisAppendFormattedCommand(
                context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard sent == REDIS_OK, redisGetReply(context, &answer) == REDIS_OK, let answer else {
            return .error("connection lost")
        }
        defer { freeReplyObject(answer) }
        return RedisClient.copy(answer.assumingMemoryBound(to: redisReply.self))
    }

    private static func copy(_ reply: UnsafeMutablePointer<redisReply>) -> RedisValue {
        let value = reply.pointee
        func bytes() -> [UInt8] {
            UnsafeRawBufferPointer(start: value.str, count: Int(value.len)).map { $0 }
        }
        switch value.type {
        case REDIS_REPLY_STATUS: return .status(String(decoding: bytes(), as: UTF8.self))
        case REDIS_REPLY_ERROR: return .error(String(decoding: bytes(), as: UTF8.self))
        case REDIS_REPLY_INTEGER: return .integer(value.integer)
        case REDIS_REPLY_STRING: return .bytes(bytes())
        case REDIS_REPLY_ARRAY:
            return .array((0..<Int(value.elements)).map { copy(value.element[$0]!) })
        default: return .null
        }
    }
}

extension RedisClient {
    /// Every key with its type and whole content, in the order of names: two equal dumps, one
    /// state. `but` leaves a key out.
    public func dump(but skipped: String = "") -> [String] {
        call("KEYS", "*").items.map(\.text).filter { $0 != skipped }.sorted().map { key in
            let type = call("TYPE", key).text
            let content =
                switch type {
                case "string": call("GET", key)
                case "hash": RedisClient.sorted(call("HGETALL", key))
                case "zset": call("ZRANGE", key, "0", "-1", "WITHSCORES")
                case "set":
                    RedisValue.array(
                        call("SMEMBERS", key).items.sorted { $0.text < $1.text })
                case "list": call("LRANGE", key, "0", "-1")
                case "stream": call("XRANGE", key, "-", "+")
                default: RedisValue.null
                }
            return "\(key) \(type) \(content)"
        }
    }

    private static func sorted(_ hash: RedisValue) -> RedisValue {
        .array(
            hash.pairs.sorted { $0.0.text < $1.0.text }.flatMap { field, value in [field, value] })
    }
}
