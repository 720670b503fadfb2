// From one event of the stream to the messages of every channel that it concerns.

import Base
import Service
import Trading
import Views
import Wire

package final class FeedPublisher {
    private let channels: Channels
    private let picture: Picture

    /// Trades that a new subscriber is shown.
    package static let tradesRemembered = 100
    /// Newest last, by symbol: what a snapshot of trades shows.
    private var recentTrades: [String: [Trade]] = [:]

    package init(picture: Picture, channels: Channels) {
        self.picture = picture
        self.channels = channels
    }

    package var subscriptionCount: Int { channels.subscriptionCount }

    /// Trades from before the start, oldest first. Those of events that came meanwhile are known.
    package func seed(trades: [Trade]) {
        for (symbol, older) in Dictionary(grouping: trades, by: \.symbol) {
            let known = recentTrades[symbol] ?? []
            let first = known.first?.sequence ?? .max
            recentTrades[symbol] = older.filter { $0.book == .lit && $0.sequence < first } + known
        }
    }

    // MARK: Events

    /// Publishes an event that the picture has applied already.
    package func publish(_ event: Event) {
        let trades = event.trades
        for trade in trades { remember(trade) }
        if let bust = event.bust { mark(bust.trade) }
        // Nothing is made for nobody: most events of a busy host concern no listener.
        guard channels.hasListeners else { return }
        publishTrades(trades, event)
        if let bust = event.bust { publishTrades([bust.trade], event, as: "bust") }
        publishBook(event)
        let steps = event.steps
        for change in event.changes {
            switch change {
            case .order(let order, let cause):
                publish(
                    OrderExecution(
                        order: order, cause: cause, of: trades, steps, bust: event.bust), event)
            case .account(let account): publish(account, event)
            case .position(let position): publish(position, event)
            case .instrument(let instrument): publish(instrument, event)
            case .trade, .level, .ledger, .market, .guardValue, .key, .audit, .step, .bust,
                .decision, .throttle, .control:
                break
            case .alert(let alert): publish(alert, event)
            }
        }
    }

    private func publishTrades(
        _ trades: [Trade], _ event: Event, as type: StaticString = "trade"
    ) {
        for trade in trades {
            // Internal trades are seen by their own accounts only.
            guard trade.book == .lit else { continue }
            let scales = picture.scales(trade.symbol)
            for channel in [Channel.trades, .tradesOf(trade.symbol)] {
                send(channel, type, event) { json in
                    TradeJSON.write(
                        trade, scales: scales, style: .strings, withParties: false, into: &json)
                }
            }
        }
    }

    private func remember(_ trade: Trade) {
        guard trade.book == .lit else { return }
        recentTrades[trade.symbol, default: []].append(trade)
        if recentTrades[trade.symbol, default: []].count > 2 * FeedPublisher.tradesRemembered {
            recentTrades[trade.symbol]?.removeFirst(FeedPublisher.tradesRemembered)
        }
    }

    /// So that who subscribes later sees that it was taken back.
    private func mark(_ busted: Trade) {
        guard let place = recentTrades[busted.symbol]?.firstIndex(where: { $0.id == busted.id })
        else { return }
        recentTrades[busted.symbol]?[place].isBusted = true
    }

    private func publishBook(_ event: Event) {
        guard channels.hasAudience(.orderBook) || channels.hasAudience(.orderBookOf(event.symbol))
        else { return }
        let levels = event.changes.compactMap { change -> LevelChange? in
            if case .level(let level) = change, level.book == .lit { level } else { nil }
        }
        guard !levels.isEmpty else { return }
        for channel in [Channel.orderBook, .orderBookOf(event.symbol)] {
            send(channel, "delta", event) { writeDelta(levels, event.symbol, into: &$0) }
        }
    }

    private func publish(_ execution: OrderExecution, _ event: Event) {
        let order = execution.order
        let account = Channel.account(String(order.id.account))
        let isHeard =
            channels.hasAudience(account) || channels.hasAudience(.notifications)
        guard isHeard else { return }
        let scales = picture.scales(order.symbol)
        send(account, "order", event) { execution.write(scales: scales, into: &$0) }
        send(.notifications, "notification", event) { json in
            json.beginObject()
            json.field("event", "order_\(execution.executionType)")
            json.field("account_id", String(order.id.account))
            json.field("symbol", order.symbol)
            json.field("text", NotificationText.of(execution, scales: scales))
            json.key("order")
            execution.write(scales: scales, into: &json)
            json.endObject()
        }
    }

    private func publish(_ alert: Alert, _ event: Event) {
        var channels = [Channel.risk]
        if !alert.account.isEmpty { channels.append(.riskOf(alert.account)) }
        for channel in channels {
            send(channel, "alert", event) { AlertJSON.write(alert, into: &$0) }
        }
    }

    private func publish(_ account: Account, _ event: Event) {
        send(.account(account.id), "account", event) {
            AccountJSON.write(account, style: .strings, into: &$0)
        }
    }

    private func publish(_ position: Position, _ event: Event) {
        guard channels.hasAudience(.account(position.account)),
            let instrument = picture.instruments[position.symbol]
        else { return }
        send(.account(position.account), "position", event) { json in
            PositionJSON.write(
                position, instrument: instrument, last: picture.market(of: position.symbol).last,
                style: .strings, into: &json)
        }
    }

    /// A new or changed instrument, or the begin or end of its session.
    private func publish(_ instrument: Instrument, _ event: Event) {
        for channel in [Channel.orderBook, .orderBookOf(instrument.symbol)] {
            send(channel, "instrument", event) {
                InstrumentJSON.write(instrument, at: event.time, style: .strings, into: &$0)
            }
        }
        send(.notifications, "notification", event) { json in
            json.beginObject()
            json.field("event", "instrument")
            json.field("symbol", instrument.symbol)
            json.field("text", NotificationText.of(instrument, at: event.time))
            json.key("instrument")
            InstrumentJSON.write(instrument, at: event.time, style: .strings, into: &json)
            json.endObject()
        }
    }

    private func send(
        _ channel: Channel, _ type: StaticString, _ event: Event,
        _ data: (inout JSONWriter) -> Void
    ) {
        channels.publish(channel, sequence: event.sequence) { previous in
            let head = MessageHead(
                channel: channel, type: type, sequence: event.sequence, previous: previous,
                time: event.time)
            return FeedMessages.message(head, data: data)
        }
    }

    // MARK: Subscriptions

    /// Subscribes, and gives the snapshot to send first; nil where the channel has none.
    package func subscribe(_ subscriber: any Subscriber, to channel: Channel) -> [UInt8] {
        let sequence = channels.subscribe(subscriber, to: channel, current: picture.sequence)
        let head = MessageHead(
            channel: channel, type: "snapshot", sequence: sequence, previous: sequence,
            time: Clock.wallMicros())
        return FeedMessages.message(head) { writeSnapshot(of: channel, sequence, into: &$0) }
    }

    package func unsubscribe(_ subscriber: any Subscriber, from channel: Channel) {
        channels.unsubscribe(subscriber, from: channel)
    }

    /// nil where the channel's symbol or account exists; else the refusal.
    package func refusal(of channel: Channel) -> Rejection? {
        switch channel {
        case .orderBookOf(let symbol), .tradesOf(let symbol):
            picture.instruments[symbol] == nil
                ? Reasons.rejection(code: "unknown_symbol", values: "symbol=\(symbol.prefix(60))")
                : nil
        case .account(let id), .riskOf(let id):
            picture.accounts[id] == nil
                ? Reasons.rejection(code: "unknown_account", values: "") : nil
        case .notifications, .orderBook, .trades, .risk: nil
        }
    }

    private func writeSnapshot(
        of channel: Channel, _ sequence: Int64, into json: inout JSONWriter
    ) {
        switch channel {
        case .orderBookOf(let symbol): writeBook(symbol, sequence, into: &json)
        case .orderBook:
            json.beginObject()
            json.key("books")
            json.beginArray()
            for symbol in picture.instruments.keys.sorted() {
                writeBook(symbol, sequence, into: &json)
            }
            json.endArray()
            json.endObject()
        case .tradesOf(let symbol): writeTrades(recentTrades[symbol] ?? [], into: &json)
        case .trades:
            let all = recentTrades.values.flatMap { $0 }
            writeTrades(
                all.sorted { ($0.sequence, $0.index) < ($1.sequence, $1.index) }, into: &json)
        case .account(let id): writeAccount(id, into: &json)
        case .notifications, .risk, .riskOf:
            json.beginObject()
            json.endObject()
        }
    }

    private func writeBook(_ symbol: String, _ sequence: Int64, into json: inout JSONWriter) {
        let book = picture.books[symbol] ?? BookPicture()
        json.beginObject()
        BookJSON.writeFields(
            symbol: symbol, bids: book.bids.top(.max), asks: book.asks.top(.max), time: book.time,
            sequence: sequence, scales: picture.scales(symbol), style: .strings, into: &json)
        json.endObject()
    }

    private func writeTrades(_ trades: [Trade], into json: inout JSONWriter) {
        json.beginObject()
        json.key("trades")
        json.beginArray()
        for trade in trades.suffix(FeedPublisher.tradesRemembered).reversed() {
            TradeJSON.write(
                trade, scales: picture.scales(trade.symbol), style: .strings, withParties: false,
                into: &json)
        }
        json.endArray()
        json.endObject()
    }

    /// The account, its positions and its open orders.
    private func writeAccount(_ id: String, into json: inout JSONWriter) {
        json.beginObject()
        if let account = picture.accounts[id] {
            json.key("account")
            AccountJSON.write(account, style: .strings, into: &json)
        }
        json.key("positions")
        json.beginArray()
        for position in picture.positions(account: id) {
            guard let instrument = picture.instruments[position.symbol] else { continue }
            PositionJSON.write(
                position, instrument: instrument, last: picture.market(of: position.symbol).last,
                style: .strings, into: &json)
        }
        json.endArray()
        json.key("orders")
        json.beginArray()
        let open = picture.openOrders.newest(
            account: id, before: .max, limit: Limits.listMaximum, where: { _ in true })
        for order in open {
            OrderJSON.write(
                order, scales: picture.scales(order.symbol), style: .strings, into: &json)
        }
        json.endArray()
        json.endObject()
    }

    /// The levels that changed, shaped as in a snapshot; quantity 0 means that the level is gone.
    private func writeDelta(
        _ levels: [LevelChange], _ symbol: String, into json: inout JSONWriter
    ) {
        let scales = picture.scales(symbol)
        json.beginObject()
        json.field("symbol", symbol)
        for side in [Side.buy, .sell] {
            json.key(side == .buy ? "bids" : "asks")
            json.beginArray()
            for level in levels where level.side == side {
                json.beginObject()
                json.field("price", level.price.raw, scale: scales.price, .strings)
                json.field("quantity", level.quantity.raw, scale: scales.quantity, .strings)
                json.field("orders", count: level.orderCount)
                json.endObject()
            }
            json.endArray()
        }
        json.endObject()
    }
}
