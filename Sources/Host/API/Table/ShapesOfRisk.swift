// The shapes of what is risked, what limits it, and what was refused.

extension Shape {
    static let accountRisk = Shape(
        "AccountRisk",
        [
            .init("account_id", .text),
            .init("state", .choice(["active", "reducing", "cancel_only", "halted"])),
            .init("active", .flag),
            .init("currency", .text),
            .init("balance", .decimal, "All cash, held included."),
            .init("held", .decimal, "Cash that open buys need."),
            .init("available", .decimal, "balance less held: what new buys may use."),
            .init("equity", .decimal, "Cash and what the positions are worth."),
            .init("gross_exposure", .decimal, "Values of all positions, long and short alike."),
            .init("net_exposure", .decimal, "Long less short."),
            .init("realized_pnl", .decimal),
            .init("unrealized_pnl", .decimal),
            .init(
                "unpriced", .list(.text),
                "Symbols that never traded; their positions count for nothing above."),
            .init("open_orders", .integer),
        ])

    static let riskRule = Shape(
        "RiskRule",
        [
            .init("rule", .text),
            .init("title", .text),
            .init("version", .text),
            .init("library", .text),
            .init("mode", .choice(["enforce", "shadow", "off"])),
            .init("limits", .map(.text), "By the names of the rule's schema; unset ones left out."),
        ])

    static let alert = Shape(
        "Alert",
        [
            .init("id", .text),
            .init("severity", .choice(["warning"])),
            .init("account_id", .text),
            .init("symbol", .text),
            .init("rule", .text, "The reason's code."),
            .init("text", .text, "The reason with its values."),
            .init("order_id", .text),
            .init("side", .choice(["buy", "sell"])),
            .init("quantity", .decimal),
            .init("price", .decimal, nullable: true),
            .init("timestamp", .time),
        ])
}
