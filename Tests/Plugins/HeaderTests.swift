// oes_plugin.h stands alone: it compiles as C99 and as C++17 without a warning, and the example in
// C builds by the command of docs/PLUGINS.md and works.

import Base
import Foundation
import Testing
import Trading
import Wire

@testable import Plugins

@Suite struct HeaderTests {
    @Test(arguments: [("c", "c99"), ("c", "c11"), ("c++", "c++17"), ("c++", "c++20")])
    func compilesAlone(language: String, standard: String) throws {
        let scratch = try Scratch()
        let source = try scratch.write("use.c", "#include \"oes_plugin.h\"\n")
        let result = try run(
            "cc",
            [
                "-x", language, "-std=\(standard)", "-Wall", "-Wextra", "-pedantic", "-Werror",
                "-fsyntax-only", "-I", Files.include, source,
            ])
        #expect(result.code == 0, "\(result.output)")
    }

    @Test func theExampleInCIsBuiltOutOfTreeAndPlans() throws {
        let scratch = try Scratch()
        let library = "\(scratch.path)/round_lot_limit.so"
        let built = try run("sh", ["-ec", try documentedCommand(), Files.root, library])
        #expect(built.code == 0, "\(built.output)")
        let desk = try Desk([orderTypes, PluginConfiguration.Library(path: library)])
        let type = try #require(desk.registry.orderType("round-lot-limit"))
        #expect(type.descriptor.id == "com.example.round-lot-limit")

        func planned(_ quantity: Int64, _ members: [(name: String, value: JSONValue)]) throws
            -> Result<Plan, Rejection>
        {
            let params = try type.convertParams(
                JSONObject(members: members), instrument: Sample.stock
            ).get()
            return desk.plan(
                Sample.request(.buy, quantity, type: "round-lot-limit", params: params))
        }
        #expect(try planned(300, []).get().quantity == Quantity(300))
        #expect(try planned(350, []).code == "odd_lot")
        #expect(try planned(350, [("multiple", .string("50"))]).get().price == Price(15_000))
        let tooSmall = type.convertParams(
            JSONObject(members: [("multiple", .number([0x30]))]), instrument: Sample.stock)
        #expect(tooSmall.rejection?.field == "params.multiple")
        #expect(tooSmall.rejection?.message.contains("expected at least 1, found 0") == true)
    }

    /// The command between the marks in the documentation, reading its root as $0 and its output
    /// as $1.
    private func documentedCommand() throws -> String {
        let text = try String(contentsOfFile: "\(Files.root)docs/PLUGINS.md", encoding: .utf8)
        let start = try #require(text.range(of: "```sh build-example\n"))
        let end = try #require(text.range(of: "\n```", range: start.upperBound..<text.endIndex))
        return String(text[start.upperBound..<end.lowerBound])
            .replacingOccurrences(of: "OES=/path/to/oes", with: "OES=$0")
            .replacingOccurrences(of: "round_lot_limit.so", with: "$1")
    }
}
