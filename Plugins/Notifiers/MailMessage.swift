// A batch as an e-mail (RFC 5322): a line for each event, in base64, since a line of SMTP may have no
// more than 998 bytes. Each line ends with the event's id, by which a receiver knows a repeat.

import Glibc
import OESPluginKit

struct MailMessage: Sendable {
    let from: String
    let receivers: [String]
    private let subject: String
    private static let receiversMaximum = 20

    init(from: String, to: String, subject: String) throws(ConfigurationRefusal) {
        self.from = try Self.address(from[...], field: "from")
        var receivers: [String] = []
        for part in to.split(separator: ",") {
            receivers.append(try Self.address(part, field: "to"))
        }
        guard (1...Self.receiversMaximum).contains(receivers.count) else {
            throw ConfigurationRefusal(
                field: "to",
                text: "expected 1 to \(Self.receiversMaximum) addresses, found \(receivers.count)")
        }
        self.receivers = receivers
        guard subject.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }), subject.utf8.count <= 60
        else {
            throw ConfigurationRefusal(
                field: "subject", text: "expected plain ASCII to 60 bytes, found another text")
        }
        self.subject = subject
    }

    /// A bare address: nothing that would end it or begin another header.
    private static func address(
        _ text: Substring, field: String
    ) throws(ConfigurationRefusal) -> String {
        let bare = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        let address = String(bare)
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = address.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && !"<>(),;:\"\\[]".utf8.contains($0)
        }
        guard isPlain, parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
            address.utf8.count <= 254
        else {
            throw ConfigurationRefusal(
                field: field, text: "expected addresses such as desk@example.com, found another")
        }
        return address
    }

    func bytes(of batch: Batch) -> [UInt8] {
        let first = batch[0]
        let more = batch.count > 1 ? " and \(batch.count - 1) more" : ""
        let title = "\(subject) \(EventText.of(first))\(more)"
        let domain = from.split(separator: "@").last ?? "localhost"
        var text = ""
        for index in 0..<batch.count {
            let event = batch[index]
            let account = event.account.isEmpty ? "" : ", account \(event.account)"
            text += "[\(event.severity)] \(EventText.of(event))\(account) (event \(event.id))\r\n"
        }
        let lines = [
            "From: <\(from)>", "To: \(receivers.map { "<\($0)>" }.joined(separator: ", "))",
            "Date: \(Self.date(time(nil)))", "Subject: \(Self.headerText(title))",
            "Message-ID: <\(first.id).\(batch[batch.count - 1].id).oes@\(domain)>",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64", "",
        ]
        let body = Base64.encode(Array(text.utf8), lineBytes: 76)
        return Array((lines + body).map { "\($0)\r\n" }.joined().utf8)
    }

    /// ASCII as it is, else RFC 2047's form in pieces that no header line is too short for.
    private static func headerText(_ text: String) -> String {
        let short = String(text.prefix(150))
        if short.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return short }
        var pieces: [String] = []
        var piece: [UInt8] = []
        for character in short {
            if piece.count + character.utf8.count > 42 {
                pieces.append("=?utf-8?B?\(Base64.encode(piece).joined())?=")
                piece = []
            }
            piece += Array(String(character).utf8)
        }
        pieces.append("=?utf-8?B?\(Base64.encode(piece).joined())?=")
        return pieces.joined(separator: "\r\n ")
    }

    private static func date(_ seconds: time_t) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(two).joined(separator: ":")
        return "\(days[Int(parts.tm_wday)]), \(parts.tm_mday) \(months[Int(parts.tm_mon)]) "
            + "\(1_900 + parts.tm_year) \(clock) +0000"
    }
}

enum Base64 {
    private static let digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// In lines of so many bytes, a multiple of four; 0 = one line.
    static func encode(_ bytes: [UInt8], lineBytes: Int = 0) -> [String] {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                let digit = digits[value >> (18 - 6 * place) & 63]
                text.append(place <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        guard lineBytes > 0 else { return [String(decoding: text, as: UTF8.self)] }
        return stride(from: 0, to: text.count, by: lineBytes).map {
            String(decoding: text[$0..<min($0 + lineBytes, text.count)], as: UTF8.self)
        }
    }
}
