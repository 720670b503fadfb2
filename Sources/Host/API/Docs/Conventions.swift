// What holds for every call, said once: in the OpenAPI document and at the head of /docs.

enum Conventions {
    /// (title, text), as Markdown.
    static let sections = [
        (
            "Numbers",
            "Prices, quantities and money go in as JSON numbers or, better, as decimal strings "
                + "(`\"150.25\"`), and are never rounded: more decimals than the instrument's "
                + "scale allows is an error. /api/v1 answers decimal strings; the older routes "
                + "(kept) answer JSON numbers."
        ),
        (
            "Bodies",
            "JSON objects with `Content-Type: application/json`. A field that the call doesn't "
                + "know is refused, and so is an unknown query parameter. null is as good as a "
                + "field left away."
        ),
        (
            "Idempotency",
            "Give each order a `client_order_id` of your own. The same id with the same body "
                + "answers the order as it stands, so a repeated request never trades twice; the "
                + "same id with another body is refused (409). After a 503 `outcome_unknown`, or "
                + "after a connection that broke, repeat the same request."
        ),
        (
            "Errors",
            "`{code, reason, message, field, context, request_id, detail}`. `code` is stable; "
                + "`message` says what to do. A 4xx changed nothing."
        ),
        (
            "Lists",
            "Newest first, `limit` at most 1,000. /api/v1 answers `{items, next_page_token}`: give "
                + "the token as `page_token` for the next page; null after the last. The kept "
                + "routes answer a bare array, with the next page in a Link header."
        ),
        (
            "Rate limits",
            "Each key has a limit of new and amended orders a second, and one of other requests; "
                + "cancels always pass. Beyond it: 429 with Retry-After, and nothing is queued."
        ),
        (
            "Times",
            "RFC 3339 in UTC with microseconds."
        ),
    ]

    static let text = sections.map { "**\($0.0).** \($0.1)" }.joined(separator: "\n\n")
}
