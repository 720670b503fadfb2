// The functions of docs/REDIS.md, called as a host calls them, with the library's present source.

import Foundation

public struct Functions {
    public static let prefix = "oes:{0}"
    public let redis: RedisClient

    /// Loads the library under the version `test`. The source is read from the repository.
    public init(_ redis: RedisClient, edit: (String) -> String = { $0 }) throws {
        self.redis = redis
        let loaded = redis.call("FUNCTION", "LOAD", "REPLACE", edit(try Functions.source()))
        guard loaded.text == "oes_test" else {
            throw TestSupportError(description: "the library doesn't load: \(loaded.text)")
        }
    }

    private static func source() throws -> String {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appendingPathComponent("Sources/Host/Store/Lua")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return try names.filter { $0.hasSuffix(".lua") }.sorted().map { name in
            try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        }.joined().replacingOccurrences(of: "@VERSION@", with: "test")
    }

    public func call(_ name: String, _ arguments: [Argument]) -> Reply {
        let head = ["FCALL", "oes_test_\(name)", "1", Functions.prefix].map { Array($0.utf8) }
        return Reply(redis.call(head + arguments.map(\.bytes)))
    }

    public func call(_ name: String, _ arguments: Argument...) -> Reply { call(name, arguments) }

    public func key(_ name: String) -> String { "\(Functions.prefix):\(name)" }
}

/// A function's argument: text, bytes, or a number in decimal digits.
public struct Argument: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    public let bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    public init(_ text: String) { bytes = Array(text.utf8) }
    public init<Number: BinaryInteger>(_ number: Number) { bytes = Array(String(number).utf8) }
    public init(stringLiteral text: String) { self.init(text) }
    public init(integerLiteral number: Int64) { self.init(number) }
}

/// A function's reply: the word that says what happened, and the rest.
public struct Reply: Hashable, CustomStringConvertible {
    public let word: String
    public let rest: [RedisValue]
    /// Redis's own error, empty where there is none.
    public let failure: String

    init(_ value: RedisValue) {
        if case .error(let text) = value { failure = text } else { failure = "" }
        word = value.items.first?.text ?? ""
        rest = Array(value.items.dropFirst())
    }

    /// The event's sequence: of ok, rejected, busy and duplicate.
    public var sequence: Int64 { rest.first?.integer ?? 0 }
    /// A refusal's code.
    public var code: String { word == "refused" ? rest.first?.text ?? "" : "" }
    /// A refusal's values.
    public var values: String { word == "refused" ? rest.last?.text ?? "" : "" }

    /// How many trades a submit made.
    public var fills: Int64? { rest.count > 2 ? rest[2].integer : nil }

    public func bytes(_ index: Int) -> ArraySlice<UInt8> {
        rest.indices.contains(index) ? rest[index].bytes[...] : []
    }

    public var description: String {
        if !failure.isEmpty { return failure }
        return ([word] + rest.map { $0.bytes.contains(0) ? "(record)" : $0.text })
            .joined(separator: " ")
    }
}
