// The shapes of orders and executions as /api/v1 has them.

import Trading

extension Shape {
    private static let sides = Kind.choice(["buy", "sell"])
    private static let statuses = Kind.choice(OrderStatus.allCases.map(\.name))

    private static let orderNames: [Member] = [
        .init("order_id", .text, "The account, a dash and the client order id."),
        .init("client_order_id", .text),
        .init("account_id", .text),
        .init("symbol", .text),
        .init("side", sides),
        .init("order_type", .text),
        .init("time_in_force", .text),
    ]

    private static let executionMembers: [Member] =
        orderNames + [
            .init("price", .decimal, "The limit; null for market.", nullable: true),
            .init("quantity", .decimal, "The order's total."),
            .init(
                "exec_id", .text,
                "Unique; null where a repeated request is answered with the order as it stands.",
                nullable: true),
            .init(
                "exec_type",
                .choice(ExecutionType.allCases.map(\.name)),
                "What this report is about: triggered, a parked order was set off; restated, its "
                    + "price or quantity changed without its client."),
            .init("order_status", statuses, "The order's, after this step."),
            .init("last_qty", .decimal, "Of this trade; 0 in other reports."),
            .init("last_px", .decimal, "Of this trade.", nullable: true),
            .init("cum_qty", .decimal, "Filled up to here."),
            .init("leaves_qty", .decimal, "What still works; 0 once the order has ended."),
            .init("avg_px", .decimal, "Of the fills up to here.", nullable: true),
            .init("liquidity", .choice(["maker", "taker"]), "Of this trade.", nullable: true),
            .init("trade_id", .text, "Of this trade.", nullable: true),
            .init(
                "reason", .text,
                "Why the order ended, with its values; what set it off or changed it.",
                nullable: true),
            .init("tag", .text, nullable: true),
            .init("event_seq", .integer, "The event that holds this step."),
            .init(
                "received_at", .time, "When the host had the request; null in lists.",
                nullable: true),
            .init("matched_at", .time, "Redis's time of the step."),
        ]

    static let execution = Shape("ExecutionReport", executionMembers)

    static let amended = Shape(
        "AmendReport",
        executionMembers + [
            .init("priority_kept", .flag, "Whether the order kept its place in the book.")
        ])

    private static let orderMembers: [Member] =
        orderNames + [
            .init("asset_type", .text, "As it was given.", nullable: true),
            .init("params", .any, "The order type's own, as they were given.", nullable: true),
            .init(
                "price", .decimal,
                "The limit; a pegged order's price now; null for market and containers.",
                nullable: true),
            .init("quantity", .decimal),
            .init("filled_quantity", .decimal),
            .init("remaining_quantity", .decimal, "What is left; 0 once it has ended."),
            .init("avg_price", .decimal, "Of the fills.", nullable: true),
            .init("fee", .decimal, "All fees so far."),
            .init("status", statuses),
            .init("reason", .text, "Why it ended, with its values.", nullable: true),
            .init("internal", .flag),
            .init("tag", .text, nullable: true),
            .init("timestamp", .time, "As created_at."),
            .init("created_at", .time),
            .init("updated_at", .time),
            .init("closed_at", .time, nullable: true),
            .init("expire_time", .time, nullable: true),
            .init("event_seq", .integer, "The event that changed it last."),
        ] + orderExtra

    private static let orderExtra: [Member] = [
        .init("post_only", .flag),
        .init("reduce_only", .flag),
        .init("stp_mode", .choice(SelfTradeMode.allCases.map(\.name))),
        .init("display_quantity", .decimal, "The most that is seen at a time.", nullable: true),
        .init("min_quantity", .decimal, "Until its arrival was judged.", nullable: true),
        .init("stop_price", .decimal, "What sets it off; of a trail, now.", nullable: true),
        .init(
            "trigger", .choice(TriggerSource.allCases.map(\.name)),
            "Whose price is compared with stop_price.", nullable: true),
        .init(
            "trigger_direction", .choice(TriggerDirection.allCases.map(\.name)), nullable: true),
        .init("trail_amount", .decimal, "How far its stop_price trails.", nullable: true),
        .init("trail_bps", .integer, "The same in basis points.", nullable: true),
        .init("limit_offset", .decimal, "A trailing limit less its stop_price.", nullable: true),
        .init("peg", .choice(PegReference.allCases.map(\.name)), nullable: true),
        .init("peg_offset", .decimal, nullable: true),
        .init("peg_limit", .decimal, "The worst price it may come to.", nullable: true),
        .init("parent_order_id", .text, "Of a child: its family's main order.", nullable: true),
        .init(
            "link_group", .integer, "Members of one group act on each other.", nullable: true),
        .init(
            "link_action", .choice(LinkAction.allCases.map(\.name)),
            "What another member's fill does to this one.", nullable: true),
        .init("children", .list(.text), "Ids of all orders that were made for it."),
    ]

    static let order = Shape("Order", orderMembers)

    static let orderWithHistory = Shape(
        "OrderWithHistory",
        orderMembers + [
            .init("history", .list(.object(execution)), "Its steps, the oldest first."),
            .init("history_is_cut", .flag, "Whether there are older steps than these."),
        ])

    static let executions = Shape(
        "ExecutionReportList",
        [
            .init("items", .list(.object(execution))),
            .init("next_page_token", .text, "Newest first: for the next page.", nullable: true),
            .init(
                "next_seq", .integer, "With from_seq: the from_seq to go on with.",
                nullable: true),
            .init("has_more", .flag, "Whether there is more already."),
        ])

    static let massCancel = Shape(
        "CancelAllReport",
        [
            .init("cancelled", .integer),
            .init("already_ended", .integer, "Ended before their cancel came."),
            .init("failed", .integer, "May still work: repeat the call."),
            .init("micros", .integer, "How long it took."),
        ])

    static let batch = Shape(
        "BatchReport",
        [
            .init(
                "items",
                .list(
                    .object(
                        Shape(
                            "BatchItem",
                            [
                                .init("status", .integer, "The HTTP status of this order alone."),
                                .init("execution", .object(execution), nullable: true),
                                .init("error", .object(error), nullable: true),
                            ]))), "In the order of the request.")
        ])

    static let dryRun = Shape(
        "DryRun",
        [
            .init("would_be", .choice(["accepted", "rejected"])),
            .init("rejection", .object(error), "Why it would be refused.", nullable: true),
            .init("order_status", statuses, "How it would stand then.", nullable: true),
            .init("reason", .text, "Why it would end at once.", nullable: true),
            .init("price", .decimal, "The limit or protection price.", nullable: true),
            .init("fills", .list(.object(dryRunFill)), "What it would trade now."),
            .init("filled_quantity", .decimal),
            .init("avg_price", .decimal, nullable: true),
            .init("estimated_amount", .decimal, "Of the fills."),
            .init("estimated_fee", .decimal, "Of the fills."),
            .init("required_cash", .decimal, "A buy's cover.", nullable: true),
            .init("required_units", .decimal, "A sale's cover.", nullable: true),
            .init("rules", .list(.object(ruleDecision)), "In the order of the rules."),
            .init("as_of_seq", .integer, "The newest event that it knows of."),
        ])

    private static let dryRunFill = Shape(
        "DryRunFill",
        [.init("price", .decimal), .init("quantity", .decimal), .init("amount", .decimal)])
}
