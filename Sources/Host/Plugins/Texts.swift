// Texts across the interface: checked on the way in, lent on the way out.

import COESPlugin

extension oes_str {
    /// The text where it is at most `limit` bytes of UTF-8; nil where it breaks the rules. A
    /// pointer with length 0 is never looked at.
    func checked(limit: Int) -> String? {
        if len == 0 { return "" }
        guard let ptr, len <= UInt64(limit) else { return nil }
        let bytes = UnsafeRawBufferPointer(start: ptr, count: Int(len))
        return String(validating: bytes, as: UTF8.self)
    }

    /// As `checked`, for one line that people read: no control characters.
    func checkedLine(limit: Int) -> String? {
        guard let text = checked(limit: limit) else { return nil }
        return text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } ? text : nil
    }

    /// As `checked`, for a name: not empty, and of the given bytes only.
    func checkedName(limit: Int, allowed: (UInt8) -> Bool) -> String? {
        guard let text = checked(limit: limit), !text.isEmpty else { return nil }
        return text.utf8.allSatisfy(allowed) ? text : nil
    }
}

enum NameBytes {
    /// a-z, 0-9, _: reject and guard codes.
    static func code(_ byte: UInt8) -> Bool { lowerOrDigit(byte) || byte == UInt8(ascii: "_") }

    /// a-z, 0-9, -, _: entries' names.
    static func entry(_ byte: UInt8) -> Bool { code(byte) || byte == UInt8(ascii: "-") }

    /// Letters, digits, dot and dash: reverse domain names.
    static func identifier(_ byte: UInt8) -> Bool {
        entry(byte) || byte == UInt8(ascii: ".")
            || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
    }

    private static func lowerOrDigit(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }
}

/// Lends texts to a plugin for one call: they are copied into one block that is used again for
/// the next call, so that a call allocates nothing. A text that doesn't fit gets a block of its
/// own until `reset`.
final class TextArena {
    private static let blockBytes = 4_096
    private let block = UnsafeMutableRawPointer.allocate(byteCount: blockBytes, alignment: 1)
    private var used = 0
    private var extra: [UnsafeMutableRawPointer] = []

    deinit {
        reset()
        block.deallocate()
    }

    func reset() {
        used = 0
        for pointer in extra { pointer.deallocate() }
        if !extra.isEmpty { extra.removeAll(keepingCapacity: true) }
    }

    func lend(_ text: String) -> oes_str {
        let utf8 = text.utf8
        let lent = utf8.withContiguousStorageIfAvailable { bytes in
            store(UnsafeRawBufferPointer(bytes))
        }
        return lent ?? lend(Array(utf8))
    }

    func lend(_ bytes: [UInt8]) -> oes_str { bytes.withUnsafeBytes { store($0) } }

    private func store(_ bytes: UnsafeRawBufferPointer) -> oes_str {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return oes_str() }
        let target = room(for: bytes.count)
        target.copyMemory(from: start, byteCount: bytes.count)
        return oes_str(
            ptr: UnsafePointer(target.assumingMemoryBound(to: CChar.self)),
            len: UInt64(bytes.count))
    }

    private func room(for count: Int) -> UnsafeMutableRawPointer {
        if count <= Self.blockBytes - used {
            defer { used += count }
            return block + used
        }
        let pointer = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 1)
        extra.append(pointer)
        return pointer
    }
}
