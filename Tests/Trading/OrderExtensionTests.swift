import Base
import Testing

@testable import Trading

@Suite struct OrderExtensionTests {
    /// Every field has a value of its own.
    private var full: OrderExtension {
        var full = OrderExtension()
        full.triggerSource = .ask
        full.triggerDirection = .atOrBelow
        full.trail = .bps
        full.peg = .midpoint
        full.link = 200
        full.linkAction = .reduce
        full.role = .after
        full.wakes = [.childFilled, .timer]
        full.triggerPrice = Price(11)
        full.trailOffset = 12
        full.limitOffset = -13
        full.pegOffset = -14
        full.pegLimit = Price(15)
        full.display = Quantity(16)
        full.shown = Quantity(17)
        full.minQuantity = Quantity(18)
        full.granted = Quantity(19)
        full.stateVersion = 20
        return full
    }

    /// docs/REDIS.md's layout, byte by byte.
    @Test func theLayoutIsTheDocumentedOne() throws {
        var expected: [UInt8] = [3, 2, 2, 3, 200, 2, 2, 5]
        for number in [11, 12, -13, -14, 15, 16, 17, 18, 19, 20] as [Int64] {
            expected += (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        #expect(full.encoded() == expected && expected.count == OrderExtension.size)
        #expect(try OrderExtension(record: expected[...]) == full)
        let empty = [UInt8](repeating: 0, count: OrderExtension.size)
        #expect(OrderExtension().encoded() == empty)
        #expect(try OrderExtension(record: empty[...]) == OrderExtension())
    }

    @Test func everyWordIsReadAsWritten() throws {
        for source in TriggerSource.allCases {
            var written = OrderExtension()
            written.triggerSource = source
            #expect(try OrderExtension(record: written.encoded()[...]) == written)
            #expect(TriggerSource(name: source.name) == source)
        }
        for peg in PegReference.allCases { #expect(PegReference(name: peg.name) == peg) }
        for mode in SelfTradeMode.allCases { #expect(SelfTradeMode(name: mode.name) == mode) }
        #expect(SelfTradeMode(name: "none") == nil && TriggerSource(name: "LAST") == nil)
    }

    @Test func damageIsAnError() {
        let whole = full.encoded()
        for count in 0..<whole.count {
            #expect(throws: RecordError.self) {
                try OrderExtension(record: whole.prefix(count))
            }
        }
        #expect(throws: RecordError.self) { try OrderExtension(record: (whole + [0])[...]) }
        // A byte that stands for no word.
        for (index, value) in [(0, 4), (1, 3), (2, 3), (3, 4), (5, 3), (6, 3)] as [(Int, UInt8)] {
            var wrong = whole
            wrong[index] = value
            #expect(throws: RecordError.self) { try OrderExtension(record: wrong[...]) }
        }
    }
}

@Suite struct FamilyIDTests {
    @Test func aChildsIDNamesItsParent() {
        let main = OrderID(account: "12", clientOrderID: "a-b")
        let child = main.child("exit_1")
        #expect(child.text == "12-a-b:exit_1" && child.account == "12")
        #expect(child.parent == main && child.childKey == "exit_1")
        #expect(main.parent == nil && main.childKey == nil)
    }
}
