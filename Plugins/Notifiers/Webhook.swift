// `webhook`: posts each batch as one JSON object {"attempt": n, "events": [...]}, signed where a secret
// is configured (Signature), to an http:// or https:// URL. Poster says what an answer means.

import OESPluginKit

final class Webhook: Notifier {
    static let description = EntryDescription(
        id: "org.oes.webhook", name: "webhook", title: "Webhook", vendor: Library.vendor,
        version: Library.version,
        configSchema: """
            {"type": "object", "additionalProperties": false, "required": ["url"],
             "properties": {
              "url": {"type": "string", "title": "Address to post to",
                "description": "http://host[:port]/path, or https, which goes through curl"},
              "secret": {"type": "string", "title": "Signs each request",
                "description": "The text, or @ and the path of a file whose first line it is"},
              "ca_file": {"type": "string", "title": "Certificates to trust, for https",
                "description": "A PEM file; without it the system's are trusted"}}}
            """)

    private let poster: Poster
    private let signature: Signature?

    init(host: Host, config: Values) throws(ConfigurationRefusal) {
        poster = try Poster(url: config.text(0) ?? "", caFile: config.text(2))
        let secret = try FileText.secret(config.text(1), field: "secret")
        signature = secret.map { Signature(secret: $0) }
    }

    func deliver(_ batch: Batch) -> Delivery {
        let body = body(batch)
        let request = WebRequest(body, headers: signature?.headers(body) ?? [])
        return poster.post(request, withinMillis: batch.deadlineMillis)
    }

    /// Nothing is buffered.
    func flush(deadlineMillis: Int64) {}

    func cancel() { poster.cancel() }

    private func body(_ batch: Batch) -> [UInt8] {
        var body = Array("{\"attempt\":\(batch.attempt),\"events\":[".utf8)
        for index in 0..<batch.count {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += batch[index].json
        }
        return body + Array("]}".utf8)
    }
}
