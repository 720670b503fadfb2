// The shapes of limits as staff set them, and of what waits for a second person.

extension Shape {
    private static let scopeMembers: [Member] = [
        .init(
            "scope", .text,
            "firm, symbol:S, group:G, account:A, or group or account and symbol joined by |."),
        .init("account_id", .text, nullable: true),
        .init("group", .text, nullable: true),
        .init("symbol", .text, nullable: true),
    ]

    static let riskLimit = Shape(
        "RiskLimit",
        [
            .init("rule", .text),
            .init("limit", .text, "Its name in the rule's schema."),
            .init("value", .text, "A decimal in units, money or basis points, as the rule says."),
        ] + scopeMembers + [
            .init("source", .choice(["file", "set"]), "The operator's file, or staff."),
            .init("updated_at", .time, nullable: true),
            .init("updated_by", .text, "A key's id.", nullable: true),
            .init("reason", .text, nullable: true),
        ])

    static let pendingChange = Shape(
        "PendingChange",
        [
            .init("id", .text),
            .init("rule", .text),
            .init("kind", .choice(["limit", "mode"])),
        ] + scopeMembers + [
            .init("old", .map(.text), "What was set there when it was asked for."),
            .init("new", .map(.text), "What is to be set; empty: nothing any more."),
            .init("reason", .text, nullable: true),
            .init("proposed_by", .text, "A key's id: another key must approve it."),
            .init("proposed_by_name", .text),
            .init("created_at", .time),
            .init("expires_at", .time),
            .init("expired", .flag),
        ])

    static let policyChange = Shape(
        "PolicyChange",
        [
            .init("status", .choice(["done", "pending", "refused"])),
            .init("rule", .text),
            .init("policy_version", .integer, "The event of the policy's last change."),
            .init(
                "pending", .object(pendingChange), "What waits for a second person.",
                nullable: true),
        ])
}
