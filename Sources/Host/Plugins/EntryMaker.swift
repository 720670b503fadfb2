// Makes entries out of a loaded library: asks its factories what they have, compares that with
// the configuration, converts the settings and creates the instances.

import Base
import COESPlugin
import Trading
import Wire

struct EntryMaker {
    let host: HostServices
    let callSlot: CallSlot?
    private(set) var libraries: [PluginLibrary] = []
    private(set) var entries: [PluginEntry] = []

    /// Entries of one factory; more is a wrong number rather than a plugin.
    private static let maximumEntries: UInt32 = 256

    init(host: HostServices, callSlot: CallSlot?) {
        self.host = host
        self.callSlot = callSlot
    }

    /// An entry that a library offers.
    private struct Offer {
        let kind: EntryKind
        let factory: oes_factory_t
        let descriptor: EntryDescriptor
        let schemas: EntrySchemas
    }

    /// Loads a library and makes its active entries. Adds all or, throwing, nothing.
    mutating func add(
        _ configuration: PluginConfiguration.Library, path: String
    ) throws(PluginError) {
        let file = try LibraryFile(path: path, sha256: configuration.sha256)
        // The last line before code of the plugin runs: it names who crashed the start.
        host.log.info("loading \(path), sha256 \(file.sha256.prefix(12))")
        let library = try Loader.load(file, host: host)
        if let other = libraries.first(where: { $0.id == library.id }) {
            throw PluginError(
                "plugin \(path): id: expected a unique one, found \(library.id) "
                    + "already loaded from \(other.path)")
        }
        let offers = try offers(of: library)
        guard !offers.isEmpty else {
            throw PluginError("plugin \(path): expected at least one entry, found none")
        }
        var made: [PluginEntry] = []
        for (offer, settings) in try active(offers, configuration, path: path) {
            made.append(try make(offer, settings, library, made: made))
        }
        libraries.append(library)
        entries.append(contentsOf: made)
    }

    private func offers(of library: PluginLibrary) throws(PluginError) -> [Offer] {
        var offers: [Offer] = []
        for kind in EntryKind.allCases {
            guard let factory = try library.factory(kind.factoryID) else { continue }
            let place = "plugin \(library.path): factory \(kind.factoryID)"
            let count = PluginThread.control { factory.count() }
            guard count <= Self.maximumEntries else {
                throw PluginError(
                    "\(place): count: expected at most \(Self.maximumEntries), found \(count)")
            }
            for index in 0..<count {
                offers.append(try offer(kind, factory, index, place: place))
            }
        }
        return offers
    }

    private func offer(
        _ kind: EntryKind, _ factory: oes_factory_t, _ index: UInt32, place: String
    ) throws(PluginError) -> Offer {
        let place = "\(place): descriptor(\(index))"
        guard let pointer = PluginThread.control({ factory.descriptor(index) }) else {
            throw PluginError("\(place): expected a descriptor, found NULL")
        }
        try requireSize(pointer.pointee.struct_size, atLeast: oes_entry_descriptor_t.self, place)
        let fields = pointer.pointee
        let descriptor = try EntryDescriptor(fields, place: place)
        let reader = DescriptorReader(place: place)
        let schemas = EntrySchemas(
            params: try Schema(
                try reader.bytes(fields.params_schema_json, "params_schema_json"),
                purpose: .params, place: "\(place) \(descriptor.name): params_schema_json"),
            config: try Schema(
                try reader.bytes(fields.config_schema_json, "config_schema_json"),
                purpose: .config, place: "\(place) \(descriptor.name): config_schema_json"),
            limits: try Schema(
                try reader.bytes(fields.limits_schema_json, "limits_schema_json"),
                purpose: .limits, place: "\(place) \(descriptor.name): limits_schema_json"))
        return Offer(kind: kind, factory: factory, descriptor: descriptor, schemas: schemas)
    }

    /// The offers that the configuration wants, with their settings.
    private func active(
        _ offers: [Offer], _ configuration: PluginConfiguration.Library, path: String
    ) throws(PluginError) -> [(Offer, PluginConfiguration.Entry)] {
        guard let listed = configuration.entries else {
            return offers.filter { $0.kind != .notifier }.map {
                ($0, PluginConfiguration.Entry(name: $0.descriptor.name))
            }
        }
        var active: [(Offer, PluginConfiguration.Entry)] = []
        for settings in listed {
            let found = offers.filter { $0.descriptor.name == settings.name }
            guard !found.isEmpty else {
                let names = offers.map(\.descriptor.name).joined(separator: ", ")
                throw PluginError(
                    "plugin \(path): entry \"\(settings.name)\": expected one of \(names)")
            }
            for offer in found { active.append((offer, settings)) }
        }
        return active
    }

    private func make(
        _ offer: Offer, _ settings: PluginConfiguration.Entry, _ library: PluginLibrary,
        made: [PluginEntry]
    ) throws(PluginError) -> PluginEntry {
        let name = settings.alias ?? offer.descriptor.name
        let place = "plugin \(library.path): \(offer.kind.name) \(name)"
        try requireUnique(offer, name, place, among: entries + made)
        if offer.kind != .riskRule && settings.mode != .enforce {
            throw PluginError(
                "\(place): mode: expected enforce, found another; only rules have one")
        }
        if offer.kind != .notifier && settings.notifier != nil {
            throw PluginError(
                "\(place): filter, attempts: expected none, found some; only notifiers have them")
        }
        if offer.kind != .riskRule && (settings.mayBlock || settings.mayCancel) {
            throw PluginError(
                "\(place): may_block, may_cancel: expected neither; only rules may")
        }
        let limits = try limitSettings(offer, settings, place)
        let instance = try create(offer, settings, place)
        let parts = PluginEntry.Parts(
            kind: offer.kind, descriptor: offer.descriptor, schemas: offer.schemas, name: name,
            library: library, index: entries.count + made.count, mode: settings.mode,
            instance: instance, callSlot: callSlot)
        switch offer.kind {
        case .orderType: return OrderTypeEntry(parts)
        case .timeInForce: return TimeInForceEntry(parts)
        case .riskRule:
            return RiskRuleEntry(
                parts, limits: limits, mayBlock: settings.mayBlock, mayCancel: settings.mayCancel)
        case .notifier:
            return NotifierEntry(parts, settings: settings.notifier ?? NotifierSettings())
        }
    }

    private func requireUnique(
        _ offer: Offer, _ name: String, _ place: String, among others: [PluginEntry]
    ) throws(PluginError) {
        for other in others {
            if other.kind == offer.kind && other.name == name {
                throw PluginError(
                    "\(place): name: expected a unique one, found it already loaded "
                        + "from \(other.library.path)")
            }
        }
    }

    private func limitSettings(
        _ offer: Offer, _ settings: PluginConfiguration.Entry, _ place: String
    ) throws(PluginError) -> [LimitSetting] {
        switch LimitSetting.settings(of: settings.limits, schema: offer.schemas.limits) {
        case .success(let limits): return limits
        case .failure(let wrong):
            throw PluginError("\(place): limits.\(wrong.field): \(wrong.text)")
        }
    }

    private func create(
        _ offer: Offer, _ settings: PluginConfiguration.Entry, _ place: String
    ) throws(PluginError) -> UnsafePointer<oes_instance_t> {
        let params: [OrderParam]
        switch offer.schemas.config.convert(settings.config, scales: .finest) {
        case .success(let converted): params = converted
        case .failure(let wrong):
            throw PluginError("\(place): config.\(wrong.field): \(wrong.text)")
        }
        host.forgetError()
        let call = CreateCall(schema: offer.schemas.config, params: params)
        guard let instance = call.create(offer.factory, host, offer.descriptor.id) else {
            let reason = call.refusal.isEmpty ? host.errorSuffix : ": \(call.refusal)"
            throw PluginError("\(place): create: expected an instance, found NULL\(reason)")
        }
        try requireInstance(offer.kind, instance, place)
        return instance
    }

    private func requireInstance(
        _ kind: EntryKind, _ instance: UnsafePointer<oes_instance_t>, _ place: String
    ) throws(PluginError) {
        let raw = UnsafeRawPointer(instance)
        let place = "\(place): instance"
        let isComplete: Bool
        switch kind {
        case .orderType:
            isComplete = try read(raw, oes_order_type_t.self, place).plan != nil
        case .timeInForce:
            isComplete = try read(raw, oes_time_in_force_t.self, place).apply != nil
        case .riskRule:
            isComplete = try read(raw, oes_risk_rule_t.self, place).check != nil
        case .notifier:
            let notifier = try read(raw, oes_notifier_t.self, place)
            isComplete =
                notifier.deliver != nil && notifier.flush != nil && notifier.cancel != nil
        }
        guard isComplete else {
            throw PluginError("\(place): expected all functions, found NULL")
        }
    }

    private func read<Struct: Growing>(
        _ raw: UnsafeRawPointer, _ type: Struct.Type, _ place: String
    ) throws(PluginError) -> Struct {
        try requireSize(raw.load(as: UInt32.self), atLeast: type.firstSize, place)
        let typed = raw.assumingMemoryBound(to: type)
        guard let copy = readStruct(typed) else {
            throw PluginError("\(place): struct_size: expected one that fits, found another")
        }
        return copy
    }
}

/// One call of a factory's create: lends the settings and catches the refusal.
private final class CreateCall {
    private(set) var refusal = ""
    private let arena = TextArena()
    private var values: [oes_value_t]

    init(schema: Schema, params: [OrderParam]) {
        values = []
        for property in schema.properties {
            var value = oes_value_t()
            value.name = arena.lend(property.name)
            if let given = params.first(where: { $0.name == property.name }) {
                value.set(given.value, arena)
            }
            values.append(value)
        }
    }

    func create(
        _ factory: oes_factory_t, _ host: HostServices, _ id: String
    ) -> UnsafePointer<oes_instance_t>? {
        values.withUnsafeBufferPointer { lent in
            var config = oes_config_t(
                struct_size: UInt32(MemoryLayout<oes_config_t>.size), reserved: 0,
                values: lent.isEmpty ? nil : lent.baseAddress, value_count: UInt64(lent.count),
                host_data: Unmanaged.passUnretained(self).toOpaque(),
                refuse: { config, field, text in
                    guard let data = config?.pointee.host_data else { return }
                    Unmanaged<CreateCall>.fromOpaque(data).takeUnretainedValue()
                        .refuse(field, text)
                })
            return PluginThread.control {
                withTemporary(id) { factory.create(host.pointer, $0, &config) }
            }
        }
    }

    private func refuse(_ field: oes_str, _ text: oes_str) {
        let field = field.checkedLine(limit: 64) ?? ""
        let text = text.checkedLine(limit: 512) ?? "a reason that isn't plain text"
        refusal = field.isEmpty ? text : "config.\(field): \(text)"
    }
}
