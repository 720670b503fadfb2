// A client's instructions over what an order type placed: what each of them needs, and why it can't
// be had. The refusals are the client's, not the plugin's.

import Base
import COESPlugin
import Trading

struct Overlay {
    let asked: OrderInstructions
    /// As the type placed it.
    let place: oes_place_t
    /// As the time in force said.
    let policy: RemainderPolicy

    /// What becomes of the remainder with all said.
    var remainder: RemainderPolicy { asked.allOrNone ? .allOrNone : policy }

    /// The place with the instructions laid over it.
    var laid: oes_place_t {
        var laid = place
        if asked.postOnly { laid.post_only = 1 }
        if asked.reduceOnly { laid.reduce_only = 1 }
        if let least = asked.minQuantity { laid.min_quantity = least.raw }
        if let shown = asked.displayQuantity { laid.display_quantity = shown.raw }
        if let mode = asked.selfTrade { laid.self_trade = UInt32(mode.rawValue) }
        return laid
    }

    /// The instructions' own numbers.
    func offGrid(_ instrument: Instrument) -> Rejection? {
        for (field, quantity) in [
            ("min_quantity", asked.minQuantity), ("display_quantity", asked.displayQuantity),
        ] {
            guard let quantity else { continue }
            if let wrong = Grid.wrongQuantity(quantity, field: field, instrument) { return wrong }
        }
        return nil
    }

    /// The first two things that can't be had together.
    var conflict: Rejection? {
        wrongAllOrNone ?? wrongPostOnly ?? wrongMinimum ?? wrongDisplay ?? wrongPlace
    }

    private var isMarket: Bool { place.pricing == OES_PRICING_MARKET }
    private var posts: Bool { laid.post_only == 1 }
    private var least: Int64? { laid.min_quantity.given }
    private var shown: Int64? { laid.display_quantity.given }

    private var wrongAllOrNone: Rejection? {
        guard asked.allOrNone else { return nil }
        if posts { return no("all_or_none", "trades at once or not at all, post_only never does") }
        if least != nil { return no("all_or_none", "is more than any min_quantity: give one") }
        if shown != nil { return no("all_or_none", "never rests, so there is nothing to display") }
        return nil
    }

    private var wrongPostOnly: Rejection? {
        guard posts else { return nil }
        if isMarket { return no("post_only", "needs a limit: a market order takes") }
        if remainder != .rest {
            return no(asked.postOnly, "post_only", "needs a time in force that rests")
        }
        return least == nil
            ? nil : no("min_quantity", "must trade on arrival, post_only never does")
    }

    private var wrongMinimum: Rejection? {
        guard let given = asked.minQuantity else { return nil }
        if let own = place.min_quantity.given, own != given.raw {
            return no("min_quantity", "is set by the order type itself")
        }
        if given.raw > place.quantity { return no("min_quantity", "is above the quantity") }
        return place.peg != 0
            ? no("min_quantity", "must trade on arrival, a pegged order never does") : nil
    }

    private var wrongDisplay: Rejection? {
        guard let shown else { return nil }
        let isAsked = asked.displayQuantity != nil
        if let own = place.display_quantity.given, isAsked, own != shown {
            return no("display_quantity", "is set by the order type itself")
        }
        if isMarket { return no("display_quantity", "needs a limit: a market order never rests") }
        if remainder != .rest {
            return no(isAsked, "display_quantity", "needs a time in force that rests")
        }
        return shown >= place.quantity
            ? no("display_quantity", "must be below the quantity, or be left out") : nil
    }

    /// What the type placed, if it can't rest.
    private var wrongPlace: Rejection? {
        guard remainder != .rest else { return nil }
        let field = asked.allOrNone ? "all_or_none" : "time_in_force"
        if place.peg != 0 { return no(field, "doesn't let the order rest, but a pegged one must") }
        return place.link_group != 0
            ? no(field, "doesn't let the order rest, but it is linked with another") : nil
    }

    /// Where the client didn't ask for it, the order type did, and the time in force is what can be
    /// changed.
    private func no(_ isAsked: Bool, _ field: String, _ why: String) -> Rejection {
        guard !isAsked else { return no(field, why) }
        return no("time_in_force", "doesn't let the order rest, but its type's \(field) must")
    }

    private func no(_ field: String, _ why: String) -> Rejection { Self.no(field, why) }

    private static func no(_ field: String, _ why: String) -> Rejection {
        Rejection(
            .refused, "instruction_conflict", "\(field) \(why).", field: field,
            values: "field=\(field)")
    }

    /// What a container can't have: it doesn't work itself.
    static func conflict(
        ofContainer asked: OrderInstructions, policy: RemainderPolicy, _ request: OrderRequest
    ) -> Rejection? {
        let why = "isn't possible with \(request.orderType), which works in several pieces"
        if asked.allOrNone { return no("all_or_none", why) }
        if asked.postOnly { return no("post_only", why) }
        if asked.minQuantity != nil { return no("min_quantity", why) }
        if asked.displayQuantity != nil { return no("display_quantity", why) }
        return policy == .rest
            ? nil : no("time_in_force", "doesn't let the order rest, but it works over time")
    }
}

/// A client's own numbers against the instrument's, so that a plugin isn't blamed for passing them
/// on.
enum Grid {
    static func wrongPrice(
        _ price: Price, field: String, _ instrument: Instrument
    ) -> Rejection? {
        guard price.raw <= 0 || price.raw % instrument.tickSize != 0 else { return nil }
        let given = Scaled.format(price.raw, scale: instrument.priceScale)
        let tick = Scaled.format(instrument.tickSize, scale: instrument.priceScale)
        return Rejection(
            .refused, "tick_size",
            "The \(words(field)) \(given) isn't a positive multiple of the tick size \(tick).",
            field: field, values: "\(name(field))=\(given), tick=\(tick)")
    }

    static func wrongQuantity(
        _ quantity: Quantity, field: String, _ instrument: Instrument
    ) -> Rejection? {
        guard quantity.raw <= 0 || quantity.raw % instrument.lotSize != 0 else { return nil }
        let given = Scaled.format(quantity.raw, scale: instrument.quantityScale)
        let lot = Scaled.format(instrument.lotSize, scale: instrument.quantityScale)
        return Rejection(
            .refused, "lot_size",
            "The \(words(field)) \(given) isn't a positive multiple of the lot size \(lot).",
            field: field, values: "\(name(field))=\(given), lot=\(lot)")
    }

    private static func words(_ field: String) -> String {
        name(field).replacing("_", with: " ")
    }
    private static func name(_ field: String) -> String {
        String(field.split(separator: ".").last ?? "")
    }
}
