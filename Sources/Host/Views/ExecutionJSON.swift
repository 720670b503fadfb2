// Execution reports as JSON, in FIX's terms: the one writer for every route that answers one.

import Base
import Trading
import Wire

package enum ExecutionJSON {
    /// `order` gives what never changes of it. `receivedAt` is when the request came that this
    /// answers, UTC microseconds; 0 where the report is read later.
    package static func write(
        _ step: Execution, of order: Order, scales: DisplayScales, receivedAt: Int64,
        into json: inout JSONWriter
    ) {
        json.beginObject()
        writeFields(step, of: order, scales: scales, receivedAt: receivedAt, into: &json)
        json.endObject()
    }

    package static func writeFields(
        _ step: Execution, of order: Order, scales: DisplayScales, receivedAt: Int64,
        into json: inout JSONWriter
    ) {
        writeOrder(step, order, scales, into: &json)
        json.key("exec_id")
        // An order as it stands is no step of its life.
        if step.index == 0 { json.null() } else { json.string(step.id) }
        json.field("exec_type", step.execType.name)
        json.field("order_status", step.orderStatus.name)
        json.field("last_qty", step.lastQuantity.raw, scale: scales.quantity, .strings)
        let isTrade = step.tradeIndex > 0
        let lastPrice = isTrade ? step.lastPrice.raw : nil
        json.optionalField("last_px", lastPrice, scale: scales.price, .strings)
        json.field("cum_qty", step.cumQuantity.raw, scale: scales.quantity, .strings)
        json.field("leaves_qty", step.leavesQuantity.raw, scale: scales.quantity, .strings)
        let average = step.averagePrice(extraDecimals: OrderJSON.averageDecimals)
        json.optionalField(
            "avg_px", average, scale: scales.price + OrderJSON.averageDecimals, .strings)
        json.optionalField("liquidity", isTrade ? step.liquidity.name : "")
        json.optionalField("trade_id", step.tradeID ?? "")
        json.optionalField("reason", step.reason)
        json.optionalField("tag", order.terms.tag)
        json.field("event_seq", count: step.sequence)
        json.field("received_at", time: receivedAt)
        json.field("matched_at", time: step.time)
    }

    private static func writeOrder(
        _ step: Execution, _ order: Order, _ scales: DisplayScales, into json: inout JSONWriter
    ) {
        OrderJSON.writeV1Identity(order, into: &json)
        let isPriced = order.pricing == .limit && step.price.raw > 0
        let price = isPriced ? step.price.raw : nil
        json.optionalField("price", price, scale: scales.price, .strings)
        json.field("quantity", step.quantity.raw, scale: scales.quantity, .strings)
    }
}
