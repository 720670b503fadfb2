// What each error status means, in one sentence for a client's programmer, and every code that comes
// with it. Tests hold the statuses against what the routes answer, and the codes against the sources.

struct ErrorText {
    let status: Int
    let meaning: String
    /// What came of the request, and the codes that say so.
    let groups: [Group]

    struct Group {
        /// Empty where `meaning` says it.
        let means: String
        let codes: [String]

        init(_ means: String, _ codes: [String]) {
            self.means = means
            self.codes = codes
        }
    }

    init(_ status: Int, _ meaning: String, _ codes: [String], _ more: Group...) {
        self.status = status
        self.meaning = meaning
        groups = (codes.isEmpty ? [] : [Group("", codes)]) + more
    }

    static let all = client + [refused] + server

    private static let client = [
        ErrorText(
            400,
            "The request isn't understood: `field` says where. Mend it; repeating it as it is "
                + "never helps.",
            [
                "malformed_json", "body_required", "missing_field", "invalid_type",
                "invalid_value", "out_of_range", "too_many_decimals", "unknown_field",
                "invalid_params", "invalid_limit", "malformed_query", "malformed_path",
                "malformed_request",
                "bad_argument",
            ]),
        ErrorText(
            401, "No key was given, or one that isn't known any more.",
            ["unauthenticated", "unknown_key", "several_keys", "revoked_key", "expired_session"]),
        ErrorText(
            403, "The key's role may not do this, or the Host or Origin isn't allowed in.",
            [
                "role_not_allowed", "account_required", "host_not_allowed", "origin_not_allowed",
                "cross_site",
            ]),
        ErrorText(
            404, "There is no such thing, or it is an account's that isn't the key's.",
            [
                "unknown_account", "unknown_order", "unknown_symbol", "unknown_instrument",
                "unknown_calendar", "unknown_key", "unknown_trade", "unknown_notifier",
                "unknown_dead_letter", "unknown_path",
                "unknown_group", "unknown_rule", "unknown_limit", "unknown_change",
                "unknown_alert",
            ]),
        ErrorText(
            405, "The path is there, the method isn't: see the Allow header.",
            ["method_not_allowed"]),
        ErrorText(
            408, "The request didn't arrive whole within 15 seconds.", ["request_timeout"]),
        ErrorText(
            409, "It contradicts what is there already.",
            [
                "duplicate_client_order_id", "duplicate_client_transaction_id",
                "duplicate_request_id", "order_closed",
                "account_exists", "symbol_exists", "already_busted", "key_exists",
                "key_revoked", "last_admin_key", "group_exists", "group_in_use",
                "group_switch_on", "change_expired", "changed_meanwhile", "same_person",
                "switch_not_on", "not_latched",
            ]),
        ErrorText(413, "The body is larger than 1 MiB.", ["body_too_large"]),
        ErrorText(414, "The request line is longer than 8 KiB.", ["target_too_long"]),
        ErrorText(
            415, "The body isn't sent as Content-Type: application/json.",
            ["unsupported_media_type"]),
        ErrorText(417, "Only `Expect: 100-continue` is known.", ["expectation_failed"]),
    ]

    private static let refused = ErrorText(
        422, "Understood, and refused; `context` has the values.", [],
        Group(
            "Recorded: the order is there as rejected, `context` has its `order_id`, and its "
                + "client_order_id is used up. (Of an amend or a ledger entry: nothing is done.)",
            [
                "insufficient_cash", "insufficient_shares", "no_liquidity", "no_reference_price",
                "max_order_quantity", "max_order_value", "price_collar", "position_limit",
                "post_only", "reduce_only", "too_many_reduce_only", "too_many_pegs",
                "restricted_symbol", "fat_finger", "rule_quarantined",
                "long_position_limit", "short_position_limit", "group_position_limit",
                "firm_position_limit", "restricted_reduce_only", "open_orders_value",
                "gross_exposure", "net_exposure", "group_gross_exposure", "group_net_exposure",
                "firm_gross_exposure", "firm_net_exposure", "open_orders_limit",
                "group_open_orders_limit", "firm_open_orders_limit", "cash_reserve",
                "duplicate_order", "execution_throttle", "order_rate_second", "order_rate_minute",
                "group_order_rate_second", "group_order_rate_minute", "firm_order_rate_second",
                "firm_order_rate_minute",
                "and other rules' own",
            ]),
        Group(
            "Nothing is recorded: what the order, or the account, asks for can't be.",
            [
                "unknown_symbol", "unknown_page_token", "history_unavailable", "unknown_order_type",
                "unknown_time_in_force", "price_required",
                "price_not_allowed", "session_ended", "tick_size", "lot_size",
                "amount_too_large", "expire_time_passed", "instrument_halted",
                "instrument_closed", "currency_mismatch", "account_inactive",
                "account_reducing", "account_cancel_only", "account_halted", "below_filled",
                "kill_switch", "risk_block",
                "too_many_children", "too_much_work", "children_exceed", "statement_too_long",
            ]),
        Group(
            "Nothing is recorded: what an order type or a time in force can't take, by its field.",
            [
                "instruction_conflict", "display_too_large", "wrong_side", "exit_required",
                "trail_required", "trail_given_twice", "too_many_slices", "slices_too_close",
                "internal_not_allowed", "expire_time_required", "expire_time_not_allowed",
                "amend_unsupported",
            ]),
        Group(
            "Either: recorded where `context` has an `order_id`.",
            ["min_notional", "plugin_error"]),
        Group(
            "Nothing is recorded: of keys, sessions and reference data.",
            [
                "invalid_key", "first_key_admin", "too_many_keys", "too_many_sessions",
                "too_many_groups",
                "too_many_limits", "too_many_pending",
                "no_session", "currency_fixed", "scale_fixed", "open_orders",
                "unknown_calendar",
            ]))

    private static let server = [
        ErrorText(426, "This path speaks WebSocket only.", ["upgrade_required"]),
        ErrorText(
            429, "Too many requests of this key. Nothing was done; wait for Retry-After.",
            ["rate_limited", "too_many_unanswered"]),
        ErrorText(
            431, "The header lines are longer than 16 KiB, or more than 100.",
            ["headers_too_large"]),
        ErrorText(500, "A fault of the host's; tell the operator.", ["no_answer"]),
        ErrorText(501, "CONNECT isn't served.", ["method_not_supported"]),
        ErrorText(
            503, "Redis is away, or the host is too busy or ending.", [],
            Group(
                "Nothing was done: repeat it, after Retry-After where there is one.",
                [
                    "store_unavailable", "store_error", "overloaded", "behind", "stale_picture",
                    "damaged_record", "too_many_connections", "shutting_down",
                ]),
            Group(
                "It may have been done: repeat the same request with the same client_order_id "
                    + "(or client_transaction_id), which does it once.",
                ["outcome_unknown"]),
            Group("It may have been done: look before you repeat it.", ["possibly_done"])),
        ErrorText(505, "Only HTTP/1.1 and HTTP/1.0 are spoken.", ["version_not_supported"]),
    ]

    /// On the WebSocket, beside those of 400, 403, 404, 422 and 503, as far as they can be.
    static let onSocket = ["unknown_channel", "binary_message", "too_many_subscriptions"]

    /// A row for each group, as Markdown: status, what it means, codes.
    var rows: [[String]] {
        groups.enumerated().map { index, group in
            let words = [index == 0 ? meaning : "", group.means].filter { !$0.isEmpty }
            return ["\(status)", words.joined(separator: " "), ErrorText.list(group.codes)]
        }
    }

    /// All of it in a paragraph.
    var text: String {
        groups.reduce(meaning) { text, group in
            text + (group.means.isEmpty ? "" : " \(group.means)")
                + " Codes: \(group.codes.joined(separator: ", "))."
        }
    }

    private static func list(_ codes: [String]) -> String {
        codes.map { $0.contains(" ") ? $0 : "`\($0)`" }.joined(separator: ", ")
    }
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
