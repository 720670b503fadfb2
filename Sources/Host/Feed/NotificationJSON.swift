// The events that notifiers get: what happened to orders, trades, and alerts, each with an id by
// which a receiver drops repeats.

import Base
import Plugins
import Service
import Trading
import Views
import Wire

enum NotificationJSON {
    /// All that an event of the stream tells notifiers. An id is the event's sequence and its change's
    /// place in it, the same at every delivery.
    static func events(of event: Event, picture: Picture) -> [NotifierEvent] {
        let trades = event.trades
        let steps = event.steps
        return event.changes.enumerated().compactMap { index, change in
            let id = "\(event.sequence)-\(index)"
            switch change {
            case .order(let order, let cause):
                let execution = OrderExecution(
                    order: order, cause: cause, of: trades, steps, bust: event.bust)
                return notification(id, execution, event, picture)
            case .trade(let trade): return notification(id, trade, event, picture)
            case .instrument(let instrument): return notification(id, instrument, event)
            case .bust(let bust): return notification(id, bust, event, picture)
            case .account, .position, .level, .ledger, .market, .guardValue, .key, .audit, .step,
                .decision, .throttle, .control:
                return nil
            case .alert(let alert): return notification(id, alert, event)
            }
        }
    }

    private static func notification(
        _ id: String, _ execution: OrderExecution, _ event: Event, _ picture: Picture
    ) -> NotifierEvent {
        let order = execution.order
        let scales = picture.scales(order.symbol)
        let type = "order_\(execution.executionType)"
        let severity = execution.isRejected ? "warning" : "info"
        let json = envelope(id, type: type, severity: severity, event) { json in
            json.field("text", NotificationText.of(execution, scales: scales))
            json.key("order")
            execution.write(scales: scales, into: &json)
        }
        return NotifierEvent(
            id: id, type: type, account: String(order.id.account), symbol: order.symbol,
            severity: severity, json: json)
    }

    private static func notification(
        _ id: String, _ trade: Trade, _ event: Event, _ picture: Picture
    ) -> NotifierEvent {
        let text = NotificationText.of(trade, scales: picture.scales(trade.symbol))
        let json = envelope(id, type: "trade", severity: "info", event) { json in
            json.field("text", text)
            json.key("trade")
            TradeJSON.write(
                trade, scales: picture.scales(trade.symbol), style: .strings, withParties: true,
                into: &json)
        }
        return NotifierEvent(
            id: id, type: "trade", account: "", symbol: trade.symbol, severity: "info", json: json)
    }

    private static func notification(
        _ id: String, _ bust: TradeBust, _ event: Event, _ picture: Picture
    ) -> NotifierEvent {
        let text = NotificationText.of(bust.trade, scales: picture.scales(bust.trade.symbol))
        let json = envelope(id, type: "bust", severity: "warning", event) { json in
            json.field("text", "\(text), taken back: \(bust.reason)")
            json.field("reason", bust.reason)
            json.key("trade")
            TradeJSON.write(
                bust.trade, scales: picture.scales(bust.trade.symbol), style: .strings,
                withParties: true, into: &json)
        }
        return NotifierEvent(
            id: id, type: "bust", account: "", symbol: bust.trade.symbol, severity: "warning",
            json: json)
    }

    private static func notification(
        _ id: String, _ instrument: Instrument, _ event: Event
    ) -> NotifierEvent {
        let json = envelope(id, type: "instrument", severity: "info", event) { json in
            json.field("text", NotificationText.of(instrument, at: event.time))
            json.key("instrument")
            InstrumentJSON.write(instrument, at: event.time, style: .strings, into: &json)
        }
        return NotifierEvent(
            id: id, type: "instrument", account: "", symbol: instrument.symbol, severity: "info",
            json: json)
    }

    /// Raised anew, counted or seen: `alert` says which.
    private static func notification(
        _ id: String, _ alert: Alert, _ event: Event
    ) -> NotifierEvent {
        let severity = alert.severity.name
        let json = envelope(id, type: "alert", severity: severity, event) { json in
            json.field("text", alert.text)
            json.key("alert")
            AlertJSON.write(alert, into: &json)
        }
        return NotifierEvent(
            id: id, type: "alert", account: alert.account, symbol: alert.symbol,
            severity: severity, json: json)
    }

    private static func envelope(
        _ id: String, type: String, severity: String, _ event: Event,
        _ body: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("id", id)
        json.field("type", type)
        json.field("severity", severity)
        json.field("time", time: event.time)
        json.field("seq", count: event.sequence)
        body(&json)
        json.endObject()
        return json.bytes
    }
}

extension Picture {
    func scales(_ symbol: String) -> DisplayScales {
        instruments[symbol].map { DisplayScales($0) } ?? DisplayScales(price: 0, quantity: 0)
    }
}
