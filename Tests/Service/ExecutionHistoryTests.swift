import Base
import Testing
import Trading

@testable import Service

@Suite(.serialized) struct ExecutionHistoryTests {
    /// A resting order that trades 30 times, a sweep of 40, an IOC that ends, a cancel.
    private func busyScene() throws -> HistoryScene {
        let scene = try HistoryScene()
        scene.send("1", "big", .sell, 40, at: 100)
        for number in 0..<30 { scene.send("2", "b\(number)", .buy, 1, at: 100) }
        for number in 0..<40 { scene.send("3", "s\(number)", .sell, 2, at: 101) }
        scene.send("2", "sweep", .buy, 70, at: 101)
        scene.cancel("3-s39")
        scene.send("2", "ioc", .buy, 80, at: 101, policy: .cancel)
        try scene.settle()
        return scene
    }

    @Test func listsHoldWhatTheEventsSay() throws {
        let scene = try busyScene()
        let steps = scene.events.flatMap(\.executions)
        #expect(Set(steps.map(\.id)).count == steps.count)
        for account in [nil, "1", "2", "3", "9"] as [String?] {
            let wanted = Array(steps.filter { $0.account == account ?? $0.account }.reversed())
            let found = try scene.all(limit: 17) {
                scene.history.executions(account: account, $0, $1)
            }
            #expect(found == wanted)
        }
        let symbols = try scene.all(limit: 17) {
            scene.history.executions(account: nil, symbol: "MSFT", $0, $1)
        }
        #expect(symbols.isEmpty)
    }

    @Test(arguments: [nil, "2"] as [String?], [1, 7, 1_000])
    func aGapIsClosedFromItsFirstSequenceOn(account: String?, limit: Int) throws {
        let scene = try busyScene()
        let steps = scene.events.flatMap(\.executions)
            .filter { $0.account == account ?? $0.account }
        let last = steps.last?.sequence ?? 0
        for start in [0, 1, 5, 33, last, last + 1, last + 100] {
            var found: [Execution] = []
            var next = start
            while true {
                let part = try scene.read {
                    scene.history.executions(
                        account: account, fromSequence: next, limit: limit, $0)
                }.get()
                // An event is never parted.
                #expect(part.nextSequence > part.items.last?.sequence ?? 0)
                found += part.items
                if part.hasMore { try #require(part.nextSequence > next) }
                next = part.nextSequence
                if !part.hasMore { break }
            }
            #expect(found == steps.filter { $0.sequence >= start })
            #expect(next == max(start, last + 1))
        }
    }

    @Test func anOrdersLifeIsReadAlone() throws {
        let scene = try busyScene()
        let steps = scene.events.flatMap(\.executions)
        for id in ["1-big", "2-sweep", "2-ioc", "3-s0", "3-s39", "2-b7", "9-none"] {
            let order = OrderID(id)
            let found = try scene.read { scene.history.history(of: order, $0) }.get()
            #expect(found.items == steps.filter { $0.orderID == order })
            #expect(!found.isCut)
        }
        let cost = try scene.cost {
            _ = try scene.read { scene.history.history(of: OrderID("2-sweep"), $0) }
        }
        #expect(cost.commands == 2 && cost.bytes < 10_000, "\(cost)")
    }

    @Test func aLongLifeIsCutAtItsOldEnd() throws {
        let scene = try HistoryScene()
        let count = Limits.historySteps + 200
        scene.send("1", "big", .sell, Int64(count), at: 100)
        for number in 0..<count { scene.send("2", "b\(number)", .buy, 1, at: 100) }
        try scene.settle()
        let found = try scene.read { scene.history.history(of: OrderID("1-big"), $0) }.get()
        let wanted = scene.events.flatMap(\.executions).filter { $0.orderID.text == "1-big" }
        #expect(found.items == Array(wanted.suffix(Limits.historySteps)) && found.isCut)
        #expect(found.items.last?.orderStatus == .filled)
    }

    @Test func stretchesJoinWhatLiesClose() {
        #expect(stretches(covering: [], gap: 2) == [])
        #expect(stretches(covering: [4], gap: 2) == [4..<5])
        #expect(stretches(covering: [0, 1, 4, 8, 20, 21], gap: 2) == [0..<5, 8..<9, 20..<22])
        #expect(stretches(covering: [0, 1, 4, 8, 20, 21], gap: 3) == [0..<9, 20..<22])
    }
}
