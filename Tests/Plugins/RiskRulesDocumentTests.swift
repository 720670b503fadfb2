// docs/RISK_RULES.md is what the shipped library says of itself with the shipped configuration, and
// every example in it is judged as it stands there.

import Base
import Foundation
import Testing
import Trading
import Wire

@testable import Plugins

@Suite struct RiskRulesDocumentTests {
    private let registry: PluginRegistry

    init() throws {
        let shipped = try PluginConfiguration.load(path: "\(Files.root)plugins.json")
        registry = try load(shipped.libraries)
    }

    @Test func theCommittedFileIsTheGeneratedOne() throws {
        let file = try String(contentsOfFile: "\(Files.root)docs/RISK_RULES.md", encoding: .utf8)
        let made = RiskRulesDocument.text(registry)
        #expect(file == made, "make it again: script/risk-rules > docs/RISK_RULES.md")
    }

    /// As documented: these four bind as shipped, the others wait for a limit.
    @Test func whatShips() throws {
        let limits = registry.riskRules.map { rule in
            "\(rule.name) \(rule.mode.name) "
                + rule.limitValues.map { "\($0.name)=\($0.value)" }
                .joined(separator: " ")
        }
        #expect(
            limits.prefix(4) == [
                "max-order enforce quantity=100000 value=1000000",
                "price-collar enforce beyond=1000",
                "position-limit enforce quantity=1000000", "buying-power enforce ",
            ])
        let harmless = registry.riskRules.dropFirst(4)
        #expect(harmless.count == 8)
        let gate = RiskGate(registry: registry)
        let request = Sample.request()
        let desk = try Desk()
        let decision = gate.check(
            .submit, request: request, plan: try desk.plan(request).get(),
            scene: RiskScene(
                account: try Sample.account(balance: Scaled.maximum), position: nil,
                instrument: Sample.stock, market: Sample.market(ask: 15_000)))
        #expect(decision.passes)
        #expect(decision.guards.map(\.rule) == ["position-limit"])
    }

    @Test func everyRuleExplainsItself() throws {
        for rule in registry.riskRules {
            let root = try #require(SchemaText.object(rule.schemas.limits.source), "\(rule.name)")
            #expect(string(root["description"])?.hasSuffix(".") == true, "\(rule.name)")
            let example = try #require(object(root["x-oes-example"]), "\(rule.name)")
            #expect(string(example["then"])?.hasSuffix(".") == true, "\(rule.name)")
            for schema in [root, SchemaText.object(rule.schemas.config.source)] {
                for (name, value) in object(schema?["properties"])?.members ?? [] {
                    let field = try #require(object(value))
                    let texts = [field["title"], field["description"]]
                    #expect(texts.allSatisfy { string($0) != nil }, "\(rule.name).\(name)")
                    #expect(field["x-oes-order"] != nil, "\(rule.name).\(name)")
                }
            }
        }
    }

    /// Refused by the rule, or by a guard of that code.
    @Test func everyExampleIsJudgedAsItSays() throws {
        for rule in registry.riskRules where rule.name != "daily-loss" {
            let root = try #require(SchemaText.object(rule.schemas.limits.source))
            let example = try #require(object(root["x-oes-example"]))
            let limits = try #require(object(example["limits"]))
            let entry = PluginConfiguration.Entry(name: rule.name, limits: limits)
            let desk = try Desk([
                orderTypes,
                PluginConfiguration.Library(path: "libOESRiskRules.so", entries: [entry]),
            ])
            let request = try read(try #require(object(example["request"])))
            let decision = try desk.check(
                request, market: Sample.market(bid: 14_990, ask: 15_010, last: 15_000))
            let codes = [decision.rejection?.code].compactMap { $0 } + decision.guards.map(\.code)
            #expect(codes.contains(string(example["gives"]) ?? "?"), "\(rule.name): \(codes)")
        }
    }

    private func read(_ body: JSONObject) throws -> OrderRequest {
        func units(_ name: String, _ scale: Int) throws -> Int64 {
            try Scaled.parse(Array(try #require(string(body[name])).utf8), scale: scale)
        }
        #expect(body.names == ["symbol", "side", "order_type", "quantity", "price"])
        return Sample.request(
            string(body["side"]) == "buy" ? .buy : .sell, try units("quantity", 0),
            at: try units("price", 2), type: try #require(string(body["order_type"])))
    }

    private func object(_ value: JSONValue?) -> JSONObject? {
        guard case .object(let object)? = value else { return nil }
        return object
    }

    private func string(_ value: JSONValue?) -> String? {
        guard case .string(let text)? = value else { return nil }
        return text
    }
}
