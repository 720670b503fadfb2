import Testing

@testable import Feed

private final class Listener: Subscriber {
    var heard: [String] = []
    func deliver(frame: [UInt8]) { heard.append(String(decoding: frame, as: UTF8.self)) }
}

@Suite("Channels")
struct ChannelsTests {
    private let channels = Channels { $0 }

    private func publish(_ channel: Channel, _ sequence: Int64) {
        channels.publish(channel, sequence: sequence) { previous in
            Array("\(channel.name) \(sequence) after \(previous)".utf8)
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
        #expect(late.heard == ["oes:trades 9 after 5", "oes:trades 9 after 9"])
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
            "oes:trades:AAPL", "oes:risk", "oes:risk:1", "oes:account:1",
        ])
    func names(name: String) {
        #expect(Channel(name: name)?.name == name)
    }

    @Test(
        "names of no channel",
        arguments: [
            "", "oes", "oes:", "trades", "oes:trades:", "oes:risk:", "oes:account", "x:trades",
        ])
    func wrongNames(name: String) {
        #expect(Channel(name: name) == nil)
    }
}
