// Redis's answers, copied out of hiredis's memory, and the ways in which there is none.

import CHiredis

package enum RedisReply: Sendable, Equatable {
    case bulk([UInt8])
    case status(String)
    case integer(Int64)
    case array([RedisReply])
    case null
    /// Inside arrays only; a whole reply of this kind is RedisFailure.server.
    case error(String)
}

package enum RedisFailure: Error, Equatable {
    /// There is no connection: nothing was sent. Trying again is safe.
    case unavailable
    /// The connection was lost, or the time ran out, after the command was sent: it may have been
    /// carried out or not. Only a command that may be repeated should be.
    case outcomeUnknown
    /// Limits.commandsInFlight are waiting already: nothing was sent.
    case overloaded
    /// Redis refused the command, with its text, e.g. `OOM command not allowed …`.
    case server(String)
    /// Redis carried it out, but the answer isn't of the expected form: other software's data.
    case unexpected(String)
}

extension RedisReply {
    /// A text's bytes.
    package var bytes: [UInt8]? {
        switch self {
        case .bulk(let bytes): bytes
        case .status(let text): Array(text.utf8)
        case .integer, .array, .null, .error: nil
        }
    }

    package var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    package var elements: [RedisReply]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// A number, or a text that is a decimal one.
    package var int64: Int64? {
        switch self {
        case .integer(let number): number
        case .bulk, .status: text.flatMap { Int64($0) }
        case .array, .null, .error: nil
        }
    }

    package var isNull: Bool { self == .null }

    /// Copies; hiredis frees its own after the callback.
    init(copying reply: UnsafePointer<redisReply>) {
        switch unsafe reply.pointee.type {
        case REDIS_REPLY_STRING: self = .bulk(unsafe Self.content(reply))
        case REDIS_REPLY_STATUS:
            self = .status(String(decoding: unsafe Self.content(reply), as: UTF8.self))
        case REDIS_REPLY_INTEGER: self = .integer(unsafe reply.pointee.integer)
        case REDIS_REPLY_ARRAY:
            let count = unsafe reply.pointee.elements
            let elements = unsafe UnsafeBufferPointer(start: reply.pointee.element, count: count)
            self = .array(
                elements.map { element in
                    guard let element = unsafe element else { return .null }
                    return unsafe RedisReply(copying: element)
                })
        case REDIS_REPLY_ERROR:
            self = .error(String(decoding: unsafe Self.content(reply), as: UTF8.self))
        default: self = .null
        }
    }

    private static func content(_ reply: UnsafePointer<redisReply>) -> [UInt8] {
        let raw = unsafe UnsafeRawBufferPointer(start: reply.pointee.str, count: reply.pointee.len)
        return unsafe Array(raw)
    }
}

/// For messages: texts in quotes, records as their length, long arrays by their beginning.
extension RedisReply: CustomStringConvertible {
    package var description: String {
        switch self {
        case .bulk(let bytes):
            if bytes.count <= 100, bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) {
                "\"\(String(decoding: bytes, as: UTF8.self))\""
            } else {
                "<\(bytes.count) bytes>"
            }
        case .status(let text): text
        case .integer(let number): "\(number)"
        case .array(let elements):
            "["
                + elements.prefix(16).map(\.description).joined(separator: ", ")
                + (elements.count > 16 ? ", … \(elements.count) in all]" : "]")
        case .null: "null"
        case .error(let text): "error \"\(text)\""
        }
    }
}
