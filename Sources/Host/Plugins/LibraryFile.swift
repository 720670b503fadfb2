// The file of a plugin, judged before a byte of it runs.
//
// Constructors of a shared library run inside dlopen, so every check comes first; and the
// descriptor that was checked and hashed is the one that is loaded (/proc/self/fd), so that the
// file can't be exchanged in between.

import Glibc
import Synchronization
import Wire

struct LibraryFile {
    /// Stays open for as long as the process lives: the dynamic linker knows libraries by the path
    /// they were loaded from, and would take a second one at the same /proc/self/fd number for
    /// the first.
    let descriptor: Int32
    let path: String
    let sha256: String

    /// A library larger than this is no plugin of ours; it would be hashed at each start.
    private static let maximumBytes = 256 * 1_024 * 1_024

    /// Opens and checks the file; `sha256` is what the configuration expects of it, if anything.
    init(path: String, sha256 expected: String?) throws(PluginError) {
        let resolved = try Self.resolved(path)
        try Self.checkFolders(of: resolved)
        let opened = open(resolved, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else {
            throw PluginError(
                errno == ELOOP
                    ? "plugin \(path): expected a regular file, found a symbolic link"
                    : "plugin \(path): can't be opened: \(Self.errorText())")
        }
        do throws(PluginError) {
            try Self.checkFile(opened, path: path)
            sha256 = try Self.digest(opened, path: path)
            guard expected == nil || expected == sha256 else {
                throw PluginError(
                    "plugin \(path): sha256: expected \(expected ?? ""), found \(sha256)")
            }
            try Self.checkLength(opened, path: path)
        } catch {
            close(opened)
            throw error
        }
        descriptor = opened
        self.path = path
    }

    /// The folder with its links followed, and the file's own name, which may be no link.
    private static func resolved(_ path: String) throws(PluginError) -> String {
        let cut = path.lastIndex(of: "/")
        let folder = cut.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = cut.map { String(path[path.index(after: $0)...]) } ?? path
        guard let real = realpath(folder, nil) else {
            throw PluginError(
                "plugin \(path): library not found: folder \(folder): \(errorText())")
        }
        defer { free(real) }
        let base = String(cString: real)
        return base == "/" ? "/\(name)" : "\(base)/\(name)"
    }

    /// Whoever may write to a folder on the way may exchange the file.
    private static func checkFolders(of path: String) throws(PluginError) {
        var folder = path
        repeat {
            let cut = folder.lastIndex(of: "/") ?? folder.startIndex
            folder = cut == folder.startIndex ? "/" : String(folder[..<cut])
            var status = stat()
            guard lstat(folder, &status) == 0 else {
                throw PluginError("plugin \(path): folder \(folder): \(errorText())")
            }
            // In a sticky folder such as /tmp others can't rename what isn't theirs.
            let sticky = status.st_mode & S_ISVTX != 0 && status.st_uid == 0
            if sticky { continue }
            try checkOwner(status, "plugin \(path): folder \(folder)")
            try checkWriters(status, "plugin \(path): folder \(folder)")
        } while folder != "/"
    }

    private static func checkFile(_ descriptor: Int32, path: String) throws(PluginError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw PluginError("plugin \(path): \(errorText())")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw PluginError("plugin \(path): expected a regular file, found another kind")
        }
        guard status.st_mode & (S_ISUID | S_ISGID) == 0 else {
            throw PluginError("plugin \(path): mode: expected no setuid or setgid bit, found one")
        }
        guard status.st_size <= maximumBytes else {
            throw PluginError(
                "plugin \(path): size: expected at most \(maximumBytes) bytes, "
                    + "found \(status.st_size)")
        }
        try checkOwner(status, "plugin \(path)")
        try checkWriters(status, "plugin \(path)")
    }

    private static func checkOwner(_ status: stat, _ what: String) throws(PluginError) {
        guard status.st_uid == 0 || status.st_uid == geteuid() else {
            throw PluginError(
                "\(what): owner: expected root or user \(geteuid()), found user \(status.st_uid)")
        }
    }

    /// Nobody else may write; a group may where it is root's or the process's own.
    private static func checkWriters(_ status: stat, _ what: String) throws(PluginError) {
        let ownGroup = status.st_gid == 0 || status.st_gid == getegid()
        let forbidden = ownGroup ? S_IWOTH : S_IWOTH | S_IWGRP
        guard status.st_mode & forbidden == 0 else {
            throw PluginError(
                "\(what): mode: expected not writable by others, "
                    + "found \(String(status.st_mode & 0o7777, radix: 8))")
        }
    }

    /// A file that is loaded again unchanged isn't hashed again. The inode's change time can't be
    /// set, so a changed file is another identity.
    private struct Identity: Hashable {
        let device: UInt
        let inode: UInt
        let size: Int
        let changedSeconds: Int
        let changedNanos: Int

        init(_ status: stat) {
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            size = Int(status.st_size)
            changedSeconds = status.st_ctim.tv_sec
            changedNanos = status.st_ctim.tv_nsec
        }
    }

    private static let digests = Mutex<[Identity: String]>([:])

    private static func digest(
        _ descriptor: Int32, path: String
    ) throws(PluginError) -> String {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw PluginError("plugin \(path): \(errorText())")
        }
        let identity = Identity(status)
        if let known = digests.withLock({ $0[identity] }) { return known }
        let digest = SHA256.hex(try contents(descriptor, path: path))
        digests.withLock { $0[identity] = digest }
        return digest
    }

    private static func contents(
        _ descriptor: Int32, path: String
    ) throws(PluginError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 && errno == EINTR { continue }
            guard count > 0, bytes.count <= maximumBytes else {
                throw PluginError("plugin \(path): can't be read: \(errorText())")
            }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    static func errorText() -> String { String(cString: strerror(errno)) }
}
