// A place's triggers, trails, pegs, links and sizes as the order record's extension, and back.

import Base
import COESPlugin
import Trading

extension OrderExtension {
    /// nil for a plain place; the fields have been judged.
    init?(_ place: oes_place_t) {
        self.init()
        triggerSource = TriggerSource(rawValue: UInt8(truncatingIfNeeded: place.trigger_source))
        triggerDirection = TriggerDirection(
            rawValue: UInt8(truncatingIfNeeded: place.trigger_direction))
        triggerPrice = Price(place.trigger_price.given ?? 0)
        trail = TrailKind(rawValue: UInt8(truncatingIfNeeded: place.trail))
        trailOffset = place.trail_offset
        limitOffset = place.limit_offset
        peg = PegReference(rawValue: UInt8(truncatingIfNeeded: place.peg))
        pegOffset = place.peg_offset
        pegLimit = Price(place.peg == 0 ? 0 : place.price)
        link = UInt8(truncatingIfNeeded: place.link_group)
        linkAction = LinkAction(rawValue: UInt8(truncatingIfNeeded: place.link_action))
        role = place.after == 1 ? .after : .ordinary
        display = Quantity(place.display_quantity.given ?? 0)
        minQuantity = Quantity(place.min_quantity.given ?? 0)
        if self == OrderExtension() { return nil }
    }
}

extension oes_place_t {
    mutating func set(_ extra: OrderExtension) {
        trigger_source = UInt32(extra.triggerSource?.rawValue ?? 0)
        trigger_direction = UInt32(extra.triggerDirection?.rawValue ?? 0)
        trigger_price = extra.triggerPrice.raw
        trail = UInt32(extra.trail?.rawValue ?? 0)
        trail_offset = extra.trailOffset
        limit_offset = extra.limitOffset
        peg = UInt32(extra.peg?.rawValue ?? 0)
        peg_offset = extra.pegOffset
        link_group = UInt32(extra.link)
        link_action = UInt32(extra.linkAction?.rawValue ?? 0)
        after = extra.role == .after ? 1 : 0
        display_quantity = extra.display.raw
        min_quantity = extra.minQuantity.raw
    }
}
