// An alert about an order that was refused, as JSON.

import Base
import Trading
import Wire

package enum AlertJSON {
    /// `rule` is the reason's code, `text` the whole reason with its values.
    package static func write(_ order: Order, scales: DisplayScales, into json: inout JSONWriter) {
        json.beginObject()
        json.field("id", "\(order.lastSequence)")
        json.field("severity", "warning")
        json.field("account_id", String(order.id.account))
        json.field("symbol", order.symbol)
        json.field("rule", String(order.reason.prefix { $0 != ":" }))
        json.field("text", order.reason)
        json.field("order_id", order.id.text)
        json.field("side", order.side.name)
        json.field("quantity", order.quantity.raw, scale: scales.quantity, .strings)
        let price = order.pricing == .limit ? order.price.raw : nil
        json.optionalField("price", price, scale: scales.price, .strings)
        json.field("timestamp", time: order.createdAt)
        json.endObject()
    }
}
