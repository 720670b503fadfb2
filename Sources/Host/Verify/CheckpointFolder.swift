// The folder in which checkpoints are kept: `checkpoint-<sequence>.oes`, the newest two.

import Base
import Glibc
import Trading

package struct CheckpointFolder {
    /// Of the host's data folder.
    package static let name = "checkpoints"
    /// The one before stays, in case the newest was damaged.
    private static let kept = 2

    private let path: String

    package init(_ path: String) { self.path = path }

    /// Those that can be read, the newest first; what is wrong with the others goes to `complain`.
    package func load(_ complain: (String) -> Void) -> [Checkpoint] {
        names().compactMap { name in
            do {
                return try Checkpoint(bytes: try read("\(path)/\(name)"))
            } catch {
                complain("\(path)/\(name): \((error as? RecordError)?.what ?? "\(error)")")
                return nil
            }
        }
    }

    /// Written beside, then put in its place whole.
    package func save(_ checkpoint: Checkpoint) throws -> String {
        mkdir(path, 0o700)
        let digits = String(checkpoint.sequence)
        let number = String(repeating: "0", count: max(0, 16 - digits.count)) + digits
        let file = "\(path)/checkpoint-\(number).oes"
        try write(checkpoint.bytes, to: file + ".new")
        guard rename(file + ".new", file) == 0 else { throw FileFailure(path: file) }
        for old in names().dropFirst(CheckpointFolder.kept) { unlink("\(path)/\(old)") }
        return file
    }

    /// The newest first.
    private func names() -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var found: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { text in
                    unsafe String(cString: text)
                }
            }
            if name.hasPrefix("checkpoint-"), name.hasSuffix(".oes") { found.append(name) }
        }
        return found.sorted(by: >)
    }

    private struct FileFailure: Error, CustomStringConvertible {
        let path: String
        let number = errno
        var description: String { unsafe "\(path): \(String(cString: strerror(number)))" }
    }

    private func read(_ file: String) throws -> [UInt8] {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path: file) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe part.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            guard count >= 0 else { throw FileFailure(path: file) }
            if count == 0 { return bytes }
            bytes += part.prefix(count)
        }
    }

    private func write(_ bytes: [UInt8], to file: String) throws {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFailure(path: file) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 else { throw FileFailure(path: file) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw FileFailure(path: file) }
    }
}
