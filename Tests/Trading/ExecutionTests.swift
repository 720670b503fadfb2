import Base
import Testing

@testable import Trading

@Suite struct NotionalTests {
    @Test func sumsBeyond64BitsAreSplitAndJoinedExactly() {
        let most = Int128(Scaled.maximum) * Int128(Scaled.maximum)
        for total: Int128 in [0, 1, 99_999_999_999_999, 100_000_000_000_000, most] {
            let notional = Notional(total: total)
            #expect(notional.total == total)
            #expect((0..<100_000_000_000_000).contains(notional.low))
        }
        let largest = Notional(total: most)
        let average = largest.averagePrice(over: Quantity(Scaled.maximum), extraDecimals: 3)
        #expect(average == Scaled.maximum * 1_000)
        #expect(largest.averagePrice(over: .zero, extraDecimals: 3) == nil)
    }
}
