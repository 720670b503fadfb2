// The JSON writer: commas, escapes, numbers, and that misuse stops the program.

import Testing

@testable import Wire

private func written(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
}

@Suite struct JSONWriterTests {
    @Test func writesAnOrder() {
        let text = written { writer in
            writer.beginObject()
            writer.key("id")
            writer.number(42)
            writer.key("price")
            writer.decimal(15_025, scale: 2)
            writer.key("quantity")
            writer.decimalString(-1, scale: 3)
            writer.key("fills")
            writer.beginArray()
            writer.endArray()
            writer.key("levels")
            writer.beginArray()
            for price in [Int64(1), 2] {
                writer.beginObject()
                writer.key("price")
                writer.number(price)
                writer.endObject()
            }
            writer.null()
            writer.endArray()
            writer.key(String("a\"b"))
            writer.bool(true)
            writer.key("raw")
            writer.raw(Array("[1]".utf8))
            writer.key("no")
            writer.bool(false)
            writer.endObject()
        }
        #expect(
            text == #"{"id":42,"price":150.25,"quantity":"-0.001","fills":[],"#
                + #""levels":[{"price":1},{"price":2},null],"a\"b":true,"raw":[1],"no":false}"#)
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("\"\\/", #""\"\\/""#),
        ("\n\r\t\u{8}\u{c}\u{0}\u{1f}", #""\n\r\t\u0008\u000c\u0000\u001f""#),
        ("é€😀\u{7f}", "\"é€😀\u{7f}\""), ("a\nb\"c", #""a\nb\"c""#),
    ])
    func escapes(text: String, json: String) throws {
        #expect(written { $0.string(text) } == json)
        #expect(written { $0.string(Array(text.utf8)) } == json)
        guard case .string(text) = try JSONParser.parse(Array(json.utf8)) else {
            Issue.record("reads otherwise")
            return
        }
    }

    @Test func eachCharacterReadsBack() throws {
        for code in UInt32(0)...0x24F {
            let text = String(Unicode.Scalar(code)!)
            guard case .string(text) = try JSONParser.parse(Array(written { $0.string(text) }.utf8))
            else {
                Issue.record("U+\(String(code, radix: 16)) reads otherwise")
                return
            }
        }
    }

    @Test func numbersReachTheirExtremes() {
        #expect(written { $0.number(.min) } == "-9223372036854775808")
        #expect(written { $0.number(.max) } == "9223372036854775807")
        #expect(written { $0.decimal(0, scale: 9) } == "0")
    }

    @Test func knowsWhenItIsComplete() {
        var writer = JSONWriter(reservingBytes: 64)
        #expect(!writer.isComplete)
        writer.beginArray()
        #expect(!writer.isComplete)
        writer.number(1)
        #expect(!writer.isComplete)
        writer.endArray()
        #expect(writer.isComplete)
    }

    @Test func aValueWithoutANameStops() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.number(1)
        }
    }

    @Test func aNameWithoutAValueStops() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("a")
            writer.endObject()
        }
    }

    @Test func aNameInAnArrayStops() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginArray()
            writer.key("a")
        }
    }

    @Test func theWrongEndStops() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginArray()
            writer.endObject()
        }
    }

    @Test func aSecondValueStops() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.null()
            writer.null()
        }
    }
}
