// All active entries of all loaded libraries, by kind and name. Made once at start, from the
// configuration only; confined to the order thread afterwards.

import Base
import COESPlugin
import Trading

package final class PluginRegistry {
    package let libraries: [PluginLibrary]
    package let orderTypes: [OrderTypeEntry]
    package let timesInForce: [TimeInForceEntry]
    package let riskRules: [RiskRuleEntry]
    package let notifiers: [NotifierEntry]
    /// `kind name (id version)` of each entry at its index: what a call slot's number stands for.
    package let entryNames: [String]
    package let log: Log
    private let orderTypesByName: [String: OrderTypeEntry]
    private let timesInForceByName: [String: TimeInForceEntry]
    /// Errors of one entry are logged this often at most, so that a broken plugin can't fill a
    /// disk; the count goes on.
    private static let errorLogIntervalMicros: Int64 = 1_000_000
    private var lastErrorLogged: [Int: Int64] = [:]

    init(libraries: [PluginLibrary], entries: [PluginEntry], log: Log) {
        self.libraries = libraries
        self.log = log
        orderTypes = entries.compactMap { $0 as? OrderTypeEntry }
        timesInForce = entries.compactMap { $0 as? TimeInForceEntry }
        riskRules = entries.compactMap { $0 as? RiskRuleEntry }
        notifiers = entries.compactMap { $0 as? NotifierEntry }
        entryNames = entries.map {
            "\($0.kind.name) \($0.name) (\($0.descriptor.id) \($0.descriptor.version))"
        }
        orderTypesByName = Dictionary(uniqueKeysWithValues: orderTypes.map { ($0.name, $0) })
        timesInForceByName = Dictionary(uniqueKeysWithValues: timesInForce.map { ($0.name, $0) })
    }

    /// Loads every library of the configuration and writes its entries' names to the call slot. A relative path is looked for in the folder of
    /// the configuration file, then in `executableFolder`. The host can't trade without an order
    /// type and a time in force, and says so here.
    package static func load(
        _ configuration: PluginConfiguration, executableFolder: String,
        callSlot: CallSlot? = nil, log: Log
    ) throws(PluginError) -> PluginRegistry {
        var maker = EntryMaker(host: HostServices(log: log), callSlot: callSlot)
        for library in configuration.libraries {
            let folders = [configuration.folder, executableFolder]
            do throws(PluginError) {
                try maker.add(library, path: locate(library.path, folders))
            } catch {
                guard library.isOptional else { throw error }
                log.warning("optional \(error)")
            }
        }
        let registry = PluginRegistry(
            libraries: maker.libraries, entries: maker.entries, log: log)
        for (index, name) in registry.entryNames.enumerated() {
            callSlot?.name(entry: index, name)
        }
        try registry.requireEssentials()
        return registry
    }

    package func orderType(_ name: String) -> OrderTypeEntry? { orderTypesByName[name] }
    package func timeInForce(_ name: String) -> TimeInForceEntry? { timesInForceByName[name] }

    /// Ends every instance and then every library. Nothing may be called afterwards. A notifier
    /// whose thread was left behind stays as it is, and so does its library.
    package func shutdown() {
        for entry in allEntries where !entry.isInUse { entry.destroy() }
        for library in libraries
        where !allEntries.contains(where: { $0.library === library && $0.isInUse }) {
            PluginThread.control { library.module.pointee.shutdown() }
        }
    }

    private var allEntries: [PluginEntry] { orderTypes + timesInForce + riskRules + notifiers }

    private func requireEssentials() throws(PluginError) {
        guard !orderTypes.isEmpty else {
            throw PluginError(
                "no order type is loaded: the host has none of its own; name a library that has "
                    + "some, such as libOESOrderTypes.so, in the plugin configuration")
        }
        guard !timesInForce.isEmpty else {
            throw PluginError(
                "no time in force is loaded: the host has none of its own; name a library that "
                    + "has some, such as libOESOrderTypes.so, in the plugin configuration")
        }
        if riskRules.allSatisfy({ $0.mode != .enforce }) {
            log.warning("no risk rule is enforced: orders are checked by the script only")
        }
    }

    private static func locate(_ path: String, _ folders: [String]) throws(PluginError) -> String {
        if path.hasPrefix("/") { return path }
        let places = folders.map { "\($0)/\(path)" }
        guard let found = places.first(where: LibraryFile.exists) else {
            throw PluginError(
                "plugin \(path): library not found: expected it at "
                    + places.joined(separator: " or "))
        }
        return found
    }

    func unknownOrderType(_ name: String) -> Rejection {
        unknown("order_type", name, orderTypes.map(\.name))
    }

    func unknownTimeInForce(_ name: String) -> Rejection {
        unknown("time_in_force", name, timesInForce.map(\.name))
    }

    private func unknown(_ field: String, _ name: String, _ loaded: [String]) -> Rejection {
        let list = loaded.sorted().joined(separator: ", ")
        return Rejection(
            .refused, "unknown_\(field)",
            "No plugin offers the \(field) \"\(name.prefix(40))\"; loaded are: \(list).",
            field: field)
    }

    /// The same for a risk rule, which is counted; one that is quarantined is named as such.
    func ruleError(_ rule: RiskRuleEntry, _ wrong: String) -> Rejection {
        rule.failureCount += 1
        guard rule.isQuarantined else { return pluginError(rule, wrong) }
        return Rejection(
            .refused, "rule_quarantined",
            "The risk rule \(rule.name) took too long too often and isn't asked any more, so the "
                + "order was refused. Risk staff may set the rule to shadow or off.",
            values: "rule=\(rule.name)")
    }

    /// The refusal of an order whose plugin broke the interface's rules; logs what it did.
    func pluginError(_ entry: PluginEntry, _ wrong: String) -> Rejection {
        let now = Clock.monotonicMicros()
        if now - (lastErrorLogged[entry.index] ?? .min / 2) >= Self.errorLogIntervalMicros {
            lastErrorLogged[entry.index] = now
            log.error(
                "plugin \(entry.library.path): \(entry.kind.name) \(entry.name) "
                    + "(\(entry.descriptor.id)): \(wrong); the order is refused")
        }
        return Rejection(
            .refused, "plugin_error",
            "The \(entry.kind.name) \(entry.name) failed, so the order was refused. "
                + "The operator finds the reason in the log.",
            values: "plugin=\(entry.descriptor.id)")
    }
}
