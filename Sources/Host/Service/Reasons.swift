// What each reason code of the matching script means: the HTTP status that it has, the request's
// field that it is about, and a sentence that tells the client what to do.
//
// Plugins' codes aren't here; their text comes with them.

import Base
import Store
import Trading

package enum Reasons {
    /// A refusal from the script's code and values, or from an order's recorded reason.
    package static func rejection(code: String, values: String) -> Rejection {
        guard let known = table[code] else {
            return Rejection(.refused, code, sentence("Refused by rule", values), values: values)
        }
        return Rejection(
            known.refusal, code, sentence(known.text, values), field: known.field, values: values)
    }

    /// What the script refused without recording it.
    package static func rejection(_ refusal: ScriptRefusal) -> Rejection {
        rejection(code: refusal.code, values: refusal.values)
    }

    /// What the script refused of a transaction: one of cash has an amount and nothing else.
    package static func rejection(
        _ refusal: ScriptRefusal, of transaction: Transaction
    ) -> Rejection {
        guard transaction.symbol.isEmpty, let text = cash[refusal.code] else {
            return rejection(refusal)
        }
        return Rejection(
            .refused, refusal.code, sentence(text, refusal.values), field: "amount",
            values: refusal.values)
    }

    /// Why an order was rejected, as it was recorded: a rule's refusal in the rule's own words.
    static func rejection(of order: Order) -> Rejection {
        let rejection = rejection(reason: order.reason)
        let terms = order.terms
        guard !terms.refusalText.isEmpty else { return rejection }
        return Rejection(
            .refused, rejection.code, terms.refusalText,
            field: terms.refusalField.isEmpty ? nil : terms.refusalField,
            values: rejection.values)
    }

    /// An order's reason: `code` or `code: name=value, …`.
    package static func rejection(reason: String) -> Rejection {
        guard let colon = reason.firstIndex(of: ":") else {
            return rejection(code: reason, values: "")
        }
        let values = reason[reason.index(after: colon)...].drop { $0 == " " }
        return rejection(code: String(reason[..<colon]), values: String(values))
    }

    private static func sentence(_ text: String, _ values: String) -> String {
        values.isEmpty ? "\(text)." : "\(text) (\(values))."
    }

    private struct Meaning {
        let refusal: RefusalClass
        let field: String?
        let text: String
    }

    private static func refused(_ text: String, field: String? = nil) -> Meaning {
        Meaning(refusal: .refused, field: field, text: text)
    }

    private static let cash = [
        "insufficient_cash": "Not enough free cash; lower the amount or cancel open buys",
        "amount_too_large": "The balance would be above the largest amount that can be kept",
    ]

    private static let table: [String: Meaning] = [
        // The market.
        "unknown_symbol": refused("There is no such instrument", field: "symbol"),
        "instrument_halted": refused(
            "Trading in this instrument is halted; only cancels are taken", field: "symbol"),
        "instrument_closed": refused(
            "This instrument's session is closed", field: "symbol"),
        "no_reference_price": refused(
            "A market order needs an opposite order or a last trade to take its price from; "
                + "send a limit order", field: "order_type"),
        "no_liquidity": refused(
            "There is nothing to trade against; send a limit order", field: "order_type"),
        "tick_size": refused("The price is not a multiple of the tick size", field: "price"),
        "lot_size": refused("The quantity is not a multiple of the lot size", field: "quantity"),
        "min_notional": refused(
            "The order's value is below the instrument's minimum", field: "quantity"),
        "amount_too_large": refused(
            "Price times quantity is above the largest amount that can be kept",
            field: "quantity"),
        "expire_time_passed": refused("The expiry lies in the past", field: "expire_time"),
        "min_quantity": refused(
            "There is less to trade with at once than the order's minimum", field: "min_quantity"),
        "fok_unfillable": refused("It can't be filled whole at once"),
        "ioc_remainder": refused("What couldn't trade at once was cancelled"),
        "post_only": refused(
            "The order would trade at once; choose a price outside of the best opposite one",
            field: "price"),
        "reduce_only": refused(
            "The order, with the account's other reduce-only orders, is more than its position; "
                + "lower the quantity", field: "quantity"),
        "too_many_reduce_only": refused(
            "The account has too many open reduce-only orders in this instrument; cancel some",
            field: "reduce_only"),
        "too_many_pegs": refused(
            "There are too many pegged orders in this instrument; send a limit order",
            field: "order_type"),
        "outside_lit": refused("Internal orders trade only within the lit book's best prices"),
        "unknown_trade": Meaning(
            refusal: .notFound, field: nil, text: "There is no such trade"),
        "already_busted": Meaning(
            refusal: .conflict, field: nil, text: "The trade was taken back already"),
        "unknown_dead_letter": Meaning(
            refusal: .notFound, field: "event_ids", text: "The notifier has no such dead letter"),
        // The account.
        "unknown_account": Meaning(
            refusal: .notFound, field: "account_id", text: "There is no such account"),
        "account_inactive": refused("The account is not active", field: "account_id"),
        "account_reducing": refused(
            "The account may only reduce its positions", field: "account_id"),
        "account_cancel_only": refused("The account may only cancel", field: "account_id"),
        "account_halted": refused("The account is halted", field: "account_id"),
        "currency_mismatch": refused(
            "The account trades only instruments in its own currency", field: "symbol"),
        "insufficient_cash": refused(
            "Not enough free cash; lower the quantity or the price, cancel other orders or deposit",
            field: "quantity"),
        "insufficient_shares": refused(
            "Not enough free units to sell; lower the quantity or cancel other sells",
            field: "quantity"),
        // Guards of the shipped risk rules.
        "long_position_limit": refused(
            "The position with its open buys would pass its limit; lower the quantity",
            field: "quantity"),
        "short_position_limit": refused(
            "The short position with its open sales would pass its limit; lower the quantity",
            field: "quantity"),
        "group_position_limit": refused(
            "The group's position would pass its limit; lower the quantity", field: "quantity"),
        "firm_position_limit": refused(
            "The firm's position would pass its limit; lower the quantity", field: "quantity"),
        "restricted_reduce_only": refused(
            "The symbol is restricted: only orders that reduce the position are taken",
            field: "symbol"),
        "open_orders_value": refused(
            "Open orders would be worth more than allowed; cancel some or lower the quantity",
            field: "quantity"),
        "gross_exposure": refused(
            "Positions and open orders would pass the gross limit; lower it, or cancel orders",
            field: "quantity"),
        "net_exposure": refused(
            "Positions and open orders would pass the net limit; lower it, or cancel orders",
            field: "quantity"),
        "group_gross_exposure": refused(
            "The group would pass its gross limit; lower the quantity", field: "quantity"),
        "group_net_exposure": refused(
            "The group would pass its net limit; lower the quantity", field: "quantity"),
        "firm_gross_exposure": refused(
            "The firm would pass its gross limit; lower the quantity", field: "quantity"),
        "firm_net_exposure": refused(
            "The firm would pass its net limit; lower the quantity", field: "quantity"),
        "open_orders_limit": refused(
            "The account has as many open orders as it may; cancel some first"),
        "group_open_orders_limit": refused(
            "The group has as many open orders as it may; cancel some first"),
        "firm_open_orders_limit": refused(
            "The firm has as many open orders as it may; cancel some first"),
        "cash_reserve": refused(
            "Less cash than the reserve would be left; lower the quantity or deposit",
            field: "quantity"),
        "duplicate_order": refused(
            "The same order was taken a moment ago; wait, or change it if it is meant"),
        "execution_throttle": refused(
            "Orders here executed too often; risk staff must look and reset the throttle",
            field: "symbol"),
        "order_rate_second": refused(
            "The account has sent as many orders as it may in a second; wait and try again"),
        "order_rate_minute": refused(
            "The account has sent as many orders as it may in a minute; wait and try again"),
        "group_order_rate_second": refused(
            "The group has sent as many orders as it may in a second; wait and try again"),
        "group_order_rate_minute": refused(
            "The group has sent as many orders as it may in a minute; wait and try again"),
        "firm_order_rate_second": refused(
            "The firm has sent as many orders as it may in a second; wait and try again"),
        "firm_order_rate_minute": refused(
            "The firm has sent as many orders as it may in a minute; wait and try again"),
        "position_limit": refused(
            "The position with its open orders would pass its limit; lower the quantity",
            field: "quantity"),
        "account_exists": Meaning(
            refusal: .conflict, field: "account_id", text: "There is such an account already"),
        "symbol_exists": Meaning(
            refusal: .conflict, field: "symbol", text: "There is such an instrument already"),
        // Risk controls.
        "kill_switch": refused(
            "Trading is stopped by a kill switch; only cancels are taken until an administrator "
                + "lifts it", field: "account_id"),
        "risk_block": refused(
            "A risk rule has blocked the account; only cancels are taken until staff lift it",
            field: "account_id"),
        "unknown_group": Meaning(
            refusal: .notFound, field: "group", text: "There is no such group"),
        "group_exists": Meaning(
            refusal: .conflict, field: "group", text: "There is such a group already"),
        "group_in_use": Meaning(
            refusal: .conflict, field: nil,
            text: "Accounts are in the group; put them elsewhere first"),
        "group_switch_on": Meaning(
            refusal: .conflict, field: nil, text: "The group's kill switch is on; lift it first"),
        "too_many_groups": refused("There are too many groups; remove some first"),
        "too_many_limits": refused("There are too many limits; take some away first"),
        "too_many_pending": refused("Too many changes wait for a second person; decide on some"),
        "unknown_limit": Meaning(
            refusal: .notFound, field: "rule", text: "No such limit is set there"),
        "unknown_change": Meaning(
            refusal: .notFound, field: nil, text: "There is no such change that waits"),
        "change_expired": Meaning(
            refusal: .conflict, field: nil, text: "The change has waited too long; ask for it again"
        ),
        "changed_meanwhile": Meaning(
            refusal: .conflict, field: nil,
            text: "What it changes isn't as it was when it was asked for; ask for it again"),
        "same_person": Meaning(
            refusal: .conflict, field: nil,
            text: "Who asked for a change can't approve it; somebody with another key must"),
        "switch_not_on": Meaning(
            refusal: .conflict, field: "scope", text: "Nothing is blocked there"),
        "not_latched": Meaning(
            refusal: .conflict, field: nil,
            text: "The account isn't stopped in this instrument"),
        "unknown_alert": Meaning(refusal: .notFound, field: nil, text: "There is no such alert"),
        // Keys.
        "unknown_key": Meaning(
            refusal: .notFound, field: nil, text: "There is no such key or session"),
        "key_exists": Meaning(
            refusal: .conflict, field: nil, text: "There is such a key already; try again"),
        "key_revoked": Meaning(refusal: .conflict, field: nil, text: "The key is revoked"),
        "first_key_admin": refused(
            "The first key must have the role admin and be for all accounts, so that somebody can "
                + "make the others", field: "role"),
        "last_admin_key": Meaning(
            refusal: .conflict, field: nil,
            text: "This is the last administrator's key for all accounts; make another one first"),
        "too_many_keys": refused("There are too many keys; revoke some first"),
        "too_many_sessions": refused("There are too many open sessions; sign out somewhere first"),
        // The order.
        "unknown_order": Meaning(
            refusal: .notFound, field: nil, text: "There is no such order"),
        "order_closed": Meaning(
            refusal: .conflict, field: nil,
            text: "The order has ended and can't be changed or cancelled any more"),
        "bad_argument": Meaning(
            refusal: .malformed, field: nil, text: "A value is outside of what can be kept"),
        "currency_fixed": refused("The currency can't be changed", field: "currency"),
        "scale_fixed": refused("The scales of a symbol can't be changed", field: "price_scale"),
        "open_orders": refused("There are open orders; cancel them first"),
        "below_filled": refused(
            "The new quantity is below what is filled already", field: "quantity"),
        "amend_unsupported": refused(
            "This can't be changed in such an order, or not now; cancel it and send a new one"),
        "too_many_children": refused("The order type has placed too many orders for this one"),
        "too_much_work": refused("The order would set off more than one call can do"),
        "child_rejected": refused(
            "An order that belongs to it was refused, so that it was cancelled with it"),
        "linked": refused("Another order of its group traded in its place"),
        "parent_ended": refused("The order that it belongs to has ended"),
        "parent_cancelled": refused("The order that it belongs to was cancelled"),
    ]
}
