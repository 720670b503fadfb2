// Whether a library's file is all there.
//
// One that was cut off half-way, by a copy that was interrupted or a full disk, still has a sound
// head: the dynamic linker maps it and dies of SIGBUS at the first page that is missing. So what
// the head says of the file's length is compared before.

import Glibc

extension LibraryFile {
    /// Refuses a 64-bit ELF file that ends before its last loaded segment does. Anything else is
    /// left to the dynamic linker, which refuses it in its own words.
    static func checkLength(_ descriptor: Int32, path: String) throws(PluginError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0,
            let head = bytes(descriptor, at: 0, count: 64),
            // Magic, 64 bits, little-endian.
            head.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
        else { return }
        let size = UInt64(status.st_size)
        let table = number(head, at: 32, width: 8)
        let entrySize = number(head, at: 54, width: 2)
        for index in 0..<number(head, at: 56, width: 2) {
            let start = table.addingReportingOverflow(index * entrySize)
            let entry = start.overflow ? nil : bytes(descriptor, at: start.partialValue, count: 56)
            guard let entry else { throw cutOff(path, size: size) }
            let isLoaded = number(entry, at: 0, width: 4) == PT_LOAD
            let end = number(entry, at: 8, width: 8)
                .addingReportingOverflow(number(entry, at: 32, width: 8))
            guard !isLoaded || (!end.overflow && end.partialValue <= size) else {
                throw cutOff(path, size: size)
            }
        }
    }

    private static func cutOff(_ path: String, size: UInt64) -> PluginError {
        PluginError("plugin \(path): size: expected a whole library, found its first \(size) bytes")
    }

    /// Nil where the file has fewer.
    private static func bytes(_ descriptor: Int32, at offset: UInt64, count: Int) -> [UInt8]? {
        guard let offset = off_t(exactly: offset) else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        return pread(descriptor, &bytes, count, offset) == count ? bytes : nil
    }

    private static func number(_ bytes: [UInt8], at offset: Int, width: Int) -> UInt64 {
        bytes[offset..<offset + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
