// What is loaded: every library's entries with their schemas, from which the page draws its ticket.

import Base
import Feed
import Plugins
import Trading
import Views
import Wire

struct PluginRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/plugins", "Loaded plugins and their schemas", .permission(.see),
                answers: [.ok(.plugins)], needsRedis: false, plugins),
            Route(
                .get, "/api/v1/plugins", "Loaded plugins and their schemas", .permission(.see),
                answers: [.ok(.plugins)], needsRedis: false, plugins),
        ]
    }

    private func plugins(_ exchange: Exchange) throws(Rejection) {
        _ = try exchange.queryFields()
        let registry = services.registry
        let showsFolders = exchange.principal.role.may(.oversee)
        exchange.reply { json in
            json.beginObject()
            json.key("libraries")
            json.beginArray()
            for library in registry.libraries { json.write(library, showsFolders) }
            json.endArray()
            json.key("order_types")
            json.write(entries: registry.orderTypes)
            json.key("times_in_force")
            json.write(entries: registry.timesInForce)
            json.key("risk_rules")
            json.write(entries: registry.riskRules)
            json.key("notifiers")
            json.beginArray()
            for entry in registry.notifiers {
                json.write(entry, delivery: services.notifiers.progress(of: entry.name))
            }
            json.endArray()
            json.endObject()
        }
    }
}

extension JSONWriter {
    /// Where the host's files lie isn't for everybody.
    fileprivate mutating func write(_ library: PluginLibrary, _ showsFolders: Bool) {
        beginObject()
        field("id", library.id)
        field("title", library.title)
        field("vendor", library.vendor)
        field("version", library.version)
        let name = library.path.split(separator: "/").last.map(String.init) ?? ""
        field("path", showsFolders ? library.path : name)
        field("sha256", library.sha256)
        endObject()
    }

    fileprivate mutating func write(entries: [PluginEntry]) {
        beginArray()
        for entry in entries { write(entry) }
        endArray()
    }

    fileprivate mutating func write(_ entry: PluginEntry, delivery: NotifierProgress? = nil) {
        beginObject()
        field("name", entry.name)
        field("id", entry.descriptor.id)
        field("title", entry.descriptor.title)
        field("vendor", entry.descriptor.vendor)
        field("version", entry.descriptor.version)
        field("library", entry.library.id)
        field("mode", entry.mode.name)
        schemaField("params_schema", entry.schemas.params.source)
        schemaField("config_schema", entry.schemas.config.source)
        schemaField("limits_schema", entry.schemas.limits.source)
        field("calls", count: entry.statistics.count)
        field("slow_calls", count: entry.statistics.slowCount)
        field("mean_nanos", count: entry.statistics.totalNanos / max(1, entry.statistics.count))
        field("max_nanos", count: entry.statistics.maximumNanos)
        if let delivery {
            key("delivery")
            write(delivery: delivery)
        }
        endObject()
    }

    /// null where an entry has no such schema.
    private mutating func schemaField(_ name: StaticString, _ source: [UInt8]) {
        key(name)
        if source.isEmpty { null() } else { raw(source) }
    }
}
