// The JSON Schema subset: what is refused at load, and how values are judged and converted.

import Base
import Testing
import Trading
import Wire

@testable import Plugins

@Suite struct SchemaTests {
    private func schema(
        _ properties: String, required: String = "[]", purpose: Schema.Purpose = .params
    ) throws(PluginError) -> Schema {
        let text =
            "{\"type\":\"object\",\"additionalProperties\":false,\"required\":\(required),"
            + "\"properties\":{\(properties)}}"
        return try Schema(Array(text.utf8), purpose: purpose, place: "p")
    }

    private func refusal(_ text: String, purpose: Schema.Purpose = .params) -> String {
        do throws(PluginError) {
            _ = try Schema(Array(text.utf8), purpose: purpose, place: "p")
            return "nothing was refused"
        } catch {
            return error.description
        }
    }

    private func object(_ json: String) throws -> JSONObject {
        guard case .object(let object) = try JSONParser.parse(Array(json.utf8)) else {
            throw Failure(what: "no object")
        }
        return object
    }

    @Test func anEmptyTextTakesNothing() throws {
        let schema = try Schema([], purpose: .params, place: "p")
        #expect(schema.properties.isEmpty)
        let result = schema.convert(try object("{\"a\":1}"), scales: .finest)
        #expect(
            result == .failure(FieldFailure(field: "a", text: "unknown field, expected no fields")))
    }

    @Test(arguments: [
        ("{", "expected JSON"), ("7", "expected a JSON object, found a number"),
        ("{}", "type: expected \"object\""),
        ("{\"type\":\"object\"}", "properties: expected an object"),
        ("{\"type\":\"object\",\"properties\":{},\"oneOf\":[]}", "found oneOf"),
        (
            "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":true}",
            "additionalProperties: expected false"
        ),
        (
            "{\"type\":\"object\",\"properties\":{},\"required\":[\"a\"]}",
            "required: expected names"
        ),
        ("{\"type\":\"object\",\"properties\":{\"A b\":{\"type\":\"string\"}}}", "expected a name"),
        ("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"null\"}}}", "a.type: expected"),
        (
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\"}}}",
            "a.x-oes-format: expected price, quantity or money with type number, found none"
        ),
        (
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"x-oes-format\":"
                + "\"price\"}}}", "price expects type number"
        ),
        (
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"x-oes-format\":"
                + "\"lightyears\"}}}", "found another"
        ),
        (
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"default\":\"x\"}}}",
            "a.default: expected a number"
        ),
        (
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":5,"
                + "\"default\":4}}}", "a.default: expected at least 5"
        ),
        (
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":1e3}}}",
            "a.minimum: expected a number without exponent"
        ),
        (
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"enum\":[1]}}}",
            "expected an array of strings, found a number"
        ),
        (
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"x\"}}}",
            "found pattern"
        ),
    ])
    func whatIsOutsideTheSubsetIsRefused(text: String, expected: String) {
        let found = refusal(text)
        #expect(found.hasPrefix("p: ") && found.contains(expected), "\(found)")
    }

    @Test func formatsMustMakeSenseWhereTheyStand() {
        let quantity =
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\",\"x-oes-format\":"
            + "\"quantity\"}}}"
        #expect(refusal(quantity, purpose: .config).contains("quantity needs an instrument"))
        #expect(refusal(quantity, purpose: .limits) == "nothing was refused")
        let text = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}"
        #expect(refusal(text, purpose: .limits).contains("expected integer or number in limits"))
    }

    private static let scales = Scales(price: 2, quantity: 3, money: 4)

    @Test(arguments: [
        ("\"price\":\"150.25\"", OrderParam.Value.integer(15_025)),
        ("\"price\":150.25", .integer(15_025)), ("\"price\":1.5e2", .integer(15_000)),
        ("\"units\":\"0.001\"", .integer(1)), ("\"cash\":2", .integer(20_000)),
        ("\"wait\":250", .integer(250)), ("\"wait\":\"250\"", .integer(250)),
        ("\"flag\":true", .boolean(true)), ("\"mode\":\"slow\"", .text("slow")),
    ])
    func valuesAreConverted(json: String, value: OrderParam.Value) throws {
        let result = try everything().convert(try object("{\(json)}"), scales: Self.scales)
        #expect(try result.get().map(\.value) == [value])
    }

    @Test(arguments: [
        ("\"price\":\"150.255\"", "price", "expected at most 2 decimal places, found \"150.255\""),
        ("\"price\":\"0\"", "price", "expected at least 0.01, found \"0\""),
        ("\"price\":1000.01", "price", "expected at most 1000, found 1000.01"),
        ("\"price\":\"ten\"", "price", "expected a number, found \"ten\""),
        ("\"price\":true", "price", "expected a number, found true"),
        ("\"price\":null", "price", "expected a plain value"),
        ("\"price\":[1]", "price", "expected a plain value"),
        ("\"cash\":\"99999999999999999\"", "cash", "expected a smaller number"),
        ("\"wait\":1.5", "wait", "expected a whole number, found 1.5"),
        ("\"flag\":1", "flag", "expected true or false, found 1"),
        ("\"flag\":\"true\"", "flag", "expected true or false, found \"true\""),
        ("\"mode\":\"fast\"", "mode", "expected one of slow, slower, found \"fast\""),
        ("\"mode\":1", "mode", "expected a string, found 1"),
        ("\"speed\":1", "speed", "unknown field, expected only price"),
    ])
    func wrongValuesAreNamed(json: String, field: String, text: String) throws {
        let result = try everything().convert(try object("{\(json)}"), scales: Self.scales)
        guard case .failure(let wrong) = result else {
            Issue.record("taken: \(json)")
            return
        }
        #expect(wrong.field == field)
        #expect(wrong.text.hasPrefix(text), "\(wrong.text)")
    }

    private func everything() throws -> Schema {
        try schema(
            """
            "price": {"type": "number", "x-oes-format": "price", "minimum": 0.01,
              "maximum": 1000},
            "units": {"type": "number", "x-oes-format": "quantity"},
            "cash": {"type": "number", "x-oes-format": "money"},
            "wait": {"type": "integer", "x-oes-format": "duration"},
            "flag": {"type": "boolean"},
            "mode": {"type": "string", "enum": ["slow", "slower"]}
            """)
    }

    @Test func defaultsFillInAndRequiredIsMissed() throws {
        let schema = try schema(
            """
            "a": {"type": "integer", "default": 7}, "b": {"type": "string"},
            "c": {"type": "integer"}
            """, required: "[\"c\"]")
        #expect(
            schema.convert(try object("{}"), scales: .finest)
                == .failure(FieldFailure(field: "c", text: "missing")))
        // In the schema's order, whatever the client's.
        #expect(
            try schema.convert(try object("{\"c\":1,\"b\":\"x\"}"), scales: .finest).get() == [
                OrderParam(name: "a", value: .integer(7)),
                OrderParam(name: "b", value: .text("x")),
                OrderParam(name: "c", value: .integer(1)),
            ])
    }

    @Test(arguments: [
        ("0", "0", false), ("0", "0.01", true), ("0", "-0.01", false), ("1.005", "1", false),
        ("1.005", "1.01", true), ("-1.005", "-1.01", false), ("-1.005", "-1", true),
    ])
    func anExclusiveMinimumIsItselfRefused(bound: String, value: String, isFine: Bool) throws {
        let schema = try schema(
            """
            "a": {"type": "number", "x-oes-format": "price", "exclusiveMinimum": \(bound)}
            """)
        let result = schema.convert(try object("{\"a\": \"\(value)\"}"), scales: Self.scales)
        guard case .failure(let wrong) = result else {
            #expect(isFine)
            return
        }
        #expect(!isFine && wrong.text.hasPrefix("expected more than \(bound), found"))
    }

    @Test(arguments: [
        ("1", 0, false, Int64(1)), ("1.9", 0, false, 1), ("1.9", 0, true, 2),
        ("1.0", 0, true, 1), ("0.015", 2, false, 1), ("0.015", 2, true, 2), ("5", 3, false, 5_000),
        ("-1.9", 0, false, -1), ("99999999999999999999", 0, false, Scaled.maximum),
        ("9007199254740991", 0, true, Scaled.maximum),
    ])
    func boundsAreReadAtAnyScale(text: String, places: Int, up: Bool, value: Int64) {
        #expect(PlainDecimal.scaled(Array(text.utf8), places, roundedUp: up) == value)
    }
}
