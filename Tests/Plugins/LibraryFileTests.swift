// What a plugin's file must be before anything of it runs.

import Foundation
import Testing

@testable import Plugins

@Suite struct LibraryFileTests {
    private func refusal(_ path: String, sha256: String? = nil) -> String {
        do throws(PluginError) {
            _ = try LibraryFile(path: path, sha256: sha256)
            return "nothing was refused"
        } catch {
            return error.description
        }
    }

    @Test func aFileWritableByOthersIsRefused() throws {
        let scratch = try Scratch()
        let file = try scratch.write("a.so", "x")
        chmod(file, 0o646)
        #expect(refusal(file).contains("mode: expected not writable by others, found 646"))
        chmod(file, 0o644)
        #expect(refusal(file) == "nothing was refused")
    }

    @Test func aFolderWritableByOthersIsRefused() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(
            atPath: "\(scratch.path)/open/inner", withIntermediateDirectories: true)
        let file = try scratch.write("open/inner/a.so", "x")
        chmod("\(scratch.path)/open", 0o777)
        #expect(refusal(file).contains("folder \(scratch.path)/open: mode: expected not writable"))
        chmod("\(scratch.path)/open", 0o755)
        #expect(refusal(file) == "nothing was refused")
    }

    @Test func setuidIsRefused() throws {
        let scratch = try Scratch()
        let file = try scratch.write("a.so", "x")
        chmod(file, 0o4755)
        #expect(refusal(file).contains("expected no setuid or setgid bit, found one"))
    }

    @Test func anotherOwnerIsRefused() throws {
        let scratch = try Scratch()
        let file = try scratch.write("a.so", "x")
        // Only root can give a file away.
        guard geteuid() == 0 else { return }
        chown(file, 12_345, 12_345)
        #expect(refusal(file).contains("owner: expected root or user 0, found user 12345"))
        chown(file, 0, 0)
        chmod(scratch.path, 0o755)
        chown(scratch.path, 12_345, 12_345)
        #expect(refusal(file).contains("folder \(scratch.path): owner: expected root"))
        chown(scratch.path, 0, 0)
    }

    @Test func aLibraryCutOffHalfWayIsRefused() throws {
        let scratch = try Scratch()
        let file = try scratch.write("a.so", "")
        // A head with one loaded segment of 200 bytes from the file's start.
        var bytes = [UInt8](repeating: 0, count: 200)
        bytes.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
        (bytes[32], bytes[54], bytes[56]) = (64, 56, 1)
        (bytes[64], bytes[64 + 32]) = (1, 200)
        for length in [64, 119, 120, 199, 200] {
            try Data(bytes[..<length]).write(to: URL(fileURLWithPath: file))
            let expected =
                length == 200
                ? "nothing was refused"
                : "plugin \(file): size: expected a whole library, found its first \(length) bytes"
            #expect(refusal(file) == expected)
        }
        // An offset that overflows with its size.
        bytes.replaceSubrange(72..<80, with: [UInt8](repeating: 0xFF, count: 8))
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        #expect(refusal(file).contains("expected a whole library"))
    }

    @Test func aLinkIsRefusedButItsFolderMayBeOne() throws {
        let scratch = try Scratch()
        let file = try scratch.write("a.so", "x")
        symlink(file, "\(scratch.path)/link.so")
        #expect(
            refusal("\(scratch.path)/link.so")
                .contains("expected a regular file, found a symbolic link"))
        symlink(scratch.path, "\(scratch.path)/folder")
        #expect(refusal("\(scratch.path)/folder/a.so") == "nothing was refused")
    }

    @Test func otherKindsAreRefused() throws {
        let scratch = try Scratch()
        #expect(refusal(scratch.path).contains("expected a regular file, found another kind"))
        #expect(refusal("\(scratch.path)/gone.so").contains("No such file"))
        #expect(refusal("\(scratch.path)/gone/a.so").contains("library not found"))
    }

    @Test func theDigestIsCompared() throws {
        let scratch = try Scratch()
        let file = try scratch.write("a.so", "abc")
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(refusal(file, sha256: digest) == "nothing was refused")
        let wrong = String(repeating: "0", count: 64)
        #expect(
            refusal(file, sha256: wrong).contains("sha256: expected \(wrong), found \(digest)"))
        // A changed file is hashed again.
        _ = try scratch.write("a.so", "abd")
        #expect(refusal(file, sha256: digest).contains("sha256: expected"))
    }

    @Test func whatIsNoLibraryIsRefused() throws {
        let scratch = try Scratch()
        let file = try scratch.write("a.so", "no library at all")
        do throws(PluginError) {
            _ = try load([PluginConfiguration.Library(path: file)])
            Issue.record("a text was loaded")
        } catch {
            #expect(error.description.contains("expected a loadable library, found"))
        }
    }
}
