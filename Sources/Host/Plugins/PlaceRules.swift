// What a single place, container or amend of a plugin must keep to: oes_plugin.h says the same in
// words. A rule answers what is wrong, for the log, or nil.

import Base
import COESPlugin
import Trading

/// What the numbers of an instruction are judged by.
struct InstructionBounds {
    var tick: Int64 = 1
    var lot: Int64 = 1
    var quantity: Int64 = 0
    var time: Int64 = 0
    var side = Side.buy
    /// Whether the type may keep state.
    var keepsState = false

    /// Of a place with that key; an empty one is the order itself.
    func wrong(_ place: oes_place_t, key: String) -> String? {
        let name = key.isEmpty ? "place" : "place of child \(key)"
        let wrong =
            wrongChoice(place, isChild: !key.isEmpty) ?? wrongPrice(place.pricing, place.price)
            ?? wrongQuantities(place) ?? wrongTrigger(place) ?? wrongTrail(place)
            ?? wrongPeg(place, isChild: !key.isEmpty)
            ?? wrongBehaviour(place, isChild: !key.isEmpty) ?? wrongExpiry(place.expire_at)
        return wrong.map { "\(name): \($0)" }
    }

    func wrong(_ container: oes_container_t) -> String? {
        guard Pricing(container.pricing) != nil else {
            return "container's pricing is \(container.pricing)"
        }
        guard container.quantity == quantity else {
            return "container's quantity is \(container.quantity) of \(quantity)"
        }
        return wrongPrice(container.pricing, container.price) ?? wrongExpiry(container.expire_at)
    }

    func wrong(_ amend: oes_amend_t) -> String? {
        if amend.price != .min, !isPrice(amend.price) { return "amend's price is \(amend.price)" }
        if amend.quantity != .min, !isQuantity(amend.quantity) {
            return "amend's quantity is \(amend.quantity) of \(quantity), lot \(lot)"
        }
        return amend.price == .min && amend.quantity == .min ? "amend changes nothing" : nil
    }

    func wrongExpiry(_ expiry: Int64) -> String? {
        if expiry == .min || (expiry > 0 && expiry >= time && expiry <= Scaled.maximum) {
            return nil
        }
        return "expire_at is \(expiry) at time \(time)"
    }

    private func isPrice(_ price: Int64) -> Bool {
        price > 0 && price <= Scaled.maximum && price % tick == 0
    }

    private func isQuantity(_ number: Int64) -> Bool {
        number > 0 && number <= quantity && number % lot == 0
    }

    /// Of either sign.
    private func isOffset(_ offset: Int64) -> Bool {
        offset >= -Scaled.maximum && offset <= Scaled.maximum && offset % tick == 0
    }

    private func wrongChoice(_ place: oes_place_t, isChild: Bool) -> String? {
        if Pricing(place.pricing) == nil { return "pricing is \(place.pricing)" }
        if RemainderPolicy(place.remainder) == nil { return "remainder is \(place.remainder)" }
        if BookKind(place.book) == nil { return "book is \(place.book)" }
        if place.side > OES_SIDE_SELL { return "side is \(place.side)" }
        if !isChild, place.side != 0, place.side != side.abi { return "side isn't the order's" }
        if place.self_trade > OES_SELF_TRADE_DECREMENT {
            return "self_trade is \(place.self_trade)"
        }
        for flag in [place.post_only, place.reduce_only, place.after] where flag > 1 {
            return "a flag is \(flag)"
        }
        if place.after == 1 && !isChild { return "after is for children" }
        guard (place.link_group == 0) == (place.link_action == 0), place.link_group <= 255,
            place.link_action <= OES_LINK_REDUCE
        else { return "link is group \(place.link_group), action \(place.link_action)" }
        return nil
    }

    private func wrongPrice(_ pricing: oes_pricing, _ price: Int64) -> String? {
        if pricing == OES_PRICING_MARKET {
            return price == .min ? nil : "market pricing has the price \(price)"
        }
        return isPrice(price) ? nil : "price is \(price), tick \(tick)"
    }

    private func wrongQuantities(_ place: oes_place_t) -> String? {
        guard isQuantity(place.quantity) else {
            return "quantity is \(place.quantity) of \(quantity), lot \(lot)"
        }
        if let least = place.min_quantity.given, !isQuantity(least) || least > place.quantity {
            return "min_quantity is \(least) of \(place.quantity)"
        }
        if let shown = place.display_quantity.given,
            !isQuantity(shown) || shown >= place.quantity
        {
            return "display_quantity is \(shown) of \(place.quantity)"
        }
        return nil
    }

    private func wrongTrigger(_ place: oes_place_t) -> String? {
        guard place.trigger_source != 0 else {
            let isClean =
                place.trigger_direction == 0 && place.trigger_price.given == nil
                && place.trail == 0
            return isClean ? nil : "trigger has no source"
        }
        guard place.trigger_source <= OES_TRIGGER_ASK, place.trigger_direction > 0,
            place.trigger_direction <= OES_TRIGGER_AT_OR_BELOW
        else {
            return "trigger is source \(place.trigger_source), "
                + "direction \(place.trigger_direction)"
        }
        // A trailing one begins at the matcher's last price.
        let isRight =
            place.trail == 0 ? isPrice(place.trigger_price) : place.trigger_price.given == nil
        return isRight ? nil : "trigger_price is \(place.trigger_price), tick \(tick)"
    }

    private func wrongTrail(_ place: oes_place_t) -> String? {
        guard place.trail != 0 else {
            return place.trail_offset == 0 && place.limit_offset == 0 ? nil : "offset has no trail"
        }
        let sells = (place.side == 0 ? side.abi : place.side) == OES_SIDE_SELL
        let away = sells ? OES_TRIGGER_AT_OR_BELOW : OES_TRIGGER_AT_OR_ABOVE
        guard place.trigger_source == OES_TRIGGER_LAST, place.trigger_direction == away else {
            return "trail's trigger is source \(place.trigger_source), "
                + "direction \(place.trigger_direction)"
        }
        let offset = place.trail_offset
        let isRight: Bool
        switch place.trail {
        case OES_TRAIL_AMOUNT: isRight = isPrice(offset)
        case OES_TRAIL_BPS: isRight = offset > 0 && offset < 10_000
        default: return "trail is \(place.trail)"
        }
        guard isRight else { return "trail_offset is \(offset)" }
        let limits = place.pricing == OES_PRICING_LIMIT
        return isOffset(place.limit_offset) && (limits || place.limit_offset == 0)
            ? nil : "limit_offset is \(place.limit_offset)"
    }

    private func wrongPeg(_ place: oes_place_t, isChild: Bool) -> String? {
        guard place.peg != 0 else { return place.peg_offset == 0 ? nil : "offset has no peg" }
        guard place.peg <= OES_PEG_MIDPOINT else { return "peg is \(place.peg)" }
        guard place.pricing == OES_PRICING_LIMIT, place.trigger_source == 0, !isChild,
            place.book == OES_BOOK_LIT, place.remainder == OES_REMAINDER_REST
        else { return "peg needs a limit, the lit book, no trigger, and no parent" }
        return isOffset(place.peg_offset) ? nil : "peg_offset is \(place.peg_offset)"
    }

    /// What can't be asked of one order together. What the time in force may still change for the
    /// order itself is judged after it (`Overlay`).
    private func wrongBehaviour(_ place: oes_place_t, isChild: Bool) -> String? {
        let isMarket = place.pricing == OES_PRICING_MARKET
        let mustRest = place.post_only == 1 || place.display_quantity.given != nil
        if isChild && mustRest && place.remainder != OES_REMAINDER_REST {
            return "post_only or display_quantity doesn't rest"
        }
        if place.post_only == 1 {
            if isMarket { return "post_only has market pricing" }
            if place.min_quantity.given != nil { return "post_only has a min_quantity" }
        }
        if isMarket && place.display_quantity.given != nil {
            return "display_quantity has market pricing"
        }
        return nil
    }
}

extension Int64 {
    /// An interface's number whose 0 and OES_NONE both say "none".
    var given: Int64? { self == 0 || self == .min ? nil : self }
}
