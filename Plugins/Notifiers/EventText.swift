// What an event says to people: the member `text` of its JSON.

import OESPluginKit

enum EventText {
    /// The sentence, or the type and id of an event that has none.
    static func of(_ event: EventView) -> String {
        text(in: event.json) ?? "\(event.type) \(event.id)"
    }

    /// The value of the outermost object's member `text`, where it is a text.
    static func text(in json: [UInt8]) -> String? {
        var scanner = MemberScanner(json)
        return scanner.text(of: "text")
    }
}

/// Finds one member of an object that is known to be JSON.
struct MemberScanner {
    private let json: [UInt8]
    private var at = 0

    init(_ json: [UInt8]) { self.json = json }

    mutating func text(of name: String) -> String? {
        var depth = 0
        var isValue = false
        while at < json.count {
            switch json[at] {
            case UInt8(ascii: "\""):
                guard let text = string() else { return nil }
                guard depth == 1, !isValue else { continue }
                guard text == name else { continue }
                return value()
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ":") where depth == 1: isValue = true
            case UInt8(ascii: ",") where depth == 1: isValue = false
            default: break
            }
            at += 1
        }
        return nil
    }

    /// The text behind the colon; nil where something else stands there.
    private mutating func value() -> String? {
        while at < json.count, json[at] == UInt8(ascii: ":") || json[at] == 0x20 { at += 1 }
        return at < json.count && json[at] == UInt8(ascii: "\"") ? string() : nil
    }

    /// The text that begins here; `at` is behind it afterwards.
    private mutating func string() -> String? {
        var bytes: [UInt8] = []
        at += 1
        while at < json.count {
            let byte = json[at]
            at += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: bytes, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\"), at < json.count else {
                bytes.append(byte)
                continue
            }
            let escaped = json[at]
            at += 1
            switch escaped {
            case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "b"),
                UInt8(ascii: "f"):
                bytes.append(0x20)
            case UInt8(ascii: "u"):
                bytes += character()
            default: bytes.append(escaped)
            }
        }
        return nil
    }

    /// `\uXXXX`: the host writes it for control characters only, which nobody wants to read.
    private mutating func character() -> [UInt8] {
        let digits = json[at..<min(at + 4, json.count)]
        at = min(at + 4, json.count)
        let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0x20
        guard code >= 0x20, let scalar = Unicode.Scalar(code) else { return [0x20] }
        return Array(String(Character(scalar)).utf8)
    }
}

enum JSONText {
    /// A JSON string with its quotes.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            default:
                quoted.unicodeScalars.append(scalar.value < 0x20 ? " " : scalar)
            }
        }
        return quoted + "\""
    }
}
