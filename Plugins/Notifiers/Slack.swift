// `slack`: posts each batch as one message to an incoming webhook of Slack, or of what speaks like it
// (Mattermost, Rocket.Chat): {"text": "a line for each event"}.

import OESPluginKit

final class Slack: Notifier {
    static let description = EntryDescription(
        id: "org.oes.slack", name: "slack", title: "Chat message", vendor: Library.vendor,
        version: Library.version,
        configSchema: """
            {"type": "object", "additionalProperties": false, "required": ["url"],
             "properties": {
              "url": {"type": "string", "title": "Address of the incoming webhook"},
              "channel": {"type": "string", "title": "Channel, where the webhook lets one choose"},
              "username": {"type": "string", "title": "Sender's name, likewise"},
              "ca_file": {"type": "string", "title": "Certificates to trust, for https"}}}
            """)

    private let poster: Poster
    /// `"channel":"…",` and the like.
    private let head: String
    /// What such a webhook takes in one message.
    private static let messageBytes = 30_000

    init(host: Host, config: Values) throws(ConfigurationRefusal) {
        poster = try Poster(url: config.text(0) ?? "", caFile: config.text(3))
        var head = ""
        for (place, name) in [(1, "channel"), (2, "username")] {
            guard let text = config.text(place) else { continue }
            guard !text.isEmpty, text.utf8.count <= 80 else {
                throw ConfigurationRefusal(field: name, text: "expected 1 to 80 bytes")
            }
            head += "\"\(name)\":\(JSONText.quoted(text)),"
        }
        self.head = head
    }

    func deliver(_ batch: Batch) -> Delivery {
        var text = ""
        var count = 0
        while count < batch.count {
            let line = Slack.line(batch[count])
            if count > 0, text.utf8.count + line.utf8.count > Slack.messageBytes { break }
            text += (count > 0 ? "\n" : "") + line
            count += 1
        }
        let body = "{\(head)\"text\":\(JSONText.quoted(text))}"
        let delivery = poster.post(
            WebRequest(Array(body.utf8)), withinMillis: batch.deadlineMillis)
        if count < batch.count, case .done = delivery {
            return .partial(through: count - 1, why: "the rest is another message")
        }
        return delivery
    }

    func flush(deadlineMillis: Int64) {}

    func cancel() { poster.cancel() }

    private static func line(_ event: EventView) -> String {
        let mark =
            switch event.severity {
            case "critical": ":rotating_light: "
            case "warning": ":warning: "
            default: ""
            }
        let account = event.account.isEmpty ? "" : " (account \(event.account))"
        return "\(mark)\(escape(EventText.of(event)))\(account)"
    }

    /// The three characters that such a message gives a meaning to.
    private static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
