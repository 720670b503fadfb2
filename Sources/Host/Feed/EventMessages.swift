// From one event of the stream to the messages of every channel that it concerns.
//
// The same code tells the channels' subscribers what happens and a single client what it has missed,
// so that both are told the same messages, in the same order, with the same numbers. Nothing here may
// depend on anything but the event, where the message is to be the same later.

import Base
import Service
import Trading
import Views
import Wire

/// Where an event's messages go.
protocol MessageSink {
    /// Whether the channel's messages are wanted at all; they aren't made else.
    func hears(_ channel: Channel) -> Bool
    mutating func take(
        _ channel: Channel, _ type: StaticString, _ event: Event,
        _ data: (inout JSONWriter) -> Void)
    /// A book's changes.
    mutating func take(_ channel: Channel, _ levels: [LevelChange], of event: Event)
}

struct EventMessages {
    let picture: Picture

    func tell(_ event: Event, to sink: inout some MessageSink) {
        let trades = event.trades
        tell(trades, of: event, as: "trade", to: &sink)
        if let bust = event.bust { tell([bust.trade], of: event, as: "bust", to: &sink) }
        tellBook(event, to: &sink)
        let steps = event.steps
        for change in event.changes {
            switch change {
            case .order(let order, let cause):
                let execution = OrderExecution(
                    order: order, cause: cause, of: trades, steps, bust: event.bust)
                tell(execution, of: event, to: &sink)
            case .account(let account):
                sink.take(.account(account.id), "account", event) {
                    AccountJSON.write(account, style: .strings, into: &$0)
                }
            case .position(let position): tell(position, of: event, to: &sink)
            case .instrument(let instrument): tell(instrument, of: event, to: &sink)
            case .trade, .level, .ledger, .market, .guardValue, .key, .audit, .step, .bust,
                .decision, .throttle, .control:
                break
            case .alert(let alert): tell(alert, of: event, to: &sink)
            }
        }
    }

    private func tell(
        _ trades: [Trade], of event: Event, as type: StaticString, to sink: inout some MessageSink
    ) {
        for trade in trades {
            // Internal trades are seen by their own accounts only.
            guard trade.book == .lit else { continue }
            let scales = picture.scales(trade.symbol)
            for channel in [Channel.trades, .tradesOf(trade.symbol)] {
                sink.take(channel, type, event) { json in
                    TradeJSON.write(
                        trade, scales: scales, style: .strings, withParties: false, into: &json)
                }
            }
        }
    }

    private func tellBook(_ event: Event, to sink: inout some MessageSink) {
        guard sink.hears(.orderBook) || sink.hears(.orderBookOf(event.symbol)) else { return }
        let levels = event.changes.compactMap { change -> LevelChange? in
            if case .level(let level) = change, level.book == .lit { level } else { nil }
        }
        guard !levels.isEmpty else { return }
        for channel in [Channel.orderBook, .orderBookOf(event.symbol)] {
            sink.take(channel, levels, of: event)
        }
    }

    private func tell(
        _ execution: OrderExecution, of event: Event, to sink: inout some MessageSink
    ) {
        let order = execution.order
        let id = String(order.id.account)
        let isHeard =
            sink.hears(.account(id)) || sink.hears(.notifications)
        guard isHeard else { return }
        let scales = picture.scales(order.symbol)
        sink.take(.account(id), "order", event) { execution.write(scales: scales, into: &$0) }
        sink.take(.notifications, "notification", event) { json in
            json.beginObject()
            json.field("event", "order_\(execution.executionType)")
            json.field("account_id", id)
            json.field("symbol", order.symbol)
            json.field("text", NotificationText.of(execution, scales: scales))
            json.key("order")
            execution.write(scales: scales, into: &json)
            json.endObject()
        }
    }

    private func tell(_ alert: Alert, of event: Event, to sink: inout some MessageSink) {
        var channels = [Channel.risk]
        if !alert.account.isEmpty { channels.append(.riskOf(alert.account)) }
        for channel in channels {
            sink.take(channel, "alert", event) { AlertJSON.write(alert, into: &$0) }
        }
    }

    private func tell(
        _ position: Position, of event: Event, to sink: inout some MessageSink
    ) {
        guard sink.hears(.account(position.account)),
            let instrument = picture.instruments[position.symbol]
        else { return }
        sink.take(.account(position.account), "position", event) { json in
            PositionJSON.write(
                position, instrument: instrument, last: picture.market(of: position.symbol).last,
                style: .strings, into: &json)
        }
    }

    /// A new or changed instrument, or the begin or end of its session.
    private func tell(
        _ instrument: Instrument, of event: Event, to sink: inout some MessageSink
    ) {
        for channel in [Channel.orderBook, .orderBookOf(instrument.symbol)] {
            sink.take(channel, "instrument", event) {
                InstrumentJSON.write(instrument, at: event.time, style: .strings, into: &$0)
            }
        }
        sink.take(.notifications, "notification", event) { json in
            json.beginObject()
            json.field("event", "instrument")
            json.field("symbol", instrument.symbol)
            json.field("text", NotificationText.of(instrument, at: event.time))
            json.key("instrument")
            InstrumentJSON.write(instrument, at: event.time, style: .strings, into: &json)
            json.endObject()
        }
    }

    /// The levels that changed, shaped as in a snapshot; quantity 0 means that the level is gone.
    func writeDelta(
        _ levels: [LevelChange], _ symbol: String, _ checksum: UInt32?,
        into json: inout JSONWriter
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
        if let checksum { json.field("checksum", count: Int64(checksum)) }
        json.endObject()
    }
}
