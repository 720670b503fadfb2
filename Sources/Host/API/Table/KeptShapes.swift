// The shapes that only the predecessor's routes answer with.

import Trading

extension Shape {
    private static let statuses = OrderStatus.allCases.map(\.keptName)
    private static let sides = ["buy", "sell"]

    static let keptOrder = Shape(
        "KeptOrder",
        [
            .init("id", .text, "As order_id."),
            .init("order_id", .text, "The account, a dash and the client order id."),
            .init("client_order_id", .text),
            .init("account_id", .text),
            .init("symbol", .text),
            .init("type", .choice(sides), "As side."),
            .init("side", .choice(sides)),
            .init("order_type", .text),
            .init("tif", .text, "As time_in_force."),
            .init("time_in_force", .text),
            .init("asset_type", .text, "As the order gave it.", nullable: true),
            .init("params", .any, "The order type's own, where it has any.", optional: true),
            .init("price", .number, "The limit price; null for market.", nullable: true),
            .init("quantity", .number),
            .init("filled_quantity", .number),
            .init("remaining_quantity", .number, "quantity less filled_quantity."),
            .init("avg_price", .number, "Of its fills.", nullable: true),
            .init("fee", .number),
            .init("status", .choice(statuses)),
            .init("reason", .text, "Why it ended, with the values.", nullable: true),
            .init("internal", .flag),
            .init("tag", .text, nullable: true),
            .init("timestamp", .time, "As created_at."),
            .init("created_at", .time),
            .init("updated_at", .time, nullable: true),
            .init("closed_at", .time, nullable: true),
            .init("expire_time", .time, "When it ends by itself.", nullable: true),
            .init("event_seq", .integer, "The event that changed it last."),
        ])

    static let edited = Shape(
        "KeptEdit",
        [
            .init("success", .flag),
            .init("message", .text),
            .init("order", .object(keptOrder)),
            .init("priority_kept", .flag, "Whether it kept its place in the queue."),
        ])

    static let cancelled = Shape(
        "KeptCancel",
        [.init("success", .flag), .init("message", .text), .init("order_id", .text)])

    static let keptTrade = Shape(
        "KeptTrade",
        [
            .init("trade_id", .text),
            .init("symbol", .text),
            .init("price", .number, "The resting order's."),
            .init("quantity", .number),
            .init("aggressor", .choice(sides), "The side that came later."),
            .init("timestamp", .time),
            .init("internal", .flag),
            .init("busted", .flag, "Taken back by an administrator."),
            .init("buy_order_id", .text, "To keys for all accounts.", optional: true),
            .init("sell_order_id", .text, "To keys for all accounts.", optional: true),
            .init("buy_account_id", .text, "To keys for all accounts.", optional: true),
            .init("sell_account_id", .text, "To keys for all accounts.", optional: true),
        ])
}
