// `duplicate-order`: the same order again, within moments: a double click, or a program that repeats
// itself. A guard, so that two that come at once are seen. A repeated request with the same client
// order id isn't one: it is answered with the first.

import OESPluginKit

struct DuplicateOrder: RiskRule {
    static let description = EntryDescription(
        id: "org.oes.duplicate-order", name: "duplicate-order", title: "Duplicate order",
        vendor: Library.vendor, version: Library.version,
        limitsSchema: """
            {"type": "object", "additionalProperties": false,
             "description": "The same order again within moments: same account, symbol, book, side, price and quantity. It catches the double click; a repeated request with the same client_order_id isn't one and is answered with the first. Unset, nothing is compared. What an order type places, and amends, aren't compared.",
             "x-oes-example": {
               "limits": {"window": 3000},
               "request": {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "100", "price": "150.00"},
               "gives": "duplicate_order",
               "then": "Taken; the same again within three seconds is refused by Redis."},
             "properties": {
              "window": {"type": "integer", "x-oes-format": "duration", "minimum": 1,
                "maximum": 86400000, "title": "How long an order is remembered", "x-oes-unit": "ms",
                "description": "Unset, the rule is without effect.", "x-oes-order": 1},
              "same": {"type": "integer", "minimum": 0, "default": 0,
                "title": "How many like it may have been taken",
                "description": "Within the window, before this one.", "x-oes-order": 2}}}
            """)

    init(host: Host, config: Values) {}

    func check(_ input: CheckInput) -> Verdict {
        guard !input.isAmend, !input.isChild, let window = input.limits.integer(0) else {
            return .pass
        }
        input.require(
            .duplicates, .accountSymbol, limit: input.limits.integer(1) ?? 0,
            windowMillis: window, code: "duplicate_order", exemptIfReducing: false)
        return .pass
    }
}
