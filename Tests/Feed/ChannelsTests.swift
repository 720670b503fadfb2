import Base
import Testing
import Trading

@testable import Feed

private final class Listener: Subscriber {
    var heard: [String] = []
    let bufferedBytes = 0
    func deliver(frames: [UInt8]) {
        heard += String(decoding: frames, as: UTF8.self).split(separator: "\n").map { String($0) }
    }
}

@Suite("Channels")
struct ChannelsTests {
    private let channels = Channels { $0 + [UInt8(ascii: "\n")] }

    private func publish(_ channel: Channel, _ sequence: Int64) {
        line(channel, sequence)
        #expect(channels.flush() == nil)
    }

    private func line(_ channel: Channel, _ sequence: Int64) {
        channels.publish(channel, sequence: sequence) { numbers in
            let place = numbers.index == 0 ? "" : ".\(numbers.index)"
            return Array("\(channel.name) \(sequence)\(place) after \(numbers.previous)".utf8)
        }
    }

    @Test("each message once to each subscriber, and only to those who subscribed")
    func onceEach() {
        let one = Listener()
        let two = Listener()
        #expect(channels.subscribe(one, to: .trades, current: 7) == 7)
        _ = channels.subscribe(one, to: .trades, current: 7)
        _ = channels.subscribe(two, to: .tradesOf("AAPL"), current: 7)
        publish(.trades, 9)
        publish(.tradesOf("AAPL"), 9)
        publish(.tradesOf("MSFT"), 9)
        #expect(one.heard == ["oes:trades 9 after 7"])
        #expect(two.heard == ["oes:trades:AAPL 9 after 7"])
    }

    @Test("prev_seq is the channel's own last seq, for everyone the same")
    func previous() {
        let early = Listener()
        let late = Listener()
        _ = channels.subscribe(early, to: .trades, current: 3)
        publish(.trades, 5)
        #expect(channels.subscribe(late, to: .trades, current: 8) == 5)
        publish(.trades, 9)
        publish(.trades, 9)
        #expect(late.heard == ["oes:trades 9 after 5", "oes:trades 9.1 after 9"])
        #expect(early.heard.count == 3)
    }

    @Test("after unsubscribing nothing is heard, and nothing encoded for nobody")
    func unsubscribing() {
        let one = Listener()
        _ = channels.subscribe(one, to: .risk, current: 1)
        channels.unsubscribe(one, from: .risk)
        #expect(!channels.hasAudience(.risk))
        channels.publish(.risk, sequence: 2) { _ in
            Issue.record("encoded for nobody")
            return []
        }
        #expect(one.heard.isEmpty)
        #expect(channels.subscriptionCount == 0)
    }

    @Test(
        "names of channels",
        arguments: [
            "oes:notifications", "oes:orderbook", "oes:orderbook:BTC-USD", "oes:trades",
            "oes:trades:AAPL", "oes:risk", "oes:risk:1", "oes:account:1", "oes:ticker:AAPL",
            "oes:candles:AAPL:1s", "oes:candles:BRK.B:1d",
        ])
    func names(name: String) {
        #expect(Channel(name: name)?.name == name)
    }

    @Test(
        "names of no channel",
        arguments: [
            "", "oes", "oes:", "trades", "oes:trades:", "oes:risk:", "oes:account", "x:trades",
            "oes:ticker", "oes:ticker:", "oes:candles", "oes:candles:AAPL", "oes:candles:AAPL:2m",
            "oes:candles::1m", "oes:candles:AAPL:1m:1m",
        ])
    func wrongNames(name: String) {
        #expect(Channel(name: name) == nil)
    }

    @Test("who joins late isn't told what its snapshot holds, though others still wait for it")
    func joining() {
        let early = Listener()
        let late = Listener()
        _ = channels.subscribe(early, to: .trades, current: 3)
        line(.trades, 5)
        #expect(channels.subscribe(late, to: .trades, current: 5) == 5)
        line(.trades, 6)
        _ = channels.flush()
        #expect(early.heard == ["oes:trades 5 after 3", "oes:trades 6 after 5"])
        #expect(late.heard == ["oes:trades 6 after 5"])
    }

    @Test("a large audience's messages wait and leave together; a small one's never wait")
    func pacing() {
        let many = (0..<1_000).map { _ in Listener() }
        let one = Listener()
        for listener in many { _ = channels.subscribe(listener, to: .trades, current: 0) }
        _ = channels.subscribe(one, to: .risk, current: 0)
        line(.trades, 1)
        #expect(channels.flush(now: 0) == nil)
        line(.trades, 2)
        line(.trades, 3)
        // 1,000 × 20 µs, less the millisecond that may be ahead.
        #expect(channels.flush(now: 1) == 19)
        #expect(many[0].heard.count == 1)
        #expect(channels.flush(now: 19_000) == nil)
        #expect(many.allSatisfy { $0.heard.count == 3 })
        for sequence in 4..<50 as Range<Int64> {
            line(.risk, sequence)
            #expect(channels.flush(now: 1_000_000 + sequence) == nil)
        }
        #expect(one.heard.count == 46)
    }

    @Test("what waits has a limit")
    func batchLimit() {
        let many = (0..<100).map { _ in Listener() }
        for listener in many { _ = channels.subscribe(listener, to: .trades, current: 0) }
        line(.trades, 1)
        #expect(channels.flush(now: 0) == nil)
        channels.publish(.trades, sequence: 2) { _ in
            Array(repeating: UInt8(ascii: "x"), count: Limits.feedBatchBytes)
        }
        #expect(channels.flush(now: 1) == nil)
        #expect(many[0].heard.count == 2)
    }

    private func event(_ sequence: Int64, _ symbol: String = "AAPL") throws -> Event {
        var bytes = ByteWriter()
        bytes.byte(1)
        bytes.byte(EventKind.submit.rawValue)
        bytes.int64(sequence * 10)
        bytes.string(symbol)
        return try Event(sequence: sequence, entry: bytes.bytes[...])
    }

    private func change(_ side: Side, _ price: Int64, _ quantity: Int64) -> LevelChange {
        LevelChange(
            book: .lit, side: side, price: Price(price), quantity: Quantity(quantity),
            orderCount: 1)
    }

    @Test("a book's changes that have to wait become one message, and others keep their place")
    func merging() throws {
        let many = (0..<100).map { _ in Listener() }
        let book = Channel.orderBookOf("AAPL")
        channels.encodeDelta = { channel, delta in
            let levels = delta.levels.map { "\($0.side.name) \($0.price.raw) \($0.quantity.raw)" }
            let numbers = "\(delta.sequence) after \(delta.numbers.previous)"
            return Array("\(numbers): \(levels.joined(separator: ", "))".utf8)
        }
        for listener in many { _ = channels.subscribe(listener, to: book, current: 0) }
        channels.publish(book, [change(.buy, 10, 1)], of: try event(1))
        channels.publish(book, [change(.buy, 11, 1)], of: try event(2))
        #expect(channels.flush(now: 0) == nil)
        #expect(many[0].heard == ["1 after 0: buy 10 1", "2 after 1: buy 11 1"])
        // Put off, and from then on gathered.
        channels.publish(book, [change(.buy, 10, 2)], of: try event(3))
        #expect(channels.flush(now: 1) != nil)
        channels.publish(book, [change(.buy, 10, 3), change(.sell, 10, 7)], of: try event(5))
        channels.publish(book, [change(.buy, 10, 0)], of: try event(6))
        #expect(channels.told(book, current: 6) == 2)
        line(book, 7)
        channels.publish(book, [change(.buy, 9, 1)], of: try event(8))
        #expect(channels.flush(now: 10_000) == nil)
        #expect(
            many[99].heard.dropFirst(2) == [
                "3 after 2: buy 10 2", "6 after 3: buy 10 0, sell 10 7",
                "oes:orderbook:AAPL 7 after 6", "8 after 7: buy 9 1",
            ])
        #expect(channels.told(book, current: 8) == 8)
    }
}
