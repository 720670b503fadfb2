// The feed's messages as text: {channel, type, seq, prev_seq, time, data}, and what a client is told
// about its subscriptions. Numbers are decimal strings.

import Base
import Service
import Trading
import Views
import Wire

package struct MessageHead {
    let channel: Channel
    let type: StaticString
    let sequence: Int64
    let previous: Int64
    /// The message's place among its event's on the channel; nil where it tells of none in particular.
    var index: Int?
    /// Of a message that brings a client up to date: the event up to which it is.
    var asOf: Int64?
    let time: Int64
}

package enum FeedMessages {
    static func message(
        _ head: MessageHead, data: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("channel", head.channel.name)
        json.key("type")
        json.string(head.type.description)
        json.field("seq", count: head.sequence)
        json.field("prev_seq", count: head.previous)
        if let index = head.index { json.field("index", count: Int64(index)) }
        if let asOf = head.asOf { json.field("as_of", count: asOf) }
        json.field("time", time: head.time)
        json.key("data")
        data(&json)
        json.endObject()
        return json.bytes
    }

    // MARK: Control

    package static func subscription(_ status: StaticString, channel: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("type", "subscription")
        json.key("status")
        json.string(status.description)
        json.field("channel", channel)
        json.endObject()
        return json.bytes
    }

    /// `asOf`: up to which event everything has been sent on all channels of the socket; nil while it
    /// is being told what it missed.
    package static func pong(asOf: Int64?) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("type", "pong")
        json.field("timestamp", time: Clock.wallMicros())
        json.key("as_of")
        if let asOf { json.number(asOf) } else { json.null() }
        json.endObject()
        return json.bytes
    }

    package static func error(_ rejection: Rejection) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("type", "error")
        json.field("code", rejection.code)
        json.field("message", rejection.message)
        json.key("field")
        if let field = rejection.field { json.string(field) } else { json.null() }
        json.endObject()
        return json.bytes
    }
}

extension Event {
    var trades: [Trade] {
        changes.compactMap { if case .trade(let trade) = $0 { trade } else { nil } }
    }

    var steps: [OrderStep] {
        changes.compactMap { if case .step(let step) = $0 { step } else { nil } }
    }
}

/// One execution in the life of an order.
struct OrderExecution {
    let order: Order
    let cause: OrderCause
    /// The call's trades of this order, in their order.
    let trades: [Trade]
    /// What set it off or changed it last in the call.
    let step: OrderStep?
    /// The trade that was taken back, of which this order is a party.
    let bust: TradeBust?

    /// `all`: the call's trades; `steps`: its steps.
    init(
        order: Order, cause: OrderCause, of all: [Trade], _ steps: [OrderStep],
        bust: TradeBust? = nil
    ) {
        self.bust = bust
        self.order = order
        self.cause = cause
        trades =
            all.isEmpty
            ? all : all.filter { $0.buyOrderID == order.id || $0.sellOrderID == order.id }
        step = steps.last { $0.orderID == order.id }
    }

    /// FIX's ExecType in words: new, trade, cancelled, replaced, expired, rejected, triggered,
    /// restated, trade_cancelled.
    var executionType: String {
        if bust != nil { return "trade_cancelled" }
        return switch cause {
        case .accepted: trades.isEmpty ? "new" : "trade"
        case .amended: trades.isEmpty ? "replaced" : "trade"
        case .trade, .cancelled, .expired, .rejected: cause.name
        case .changed: changedType
        }
    }

    private var changedType: String {
        switch order.status {
        case .cancelled, .rejected, .expired: order.status.name
        case .new, .partiallyFilled, .filled, .triggered, .parked:
            if !trades.isEmpty {
                "trade"
            } else if let step, step.kind == .triggered {
                "triggered"
            } else {
                "restated"
            }
        }
    }

    /// When it came, or when it was set off.
    var isRejected: Bool { order.status == .rejected }

    func write(scales: DisplayScales, into json: inout JSONWriter) {
        json.beginObject()
        json.field("exec_type", executionType)
        OrderJSON.writeFields(order, scales: scales, style: .strings, into: &json)
        if let last = trades.last {
            json.field("last_qty", last.quantity.raw, scale: scales.quantity, .strings)
            json.field("last_px", last.price.raw, scale: scales.price, .strings)
        }
        json.key("fills")
        json.beginArray()
        for trade in trades { write(trade, scales: scales, into: &json) }
        json.endArray()
        json.endObject()
    }

    private func write(_ trade: Trade, scales: DisplayScales, into json: inout JSONWriter) {
        json.beginObject()
        json.field("trade_id", trade.id)
        json.field("price", trade.price.raw, scale: scales.price, .strings)
        json.field("quantity", trade.quantity.raw, scale: scales.quantity, .strings)
        json.field("liquidity", trade.aggressor == order.side ? "taker" : "maker")
        json.endObject()
    }
}
