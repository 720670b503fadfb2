// Secrets and files of the configuration. A secret that begins with @ names the file that holds it, so
// that it needn't stand in plugins.json.

import Glibc
import OESPluginKit

enum FileText {
    /// More is no secret.
    private static let maximumBytes = 4_096

    static func requireReadable(
        _ path: String, field: String
    ) throws(ConfigurationRefusal) {
        guard !path.utf8.contains(0), access(path, R_OK) == 0 else {
            throw ConfigurationRefusal(
                field: field, text: "\(path) can't be read: \(errorText())")
        }
    }

    /// The secret as it was given, or the first line of the file that it names; nil for none.
    static func secret(
        _ given: String?, field: String
    ) throws(ConfigurationRefusal) -> String? {
        guard let given else { return nil }
        let secret = given.hasPrefix("@") ? try firstLine(String(given.dropFirst()), field) : given
        guard !secret.isEmpty, !secret.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            throw ConfigurationRefusal(
                field: field, text: "expected a line of text, found none or control characters")
        }
        return secret
    }

    private static func firstLine(
        _ path: String, _ field: String
    ) throws(ConfigurationRefusal) -> String {
        try requireReadable(path, field: field)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else {
            throw ConfigurationRefusal(
                field: field, text: "\(path) can't be read: \(errorText())")
        }
        let line = bytes[..<count].prefix { $0 != 0x0A && $0 != 0x0D }
        return String(decoding: line, as: UTF8.self)
    }
}
