// An http:// address, read strictly: what isn't understood is refused when the host starts.

import OESPluginKit

struct WebAddress: Sendable {
    /// Name or number, IPv6 without brackets.
    let host: String
    let port: String
    /// Path and query, beginning with a slash.
    let target: String
    /// For the Host header.
    let authority: String

    /// Without the path, which may carry a secret.
    var shown: String { "http://\(authority)" }

    init(_ text: String) throws(ConfigurationRefusal) {
        let lower = text.lowercased()
        if lower.hasPrefix("https://") {
            throw Self.refuse(
                "https isn't supported yet; post to a local relay over http, or leave it out")
        }
        guard lower.hasPrefix("http://") else {
            throw Self.refuse("expected http://host[:port]/path, found another form")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), text.utf8.count <= 2_000 else {
            throw Self.refuse("expected plain ASCII without blanks to 2000 bytes")
        }
        let rest = text.dropFirst("http://".count)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        authority = String(rest[..<end])
        guard !authority.contains("@") else {
            throw Self.refuse("expected no user name or password in the address")
        }
        let path = rest[end...].prefix { $0 != "#" }
        target = path.hasPrefix("/") ? String(path) : "/\(path)"
        (host, port) = try Self.split(authority)
    }

    private static func split(
        _ authority: String
    ) throws(ConfigurationRefusal) -> (host: String, port: String) {
        var host = authority[...]
        var port = "80"
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterBracket...].lastIndex(of: ":") {
            host = authority[..<colon]
            port = String(authority[authority.index(after: colon)...])
        }
        if host.hasPrefix("[") && host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains("["), !host.contains("]") else {
            throw refuse("expected a host, found none")
        }
        guard let number = UInt16(port), number > 0 else {
            throw refuse("expected a port of 1 to 65535, found another")
        }
        return (String(host), String(number))
    }

    private static func refuse(_ text: String) -> ConfigurationRefusal {
        ConfigurationRefusal(field: "url", text: text)
    }
}
