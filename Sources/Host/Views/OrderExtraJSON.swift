// What an order has beyond price and quantity, as JSON: every field is always there, null or false
// where the order has nothing of it.

import Base
import Trading
import Wire

extension OrderJSON {
    static func writeExtra(
        _ order: Order, scales: DisplayScales, into json: inout JSONWriter
    ) {
        let extra = order.extra ?? OrderExtension()
        json.field("post_only", order.flags.contains(.postOnly))
        json.field("reduce_only", order.flags.contains(.reduceOnly))
        json.field("stp_mode", order.selfTrade.name)
        json.optionalField(
            "display_quantity", given(extra.display.raw), scale: scales.quantity, .strings)
        json.optionalField(
            "min_quantity", given(extra.minQuantity.raw), scale: scales.quantity, .strings)
        writeTrigger(extra, scales, into: &json)
        writePeg(extra, scales, into: &json)
        json.optionalField("parent_order_id", order.parentID?.text ?? "")
        json.key("link_group")
        if extra.link == 0 { json.null() } else { json.number(Int64(extra.link)) }
        json.optionalField("link_action", extra.linkAction?.name ?? "")
    }

    private static func writeTrigger(
        _ extra: OrderExtension, _ scales: DisplayScales, into json: inout JSONWriter
    ) {
        let trail = extra.trail
        json.optionalField(
            "stop_price", given(extra.triggerPrice.raw), scale: scales.price, .strings)
        json.optionalField("trigger", extra.triggerSource?.name ?? "")
        json.optionalField("trigger_direction", extra.triggerDirection?.name ?? "")
        json.optionalField(
            "trail_amount", trail == .amount ? extra.trailOffset : nil, scale: scales.price,
            .strings)
        json.key("trail_bps")
        if trail == .bps { json.number(extra.trailOffset) } else { json.null() }
        json.optionalField(
            "limit_offset", trail == nil ? nil : given(extra.limitOffset), scale: scales.price,
            .strings)
    }

    private static func writePeg(
        _ extra: OrderExtension, _ scales: DisplayScales, into json: inout JSONWriter
    ) {
        let peg = extra.peg
        json.optionalField("peg", peg?.name ?? "")
        json.optionalField(
            "peg_offset", peg == nil ? nil : extra.pegOffset, scale: scales.price, .strings)
        // The price is where it stands now.
        json.optionalField(
            "peg_limit", peg == nil ? nil : extra.pegLimit.raw, scale: scales.price, .strings)
    }

    private static func given(_ number: Int64) -> Int64? { number == 0 ? nil : number }
}
