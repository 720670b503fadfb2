// What holds for every call, said once: in the OpenAPI document and at the head of /docs.

import Base

enum Conventions {
    /// (title, text), as Markdown.
    static let sections = [
        (
            "Numbers",
            "Prices, quantities and money go in as JSON numbers or, better, as decimal strings "
                + "(`\"150.25\"`), and are never rounded: more decimals than the instrument's "
                + "scale allows is an error. /api/v1 answers decimal strings, without trailing "
                + "zeros (`150.00` comes back as `\"150\"`); the older routes (kept) answer JSON "
                + "numbers."
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
                + "`message` says what to do. A 4xx changed nothing, but for one case: a new order "
                + "that is refused (422) by cash, shares, the market or a rule is recorded as "
                + "rejected; `context` then has its `order_id`, and its client_order_id is used "
                + "up. An unknown symbol is a 404 in a path, a 422 in a body or a filter."
        ),
        (
            "Lists",
            "Newest first, `limit` at most \(number(Limits.listMaximum)). /api/v1 answers "
                + "`{items, next_page_token}` with \(Limits.listDefault) items unless `limit` says "
                + "otherwise: give the token as `page_token` to the same call for the next page; "
                + "null after the last. A page that a filter has thinned out may be short or empty "
                + "and still have a next one. The kept routes answer a bare array, of "
                + "\(number(Limits.listMaximum)) unless `limit` says otherwise (recent trades "
                + "\(Limits.listDefault)), with the next page in a Link header."
        ),
        (
            "Rate limits",
            "Each key has a limit of new and amended orders a second "
                + "(\(number(Int(Limits.ordersPerSecondDefault))) unless the key says otherwise; "
                + "each order of a batch counts) and one of other requests "
                + "(\(number(Int(Limits.requestsPerSecond))) a second). Cancels never count and "
                + "always pass. The headers `RateLimit-Limit`, `RateLimit-Remaining` and "
                + "`RateLimit-Reset` (seconds) tell what is left of the limit that a call counts "
                + "against. Beyond it: 429 with Retry-After, and nothing is queued. Each of a "
                + "host's workers counts by itself; a host without keys doesn't."
        ),
        (
            "Times",
            "RFC 3339 in UTC with microseconds."
        ),
    ]

    static let text = sections.map { "**\($0.0).** \($0.1)" }.joined(separator: "\n\n")

    /// 1,000 rather than 1000.
    private static func number(_ value: Int) -> String {
        value < 1_000
            ? "\(value)"
            : "\(value / 1_000)," + String(String(value % 1_000 + 1_000).dropFirst())
    }
}
