// Runs `oes replay-risk`: the recorded orders through a rule, and which decisions would differ.

import Base
import Glibc
import Plugins
import Service
import Store
import Trading
import Verify
import Wire

struct ReplayRun {
    let command: ReplayCommand
    let settings: Settings
    private let log = Log(level: .warning, origin: "replay-risk")

    init(command: ReplayCommand, settings: Settings) {
        self.command = command
        self.settings = settings
    }

    /// Gives the process's exit code: 0 where no decision differs, 1 where some do, 2 where it can't be
    /// told.
    func run() -> Int32 {
        do {
            let registry = try PluginRegistry.loadRule(
                library: try libraryPath(), try entry(), log: log)
            defer { registry.shutdown() }
            return try onRedis(settings, origin: "replay-risk") { redis in
                try replay(RiskReplay(registry), EventPages(redis))
            }
        } catch {
            say("\(error)")
            return ExitCode.unable
        }
    }

    // MARK: The rule

    /// As it is, else beside the plugin configuration or the program.
    private func libraryPath() throws -> String {
        let name = command.library
        let configured = settings.pluginsFile ?? Settings.defaultFile("plugins.json") ?? ""
        let folder = configured.lastIndex(of: "/").map { String(configured[..<$0]) } ?? "."
        let places =
            name.hasPrefix("/")
            ? [name] : [folder, executableFolder() ?? "."].map { "\($0)/\(name)" }
        guard let found = places.first(where: { unsafe access($0, R_OK) == 0 }) else {
            throw SettingsError(
                description: "no library at \(places.joined(separator: " or ")); --rule takes "
                    + "LIBRARY:ENTRY")
        }
        return found
    }

    private func entry() throws -> PluginConfiguration.Entry {
        var entry = PluginConfiguration.Entry(name: command.entry)
        if let file = command.configFile {
            let text = try SettingsText.read(file)
            entry = try PluginConfiguration.Entry(
                name: command.entry, settings: try parse(text, file), place: file)
        }
        if let text = command.limits {
            guard case .object(let limits) = try parse(Array(text.utf8), "--limits") else {
                throw SettingsError(
                    description: "--limits takes a JSON object, as '{\"quantity\": \"100\"}'")
            }
            entry.limits = limits
        }
        return entry
    }

    private func parse(_ text: [UInt8], _ place: String) throws(SettingsError) -> JSONValue {
        do throws(JSONFailure) {
            return try JSONParser.parse(text)
        } catch {
            throw SettingsError(
                description: "\(place) is no JSON: \(error.message) at byte \(error.offset)")
        }
    }

    // MARK: The orders

    private func replay(_ replay: RiskReplay, _ pages: EventPages) throws -> Int32 {
        var last = try begin(replay, pages)
        var found: [ReplayedOrder] = []
        var refusedAnyway: Int64 = 0
        read: while true {
            let events = try pages.page(after: last)
            guard !events.isEmpty else { break }
            for event in events {
                let (sequence, time) = (event.sequence, event.time)
                if let until = command.until, !until.isAfter(sequence: sequence, time: time) {
                    break read
                }
                let isBefore = command.since?.isAfter(sequence: sequence, time: time) ?? false
                if let order = replay.take(event, isWanted: !isBefore) {
                    if order.difference != nil { found.append(order) }
                    if order.difference == nil, !order.then.isEmpty { refusedAnyway += 1 }
                }
                last = sequence
            }
        }
        let report = ReplayReport(
            judged: replay.judged, refusedAnyway: refusedAnyway, orders: found)
        if command.asJSON {
            print(String(decoding: report.json, as: UTF8.self))
        } else {
            report.lines.forEach { print($0) }
        }
        return found.isEmpty ? ExitCode.success : ExitCode.failure
    }

    /// Gives the event after which the replay begins.
    private func begin(_ replay: RiskReplay, _ pages: EventPages) throws -> Int64 {
        guard let first = try pages.first(), first > 1 else { return 0 }
        let folder = CheckpointFolder(
            command.checkpointFolder ?? "\(settings.dataFolder)/\(CheckpointFolder.name)")
        guard let checkpoint = folder.load(say).first(where: { $0.sequence + 1 >= first }) else {
            throw SettingsError(
                description: "the stream begins at event \(first), and no checkpoint reaches it: "
                    + "the state before it is unknown; keep checkpoints by 'oes verify --checkpoint'"
            )
        }
        replay.begin(with: try checkpoint.snapshot())
        return checkpoint.sequence
    }
}

private enum SettingsText {
    /// What a setting of a rule may have at most.
    private static let mostBytes = 65_536

    static func read(_ path: String) throws(SettingsError) -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else {
            throw SettingsError(description: "\(path) can't be read")
        }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: mostBytes + 1)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe fread($0.baseAddress, 1, $0.count, file)
        }
        guard count <= mostBytes else {
            throw SettingsError(description: "\(path) has more than \(mostBytes) bytes")
        }
        return Array(bytes.prefix(count))
    }
}
