// From a file to a module that has been judged and started.
//
// The order matters: the file is checked before dlopen (LibraryFile), the frozen prefix before
// any other field, all fields before init, and init before the factories. Every refusal names the
// file, the symbol or field, what was expected and what was found.

import COESPlugin
import Glibc

/// A loaded library. It is never unloaded: a Swift library that is crashes at the next cast, and
/// a thread or timer of the plugin's could still run in it.
package final class PluginLibrary {
    package let path: String
    package let sha256: String
    package let id: String
    package let title: String
    package let vendor: String
    package let version: String
    package let abiMinor: Int
    let module: UnsafePointer<oes_module_t>

    init(
        file: LibraryFile, module: UnsafePointer<oes_module_t>,
        descriptor: oes_module_descriptor_t
    ) throws(PluginError) {
        path = file.path
        sha256 = file.sha256
        self.module = module
        abiMinor = Int(module.pointee.abi_minor)
        let reader = DescriptorReader(place: "plugin \(file.path): module descriptor")
        id = try reader.identifier(descriptor.id, "id")
        title = try reader.line(descriptor.title, "title")
        vendor = try reader.line(descriptor.vendor, "vendor")
        version = try reader.line(descriptor.version, "version")
    }

    /// The factory of a kind, or nil where the library has none.
    func factory(_ id: String) throws(PluginError) -> oes_factory_t? {
        let found = PluginThread.control {
            withTemporary(id) { module.pointee.get_factory($0) }
        }
        guard let found else { return nil }
        let place = "plugin \(path): factory \(id)"
        try requireSize(found.pointee.struct_size, atLeast: oes_factory_t.self, place)
        guard found.pointee.count != nil, found.pointee.descriptor != nil,
            found.pointee.create != nil
        else { throw PluginError("\(place): expected count, descriptor and create, found NULL") }
        return found.pointee
    }
}

enum Loader {
    static let entrySymbol = "oes_plugin_entry"

    /// Loads, judges and initialises a library.
    static func load(_ file: LibraryFile, host: HostServices) throws(PluginError) -> PluginLibrary {
        host.forgetError()
        let entry = try resolveEntry(file)
        guard let module = PluginThread.control({ entry(host.pointer) }) else {
            throw PluginError(
                "plugin \(file.path): \(entrySymbol): expected a module, "
                    + "found NULL\(host.errorSuffix)")
        }
        try checkPrefix(module, path: file.path)
        let descriptor = try checkFields(module, path: file.path)
        let library = try PluginLibrary(file: file, module: module, descriptor: descriptor)
        host.forgetError()
        let status = PluginThread.control { module.pointee.`init`(host.pointer) }
        guard status == OES_OK else {
            throw PluginError(
                "plugin \(file.path): init: expected status \(OES_OK), "
                    + "found \(status)\(host.errorSuffix)")
        }
        return library
    }

    private typealias Entry =
        @convention(c) (UnsafePointer<oes_host_t>?) -> UnsafePointer<oes_module_t>?

    private static func resolveEntry(_ file: LibraryFile) throws(PluginError) -> Entry {
        let flags = RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE
        guard let handle = dlopen("/proc/self/fd/\(file.descriptor)", flags) else {
            let text = dlerror().map { String(cString: $0) } ?? "no reason given"
            throw PluginError("plugin \(file.path): expected a loadable library, found: \(text)")
        }
        guard let symbol = dlsym(handle, entrySymbol) else {
            throw PluginError(
                "plugin \(file.path): symbol \(entrySymbol): expected a function, found none")
        }
        return unsafeBitCast(symbol, to: Entry.self)
    }

    private static func checkPrefix(
        _ module: UnsafePointer<oes_module_t>, path: String
    ) throws(PluginError) {
        guard UInt(bitPattern: module) % 8 == 0 else {
            throw PluginError("plugin \(path): module: expected an aligned pointer, found another")
        }
        // Only the frozen prefix is read before it has been believed.
        let raw = UnsafeRawPointer(module)
        let magic = raw.load(as: UInt64.self)
        guard magic == OES_MODULE_MAGIC else {
            throw PluginError(
                "plugin \(path): magic: expected \(hex(OES_MODULE_MAGIC)), found \(hex(magic))")
        }
        let major = raw.load(fromByteOffset: 12, as: UInt32.self)
        let minor = raw.load(fromByteOffset: 16, as: UInt32.self)
        guard major == OES_ABI_MAJOR else {
            throw PluginError(
                "plugin \(path): abi_major: expected \(OES_ABI_MAJOR), found \(major) "
                    + "(plugin \(major).\(minor), host \(OES_ABI_MAJOR).\(OES_ABI_MINOR))")
        }
        let needed = raw.load(fromByteOffset: 20, as: UInt32.self)
        guard needed <= OES_ABI_MINOR else {
            throw PluginError(
                "plugin \(path): min_host_minor: expected at most \(OES_ABI_MINOR), "
                    + "found \(needed): it needs a newer host")
        }
        let size = raw.load(fromByteOffset: 8, as: UInt32.self)
        try requireSize(size, atLeast: oes_module_t.self, "plugin \(path): module")
    }

    private static func checkFields(
        _ module: UnsafePointer<oes_module_t>, path: String
    ) throws(PluginError) -> oes_module_descriptor_t {
        let fields = module.pointee
        guard fields.`init` != nil, fields.shutdown != nil, fields.get_factory != nil else {
            throw PluginError(
                "plugin \(path): module: expected init, shutdown and get_factory, found NULL")
        }
        guard let descriptor = fields.descriptor else {
            throw PluginError("plugin \(path): module: descriptor: expected one, found NULL")
        }
        try requireSize(
            descriptor.pointee.struct_size, atLeast: oes_module_descriptor_t.self,
            "plugin \(path): module descriptor")
        return descriptor.pointee
    }

    private static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}

/// A struct that hasn't grown yet must cover all of it; for one that has, say its first size.
func requireSize<Type>(
    _ size: UInt32, atLeast type: Type.Type, _ place: String
) throws(PluginError) {
    let least = MemoryLayout<Type>.size
    try requireSize(size, atLeast: least, place)
}

func requireSize(_ size: UInt32, atLeast least: Int, _ place: String) throws(PluginError) {
    guard size >= least, size <= largestStruct else {
        throw PluginError(
            "\(place): struct_size: expected \(least) to \(largestStruct), found \(size)")
    }
}

/// Lends a short text for the duration of `body`.
func withTemporary<Result>(_ text: String, _ body: (oes_str) -> Result) -> Result {
    var copy = text
    return copy.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { characters in
            body(oes_str(ptr: characters.baseAddress, len: UInt64(characters.count)))
        }
    }
}

/// Reads a descriptor's texts and names the field that is wrong.
struct DescriptorReader {
    let place: String

    func line(_ text: oes_str, _ field: String) throws(PluginError) -> String {
        guard let line = text.checkedLine(limit: 256) else {
            throw PluginError(
                "\(place): \(field): expected one line of UTF-8 to 256 bytes, found another text")
        }
        return line
    }

    func identifier(_ text: oes_str, _ field: String) throws(PluginError) -> String {
        guard let id = text.checkedName(limit: 128, allowed: NameBytes.identifier) else {
            throw PluginError(
                "\(place): \(field): expected a reverse domain name to 128 bytes, "
                    + "found another text")
        }
        return id
    }

    func name(_ text: oes_str, _ field: String) throws(PluginError) -> String {
        guard let name = text.checkedName(limit: 32, allowed: NameBytes.entry) else {
            throw PluginError(
                "\(place): \(field): expected a-z, 0-9, - and _ to 32 bytes, found another text")
        }
        return name
    }

    func bytes(_ text: oes_str, _ field: String) throws(PluginError) -> [UInt8] {
        guard let document = text.checked(limit: 65_536) else {
            throw PluginError(
                "\(place): \(field): expected UTF-8 to 65536 bytes, found another text")
        }
        return Array(document.utf8)
    }
}
