// What the operator may set, by environment or by a .env file in the current folder; the
// environment wins. All is read once at the start, into a value. A wrong setting ends the start
// with its name, what was given and what is allowed: a typing error must never run with a default.

import Glibc

/// How much of what clients were told may be lost in a crash.
package enum Durability: String, Sendable, CaseIterable {
    /// Nothing: Redis syncs its append-only file before it answers.
    case strict
    /// At most the last second.
    case fast
}

/// A Redis that the operator runs.
package struct ExternalRedis: Sendable, Equatable {
    package let host: String
    package let port: Int
    /// nil = no AUTH.
    package let password: String?

    package init(host: String, port: Int, password: String?) {
        self.host = host
        self.port = port
        self.password = password
    }
}

package struct SettingsError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

package enum SettingName: String, CaseIterable, Sendable {
    case host = "OES_HOST"
    case hostNames = "OES_HOST_NAMES"
    case port = "OES_PORT"
    case data = "OES_DATA"
    case plugins = "OES_PLUGINS"
    case calendars = "OES_CALENDARS"
    case samples = "OES_SAMPLES"
    case durability = "OES_DURABILITY"
    case limitRaiseShare = "OES_LIMIT_RAISE_SHARE"
    case testEcho = "OES_TEST_ECHO"
    case logLevel = "LOG_LEVEL"
    case logFormat = "LOG_FORMAT"
    case redisHost = "REDIS_HOST"
    case redisPort = "REDIS_PORT"
    case redisPassword = "REDIS_PASSWORD"
}

package struct Settings: Sendable, Equatable {
    /// An address in numbers.
    package let host: String
    /// Whether only this machine's own programs reach it.
    package let isLoopback: Bool
    /// In small letters: names, beside the addresses, by which clients may call this host.
    package let hostNames: [String]
    /// 0 = any free one, for tests.
    package let port: UInt16
    /// The folder of the embedded Redis; relative to the current folder unless it begins with /.
    package let dataFolder: String
    /// nil = found by `defaultFile`.
    package let pluginsFile: String?
    /// nil = found by `defaultFile`, and none where there is no such file.
    package let calendarsFile: String?
    package let samples: Bool
    package let durability: Durability
    /// Percent by which one person alone may raise a limit; nil = as much as they like.
    package let limitRaiseShare: Int?
    /// Whether /test/echo is there, for suites that test the protocol.
    package let testEcho: Bool
    package let logLevel: LogLevel
    package let logFormat: LogFormat
    /// nil = the embedded one.
    package let redis: ExternalRedis?

    /// From the process's environment and `.env` of the current folder.
    package static func load() throws(SettingsError) -> Settings {
        var file: [UInt8]?
        do throws(SystemReadError) {
            file = try readWhole(".env", most: Limits.settingsFileBytes)
        } catch {
            throw SettingsError(description: ".env can't be read: \(error.reason)")
        }
        return try Settings(environment: processEnvironment(), file: file ?? [])
    }

    /// A setting that is set to nothing counts as not set, as templates of .env have them.
    package init(environment: [String: String], file: [UInt8] = []) throws(SettingsError) {
        var values = try SettingsFile.parse(file)
        for (name, value) in environment { values[name] = value }
        try Self.refuseUnknown(values.keys.sorted())
        let given = Given(values: values.filter { !$0.value.isEmpty })

        (host, isLoopback) = try given.host()
        hostNames = try given.hostNames()
        port = UInt16(try given.number(.port, 0...65_535) ?? 8_001)
        dataFolder = try given.path(.data) ?? ".oes"
        pluginsFile = try given.path(.plugins)
        calendarsFile = try given.path(.calendars)
        samples = try given.choice(.samples, [("on", true), ("off", false)]) ?? true
        durability =
            try given.choice(.durability, Durability.allCases.map { ($0.rawValue, $0) }) ?? .strict
        limitRaiseShare = try given.number(.limitRaiseShare, 0...10_000)
        testEcho = try given.testEcho(isLoopback: isLoopback)
        logLevel = try given.level() ?? .info
        logFormat =
            try given.choice(.logFormat, LogFormat.allCases.map { ($0.rawValue, $0) }) ?? .text
        redis = try given.externalRedis()
    }

    /// A file such as `plugins.json` in the working folder, since it is what an operator changes; else
    /// beside the executable or in a folder around it, as a build stands in its repository. nil where
    /// there is none.
    package static func defaultFile(_ name: String) -> String? {
        var candidates = [name]
        var folder = executableFolder() ?? ""
        for _ in 0..<4 where !folder.isEmpty {
            candidates.append("\(folder)/\(name)")
            folder = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
        }
        return candidates.first { access($0, R_OK) == 0 }
    }

    private static func refuseUnknown(_ names: [String]) throws(SettingsError) {
        let known = SettingName.allCases.map(\.rawValue)
        for name in names where name.hasPrefix("OES_") && !known.contains(name) {
            let nearest = known.filter { $0.hasPrefix("OES_") }.min { left, right in
                editDistance(left, name) < editDistance(right, name)
            }
            throw SettingsError(
                description: "there is no setting \(name); did you mean \(nearest ?? "OES_HOST")?")
        }
    }
}

/// The settings that have a value, and how each is read.
private struct Given {
    let values: [String: String]

    func text(_ name: SettingName) -> String? { values[name.rawValue] }

    func refuse(_ name: SettingName, _ allowed: String) -> SettingsError {
        // A password must not reach a log.
        let shown = name == .redisPassword ? "(hidden)" : "\"\(text(name) ?? "")\""
        return SettingsError(description: "\(name.rawValue) is \(shown); allowed is \(allowed)")
    }

    func number(_ name: SettingName, _ range: ClosedRange<Int>) throws(SettingsError) -> Int? {
        guard let text = text(name) else { return nil }
        let isDigits = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isDigits, let number = Int(text), range.contains(number) else {
            throw refuse(
                name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func choice<Value>(
        _ name: SettingName, _ choices: [(String, Value)]
    ) throws(SettingsError) -> Value? {
        guard let text = text(name) else { return nil }
        guard let found = choices.first(where: { $0.0 == text }) else {
            throw refuse(name, choices.map(\.0).joined(separator: ", "))
        }
        return found.1
    }

    /// In small letters or, as the predecessor's users write it, in capitals.
    func level() throws(SettingsError) -> LogLevel? {
        guard let text = text(.logLevel) else { return nil }
        let found = LogLevel.allCases.first { [$0.name, $0.name.uppercased()].contains(text) }
        guard let found else {
            throw refuse(.logLevel, LogLevel.allCases.map(\.name).joined(separator: ", "))
        }
        return found
    }

    func path(_ name: SettingName) throws(SettingsError) -> String? {
        guard let text = text(name) else { return nil }
        // What follows ends up in redis.conf and in log lines.
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\"") }) else {
            throw refuse(name, "a path without control characters and double quotes")
        }
        return text
    }

    /// The address, and whether it is a loopback one.
    func host() throws(SettingsError) -> (String, Bool) {
        guard let text = text(.host), text != "localhost" else { return ("127.0.0.1", true) }
        var four = in_addr()
        // 127.0.0.0/8; the bytes stand in network order.
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            return (text, UInt32(bigEndian: four.s_addr) >> 24 == 127)
        }
        var six = in6_addr()
        if unsafe inet_pton(AF_INET6, text, &six) == 1 {
            let bytes = unsafe withUnsafeBytes(of: &six) { unsafe Array($0) }
            return (text, bytes == Array(repeating: 0, count: 15) + [1])
        }
        throw refuse(.host, "an address in numbers (127.0.0.1, 0.0.0.0, ::1, ::) or localhost")
    }

    func hostNames() throws(SettingsError) -> [String] {
        guard let text = text(.hostNames) else { return [] }
        let names = text.lowercased().split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.drop { $0 == " " } }
        guard names.allSatisfy(Given.isHostName) else {
            throw refuse(.hostNames, "host names with commas between them, without scheme and port")
        }
        return names.map(String.init)
    }

    /// RFC 1123: labels of letters, digits and inner hyphens.
    private static func isHostName(_ name: Substring) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return name.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { byte in
                        (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
                            || byte == UInt8(ascii: "-")
                    }
            }
    }

    func testEcho(isLoopback: Bool) throws(SettingsError) -> Bool {
        let isOn = try choice(.testEcho, [("on", true), ("off", false)]) ?? false
        guard isOn, !isLoopback else { return isOn }
        throw refuse(.testEcho, "off where OES_HOST isn't a loopback address")
    }

    /// Any of the three means that the operator runs a server.
    func externalRedis() throws(SettingsError) -> ExternalRedis? {
        let host = text(.redisHost)
        let port = try number(.redisPort, 1...65_535)
        let password = text(.redisPassword)
        guard host != nil || port != nil || password != nil else { return nil }
        let isPlain = (host ?? "").utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7f && !"/@\"'".utf8.contains(byte)
        }
        guard isPlain else {
            throw refuse(.redisHost, "a host name or an address, without scheme and port")
        }
        return ExternalRedis(host: host ?? "127.0.0.1", port: port ?? 6_379, password: password)
    }
}
