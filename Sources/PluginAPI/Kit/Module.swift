// Swift on top of oes_plugin.h: a plugin's author writes value types that conform to the
// protocols of this kit, and one line that exports the entry:
//
//     import COESPlugin
//     import OESPluginKit
//
//     private let module = PluginModule(
//         id: "com.example.desk", title: "Desk", vendor: "Example", version: "1.0.0",
//         riskRules: [RestrictedList.self])
//
//     @c @implementation
//     public func oes_plugin_entry(
//         _ host: UnsafePointer<oes_host_t>?
//     ) -> UnsafePointer<oes_module_t>? {
//         module.entry(host)
//     }
//
// The kit is linked into each plugin anew; nothing of it crosses the interface but C.

import COESPlugin

/// A library's content. Made once, as a global constant, and never freed.
public final class PluginModule: @unchecked Sendable {
    private let memory: UnsafeMutablePointer<oes_module_t>
    private let descriptor: UnsafeMutablePointer<oes_module_descriptor_t>

    public init(
        id: String, title: String, vendor: String, version: String, url: String = "",
        licence: String = "", orderTypes: [any OrderType.Type] = [],
        timesInForce: [any TimeInForce.Type] = [], riskRules: [any RiskRule.Type] = [],
        notifiers: [any Notifier.Type] = []
    ) {
        descriptor = lasting(oes_module_descriptor_t())
        descriptor.pointee.struct_size = UInt32(MemoryLayout<oes_module_descriptor_t>.size)
        descriptor.pointee.id = lasting(id)
        descriptor.pointee.title = lasting(title)
        descriptor.pointee.vendor = lasting(vendor)
        descriptor.pointee.version = lasting(version)
        descriptor.pointee.url = lasting(url)
        descriptor.pointee.licence = lasting(licence)
        memory = lasting(oes_module_t())
        memory.pointee.magic = OES_MODULE_MAGIC
        memory.pointee.struct_size = UInt32(MemoryLayout<oes_module_t>.size)
        memory.pointee.abi_major = OES_ABI_MAJOR
        memory.pointee.abi_minor = OES_ABI_MINOR
        // An older host wouldn't see a trigger or a child: it must not take our orders.
        memory.pointee.min_host_minor = orderTypes.isEmpty && timesInForce.isEmpty ? 0 : 1
        memory.pointee.descriptor = UnsafePointer(descriptor)
        memory.pointee.`init` = { host in host == nil ? OES_INVALID : OES_OK }
        memory.pointee.shutdown = {}
        memory.pointee.get_factory = { Factories.current.find($0) }
        Factories.current.set(
            orderTypes: orderTypes.map { factoryEntry($0) },
            timesInForce: timesInForce.map { factoryEntry($0) },
            riskRules: riskRules.map { factoryEntry($0) },
            notifiers: notifiers.map { factoryEntry($0) })
    }

    /// What oes_plugin_entry returns.
    public func entry(_ host: UnsafePointer<oes_host_t>?) -> UnsafePointer<oes_module_t>? {
        host == nil ? nil : UnsafePointer(memory)
    }
}

/// What an entry is; see oes_entry_descriptor_t.
public struct EntryDescription: Sendable {
    public let id: String
    public let name: String
    public let title: String
    public let vendor: String
    public let version: String
    public let paramsSchema: String
    public let configSchema: String
    public let limitsSchema: String
    /// Version of what an order type keeps by `.state`; 0 = keeps nothing.
    public let stateVersion: UInt32

    public init(
        id: String, name: String, title: String, vendor: String, version: String,
        paramsSchema: String = "", configSchema: String = "", limitsSchema: String = "",
        stateVersion: UInt32 = 0
    ) {
        self.id = id
        self.name = name
        self.title = title
        self.vendor = vendor
        self.version = version
        self.paramsSchema = paramsSchema
        self.configSchema = configSchema
        self.limitsSchema = limitsSchema
        self.stateVersion = stateVersion
    }

    func encoded() -> UnsafePointer<oes_entry_descriptor_t> {
        let fields = lasting(oes_entry_descriptor_t())
        fields.pointee.struct_size = UInt32(MemoryLayout<oes_entry_descriptor_t>.size)
        fields.pointee.state_version = stateVersion
        fields.pointee.id = lasting(id)
        fields.pointee.name = lasting(name)
        fields.pointee.title = lasting(title)
        fields.pointee.vendor = lasting(vendor)
        fields.pointee.version = lasting(version)
        fields.pointee.params_schema_json = lasting(paramsSchema)
        fields.pointee.config_schema_json = lasting(configSchema)
        fields.pointee.limits_schema_json = lasting(limitsSchema)
        return UnsafePointer(fields)
    }
}

/// Why an entry can't be made with the configuration that it was given.
public struct ConfigurationRefusal: Error {
    public let field: String
    public let text: String

    public init(field: String, text: String) {
        self.field = field
        self.text = text
    }
}

/// Memory that lives as long as the process, as descriptors must.
func lasting<Value>(_ value: Value) -> UnsafeMutablePointer<Value> {
    let memory = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    memory.initialize(to: value)
    return memory
}

func lasting(_ text: String) -> oes_str {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty else { return oes_str() }
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { memory[index] = CChar(bitPattern: byte) }
    return oes_str(ptr: memory, len: UInt64(bytes.count))
}

extension oes_str {
    /// A copy. The host promises UTF-8.
    var string: String {
        guard len > 0, let ptr else { return "" }
        return String(
            decoding: UnsafeRawBufferPointer(start: ptr, count: Int(len)), as: UTF8.self)
    }
}

/// Lends a text for the duration of `body`.
func lending<Result>(_ text: String, _ body: (oes_str) -> Result) -> Result {
    var copy = text
    return copy.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
            body(oes_str(ptr: $0.baseAddress, len: UInt64($0.count)))
        }
    }
}
