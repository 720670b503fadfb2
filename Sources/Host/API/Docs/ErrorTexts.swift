// What each error status means, in one sentence for a client's programmer, and the codes that come
// with it. Tests hold the statuses against what the routes answer.

struct ErrorText {
    let status: Int
    let meaning: String
    let codes: [String]

    /// nil for a status that no route declares.
    static func of(_ status: Int) -> ErrorText? { all.first { $0.status == status } }

    static let all = [
        ErrorText(
            status: 400,
            meaning: "The request isn't understood: `field` says where. Mend it; repeating it as "
                + "it is never helps.",
            codes: [
                "malformed_json", "body_required", "missing_field", "invalid_type",
                "invalid_value", "out_of_range", "too_many_decimals", "unknown_field",
                "malformed_query", "malformed_path",
            ]),
        ErrorText(
            status: 401, meaning: "No key was given, or one that isn't known any more.",
            codes: ["unauthenticated", "unknown_key", "revoked_key", "expired_session"]),
        ErrorText(
            status: 403,
            meaning: "The key's role may not do this, or the Host or Origin isn't allowed in.",
            codes: [
                "role_not_allowed", "account_required", "host_not_allowed", "origin_not_allowed",
            ]),
        ErrorText(
            status: 404,
            meaning: "There is no such thing, or it is an account's that isn't the key's.",
            codes: ["unknown_account", "unknown_order", "unknown_symbol", "unknown_instrument"]),
        ErrorText(
            status: 409, meaning: "It contradicts what is there already.",
            codes: [
                "duplicate_client_order_id", "order_closed", "account_exists", "symbol_exists",
            ]),
        ErrorText(
            status: 413, meaning: "The body is larger than 1 MiB.", codes: ["body_too_large"]),
        ErrorText(
            status: 414, meaning: "The request line is longer than 8 KiB.",
            codes: ["target_too_long"]),
        ErrorText(
            status: 415, meaning: "The body isn't sent as Content-Type: application/json.",
            codes: ["unsupported_media_type"]),
        ErrorText(
            status: 422,
            meaning: "Understood, and refused by the market, the account or a risk rule; `context` "
                + "has the values.",
            codes: [
                "unknown_symbol", "unknown_order_type", "unknown_time_in_force", "tick_size",
                "lot_size", "min_notional", "insufficient_cash", "insufficient_shares",
                "position_limit", "no_liquidity", "instrument_halted", "account_inactive",
                "account_halted", "below_filled", "plugin_error", "and the rules' own",
            ]),
        ErrorText(
            status: 426, meaning: "This path speaks WebSocket only.", codes: ["upgrade_required"]),
        ErrorText(
            status: 429,
            meaning: "Too many requests of this key. Nothing was done; wait for Retry-After.",
            codes: ["rate_limited"]),
        ErrorText(
            status: 503,
            meaning: "Redis is away or too busy. `store_unavailable`, `overloaded` and `behind`: "
                + "nothing was done, repeat it after Retry-After. `outcome_unknown`: repeat the "
                + "same request with the same client_order_id. `possibly_done`: look before you "
                + "repeat it.",
            codes: [
                "store_unavailable", "overloaded", "behind", "outcome_unknown", "possibly_done",
            ]),
    ]
}

extension Shape {
    /// As ErrorBody writes it.
    static let error = Shape(
        "Error",
        [
            .init("code", .text, "Stable; compare this one."),
            .init("reason", .text, "The code with its values: `code: name=value, …`."),
            .init("message", .text, "A sentence that says what is wrong and what to do."),
            .init("field", .text, "The request's field that is wrong.", nullable: true),
            .init("context", .map(.text), "The reason's values by name, and the order's ids."),
            .init("request_id", .text, "As in X-Request-Id, and in the host's log."),
            .init("detail", .text, "The message again, for older clients."),
        ])
}
