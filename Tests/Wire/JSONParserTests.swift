// The JSON reader: RFC 8259 to the letter, and nothing beyond it.

import Base
import Testing

@testable import Wire

private func parse(_ text: String, depth: Int = Limits.jsonDepth) -> Result<JSONValue, JSONFailure>
{
    Result { () throws(JSONFailure) in try JSONParser.parse(Array(text.utf8), depth: depth) }
}

/// What the writer makes of what the reader read.
private func rewritten(_ text: String) throws -> String {
    var writer = JSONWriter()
    writer.value(try parse(text).get())
    return String(decoding: writer.bytes, as: UTF8.self)
}

private func failure(_ bytes: [UInt8]) -> JSONFailure? {
    do throws(JSONFailure) {
        _ = try JSONParser.parse(bytes)
        return nil
    } catch {
        return error
    }
}

@Suite struct JSONParserTests {
    static let order = #"""
        {"symbol":"AAPL","price":150.25,"quantity":"10","tif":"gtc","internal":false,"tag":null,
         "params":{"list":[1,-2.5e+3,[],{}],"text":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é😀"}}
        """#

    @Test func readsAnOrder() throws {
        guard case .object(let order) = try parse(Self.order).get() else {
            Issue.record("no object")
            return
        }
        #expect(
            order.names == ["symbol", "price", "quantity", "tif", "internal", "tag", "params"])
        #expect(order.count == 7)
        guard case .string("AAPL") = order["symbol"], case .number(let price) = order["price"],
            case .bool(false) = order["internal"], case .null = order["tag"],
            case .object(let params) = order["params"], case .array(let list) = params["list"],
            case .string(let text) = params["text"]
        else {
            Issue.record("a member is wrong")
            return
        }
        #expect(String(decoding: price, as: UTF8.self) == "150.25")
        #expect(list.count == 4)
        #expect(text == "\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1F600}\u{e9}\u{1F600}")
        #expect(order["absent"] == nil)
    }

    @Test(arguments: [
        "null", "true", "false", "0", "-0", "1", "-1", "10", "0.5", "-0.0", "1e5", "1E5", "1e+5",
        "1.5e-10", "123456789012345678901234567890", #""""#, #""a""#, "[]", "{}", "[1,2]",
        #"{"":""}"#, "[[[]]]", #"{"a":{"b":[null]}}"#, #""\u0000""#, "\"\u{7f}\u{10FFFF}\"",
    ])
    func readsAndWritesTheSame(text: String) throws {
        #expect(try rewritten(text) == text)
        #expect(try rewritten(" \t\r\n\(text)\n") == text)
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-Infinity", "-", "+1", "01", "-01",
        "00",
        "1.", ".5", "1.e5", "1e", "1e+", "0x1", "1_0", "1 2", "--1", "1.5.5", "[", "]", "[1", "[1,",
        "[1,]", "[,1]", "[,]", "[1 2]", "[1}", "{", "}", "{1:2}", "{a:1}", "{'a':1}", #"{"a"}"#,
        #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a":1 "b":2}"#, #"{"a" 1}"#, #"{"a":1]"#, "'a'",
        #"""#, #""a"#, #""a\"#, #""a\""#, #""\x""#, #""\u""#, #""\u12""#, #""\u123g""#,
        #""\U0041""#,
        #""\ud800""#, #""\udc00""#, #""\ud800\ud800""#, #""\ud800x""#, #""\ud800\n""#,
        #""\ud800\u00""#,
        #""\udc00\ud800""#, "\"a\nb\"", "\"a\tb\"", "\"\u{0}\"", "\"\u{1f}\"", "\u{feff}{}",
        "{}\u{feff}",
        "/**/1", "1//", "\u{a0}1", "\u{b}1", "\u{c}1", "{}{}", "[] []", "null,", #"{"a":1}}"#,
        "undefined",
    ])
    func refuses(text: String) {
        #expect(throws: JSONFailure.self) { try parse(text).get() }
    }

    @Test(arguments: [
        (#"{"a":1,"a":1}"#, 7), (#"{"a":1, "b":2, "a":3}"#, 15), (#"{"x":{"a":1,"\u0061":2}}"#, 12),
        (#"{"":1,"":2}"#, 6),
    ])
    func refusesANameGivenTwice(text: String, offset: Int) {
        #expect(
            failure(Array(text.utf8))
                == JSONFailure(offset: offset, message: "a name is given twice"))
    }

    @Test func findsANameGivenTwiceAmongMany() throws {
        let members = (0..<5_000).map { "\"name\($0)\":\($0)" }
        let object = try parse("{" + members.joined(separator: ",") + "}").get()
        guard case .object(let object) = object else {
            Issue.record("no object")
            return
        }
        #expect(object.count == 5_000)
        for twin in [0, 15, 16, 17, 4_999] {
            let text = "{" + members.joined(separator: ",") + ",\"name\(twin)\":0}"
            #expect(failure(Array(text.utf8))?.message == "a name is given twice")
        }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xED, 0xA0, 0x80],
            [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE], [0xC2], [0xE1, 0x80], [0xF1, 0x80, 0x80],
            [0xC2, 0x41],
        ] as [[UInt8]])
    func refusesWhatIsNotUTF8(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(failure([quote] + bytes + [quote])?.message == "a string that is not UTF-8")
        #expect(failure([quote] + bytes + Array("\\n\"".utf8))?.offset == 1)
        #expect(failure(bytes)?.offset == 0)
    }

    @Test func nestingIsBounded() throws {
        func nested(_ depth: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: depth) + String(repeating: close, count: depth)
        }
        _ = try parse(nested(Limits.jsonDepth, "[", "]")).get()
        let tooDeep = nested(Limits.jsonDepth + 1, "[", "]")
        #expect(
            failure(Array(tooDeep.utf8)) == JSONFailure(offset: 32, message: "nested too deeply"))
        #expect(throws: JSONFailure.self) { try parse("[]", depth: 0).get() }
        #expect(throws: JSONFailure.self) { try parse("[{}]", depth: 1).get() }
        _ = try parse("[[],[],{}]", depth: 2).get()
        #expect(failure([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))?.offset == 32)
    }

    @Test func everyPrefixIsRefused() {
        let bytes = Array(Self.order.utf8)
        for count in 0..<bytes.count { #expect(failure(Array(bytes[..<count])) != nil) }
        #expect(failure(bytes) == nil)
    }

    @Test func slicesReadAlike() throws {
        let bytes = Array("xx[1]yy".utf8)
        guard case .array(let elements) = try JSONParser.parse(bytes[2..<5]) else {
            Issue.record("no array")
            return
        }
        #expect(elements.count == 1)
    }

    /// Whatever a mutant is, it is refused, or its value is written and read again to the same.
    @Test func mutantsAreCleanlyReadOrRefused() throws {
        var random = SeededGenerator(seed: 3)
        let bytes = Array(Self.order.utf8)
        var valid = 0
        for _ in 0..<20_000 {
            let mutant = random.mutate(bytes)
            guard let value = try? JSONParser.parse(mutant) else { continue }
            valid += 1
            var writer = JSONWriter()
            writer.value(value)
            var again = JSONWriter()
            again.value(try JSONParser.parse(writer.bytes))
            #expect(writer.bytes == again.bytes)
        }
        #expect(valid > 100)
    }
}
