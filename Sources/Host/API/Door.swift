// Who may knock. Without keys the host listens on loopback only and is open to whoever is on this
// machine; but a web page from elsewhere, running in a browser on this machine, must not get in. So
// the Host header has to name a loopback address (a rebound DNS name doesn't), and an Origin, where
// there is one, has to be the same.

import Trading
import Wire

final class Door {
    /// The last one that was let in: nearly every request names the same.
    private var knownHost: String?

    func check(_ head: RequestHead) throws(Rejection) {
        let host = head.headers.first("host") ?? ""
        guard host == knownHost || Door.isLoopback(host) else {
            throw Rejection(
                .forbidden, "host_not_allowed",
                "The Host header must name this machine (localhost, 127.0.0.1 or [::1]); it names "
                    + "'\(host.prefix(60))'.")
        }
        knownHost = host
        guard let origin = head.headers.first("origin") else { return }
        guard origin == "http://\(host)" else {
            throw Rejection(
                .forbidden, "origin_not_allowed",
                "Web pages of other origins may not use this host; this one is "
                    + "'\(origin.prefix(60))'.")
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        var name = host[...]
        if name.hasPrefix("[") {
            guard let end = name.firstIndex(of: "]") else { return false }
            let rest = name[name.index(after: end)...]
            return name[...end] == "[::1]" && (rest.isEmpty || isPort(rest))
        }
        if let colon = name.lastIndex(of: ":") {
            guard isPort(name[colon...]) else { return false }
            name = name[..<colon]
        }
        return name.lowercased() == "localhost" || isLoopbackAddress(name)
    }

    private static func isLoopbackAddress(_ name: Substring) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && UInt16(text.dropFirst()) != nil
    }
}
