import Base
import Testing
import Trading
import Wire

@testable import Views

@Suite struct ExtremeNumbersTests {
    private func instrument(_ priceScale: Int, _ quantityScale: Int) -> Instrument {
        Instrument(
            symbol: "X", priceScale: priceScale, quantityScale: quantityScale, tickSize: 1,
            lotSize: 1, bandBps: 1, name: "X", assetType: "stocks")
    }

    private func position(quantity: Int64, cost: Int64) throws -> Position {
        var writer = ByteWriter()
        for byte in [2, 0, 0, 0] as [UInt8] { writer.byte(byte) }
        for number in [quantity, 0, 0, cost, 0, 1, 0] { writer.int64(number) }
        return try Position(key: "1:X", record: writer.bytes[...])
    }

    private func average(_ position: Position, _ instrument: Instrument) throws -> JSONValue? {
        var json = JSONWriter()
        PositionJSON.write(
            position, instrument: instrument, last: Price(Scaled.maximum), style: .numbers,
            into: &json)
        guard case .object(let object) = try JSONParser.parse(json.bytes) else { return nil }
        return object["avg_price"]
    }

    @Test(
        "every scale with every size is written",
        arguments: [0, 4, 9], [1, 7, Scaled.maximum, -1, -Scaled.maximum])
    func allScales(scale: Int, quantity: Int64) throws {
        for quantityScale in 0...9 {
            for cost in [0, 1, Scaled.maximum] {
                let sign: Int64 = quantity < 0 ? -1 : 1
                let held = try position(quantity: quantity, cost: sign * cost)
                #expect(try average(held, instrument(scale, quantityScale)) != nil)
            }
        }
    }

    @Test func averagesAreFinerThanThePrice() throws {
        // 3 units of scale 0 for 100.00 at scale 2.
        let held = try position(quantity: 3, cost: 1_000_000)
        guard case .number(let digits) = try average(held, instrument(2, 0)) else {
            Issue.record("no average")
            return
        }
        #expect(digits.elementsEqual("33.33333".utf8))
    }
}
