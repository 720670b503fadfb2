// plugins.json: what it says, and how each mistake in it is named.

import Base
import Foundation
import Testing
import Trading
import Wire

@testable import Plugins

@Suite struct PluginConfigurationTests {
    private func read(_ text: String) throws -> PluginConfiguration {
        let scratch = try Scratch()
        return try PluginConfiguration.load(path: try scratch.write("plugins.json", text))
    }

    private func refusal(_ text: String) throws -> String {
        do {
            _ = try read(text)
            return "nothing was refused"
        } catch let error as PluginError {
            return error.description
        }
    }

    @Test func theShippedOneLoadsWithTheShippedDefaults() throws {
        let configuration = try PluginConfiguration.load(path: "\(Files.root)plugins.json")
        let registry = try PluginRegistry.load(
            configuration, executableFolder: Files.build, log: quiet)
        #expect(registry.orderTypes.count == 15)
        #expect(Set(registry.orderTypes.map(\.name)).isSuperset(of: ["limit", "market", "twap"]))
        #expect(registry.timesInForce.map(\.name).sorted() == ["day", "fok", "gtc", "gtd", "ioc"])
        #expect(
            registry.riskRules.map(\.name) == [
                "max-order", "price-collar", "position-limit", "buying-power",
                "restricted-list", "fat-finger", "duplicate-order", "exposure", "open-orders",
                "order-rate", "execution-throttle", "daily-loss",
            ])
        #expect(registry.riskRules.allSatisfy { $0.mode == .enforce })
        #expect(registry.notifiers.isEmpty)
        #expect(registry.libraries.map(\.sha256.utf8.count) == [64, 64, 64])
        // What the file says is what the rules' schemas say.
        let defaults = try load([orderTypes, riskRules])
        for given in registry.riskRules {
            let scales = Scales(Sample.coin)
            let shipped = try #require(defaults.riskRules.first { $0.name == given.name })
            #expect(
                given.limits.map { $0.scaled(scales) } == shipped.limits.map { $0.scaled(scales) })
        }
    }

    @Test func everyFieldIsRead() throws {
        let digest = String(repeating: "A", count: 64)
        let configuration = try read(
            """
            {"libraries": [{"path": "a.so", "sha256": "\(digest)", "optional": true,
              "entries": [{"name": "x", "as": "y", "mode": "shadow", "config": {"a": 1},
                           "limits": {"b": "2"}}]}]}
            """)
        let library = try #require(configuration.libraries.first)
        #expect(library.sha256 == digest.lowercased())
        #expect(library.isOptional)
        let entry = try #require(library.entries?.first)
        #expect(entry.name == "x" && entry.alias == "y" && entry.mode == .shadow)
        #expect(entry.config.names == ["a"] && entry.limits.names == ["b"])
    }

    @Test(arguments: [
        ("", "expected JSON"), ("[]", "expected an object, found an array"),
        ("{}", "libraries: expected an array"),
        ("{\"libraries\":{}}", "libraries: expected an array"),
        ("{\"librarys\":[]}", "unknown key \"librarys\""),
        ("{\"libraries\":[7]}", "libraries[0]: expected an object, found a number"),
        ("{\"libraries\":[{}]}", "libraries[0].path: expected a path"),
        ("{\"libraries\":[{\"path\":\"\"}]}", "libraries[0].path: expected a path"),
        ("{\"libraries\":[{\"path\":\"a\",\"sha256\":\"ab\"}]}", "expected 64 hex digits"),
        ("{\"libraries\":[{\"path\":\"a\",\"optional\":1}]}", "expected true or false"),
        ("{\"libraries\":[{\"path\":\"a\",\"entries\":{}}]}", "entries: expected an array"),
        ("{\"libraries\":[{\"path\":\"a\",\"entries\":[{}]}]}", "entries[0].name: expected"),
        (
            "{\"libraries\":[{\"path\":\"a\",\"entries\":[{\"name\":\"x\",\"mode\":\"on\"}]}]}",
            "mode: expected enforce, shadow or off, found \"on\""
        ),
        (
            "{\"libraries\":[{\"path\":\"a\",\"entries\":[{\"name\":\"x\",\"as\":\"a|b\"}]}]}",
            "as: expected a-z, 0-9, - and _ to 32 bytes"
        ),
        (
            "{\"libraries\":[{\"path\":\"a\",\"entries\":[{\"name\":\"x\",\"limit\":{}}]}]}",
            "unknown key \"limit\""
        ),
    ])
    func mistakesAreNamed(text: String, expected: String) throws {
        let found = try refusal(text)
        #expect(found.hasPrefix("plugin configuration "), "\(found)")
        #expect(found.contains(expected), "\(found)")
    }

    @Test func aMissingFileAndAFileOfOthersAreRefused() throws {
        let scratch = try Scratch()
        #expect(throws: PluginError.self) {
            try PluginConfiguration.load(path: "\(scratch.path)/none.json")
        }
        let file = try scratch.write("plugins.json", "{\"libraries\":[]}")
        chmod(file, 0o666)
        #expect(throws: PluginError.self) { try PluginConfiguration.load(path: file) }
    }

    @Test(arguments: [
        ("max-order", "{\"quantity\":\"many\"}", "limits.quantity: expected a number"),
        ("max-order", "{\"quantity\":-1}", "limits.quantity: expected at least 0"),
        ("max-order", "{\"quantity\":1e5}", "limits.quantity: expected a number without exponent"),
        (
            "max-order", "{\"quantity\":\"99999999999999999999\",\"value\":true}",
            "limits.value: expected a number, found true"
        ),
        ("max-order", "{\"value\":null}", "limits.value: expected a number, found null"),
        (
            "max-order", "{\"value\":\"-99999999999999999999\"}",
            "limits.value: expected a smaller number"
        ),
        (
            "price-collar", "{\"beyond\":99999999999999999999}",
            "limits.beyond: expected a smaller number"
        ),
        ("max-order", "{\"lots\":1}", "limits.lots: unknown field, expected only quantity, value"),
        ("price-collar", "{\"beyond\":1.5}", "limits.beyond: expected a whole number"),
        ("price-collar", "{\"beyond\":1000001}", "limits.beyond: expected at most 1000000"),
        ("max-ordre", "{}", "entry \"max-ordre\": expected one of max-order, price-collar"),
    ])
    func wrongLimitsAreNamed(rule: String, limits: String, expected: String) throws {
        guard case .object(let object) = try JSONParser.parse(Array(limits.utf8)) else {
            throw Failure(what: "no object")
        }
        let found = entryRefusal(
            "libOESRiskRules.so", PluginConfiguration.Entry(name: rule, limits: object))
        #expect(found.contains(expected), "\(found)")
    }

    @Test func aNotifiersConfigIsItsOwnToRefuse() throws {
        func refused(_ name: String, _ config: [(name: String, value: JSONValue)]) -> String {
            entryRefusal(
                "libOESNotifiers.so",
                PluginConfiguration.Entry(name: name, config: JSONObject(members: config)))
        }
        #expect(refused("log-file", []).contains("notifier log-file: config.path: missing"))
        #expect(
            refused("log-file", [("path", .string("/nowhere/at/all"))])
                .contains("config.path: /nowhere/at/all can't be opened"))
        for url in [
            "ftp://a/", "http://", "http://a:0/", "http://a:99999/", "http://a b/",
            "http://u:p@a/", "http://[::1/", "http:///path", "https://", "https://a:0/",
        ] {
            #expect(
                refused("webhook", [("url", .string(url))]).contains("config.url: expected"),
                "\(url)")
        }
    }

    @Test(arguments: [
        ("webhook", "url", "http://a/", "ca_file", "/etc/passwd", "ca_file: expected only with"),
        ("webhook", "url", "https://a/", "ca_file", "/nowhere", "ca_file: /nowhere can't be read"),
        ("webhook", "url", "http://a/", "secret", "", "secret: expected a line of text"),
        ("webhook", "url", "http://a/", "secret", "@/nowhere", "secret: /nowhere can't be read"),
        ("slack", "url", "http://a/", "channel", "", "channel: expected 1 to 80 bytes"),
        ("log-file", "path", "/dev/null", "max_bytes", "1023", "max_bytes: expected"),
        ("log-file", "path", "/dev/null", "keep", "0", "keep: expected"),
        ("syslog", "address", "tcp://a", "app_name", "oes", "address: expected an absolute path"),
        ("syslog", "address", "/dev/log", "app_name", "a b", "app_name: expected"),
        ("syslog", "address", "/dev/log", "facility", "kern", "facility: expected one of"),
        ("redis-publish", "host", "a", "port", "65536", "port: expected"),
        ("redis-publish", "host", "a", "user", "desk", "password: expected one"),
        ("redis-publish", "host", "a", "channels", "oes:{price}", "channels: expected {type}"),
        ("redis-publish", "host", "a", "channels", "a b", "channels: expected 1 to 10"),
    ])
    func aNotifiersConfigIsRefusedByItsField(
        name: String, first: String, value: String, second: String, other: String, text: String
    ) {
        let refusal = entryRefusal(
            "libOESNotifiers.so",
            PluginConfiguration.Entry(
                name: name,
                config: JSONObject(members: [(first, .string(value)), (second, .string(other))])))
        #expect(refusal.contains("notifier \(name): "), "\(refusal)")
        #expect(refusal.contains("config.\(text)"), "\(refusal)")
    }

    @Test(arguments: [
        ("http://a", "a@b.c", "d@e.f", "server: expected smtp://"),
        ("smtp://a/b", "a@b.c", "d@e.f", "server: expected a host"),
        ("smtp://a", "Desk <a@b.c>", "d@e.f", "from: expected addresses"),
        ("smtp://a", "a@b.c", "d@e.f,\r\nBcc: x@y.z", "to: expected addresses"),
        ("smtp://a", "a@b.c", "", "to: expected 1 to 20"),
    ])
    func anEmailsConfigIsRefusedByItsField(
        server: String, from: String, to: String, text: String
    ) {
        let members: [(name: String, value: JSONValue)] = [
            ("server", .string(server)), ("from", .string(from)), ("to", .string(to)),
        ]
        let refusal = entryRefusal(
            "libOESNotifiers.so",
            PluginConfiguration.Entry(name: "email", config: JSONObject(members: members)))
        #expect(refusal.contains("config.\(text)"), "\(refusal)")
    }

    @Test func onlyRulesHaveModes() {
        let found = entryRefusal(
            "libOESOrderTypes.so", PluginConfiguration.Entry(name: "limit", mode: .shadow))
        #expect(found.contains("order type limit: mode: expected enforce"))
    }
}

/// The text with which an entry's settings are refused.
private func entryRefusal(
    _ library: String, _ entry: PluginConfiguration.Entry
) -> String {
    refusal([PluginConfiguration.Library(path: library, entries: [entry])])
}
