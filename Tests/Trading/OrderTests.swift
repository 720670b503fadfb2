import Base
import Testing

@testable import Trading

@Suite struct OrderTests {
    /// A filled order whose fills' notional is given in the record's two parts.
    private func order(filled: Int64, high: Int64, low: Int64) throws -> Order {
        var writer = ByteWriter()
        for byte in [1, 3, 1, 1, 0, 1, 1, 0] as [UInt8] { writer.byte(byte) }
        for number in [1, filled, filled, high, low, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0] {
            writer.int64(number)
        }
        writer.string("X")
        writer.string("")
        writer.block([])
        writer.raw(OrderTerms(orderType: "limit", timeInForce: "gtc").encoded())
        return try Order(id: OrderID("1-a"), record: writer.bytes[...])
    }

    @Test func averagesOfTheLargestPricesFit() throws {
        let base: Int64 = 100_000_000_000_000
        let price = Scaled.maximum
        let one = try order(filled: 1, high: price / base, low: price % base)
        #expect(one.averagePrice(extraDecimals: 3) == price * 1_000)
        // What passes 64 bits is no number rather than the end of the process.
        #expect(one.averagePrice(extraDecimals: 4) == nil)
        #expect(try order(filled: 3, high: 0, low: 200).averagePrice(extraDecimals: 3) == 66_667)
        #expect(try order(filled: 1, high: -1, low: 0).averagePrice(extraDecimals: 3) == nil)
        #expect(try order(filled: 0, high: 0, low: 0).averagePrice(extraDecimals: 3) == nil)
    }

    @Test func aRulesRefusalIsKept() throws {
        var terms = OrderTerms(orderType: "limit", timeInForce: "day", tag: "t")
        terms.refusalField = "quantity"
        terms.refusalText = String(repeating: "é", count: 200)
        terms.paramsJSON = Array("{\"a\":1}".utf8)
        let bytes = terms.encoded()
        var reader = ByteReader(bytes[...])
        let read = try OrderTerms(from: &reader)
        #expect(read.refusalField == "quantity" && read.paramsJSON == terms.paramsJSON)
        // Cut between two characters: 255 bytes have no room for the half of one.
        #expect(read.refusalText == String(repeating: "é", count: 127))
    }
}
