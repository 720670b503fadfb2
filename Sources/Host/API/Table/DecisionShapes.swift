// The shapes of what rules decide and measure.

import Plugins
import Trading

extension Shape {
    private static let measureMembers: [Member] = [
        .init("name", .text, "A limit of the rule, or what its guard measures."),
        .init(
            "scope", .choice(GuardScope.allCases.map(\.name)), "Of a guard: whose figures.",
            nullable: true),
        .init("unit", .choice(["count", "price", "quantity", "money", "bps"])),
        .init(
            "value", .decimal, "Null where it is known in Redis alone, as the order comes.",
            nullable: true),
        .init("limit", .decimal),
        .init(
            "headroom", .decimal, "What is left; below zero where it doesn't hold.",
            nullable: true),
        .init("bound", .choice(["at_most", "at_least"]), "How value must stand to limit."),
        .init("window_ms", .integer, "Of what is counted within a time.", nullable: true),
        .init("holds", .flag),
    ]

    private static let ruleMeasure = Shape("RuleMeasure", measureMembers)

    static let ruleDecision = Shape(
        "RuleDecision",
        [
            .init("rule", .text),
            .init("version", .text, "Empty where only its guard is known."),
            .init("mode", .choice(["enforce", "shadow"]), "A shadow rule refuses nothing."),
            .init("outcome", .choice(["passed", "rejected", "failed"])),
            .init("reason", .text, nullable: true),
            .init("value", .decimal, "Of the measure with the least room.", nullable: true),
            .init("limit", .decimal, nullable: true),
            .init("headroom", .decimal, nullable: true),
            .init("measures", .list(.object(ruleMeasure))),
        ])

    static let explanation = Shape(
        "OrderExplanation",
        [
            .init("order_id", .text),
            .init("order_status", .choice(OrderStatus.allCases.map(\.name))),
            .init("reason", .text, "Why it was refused, or ended.", nullable: true),
            .init("message", .text, "A rule's refusal in its own words.", nullable: true),
            .init("event_seq", .integer, "The event in which it came."),
            .init(
                "source", .choice(["recorded", "trimmed", "none"]),
                "trimmed: the event is no longer kept."),
            .init("text", .text),
            .init(
                "policy_version", .integer, "The state of limits and modes that it was judged by.",
                nullable: true),
            .init("rules", .list(.object(ruleDecision)), "In the order of the rules."),
        ])

    static let headroom = Shape(
        "Headroom",
        [
            .init("account_id", .text),
            .init("available", .decimal, "What a buy may use now."),
            .init("policy_version", .integer),
            .init("as_of_seq", .integer, "The newest event that it knows of."),
            .init(
                "items",
                .list(
                    .object(
                        Shape(
                            "HeadroomItem",
                            [
                                .init("rule", .text),
                                .init("mode", .choice(["enforce", "shadow"])),
                                .init("symbol", .text, "Null: whatever it is.", nullable: true),
                                .init(
                                    "side", .choice(["buy", "sell"]), "Null: either.",
                                    nullable: true),
                                .init("per_order", .flag, "Judged of each order alone."),
                            ] + measureMembers + [
                                .init("used_percent", .integer, nullable: true)
                            ])))),
        ])
}
