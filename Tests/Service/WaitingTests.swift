import Base
import Loop
import Testing
import Trading

@testable import Service

@Suite struct WaitingTests {
    @Test func wakesInOrderAndGivesUp() {
        var waiting = Waiting()
        var heard: [String] = []
        for (name, sequence) in [("a", 5), ("b", 9), ("c", 5)] as [(String, Int64)] {
            waiting.add(sequence) { heard.append($0 == nil ? name : "\(name) in vain") }
        }
        for action in waiting.wake(4) { action(nil) }
        #expect(heard.isEmpty)
        for action in waiting.wake(5) { action(nil) }
        #expect(heard == ["a", "c"])
        #expect(waiting.giveUp(nowMicros: Clock.monotonicMicros()).isEmpty)
        let later = Clock.monotonicMicros() + Int64(Limits.waitMillis + 1) * 1_000
        for action in waiting.giveUp(nowMicros: later) { action(.behind) }
        #expect(heard == ["a", "c", "b in vain"])
        #expect(waiting.count == 0)
    }

    @Test func noMoreThanTheLimitWait() {
        var waiting = Waiting()
        var refused = 0
        for _ in 0..<Limits.waitingReads + 3 {
            waiting.add(1) { if $0 != nil { refused += 1 } }
        }
        #expect(refused == 3)
        #expect(waiting.count == Limits.waitingReads)
    }

    @Test func aReaderWakesOnlyWhenToldTo() throws {
        let picture = Picture()
        var isAwake = false
        picture.whenCaughtUp(to: 1) { isAwake = $0 == nil }
        var writer = ByteWriter()
        for byte in [1, 2] as [UInt8] { writer.byte(byte) }
        writer.int64(1)
        writer.string("AAPL")
        picture.apply(try Event(sequence: 1, entry: writer.bytes[...]))
        // The feed publishes the event first: else a snapshot would tell of it, and the channel again.
        #expect(!isAwake)
        picture.wake()
        #expect(isAwake)
    }

    @Test func commandsOnOneOrderRunInTurn() throws {
        let loop = try EventLoop()
        let turns = OrderTurns(loop: loop)
        let id = OrderID("1-a")
        var heard: [Int] = []
        for number in 1...3 { turns.begin(id) { heard.append(number) } }
        turns.begin(OrderID("1-b")) { heard.append(100) }
        #expect(heard == [1, 100])
        turns.end(id)
        loop.schedule(afterMillis: 0) { loop.stop() }
        loop.run()
        #expect(heard == [1, 100, 2])
        turns.end(id)
        loop.schedule(afterMillis: 0) { loop.stop() }
        loop.run()
        #expect(heard == [1, 100, 2, 3])
        turns.end(id)
        turns.end(OrderID("1-b"))
        #expect(turns.count == 0)
    }
}
