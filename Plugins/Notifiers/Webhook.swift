// `webhook`: posts each batch as one JSON object {"attempt": n, "events": [...]} to an http:// URL.
//
// What the receiver answers decides: 2xx is delivered; 400, 413 and 422 say that it will never take
// these events, which are then dropped and reported; everything else, from a refused connection to
// a wrong path, may be mended and is tried again.

import OESPluginKit

final class Webhook: Notifier {
    static let description = EntryDescription(
        id: "org.oes.webhook", name: "webhook", title: "Webhook", vendor: Library.vendor,
        version: Library.version,
        configSchema: """
            {"type": "object", "additionalProperties": false, "required": ["url"],
             "properties": {
              "url": {"type": "string", "title": "Address to post to",
                "description": "http://host[:port]/path; https is not supported yet"}}}
            """)

    private let target: WebAddress
    private let client: WebClient

    init(host: Host, config: Values) throws(ConfigurationRefusal) {
        target = try WebAddress(config.text(0) ?? "")
        guard let client = WebClient() else {
            throw ConfigurationRefusal(field: "", text: "no pipe could be made: \(errorText())")
        }
        self.client = client
    }

    func deliver(_ batch: Batch) -> Delivery {
        switch client.post(body(batch), to: target, withinMillis: batch.deadlineMillis) {
        case .failed(let why): return .retry(afterMillis: 0, why: "\(target.shown): \(why)")
        case .answered(let status, let retryAfterSeconds):
            let why = "\(target.shown) answered \(status)"
            switch status {
            case 200...299: return .done
            case 400, 413, 422: return .drop(why: why)
            default:
                // A day is the most that a receiver may put us off by.
                let seconds = min(retryAfterSeconds, 86_400)
                return .retry(afterMillis: seconds * 1_000, why: why)
            }
        }
    }

    /// Nothing is buffered.
    func flush(deadlineMillis: Int64) {}

    func cancel() { client.cancel() }

    private func body(_ batch: Batch) -> [UInt8] {
        var body = Array("{\"attempt\":\(batch.attempt),\"events\":[".utf8)
        for index in 0..<batch.count {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += batch[index].json
        }
        return body + Array("]}".utf8)
    }
}
