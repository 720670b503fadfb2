// The shapes of accounts and markets. The kept routes write numbers, /api/v1 decimals as text: the
// `number` of a shape says which, and the one kind has other names than the other.

import Trading

extension Shape {
    /// A shape in both styles needs two names.
    private static func name(_ base: String, _ number: Kind) -> String {
        if case .number = number { "Kept\(base)" } else { base }
    }

    private static func isKept(_ number: Kind) -> Bool {
        if case .number = number { true } else { false }
    }

    static func account(_ number: Kind) -> Shape {
        let id = Member("account_id", .text, "Its number.")
        return Shape(
            name("Account", number),
            (isKept(number) ? [Member("id", .text, "As account_id."), id] : [id]) + [
                .init("name", .text),
                .init("balance", number, "All cash, held included."),
                .init("held", number, "Cash that open buys need."),
                .init("available", number, "As buying_power."),
                .init("currency", .text),
                .init("account_type", .text),
                .init("risk_level", .text),
                .init("active", .flag, "An inactive account may only cancel."),
                .init("state", .choice(["active", "reducing", "cancel_only", "halted"])),
                .init("short_limit", number, "Units that may be sold beyond what is owned."),
                .init("group", .text, "null: in none.", nullable: true),
                .init(
                    "self_trade_scope", .choice(SelfTradeScope.allCases.map(\.name)),
                    "Whose resting orders count as its own."),
                .init("maker_fee_bps", .integer, "null: the instrument's.", nullable: true),
                .init("taker_fee_bps", .integer, "null: the instrument's.", nullable: true),
                .init("buying_power_multiple", number, "1: cash only."),
                .init("buying_power", number, "What new buys may use."),
                .init("created_at", .time),
                .init("updated_at", .time),
                .init("event_seq", .integer, "The event that changed it last."),
            ])
    }

    static func position(_ number: Kind) -> Shape {
        Shape(
            name("Position", number),
            [
                .init("account_id", .text),
                .init("symbol", .text),
                .init("quantity", number, "Held included; negative when short."),
                .init("held", number, "What open sells need."),
                .init("available", number, "quantity less held."),
                .init("avg_price", number, "What a unit cost on average.", nullable: true),
                .init("cost", number, "What the units cost together."),
                .init("realized_pnl", number),
                .init("market_value", number, "At the last trade's price.", nullable: true),
                .init("unrealized_pnl", number, nullable: true),
            ])
    }

    static func ledgerEntry(_ number: Kind) -> Shape {
        let kinds = [
            "deposit", "withdrawal", "adjustment", "trade_buy", "trade_sell", "fee", "bust",
        ]
        let type = Member("type", .choice(kinds))
        let kept = Member("transaction_type", .choice(kinds), "As type.")
        return Shape(
            name("LedgerEntry", number),
            [.init("id", .text), .init("account_id", .text), type]
                + (isKept(number) ? [kept] : []) + [
                    .init("amount", number, "Signed; an account's amounts sum to its balance."),
                    .init("balance_after", number),
                    .init("symbol", .text, nullable: true),
                    .init("quantity", number, "Units in or out."),
                    .init("description", .text, nullable: true),
                    .init("timestamp", .time),
                    .init("created_at", .time),
                ])
    }

    static func book(_ number: Kind) -> Shape {
        let level = Shape(
            name("BookLevel", number),
            [
                .init("price", number), .init("quantity", number),
                .init("orders", .integer, "How many orders stand there."),
            ])
        return Shape(
            name("Book", number),
            [
                .init("symbol", .text),
                .init("bids", .list(.object(level)), "Best first."),
                .init("asks", .list(.object(level)), "Best first."),
                .init(
                    "timestamp", .time, "Of its last change; null before the first.", nullable: true
                ),
                .init("seq", .integer, "The event that changed it last."),
            ])
    }

    static let instrument = Shape(
        "Instrument",
        [
            .init("symbol", .text),
            .init("name", .text),
            .init("asset_type", .text),
            .init("currency", .text),
            .init("price_scale", .integer, "Decimals of a price."),
            .init("quantity_scale", .integer, "Decimals of a quantity."),
            .init("tick_size", .decimal, "Prices are multiples of it."),
            .init("lot_size", .decimal, "Quantities are multiples of it."),
            .init("price_band_bps", .integer, "Protection of market orders."),
            .init("min_notional", .decimal, "The least value of an order."),
            .init("maker_fee_bps", .integer),
            .init("taker_fee_bps", .integer),
            .init("calendar", .text, "null: trades always.", nullable: true),
            .init("state", .choice(["open", "halted", "closed"]), "What holds now."),
            .init(
                "override", .choice(["halted", "closed"]),
                "What staff set, which wins over the calendar; null: nothing.", nullable: true),
            .init(
                "session", .object(session), "What the calendar says; null without one.",
                nullable: true),
        ])

    private static let session = Shape(
        "InstrumentSession",
        [
            .init("state", .choice(["open", "closed"])),
            .init("next_change_at", .time, nullable: true),
            .init("next_state", .choice(["open", "closed"]), nullable: true),
        ])

    static let ticker = Shape(
        "Ticker",
        [
            .init("symbol", .text),
            .init("last", .decimal, nullable: true),
            .init("bid", .decimal, nullable: true),
            .init("ask", .decimal, nullable: true),
            .init("volume", .decimal, "Of the UTC day."),
            .init("open", .decimal, nullable: true),
            .init("high", .decimal, nullable: true),
            .init("low", .decimal, nullable: true),
            .init("change", .decimal, "last less the day's open.", nullable: true),
            .init("change_percent", .decimal, "The same in percent of it.", nullable: true),
            .init("state", .choice(["open", "halted", "closed"])),
        ])

    /// As everybody sees it, without its parties.
    static let publicTrade = Shape(
        "PublicTrade",
        [
            .init("trade_id", .text),
            .init("symbol", .text),
            .init("price", .decimal, "The resting order's."),
            .init("quantity", .decimal),
            .init("aggressor", .choice(["buy", "sell"]), "The side that came later."),
            .init("timestamp", .time),
            .init("internal", .flag),
            .init("busted", .flag, "Taken back by an administrator."),
        ])
}
