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
