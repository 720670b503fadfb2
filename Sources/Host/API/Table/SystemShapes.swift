// The shapes of what the host tells of itself.

extension Shape {
    static let health = Shape("Health", [.init("status", .text)])

    static let status = Shape(
        "Status",
        [
            .init("status", .choice(["ok", "degraded"])),
            .init("version", .text),
            .init("started_at", .time),
            .init("time", .time),
            .init("redis", .object(redis)),
            .init("seq", .integer, "The newest event that this host knows."),
            .init("open_orders", .integer),
            .init("accounts", .integer),
            .init("instruments", .integer),
            .init("connections", .integer),
            .init("subscriptions", .integer),
        ])

    private static let redis = Shape(
        "RedisStatus",
        [
            .init("connected", .flag),
            .init("embedded", .flag, "Whether the host runs it itself."),
            .init("durability", .choice(["strict", "fast"])),
        ])

    static let plugins = Shape(
        "Plugins",
        [
            .init("libraries", .list(.object(library))),
            .init("order_types", .list(.object(entry))),
            .init("times_in_force", .list(.object(entry))),
            .init("risk_rules", .list(.object(entry))),
            .init("notifiers", .list(.object(entry))),
        ])

    private static let library = Shape(
        "PluginLibrary",
        [
            .init("id", .text), .init("title", .text), .init("vendor", .text),
            .init("version", .text),
            .init("path", .text, "The file's name alone for a role that doesn't oversee."),
            .init("sha256", .text),
        ])

    private static let entry = Shape(
        "PluginEntry",
        [
            .init("name", .text, "What orders and settings call it."),
            .init("id", .text),
            .init("title", .text),
            .init("vendor", .text),
            .init("version", .text),
            .init("library", .text),
            .init("mode", .text, "enforce, or for risk rules also shadow and off."),
            .init("params_schema", .any, "Of an order's params; null where there are none."),
            .init("config_schema", .any, "Of the operator's config; null where it has none."),
            .init("limits_schema", .any, "Of a rule's limits; null where it has none."),
            .init("calls", .integer),
            .init("slow_calls", .integer, "Calls that took longer than 50 µs."),
            .init("mean_nanos", .integer),
            .init("max_nanos", .integer),
            .init("delivery", .object(delivery), "Of a notifier.", optional: true),
        ])
}
