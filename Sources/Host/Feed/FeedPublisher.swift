// The feed as the rest of the host knows it: events in, subscriptions in, messages out.

import Base
import Loop
import Service
import Store
import Trading
import Views
import Wire

package final class FeedPublisher {
    private let channels: Channels
    private let picture: Picture
    private let messages: EventMessages
    private let snapshots: Snapshots
    private let trades = RecentTrades()
    private let resumes: ResumeDesk
    private let loop: EventLoop
    private var checksumPaces: [CheckedBook: ChecksumPace] = [:]
    private var tickers = TickerWatch()
    private var isFlushScheduled = false

    /// Trades that a new subscriber is shown.
    package static let tradesRemembered = RecentTrades.remembered

    /// `reader`: over a connection of its own, so that nothing else waits behind those who resume.
    package init(picture: Picture, channels: Channels, reader: EventReader, loop: EventLoop) {
        self.picture = picture
        self.channels = channels
        self.loop = loop
        messages = EventMessages(picture: picture)
        snapshots = Snapshots(picture: picture, trades: trades)
        resumes = ResumeDesk(
            picture: picture, channels: channels, messages: messages, snapshots: snapshots,
            reader: reader, loop: loop)
        channels.encodeDelta = { [unowned self] in encode($0, $1) }
    }

    package var subscriptionCount: Int { channels.subscriptionCount }
    /// Clients that are being told what they have missed.
    package var resumeCount: Int { resumes.count }

    /// Trades from before the start, oldest first. Those of events that came meanwhile are known.
    package func seed(trades older: [Trade]) { trades.seed(older) }

    // MARK: Events

    /// Lines up an event's messages, once the picture has applied it; `flush` sends them.
    package func publish(_ event: Event) {
        for trade in event.trades { trades.remember(trade) }
        if let bust = event.bust { trades.mark(bust.trade) }
        // Nothing is made for nobody: most events of a busy host concern no listener.
        guard channels.hasListeners else { return }
        var sink = LiveSink(feed: self)
        messages.tell(event, to: &sink)
        publishTicker(event)
        publishBars(event)
    }

    private func publishTicker(_ event: Event) {
        guard !event.symbol.isEmpty else { return }
        let channel = Channel.ticker(event.symbol)
        guard channels.hasAudience(channel) else { return tickers.forget(event.symbol) }
        guard tickers.hasNews(of: event.symbol, after: event, picture) else { return }
        send(channel, "ticker", event) { snapshots.writeTicker(event.symbol, into: &$0) }
    }

    private func publishBars(_ event: Event) {
        guard event.trades.contains(where: { $0.book == .lit }) else { return }
        for interval in BarInterval.allCases {
            let channel = Channel.candles(event.symbol, interval)
            guard channels.hasAudience(channel) else { continue }
            send(channel, "candle", event) {
                snapshots.writeBar(event.symbol, interval, into: &$0)
            }
        }
    }

    fileprivate func send(
        _ channel: Channel, _ type: StaticString, _ event: Event,
        _ data: (inout JSONWriter) -> Void
    ) {
        channels.publish(channel, sequence: event.sequence) { numbers in
            FeedMessages.message(MessageHead(channel, type, event, numbers), data: data)
        }
    }

    /// Sends what may leave now, and sees to the rest.
    package func flush() {
        guard let millis = channels.flush(), !isFlushScheduled else { return }
        isFlushScheduled = true
        _ = loop.schedule(afterMillis: max(1, millis)) { [self] in
            isFlushScheduled = false
            flush()
        }
    }

    // MARK: Subscriptions

    /// Subscribes, and sends the snapshot first.
    package func subscribe(_ subscriber: any Subscriber, to channel: Channel) {
        resumes.cancel(subscriber, channel)
        snapshots.send(channel, to: subscriber, channels)
    }

    /// Subscribes a client that has heard the channel up to a position: it is told what it has missed,
    /// or that this can't be (`gap`), and then a snapshot. `failed`: it isn't subscribed.
    package func resume(
        _ subscriber: any Subscriber, on channel: Channel, after position: FeedPosition,
        failed: @escaping (Rejection) -> Void
    ) {
        channels.unsubscribe(subscriber, from: channel)
        resumes.begin(subscriber, channel, position, failed)
    }

    package func unsubscribe(_ subscriber: any Subscriber, from channel: Channel) {
        resumes.cancel(subscriber, channel)
        channels.unsubscribe(subscriber, from: channel)
    }

    /// Up to which event a client of these channels has been sent everything; nil while it is being told
    /// what it missed on one of them.
    package func sequenceTold(_ subscriber: any Subscriber, _ all: Set<Channel>) -> Int64? {
        var told = picture.sequence
        for channel in all {
            if resumes.isUnderWay(subscriber, channel) { return nil }
            told = min(told, channels.told(channel, current: picture.sequence))
        }
        return told
    }

    /// nil where the channel's symbol or account exists; else the refusal.
    package func refusal(of channel: Channel) -> Rejection? {
        switch channel {
        case .orderBookOf(let symbol), .tradesOf(let symbol), .ticker(let symbol),
            .candles(let symbol, _):
            picture.instruments[symbol] == nil
                ? Reasons.rejection(code: "unknown_symbol", values: "symbol=\(symbol.prefix(60))")
                : nil
        case .account(let id), .riskOf(let id):
            picture.accounts[id] == nil
                ? Reasons.rejection(code: "unknown_account", values: "") : nil
        case .notifications, .orderBook, .trades, .risk: nil
        }
    }
}

/// A book as a channel tells it.
private struct CheckedBook: Hashable {
    let channel: Channel
    let symbol: String
}

extension FeedPublisher {
    fileprivate func publish(_ channel: Channel, _ levels: [LevelChange], of event: Event) {
        channels.publish(channel, levels, of: event)
    }

    /// The picture has no later event of the book than the delta has.
    private func encode(_ channel: Channel, _ delta: PendingDelta) -> [UInt8] {
        let book = CheckedBook(channel: channel, symbol: delta.symbol)
        var checksum: UInt32?
        if checksumPaces[book, default: ChecksumPace()].isDue(at: delta.time),
            let now = picture.books[delta.symbol]
        {
            checksum = BookChecksum.of(now, picture.scales(delta.symbol))
        }
        let head = MessageHead(
            channel: channel, type: "delta", sequence: delta.sequence,
            previous: delta.numbers.previous, index: delta.numbers.index, time: delta.time)
        return FeedMessages.message(head) {
            messages.writeDelta(delta.levels, delta.symbol, checksum, into: &$0)
        }
    }
}

/// To all channels.
private struct LiveSink: MessageSink {
    let feed: FeedPublisher

    func hears(_ channel: Channel) -> Bool { feed.hasAudience(channel) }

    mutating func take(
        _ channel: Channel, _ type: StaticString, _ event: Event,
        _ data: (inout JSONWriter) -> Void
    ) {
        feed.send(channel, type, event, data)
    }

    mutating func take(_ channel: Channel, _ levels: [LevelChange], of event: Event) {
        feed.publish(channel, levels, of: event)
    }
}

extension FeedPublisher {
    fileprivate func hasAudience(_ channel: Channel) -> Bool { channels.hasAudience(channel) }
}

extension Snapshots {
    /// Subscribes, and sends the snapshot first.
    func send(_ channel: Channel, to subscriber: any Subscriber, _ channels: Channels) {
        let sequence = channels.subscribe(subscriber, to: channel, current: picture.sequence)
        let head = MessageHead(
            channel: channel, type: "snapshot", sequence: sequence, previous: sequence,
            asOf: picture.sequence, time: Clock.wallMicros())
        channels.tell(
            subscriber, FeedMessages.message(head) { write(channel, sequence, into: &$0) })
    }
}

extension MessageHead {
    init(_ channel: Channel, _ type: StaticString, _ event: Event, _ numbers: MessageNumbers) {
        self.init(
            channel: channel, type: type, sequence: event.sequence, previous: numbers.previous,
            index: numbers.index, time: event.time)
    }
}
