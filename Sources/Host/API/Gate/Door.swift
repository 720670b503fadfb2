// Who may knock. A web page from elsewhere, running in a browser that can reach this host, must not
// get in. So the Host header has to be a name that nobody else can point here: an address in
// numbers, localhost, or a name that the operator gave (a rebound DNS name is none of these). An
// Origin, where there is one, has to be the same.
//
// A host without keys serves this machine only, and takes the names of this machine only.

import Trading
import Wire

final class Door {
    /// In lower case.
    private let names: Set<String>
    /// The last one that was let in: nearly every request names the same. What may come in without
    /// keys may come in with them, so it stays good. nil, and not empty, before the first: HTTP/1.0
    /// may leave Host away, and nobody comes in so.
    private var knownHost: [UInt8]?

    /// `names`: by what else than addresses clients may call this host.
    init(names: [String] = []) { self.names = Set(names.map { $0.lowercased() }) }

    /// `isOpen`: whether there are no keys.
    func check(_ head: RequestHead, isOpen: Bool) throws(Rejection) {
        let host = head.headers.firstBytes("host") ?? []
        if knownHost.map({ !host.elementsEqual($0) }) ?? true {
            let text = String(decoding: host, as: UTF8.self)
            guard mayName(text, isOpen: isOpen) else {
                throw .hostNotAllowed(text, isOpen: isOpen)
            }
            knownHost = Array(host)
        }
        guard let origin = head.headers.firstBytes("origin") else { return }
        guard Door.isSame(origin, host: host) else {
            throw Rejection(
                .forbidden, "origin_not_allowed",
                "Web pages of other origins may not use this host; this one is "
                    + "'\(String(decoding: origin.prefix(60), as: UTF8.self))'.")
        }
    }

    /// A proxy in front may speak https.
    private static func isSame(_ origin: ArraySlice<UInt8>, host: ArraySlice<UInt8>) -> Bool {
        for scheme in ["http://", "https://"] {
            let rest = origin.dropFirst(scheme.utf8.count)
            if origin.starts(with: scheme.utf8), rest.elementsEqual(host) { return true }
        }
        return false
    }

    private func mayName(_ host: String, isOpen: Bool) -> Bool {
        var name = host[...]
        if name.hasPrefix("[") {
            guard let end = name.firstIndex(of: "]") else { return false }
            let rest = name[name.index(after: end)...]
            guard rest.isEmpty || Door.isPort(rest) else { return false }
            // No DNS name stands in brackets.
            return isOpen ? name[...end] == "[::1]" : Door.looksLikeIPv6(name[...end])
        }
        if let colon = name.lastIndex(of: ":") {
            guard Door.isPort(name[colon...]) else { return false }
            name = name[..<colon]
        }
        let lowered = name.lowercased()
        if lowered == "localhost" { return true }
        if let first = Door.firstPartOfIPv4(name) { return !isOpen || first == 127 }
        return !isOpen && names.contains(lowered)
    }

    private static func firstPartOfIPv4(_ name: Substring) -> UInt8? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.allSatisfy({ isDigits($0) && UInt8($0) != nil }) else {
            return nil
        }
        return UInt8(parts[0])
    }

    private static func looksLikeIPv6(_ bracketed: Substring) -> Bool {
        let inside = bracketed.dropFirst().dropLast()
        return inside.contains(":") && inside.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && isDigits(text.dropFirst()) && UInt16(text.dropFirst()) != nil
    }

    /// Swift's own reading of a number takes a sign, too.
    private static func isDigits(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}

extension Rejection {
    fileprivate static func hostNotAllowed(_ host: String, isOpen: Bool) -> Rejection {
        let allowed =
            isOpen
            ? "name this machine (localhost, 127.0.0.1 or [::1])"
            : "be an address in numbers, localhost, or a name of the setting OES_HOST_NAMES"
        return Rejection(
            .forbidden, "host_not_allowed",
            "The Host header must \(allowed); it names '\(host.prefix(60))'.")
    }
}
