// Orders, trades and books as JSON. The kept routes answer numbers, /api/v1 decimal strings.

import Base
import Service
import Trading
import Wire

/// How numbers are written: the kept routes' way, or /api/v1's.
package enum NumberStyle {
    case numbers
    case strings
}

extension JSONWriter {
    package mutating func field(_ name: StaticString, _ text: String) {
        key(name)
        string(text)
    }

    /// null where the text is empty.
    package mutating func optionalField(_ name: StaticString, _ text: String) {
        key(name)
        if text.isEmpty { null() } else { string(text) }
    }

    package mutating func field(_ name: StaticString, _ flag: Bool) {
        key(name)
        bool(flag)
    }

    package mutating func field(_ name: StaticString, count: Int64) {
        key(name)
        number(count)
    }

    package mutating func optionalField(_ name: StaticString, count: Int64?) {
        key(name)
        if let count { number(count) } else { null() }
    }

    package mutating func field(
        _ name: StaticString, _ value: Int64, scale: Int, _ style: NumberStyle
    ) {
        key(name)
        switch style {
        case .numbers: decimal(value, scale: scale)
        case .strings: decimalString(value, scale: scale)
        }
    }

    package mutating func optionalField(
        _ name: StaticString, _ value: Int64?, scale: Int, _ style: NumberStyle
    ) {
        if let value {
            field(name, value, scale: scale, style)
        } else {
            key(name)
            null()
        }
    }

    package mutating func field(_ name: StaticString, money: Money, _ style: NumberStyle) {
        field(name, money.raw, scale: Money.scale, style)
    }

    /// UTC microseconds as RFC 3339, null for 0.
    package mutating func field(_ name: StaticString, time: Int64) {
        key(name)
        if time == 0 { null() } else { self.time(time) }
    }
}

/// What is needed of an instrument to write its numbers.
package struct DisplayScales {
    package let price: Int
    package let quantity: Int

    package init(_ instrument: Instrument) {
        self.init(price: instrument.priceScale, quantity: instrument.quantityScale)
    }

    package init(price: Int, quantity: Int) {
        self.price = price
        self.quantity = quantity
    }
}

package enum OrderJSON {
    /// Further decimals of an average price, so that it is finer than what it averages: the most for
    /// which every price (up to 2^53) still fits 64 bits.
    package static let averageDecimals = 3

    package static func write(
        _ order: Order, scales: DisplayScales, style: NumberStyle, into json: inout JSONWriter
    ) {
        json.beginObject()
        writeFields(order, scales: scales, style: style, into: &json)
        json.endObject()
    }

    package static func writeFields(
        _ order: Order, scales: DisplayScales, style: NumberStyle, into json: inout JSONWriter
    ) {
        writeIdentity(order, into: &json)
        writeState(order, scales: scales, style: style, into: &json)
        if style == .strings { writeExtra(order, scales: scales, into: &json) }
    }

    /// As /api/v1 has it: decimal strings, and the predecessor's names left out. `children`: all that
    /// the order ever had.
    package static func writeV1Fields(
        _ order: Order, children: [OrderID], scales: DisplayScales, into json: inout JSONWriter
    ) {
        writeV1Identity(order, into: &json)
        json.optionalField("asset_type", order.terms.assetType)
        json.key("params")
        if order.terms.paramsJSON.isEmpty {
            json.null()
        } else {
            json.raw(order.terms.paramsJSON)
        }
        writeState(order, scales: scales, style: .strings, into: &json)
        writeExtra(order, scales: scales, into: &json)
        json.key("children")
        json.beginArray()
        for child in children { json.string(child.text) }
        json.endArray()
    }

    /// Which order it is: what an execution report says of it, too.
    static func writeV1Identity(_ order: Order, into json: inout JSONWriter) {
        json.field("order_id", order.id.text)
        json.field("client_order_id", String(order.id.clientOrderID))
        json.field("account_id", String(order.id.account))
        json.field("symbol", order.symbol)
        json.field("side", order.side.name)
        json.field("order_type", order.terms.orderType)
        json.field("time_in_force", order.terms.timeInForce)
    }

    private static func writeState(
        _ order: Order, scales: DisplayScales, style: NumberStyle, into json: inout JSONWriter
    ) {
        // A container's is its children's business.
        let isPriced = order.pricing == .limit && order.price.raw > 0
        let price = isPriced ? order.price.raw : nil
        json.optionalField("price", price, scale: scales.price, style)
        json.field("quantity", order.quantity.raw, scale: scales.quantity, style)
        json.field("filled_quantity", order.filled.raw, scale: scales.quantity, style)
        json.field("remaining_quantity", order.leaves.raw, scale: scales.quantity, style)
        let average = order.averagePrice(extraDecimals: averageDecimals)
        json.optionalField("avg_price", average, scale: scales.price + averageDecimals, style)
        json.field("fee", money: order.fee, style)
        json.field("status", style == .numbers ? order.status.keptName : order.status.name)
        json.optionalField("reason", order.reason)
        json.field("internal", order.book == .internal)
        json.optionalField("tag", order.terms.tag)
        json.field("timestamp", time: order.createdAt)
        json.field("created_at", time: order.createdAt)
        json.field("updated_at", time: order.updatedAt)
        json.field("closed_at", time: order.closedAt)
        json.field("expire_time", time: order.expireAt)
        json.field("event_seq", count: order.lastSequence)
    }

    private static func writeIdentity(_ order: Order, into json: inout JSONWriter) {
        json.field("id", order.id.text)
        json.field("order_id", order.id.text)
        json.field("client_order_id", String(order.id.clientOrderID))
        json.field("account_id", String(order.id.account))
        json.field("symbol", order.symbol)
        // The predecessor calls the side type, and the time in force tif.
        json.field("type", order.side.name)
        json.field("side", order.side.name)
        json.field("order_type", order.terms.orderType)
        json.field("tif", order.terms.timeInForce)
        json.field("time_in_force", order.terms.timeInForce)
        json.optionalField("asset_type", order.terms.assetType)
        if !order.terms.paramsJSON.isEmpty {
            json.key("params")
            json.raw(order.terms.paramsJSON)
        }
    }
}

package enum TradeJSON {
    /// The parties are named only to those who may see them.
    package static func write(
        _ trade: Trade, scales: DisplayScales, style: NumberStyle, withParties: Bool,
        into json: inout JSONWriter
    ) {
        json.beginObject()
        json.field("trade_id", trade.id)
        json.field("symbol", trade.symbol)
        json.field("price", trade.price.raw, scale: scales.price, style)
        json.field("quantity", trade.quantity.raw, scale: scales.quantity, style)
        json.field("aggressor", trade.aggressor.name)
        json.field("timestamp", time: trade.time)
        json.field("internal", trade.book == .internal)
        json.field("busted", trade.isBusted)
        if withParties {
            json.field("buy_order_id", trade.buyOrderID.text)
            json.field("sell_order_id", trade.sellOrderID.text)
            json.field("buy_account_id", String(trade.buyOrderID.account))
            json.field("sell_account_id", String(trade.sellOrderID.account))
        }
        json.endObject()
    }
}

package enum BookJSON {
    /// {symbol, bids, asks, timestamp, seq}, best first.
    package static func writeFields(
        symbol: String, bids: [BookLevel], asks: [BookLevel], time: Int64, sequence: Int64,
        scales: DisplayScales, style: NumberStyle, into json: inout JSONWriter
    ) {
        json.field("symbol", symbol)
        json.key("bids")
        writeLevels(bids, scales: scales, style: style, into: &json)
        json.key("asks")
        writeLevels(asks, scales: scales, style: style, into: &json)
        json.field("timestamp", time: time)
        json.field("seq", count: sequence)
    }

    private static func writeLevels(
        _ levels: [BookLevel], scales: DisplayScales, style: NumberStyle,
        into json: inout JSONWriter
    ) {
        json.beginArray()
        for level in levels {
            json.beginObject()
            json.field("price", level.price.raw, scale: scales.price, style)
            json.field("quantity", level.quantity.raw, scale: scales.quantity, style)
            json.field("orders", count: level.orderCount)
            json.endObject()
        }
        json.endArray()
    }
}
