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
                "day_profit", .decimal,
                "Equity less what it was when the UTC day began, less what was paid in or out.",
                nullable: true),
            .init(
                "unpriced", .list(.text),
                "Symbols that never traded; their positions count for nothing above."),
            .init("open_orders", .integer),
        ])

    private static let ruleMembers: [Member] = [
        .init("rule", .text),
        .init("title", .text),
        .init("version", .text),
        .init("library", .text),
        .init("mode", .choice(["enforce", "shadow", "off"]), "As it is now on all hosts."),
        .init(
            "limits", .map(.text),
            "By the names of the rule's schema; unset ones left out. price-collar's `beyond` is "
                + "in basis points: 1000 is 10 %."),
    ]
    static let riskRule = Shape("RiskRule", ruleMembers)
    static let accountRule = Shape(
        "AccountRule",
        ruleMembers + [
            .init(
                "sources", .map(.text),
                "Where each limit comes from: the scope that it was set for, or file.")
        ])
}
