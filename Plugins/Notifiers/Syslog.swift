// `syslog`: sends each event as a message of RFC 5424, its JSON as the text, to this machine's syslog
// (/dev/log) or to one elsewhere by UDP. UDP tells nobody what was lost: what was sent counts as
// delivered.

import Glibc
import OESPluginKit

final class Syslog: Notifier {
    static let description = EntryDescription(
        id: "org.oes.syslog", name: "syslog", title: "Syslog", vendor: Library.vendor,
        version: Library.version,
        configSchema: """
            {"type": "object", "additionalProperties": false,
             "properties": {
              "address": {"type": "string", "default": "/dev/log", "title": "Where to",
                "description": "A socket's path, or udp://host[:port] (514)"},
              "facility": {"type": "string", "default": "local0", "title": "Facility",
                "enum": ["user", "daemon", "local0", "local1", "local2", "local3", "local4",
                  "local5", "local6", "local7"]},
              "app_name": {"type": "string", "default": "oes", "title": "Application's name"}}}
            """)

    private enum Target {
        case local(LocalAddress)
        case udp(host: String, port: String)
    }

    private let address: String
    private let target: Target
    private let facility: Int
    private let appName: String
    private let hostName: String

    init(host: Host, config: Values) throws(ConfigurationRefusal) {
        address = config.text(0) ?? "/dev/log"
        target = try Self.target(address)
        facility = Self.number(ofFacility: config.text(1) ?? "local0")
        appName = config.text(2) ?? "oes"
        guard (1...48).contains(appName.utf8.count),
            appName.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw ConfigurationRefusal(
                field: "app_name", text: "expected 1 to 48 bytes of ASCII without blanks")
        }
        hostName = Self.ownName()
    }

    private static func target(_ address: String) throws(ConfigurationRefusal) -> Target {
        if address.hasPrefix("/") {
            guard let local = LocalAddress(address) else {
                throw ConfigurationRefusal(
                    field: "address", text: "expected a path to 107 bytes, found a longer one")
            }
            return .local(local)
        }
        guard address.hasPrefix("udp://"), !address.dropFirst(6).contains("/") else {
            throw ConfigurationRefusal(
                field: "address",
                text: "expected an absolute path or udp://host[:port], found another form")
        }
        let (host, port) = try HostAndPort.split(
            String(address.dropFirst(6)), defaultPort: "514", field: "address")
        return .udp(host: host, port: port)
    }

    func deliver(_ batch: Batch) -> Delivery {
        var sent = 0
        do throws(Connection.Failure) {
            let socket = try open()
            defer { close(socket) }
            for index in 0..<batch.count {
                try send(message(batch[index]), socket)
                sent += 1
            }
            return .done
        } catch {
            let why = "\(address): \(error.why)"
            return sent == 0
                ? .retry(afterMillis: 0, why: why) : .partial(through: sent - 1, why: why)
        }
    }

    func flush(deadlineMillis: Int64) {}

    /// A datagram is sent or refused at once.
    func cancel() {}

    private func open() throws(Connection.Failure) -> Int32 {
        switch target {
        case .local(let local):
            return try local.lend { pointer, length throws(Connection.Failure) in
                try connect(AF_UNIX, pointer, length)
            }
        case .udp(let host, let port):
            let list = try AddressList(host, port, SOCK_DGRAM)
            var failure = Connection.Failure(why: "the name has no address")
            for info in list {
                do throws(Connection.Failure) {
                    return try connect(info.ai_family, info.ai_addr, info.ai_addrlen)
                } catch {
                    failure = error
                }
            }
            throw failure
        }
    }

    private func connect(
        _ family: Int32, _ pointer: UnsafePointer<sockaddr>?, _ length: socklen_t
    ) throws(Connection.Failure) -> Int32 {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let socket = Glibc.socket(family, kind, 0)
        guard socket >= 0 else { throw Connection.Failure(why: errorText()) }
        guard Glibc.connect(socket, pointer, length) == 0 else {
            let why = errorText()
            close(socket)
            throw Connection.Failure(why: why)
        }
        return socket
    }

    private func send(_ message: [UInt8], _ socket: Int32) throws(Connection.Failure) {
        while Glibc.send(socket, message, message.count, Int32(MSG_NOSIGNAL)) < 0 {
            // A refusal of the datagram before, which ICMP brought: this one isn't sent yet.
            if errno == EINTR { continue }
            throw Connection.Failure(why: errorText())
        }
    }

    private func message(_ event: EventView) -> [UInt8] {
        let severity =
            switch event.severity {
            case "critical": 2
            case "warning": 4
            default: 6
            }
        let type = event.type.isEmpty ? "-" : event.type
        let head =
            "<\(facility * 8 + severity)>1 \(Self.timestamp()) \(hostName) \(appName) \(getpid()) "
            + "\(type) - "
        return Array(head.utf8) + [0xEF, 0xBB, 0xBF] + event.json
    }

    private static func number(ofFacility name: String) -> Int {
        switch name {
        case "user": 1
        case "daemon": 3
        default: 16 + (name.last?.wholeNumberValue ?? 0)
        }
    }

    private static func ownName() -> String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, 255) == 0 else { return "-" }
        let name = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let isPlain = !name.isEmpty && name.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return isPlain ? String(decoding: name, as: UTF8.self) : "-"
    }

    private static func timestamp() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        func padded(_ number: Int, _ digits: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        let date = [
            padded(1_900 + Int(parts.tm_year), 4), padded(1 + Int(parts.tm_mon), 2),
            padded(Int(parts.tm_mday), 2),
        ].joined(separator: "-")
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), 2) }
            .joined(separator: ":")
        return "\(date)T\(clock).\(padded(Int(now.tv_nsec) / 1_000, 6))Z"
    }
}
