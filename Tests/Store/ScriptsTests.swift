import Foundation
import Testing

@testable import Store

@Suite struct ScriptsTests {
    /// A new Lua file that isn't listed would silently be missing.
    @Test func everyLuaFileIsListedInOrderOfNames() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Host/Store/Lua")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".lua") }.sorted()
        #expect(Scripts.files.map { "\($0.name).lua" } == files)
        for (name, source) in Scripts.files {
            let data = try Data(contentsOf: folder.appending(path: "\(name).lua"))
            #expect(Array(data) == source, "\(name)")
        }
    }

    @Test func theVersionIsTheSourcesFingerprint() {
        let scripts = Scripts(files: [Array("a @VERSION@ ".utf8), Array("@VERSION@_b @VER".utf8)])
        #expect(scripts.version == Scripts.fingerprint(Array("a @VERSION@ @VERSION@_b @VER".utf8)))
        let version = scripts.version
        #expect(String(decoding: scripts.source, as: UTF8.self) == "a \(version) \(version)_b @VER")
        #expect(scripts.name("submit") == "oes_\(version)_submit")
    }

    /// The test vectors of FNV's authors.
    @Test(arguments: [
        ("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8"),
    ])
    func fingerprints(text: String, expected: String) {
        #expect(Scripts.fingerprint(Array(text.utf8)) == expected)
    }

    @Test func redisTakesTheLibrary() throws {
        let redis = try PrivateRedis()
        let source = String(decoding: Scripts.current.source, as: UTF8.self)
        let loaded = try redis.command("FUNCTION", "LOAD", source)
        #expect(loaded.text == Scripts.current.libraryName)
        for function in [
            "submit", "cancel", "amend", "account", "transact", "instrument", "tick", "commit",
            "family", "project", "seed", "key", "bust", "throttle",
        ] {
            // Without its arguments each refuses; a missing function would be an error.
            let reply = try redis.command("FCALL", Scripts.current.name(function), "1", "oes:{0}")
            #expect(reply.elements?.first?.text == "refused")
        }
    }
}
