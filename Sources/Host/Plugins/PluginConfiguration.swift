// plugins.json: which libraries are loaded, which of their entries are active, and how.
//
//     {"libraries": [{"path": "libOESRiskRules.so", "sha256": "…", "optional": false,
//       "entries": [{"name": "max-order", "as": "desk-max", "mode": "enforce",
//                    "config": {…}, "limits": {…}}]}]}
//
// Notifiers have `filter` and `attempts`, too (NotifierConfiguration).
//
// Without `entries` all order types, times in force and rules of the library are active with
// their defaults; notifiers only where they are listed. An unknown key is refused: a misspelt
// setting must not silently leave a rule out.

import Glibc
import Trading
import Wire

package struct PluginConfiguration: Sendable {
    package struct Library: Sendable {
        /// As written; see `PluginRegistry.load` for where a relative one is looked for.
        package var path: String
        /// Lower-case hex; nil = not compared.
        package var sha256: String?
        /// A library that can't be loaded is then a warning.
        package var isOptional: Bool
        /// nil = all with their defaults.
        package var entries: [Entry]?

        package init(
            path: String, sha256: String? = nil, isOptional: Bool = false,
            entries: [Entry]? = nil
        ) {
            self.path = path
            self.sha256 = sha256
            self.isOptional = isOptional
            self.entries = entries
        }
    }

    package struct Entry: Sendable {
        /// The plugin's name for it.
        package var name: String
        /// What it is called here, so that one entry can be configured twice; nil = its name.
        package var alias: String?
        package var mode: RuleMode
        package var config: JSONObject
        package var limits: JSONObject
        /// nil where neither `filter` nor `attempts` is given.
        package var notifier: NotifierSettings?
        /// Rules only: whether on_events may block accounts and cancel their orders.
        package var mayBlock: Bool
        package var mayCancel: Bool

        package init(
            name: String, alias: String? = nil, mode: RuleMode = .enforce,
            config: JSONObject = JSONObject(), limits: JSONObject = JSONObject(),
            mayBlock: Bool = false, mayCancel: Bool = false, notifier: NotifierSettings? = nil
        ) {
            self.name = name
            self.alias = alias
            self.mode = mode
            self.config = config
            self.limits = limits
            self.notifier = notifier
            self.mayBlock = mayBlock
            self.mayCancel = mayCancel
        }
    }

    /// The folder of the configuration file, where relative paths are looked for first.
    package var folder: String
    package var libraries: [Library]

    package init(folder: String, libraries: [Library]) {
        self.folder = folder
        self.libraries = libraries
    }

    /// Reads the file. Its owner decides what runs in the host, so it is judged like a library:
    /// not writable by others.
    package static func load(path: String) throws(PluginError) -> PluginConfiguration {
        let bytes = try read(path)
        let reader = ConfigurationReader(path: path)
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return PluginConfiguration(
            folder: folder.isEmpty ? "/" : folder, libraries: try reader.libraries(bytes))
    }

    private static let maximumBytes = 1_048_576

    private static func read(_ path: String) throws(PluginError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw PluginError(
                "plugin configuration \(path): can't be opened: \(LibraryFile.errorText()); "
                    + "set OES_PLUGINS to the file that names the plugin libraries")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= maximumBytes
        else {
            throw PluginError(
                "plugin configuration \(path): expected a file to \(maximumBytes) bytes")
        }
        guard status.st_mode & S_IWOTH == 0 else {
            throw PluginError(
                "plugin configuration \(path): mode: expected not writable by others, "
                    + "found \(String(status.st_mode & 0o7777, radix: 8))")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count)
            }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { break }
            count += got
        }
        return Array(bytes[..<count])
    }
}

/// Reads the JSON and names the place of what is wrong.
struct ConfigurationReader {
    let path: String

    init(path: String) { self.path = path }

    func libraries(_ bytes: [UInt8]) throws(PluginError) -> [PluginConfiguration.Library] {
        let root: JSONValue
        do throws(JSONFailure) {
            root = try JSONParser.parse(bytes)
        } catch {
            throw fail("", "expected JSON, found at byte \(error.offset): \(error.message)")
        }
        let fields = try object(root, "", keys: ["libraries"])
        guard case .array(let items)? = fields["libraries"] else {
            throw fail("libraries", "expected an array, found none")
        }
        var libraries: [PluginConfiguration.Library] = []
        for (index, item) in items.enumerated() {
            libraries.append(try library(item, "libraries[\(index)]"))
        }
        return libraries
    }

    private func library(
        _ value: JSONValue, _ at: String
    ) throws(PluginError) -> PluginConfiguration.Library {
        let fields = try object(value, at, keys: ["path", "sha256", "optional", "entries"])
        guard let path = try string(fields["path"], "\(at).path"), !path.isEmpty else {
            throw fail("\(at).path", "expected a path, found none")
        }
        let sha256 = try string(fields["sha256"], "\(at).sha256")?.lowercased()
        guard sha256 == nil || sha256?.utf8.count == 64 else {
            throw fail("\(at).sha256", "expected 64 hex digits, found another text")
        }
        var library = PluginConfiguration.Library(path: path, sha256: sha256)
        library.isOptional = try flag(fields["optional"], "\(at).optional")
        guard let entries = fields["entries"] else { return library }
        guard case .array(let items) = entries else {
            throw fail("\(at).entries", "expected an array, found \(entries.kind)")
        }
        var list: [PluginConfiguration.Entry] = []
        for (index, item) in items.enumerated() {
            list.append(try entry(item, "\(at).entries[\(index)]"))
        }
        library.entries = list
        return library
    }

    private let entryKeys = [
        "name", "as", "mode", "config", "limits", "may_block", "may_cancel", "filter",
        "attempts",
    ]

    private func entry(
        _ value: JSONValue, _ at: String
    ) throws(PluginError) -> PluginConfiguration.Entry {
        let fields = try object(value, at, keys: entryKeys)
        guard let name = try string(fields["name"], "\(at).name") else {
            throw fail("\(at).name", "expected an entry's name, found none")
        }
        var entry = PluginConfiguration.Entry(name: name)
        entry.alias = try string(fields["as"], "\(at).as")
        if let alias = entry.alias,
            alias.isEmpty || alias.utf8.count > 32 || !alias.utf8.allSatisfy(NameBytes.entry)
        {
            throw fail("\(at).as", "expected a-z, 0-9, - and _ to 32 bytes, found \"\(alias)\"")
        }
        entry.mode = try mode(fields["mode"], "\(at).mode")
        if let config = fields["config"] { entry.config = try object(config, "\(at).config") }
        if let limits = fields["limits"] { entry.limits = try object(limits, "\(at).limits") }
        entry.notifier = try notifierSettings(fields, at)
        entry.mayBlock = try flag(fields["may_block"], "\(at).may_block")
        entry.mayCancel = try flag(fields["may_cancel"], "\(at).may_cancel")
        return entry
    }

    private func flag(_ value: JSONValue?, _ at: String) throws(PluginError) -> Bool {
        guard let value else { return false }
        guard case .bool(let flag) = value else {
            throw fail(at, "expected true or false, found \(value.kind)")
        }
        return flag
    }

    private func mode(_ value: JSONValue?, _ at: String) throws(PluginError) -> RuleMode {
        switch try string(value, at) {
        case nil, "enforce": return .enforce
        case "shadow": return .shadow
        case "off": return .off
        case .some(let other):
            throw fail(at, "expected enforce, shadow or off, found \"\(other)\"")
        }
    }

    func object(
        _ value: JSONValue, _ at: String, keys: [String]? = nil
    ) throws(PluginError) -> JSONObject {
        guard case .object(let fields) = value else {
            throw fail(at, "expected an object, found \(value.kind)")
        }
        if let keys {
            for name in fields.names where !keys.contains(name) {
                throw fail(
                    at, "expected \(keys.joined(separator: ", ")), found unknown key \"\(name)\"")
            }
        }
        return fields
    }

    func string(_ value: JSONValue?, _ at: String) throws(PluginError) -> String? {
        guard let value else { return nil }
        guard case .string(let text) = value else {
            throw fail(at, "expected a string, found \(value.kind)")
        }
        return text
    }

    func fail(_ at: String, _ text: String) -> PluginError {
        PluginError("plugin configuration \(path): \(at.isEmpty ? "" : "\(at): ")\(text)")
    }
}
