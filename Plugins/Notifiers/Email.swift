// `email`: sends each batch as one message over SMTP, through curl. Not through sendmail: that needs a
// mail system on this machine, and its answer says that a message was queued, not that a server took it.

import Glibc
import OESPluginKit

final class Email: Notifier {
    static let description = EntryDescription(
        id: "org.oes.email", name: "email", title: "E-mail", vendor: Library.vendor,
        version: Library.version,
        configSchema: """
            {"type": "object", "additionalProperties": false,
             "required": ["server", "from", "to"],
             "properties": {
              "server": {"type": "string", "title": "Mail server",
                "description": "smtp://host[:port] (587), or smtps://host[:port] (465)"},
              "from": {"type": "string", "title": "Sender's address"},
              "to": {"type": "string", "title": "Receivers' addresses, by commas"},
              "tls": {"type": "string", "enum": ["required", "if-offered", "none"],
                "default": "required", "title": "Encryption of an smtp:// connection"},
              "user": {"type": "string", "title": "Name to sign in with"},
              "password": {"type": "string", "title": "Its password",
                "description": "The text, or @ and the path of a file whose first line it is"},
              "ca_file": {"type": "string", "title": "Certificates to trust"},
              "subject": {"type": "string", "default": "[OES]", "title": "Subjects begin with"}}}
            """)

    private let server: MailServer
    private let message: MailMessage
    private let login: String?
    private let caFile: String?
    private let tls: String
    private let curl: Curl
    private let cancellation: Cancellation

    init(host: Host, config: Values) throws(ConfigurationRefusal) {
        server = try MailServer(config.text(0) ?? "")
        message = try MailMessage(
            from: config.text(1) ?? "", to: config.text(2) ?? "",
            subject: config.text(7) ?? "[OES]")
        tls = config.text(3) ?? "required"
        let password = try FileText.secret(config.text(5), field: "password")
        login = try Email.login(config.text(4), password)
        caFile = try CAFile.checked(
            config.text(6), isSecure: server.isSecure || tls != "none")
        do throws(CancellationFailure) { cancellation = try Cancellation() } catch {
            throw error.refusal
        }
        curl = try Curl(cancellation, field: "server")
    }

    private static func login(
        _ user: String?, _ password: String?
    ) throws(ConfigurationRefusal) -> String? {
        guard let user else {
            guard password == nil else {
                throw ConfigurationRefusal(
                    field: "user", text: "expected a name beside the password, found none")
            }
            return nil
        }
        guard let password, !user.isEmpty, !user.contains(":") else {
            throw ConfigurationRefusal(
                field: "user", text: "expected a name without a colon, and a password")
        }
        return "\(user):\(password)"
    }

    func deliver(_ batch: Batch) -> Delivery {
        var options: [(name: String, value: String?)] = [
            ("url", server.address), ("proto", "=smtp,smtps"),
            ("mail-from", message.from), ("upload-file", Curl.bodyPath),
        ]
        for receiver in message.receivers { options.append(("mail-rcpt", receiver)) }
        if let login { options.append(("user", login)) }
        if let caFile { options.append(("cacert", caFile)) }
        switch tls {
        case "none": break
        case "if-offered": options.append(("ssl", nil))
        default: options.append(("ssl-reqd", nil))
        }
        cancellation.begin()
        let deadline = Deadline(inMillis: batch.deadlineMillis)
        switch curl.run(options, body: message.bytes(of: batch), deadline) {
        case .failure(let failure):
            return .retry(afterMillis: 0, why: "\(server.shown): \(failure.why)")
        case .success(let result):
            if result.code == 0 { return .done }
            let why = result.problem.isEmpty ? "curl ended with \(result.code)" : result.problem
            return .retry(afterMillis: 0, why: "\(server.shown): \(why)")
        }
    }

    func flush(deadlineMillis: Int64) {}

    func cancel() { cancellation.cancel() }
}

/// smtp://host[:port] or smtps://host[:port].
struct MailServer: Sendable {
    let isSecure: Bool
    let shown: String
    /// With the name by which we greet, as curl takes it.
    var address: String { "\(shown)/oes" }

    init(_ text: String) throws(ConfigurationRefusal) {
        isSecure = text.hasPrefix("smtps://")
        guard isSecure || text.hasPrefix("smtp://"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw ConfigurationRefusal(
                field: "server",
                text: "expected smtp://host[:port] or smtps://host[:port], found another form")
        }
        let authority = String(text.dropFirst(isSecure ? 8 : 7))
        guard !authority.contains(where: { "/@?#".contains($0) }) else {
            throw ConfigurationRefusal(
                field: "server", text: "expected a host and a port alone, found more")
        }
        let (host, port) = try HostAndPort.split(
            authority, defaultPort: isSecure ? "465" : "587", field: "server")
        let name = host.contains(":") ? "[\(host)]" : host
        shown = "\(isSecure ? "smtps" : "smtp")://\(name):\(port)"
    }
}
