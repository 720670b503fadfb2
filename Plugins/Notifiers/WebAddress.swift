// An http:// or https:// address, read strictly: what isn't understood is refused when the host starts.

import OESPluginKit

struct WebAddress: Sendable {
    let isSecure: Bool
    /// Name or number, IPv6 without brackets.
    let host: String
    let port: String
    /// Path and query, beginning with a slash.
    let target: String
    /// For the Host header.
    let authority: String

    /// Without the path, which may carry a secret.
    var shown: String { "\(scheme)://\(authority)" }
    /// All of it, for curl.
    var text: String { "\(shown)\(target)" }
    private var scheme: String { isSecure ? "https" : "http" }

    init(_ text: String) throws(ConfigurationRefusal) {
        let lower = text.lowercased()
        isSecure = lower.hasPrefix("https://")
        guard isSecure || lower.hasPrefix("http://") else {
            throw Self.refuse(
                "expected http://host[:port]/path or https://…, found another form")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), text.utf8.count <= 2_000 else {
            throw Self.refuse("expected plain ASCII without blanks to 2000 bytes")
        }
        let rest = text.dropFirst(isSecure ? "https://".count : "http://".count)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        authority = String(rest[..<end])
        guard !authority.contains("@") else {
            throw Self.refuse("expected no user name or password in the address")
        }
        let path = rest[end...].prefix { $0 != "#" }
        target = path.hasPrefix("/") ? String(path) : "/\(path)"
        (host, port) = try HostAndPort.split(
            authority, defaultPort: isSecure ? "443" : "80", field: "url")
    }

    private static func refuse(_ text: String) -> ConfigurationRefusal {
        ConfigurationRefusal(field: "url", text: text)
    }
}

enum HostAndPort {
    /// `name`, `name:port`, `[::1]:port`; the host comes without brackets.
    static func split(
        _ authority: String, defaultPort: String, field: String
    ) throws(ConfigurationRefusal) -> (host: String, port: String) {
        var host = authority[...]
        var port = defaultPort
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterBracket...].lastIndex(of: ":") {
            host = authority[..<colon]
            port = String(authority[authority.index(after: colon)...])
        }
        if host.hasPrefix("[") && host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains("["), !host.contains("]") else {
            throw ConfigurationRefusal(field: field, text: "expected a host, found none")
        }
        guard let number = UInt16(port), number > 0 else {
            throw ConfigurationRefusal(
                field: field, text: "expected a port of 1 to 65535, found another")
        }
        return (String(host), String(number))
    }
}
