import Testing
import Trading
import Wire

@testable import API

@Suite("Fields")
struct FieldsTests {
    private func fields(_ json: String) throws -> Fields {
        guard case .object(let object) = try JSONParser.parse(Array(json.utf8)) else {
            throw Rejection(.malformed, "malformed_json", "")
        }
        return Fields(object)
    }

    private func code(_ read: () throws -> Void) -> String {
        do {
            try read()
            return "accepted"
        } catch let rejection as Rejection {
            return rejection.code
        } catch {
            return "other"
        }
    }

    @Test("numbers come as numbers or text, exactly")
    func numbers() throws {
        let fields = try fields(#"{"a": 150.25, "b": "150.25", "c": 1e2, "d": null}"#)
        #expect(try fields.decimal("a", scale: 2) == 15025)
        #expect(try fields.decimal("b", scale: 2) == 15025)
        #expect(try fields.decimal("c", scale: 0) == 100)
        #expect(try fields.decimal("d", scale: 2) == nil)
        #expect(try fields.decimal("e", scale: 2) == nil)
    }

    @Test(
        "wrong numbers",
        arguments: [
            (#"{"a": 1.234}"#, "too_many_decimals"), (#"{"a": 0}"#, "out_of_range"),
            (#"{"a": -1}"#, "out_of_range"), (#"{"a": 1e300}"#, "out_of_range"),
            (#"{"a": 9007199254740992}"#, "out_of_range"), (#"{"a": "NaN"}"#, "invalid_value"),
            (#"{"a": ""}"#, "invalid_value"), (#"{"a": " 1"}"#, "invalid_value"),
            (#"{"a": true}"#, "invalid_type"), (#"{"a": []}"#, "invalid_type"),
            (#"{"a": {}}"#, "invalid_type"), (#"{"a": null}"#, "missing_field"),
            (#"{}"#, "missing_field"), (#"{"a": 90071992547409.91}"#, "accepted"),
        ])
    func wrongNumbers(json: String, expected: String) throws {
        let fields = try fields(json)
        #expect(code { _ = try fields.requiredPositive("a", scale: 2) } == expected)
    }

    @Test(
        "wrong texts",
        arguments: [
            (#"{"a": "x y"}"#, "invalid_value"), (#"{"a": ""}"#, "invalid_value"),
            (#"{"a": "12345"}"#, "invalid_value"), (#"{"a": "é"}"#, "invalid_value"),
            (#"{"a": 1}"#, "invalid_type"), (#"{"a": "\u0000"}"#, "invalid_value"),
            (#"{"a": "a.b"}"#, "accepted"),
        ])
    func wrongIdentifiers(json: String, expected: String) throws {
        let fields = try fields(json)
        #expect(code { _ = try fields.identifier("a", most: 4) } == expected)
    }

    @Test("a choice lists what is allowed")
    func choices() throws {
        let fields = try fields(#"{"type": "hold"}"#)
        do {
            _ = try fields.requiredChoice("type", ["buy", "sell"])
            Issue.record("accepted")
        } catch {
            #expect(error.message == "'type' must be one of buy, sell; \"hold\" was given.")
            #expect(error.field == "type")
        }
    }
}
