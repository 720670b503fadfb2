// docs/ORDER_TYPES.md is what the shipped library says of itself, and every example in it is planned
// as it stands there.

import Base
import Foundation
import Testing
import Trading
import Wire

@testable import Plugins

@Suite struct OrderTypesDocumentTests {
    let desk: Desk

    init() throws { desk = try Desk([orderTypes]) }

    @Test func theCommittedFileIsTheGeneratedOne() throws {
        let file = try String(contentsOfFile: "\(Files.root)docs/ORDER_TYPES.md", encoding: .utf8)
        let made = OrderTypesDocument.text(desk.registry)
        #expect(file == made, "make it again: script/order-types > docs/ORDER_TYPES.md")
    }

    @Test func everyEntryExplainsItself() throws {
        for entry in (desk.registry.orderTypes as [PluginEntry]) + desk.registry.timesInForce {
            let root = try #require(object(JSONParser.parse(entry.schemas.params.source)))
            #expect(string(root["description"])?.hasSuffix(".") == true, "\(entry.name)")
            let example = try #require(object(root["x-oes-example"]), "\(entry.name)")
            #expect(string(example["then"])?.hasSuffix(".") == true, "\(entry.name)")
            let properties = try #require(object(root["properties"]))
            for (name, value) in properties.members {
                let field = try #require(object(value))
                let texts = [field["title"], field["description"]]
                #expect(texts.allSatisfy { string($0) != nil }, "\(entry.name).\(name)")
                #expect(field["x-oes-order"] != nil, "\(entry.name).\(name)")
            }
        }
    }

    @Test func everyExampleIsTaken() throws {
        for entry in (desk.registry.orderTypes as [PluginEntry]) + desk.registry.timesInForce {
            let root = try #require(object(JSONParser.parse(entry.schemas.params.source)))
            let request = try #require(object(object(root["x-oes-example"])?["request"]))
            let result = try desk.plan(
                read(request), market: Sample.market(bid: 14_990, ask: 15_010, last: 15_000))
            #expect(result.rejection == nil, "\(entry.name)")
            // A pure function: here, and in an instance of its own.
            for other in [desk, try Desk([orderTypes])] {
                let again = try other.plan(
                    read(request), market: Sample.market(bid: 14_990, ask: 15_010, last: 15_000))
                #expect(again == result, "\(entry.name)")
            }
            let named = [string(request["order_type"]), string(request["time_in_force"])]
            #expect(named.contains(entry.name), "\(entry.name) isn't in its own example")
        }
    }

    private func read(_ body: JSONObject) throws -> OrderRequest {
        func units(_ name: String, _ scale: Int) throws -> Int64? {
            try string(body[name]).map { try Scaled.parse(Array($0.utf8), scale: scale) }
        }
        let type = try #require(string(body["order_type"]))
        let params = try #require(desk.registry.orderType(type)).convertParams(
            object(body["params"]), instrument: Sample.stock
        ).get()
        var request = Sample.request(
            string(body["side"]) == "buy" ? .buy : .sell, try #require(try units("quantity", 0)),
            at: try units("price", 2), type: type,
            time: string(body["time_in_force"]) ?? "day", params: params)
        if let text = string(body["expire_time"]) {
            let date = try Date(text, strategy: .iso8601)
            request.expireTime = Int64(date.timeIntervalSince1970) * 1_000_000
        }
        let known = [
            "symbol", "side", "order_type", "quantity", "price", "time_in_force", "params",
            "expire_time",
        ]
        #expect(body.names.allSatisfy { known.contains($0) })
        return request
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
