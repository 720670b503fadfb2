// The secrets of keys and sessions: 32 random bytes, shown once and never kept. Since they are
// random and long, a plain SHA-256 is enough at rest; there is nothing to guess.

import Glibc
import Trading
import Wire

package enum KeySecret {
    /// `oes_` and 43 characters of base64url, so that a leaked one is found by its look.
    package static func make() -> String {
        let text = Base64.encode(random(32)).map { character -> Character in
            switch character {
            case "+": "-"
            case "/": "_"
            default: character
            }
        }
        return "oes_" + String(text.prefix { $0 != "=" })
    }

    /// What is kept of a secret: 32 bytes.
    package static func digest(of secret: String) -> [UInt8] { SHA256.hash(Array(secret.utf8)) }

    /// A new key's or session's id.
    package static func makeID() -> String {
        let digits = Array("0123456789abcdef")
        return String(random(4).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private static func random(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = bytes.withUnsafeMutableBytes { unsafe getentropy($0.baseAddress!, $0.count) }
        precondition(result == 0, "the system gives no random bytes")
        return bytes
    }
}
