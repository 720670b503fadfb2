// `redis-publish`: publishes each event's JSON to channels of a Redis, for other programs. Plain RESP on
// a plain socket: a Redis that wants TLS is reached through a tunnel (stunnel, ssh).

import OESPluginKit

final class RedisPublish: Notifier {
    static let description = EntryDescription(
        id: "org.oes.redis-publish", name: "redis-publish", title: "Redis channels",
        vendor: Library.vendor, version: Library.version,
        configSchema: """
            {"type": "object", "additionalProperties": false,
             "properties": {
              "host": {"type": "string", "default": "127.0.0.1", "title": "Host",
                "description": "A name or an address, or the absolute path of a socket"},
              "port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 6379,
                "title": "Port"},
              "user": {"type": "string", "title": "ACL user, where it isn't the default one"},
              "password": {"type": "string", "title": "Its password",
                "description": "The text, or @ and the path of a file whose first line it is"},
              "channels": {"type": "string", "default": "oes:events",
                "title": "Channels, by commas",
                "description": "May hold {type}, {account}, {symbol} and {severity}"}}}
            """)

    private let host: String
    private let port: String
    private let login: [String]
    private let channels: [String]
    private let cancellation: Cancellation
    private static let channelsMaximum = 10

    init(host: Host, config: Values) throws(ConfigurationRefusal) {
        self.host = config.text(0) ?? "127.0.0.1"
        guard !self.host.isEmpty, !self.host.hasPrefix("/") || LocalAddress(self.host) != nil else {
            throw ConfigurationRefusal(
                field: "host", text: "expected a host or a path to 107 bytes")
        }
        port = String(config.integer(1) ?? 6_379)
        login = try Self.login(config.text(2), config.text(3))
        channels = try Self.channels(config.text(4) ?? "oes:events")
        do throws(CancellationFailure) { cancellation = try Cancellation() } catch {
            throw error.refusal
        }
    }

    private static func login(
        _ user: String?, _ given: String?
    ) throws(ConfigurationRefusal) -> [String] {
        guard let password = try FileText.secret(given, field: "password") else {
            guard user == nil else {
                throw ConfigurationRefusal(
                    field: "password", text: "expected one for the user, found none")
            }
            return []
        }
        return ["AUTH"] + (user.map { [$0] } ?? []) + [password]
    }

    private static func channels(_ text: String) throws(ConfigurationRefusal) -> [String] {
        let names = text.split(separator: ",").map(String.init)
        guard (1...channelsMaximum).contains(names.count),
            names.allSatisfy({ $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } })
        else {
            throw ConfigurationRefusal(
                field: "channels",
                text: "expected 1 to \(channelsMaximum) names without blanks, by commas")
        }
        for name in names {
            let left = ["{type}", "{account}", "{symbol}", "{severity}"].reduce(name) {
                replace($1, in: $0, by: "")
            }
            guard !left.contains("{"), !left.contains("}") else {
                throw ConfigurationRefusal(
                    field: "channels",
                    text: "expected {type}, {account}, {symbol} or {severity}, found another")
            }
        }
        return names
    }

    func deliver(_ batch: Batch) -> Delivery {
        cancellation.begin()
        let deadline = Deadline(inMillis: batch.deadlineMillis)
        var taken = 0
        do throws(Connection.Failure) {
            let connection =
                host.hasPrefix("/")
                ? try Connection.open(path: host, deadline, cancellation)
                : try Connection.open(host, port, deadline, cancellation)
            var replies = ReplyLines(connection)
            if !login.isEmpty {
                try connection.send(Self.command(login.map { Array($0.utf8) }))
                try replies.next()
            }
            for index in 0..<batch.count {
                let event = batch[index]
                let words = channels.flatMap { channel in
                    Self.command([
                        Array("PUBLISH".utf8), Array(Self.name(channel, event).utf8), event.json,
                    ])
                }
                try connection.send(words)
                for _ in channels { try replies.next() }
                taken += 1
            }
            return .done
        } catch {
            let why = "redis at \(host.hasPrefix("/") ? host : "\(host):\(port)"): \(error.why)"
            return taken == 0
                ? .retry(afterMillis: 0, why: why) : .partial(through: taken - 1, why: why)
        }
    }

    func flush(deadlineMillis: Int64) {}

    func cancel() { cancellation.cancel() }

    /// The channel's name for an event; `-` stands for an account or symbol that it hasn't.
    private static func name(_ channel: String, _ event: EventView) -> String {
        guard channel.contains("{") else { return channel }
        let parts = [
            ("{type}", event.type), ("{account}", event.account), ("{symbol}", event.symbol),
            ("{severity}", event.severity),
        ]
        return parts.reduce(channel) { replace($1.0, in: $0, by: $1.1.isEmpty ? "-" : $1.1) }
    }

    private static func replace(_ part: String, in text: String, by other: String) -> String {
        var rest = text[...]
        var done = ""
        while let start = rest.firstRange(of: part) {
            done += rest[..<start.lowerBound] + other
            rest = rest[start.upperBound...]
        }
        return done + rest
    }

    private static func command(_ words: [[UInt8]]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words { bytes += Array("$\(word.count)\r\n".utf8) + word + [0x0D, 0x0A] }
        return bytes
    }
}

/// The replies to commands that are answered in one line each.
private struct ReplyLines {
    private let connection: Connection
    private var bytes: [UInt8] = []

    init(_ connection: Connection) { self.connection = connection }

    /// Throws where it is an error.
    mutating func next() throws(Connection.Failure) {
        while true {
            if let end = bytes.firstIndex(of: 0x0A) {
                let line = String(decoding: bytes[..<end], as: UTF8.self)
                bytes.removeSubrange(...end)
                guard line.hasPrefix("+") || line.hasPrefix(":") else {
                    throw Connection.Failure(why: String(line.dropFirst().dropLast().prefix(200)))
                }
                return
            }
            guard bytes.count < 4_096 else {
                throw Connection.Failure(why: "the answer is no Redis's")
            }
            bytes += try connection.receive()
        }
    }
}
