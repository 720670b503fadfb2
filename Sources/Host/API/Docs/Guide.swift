// The guide at the head of /docs: from nothing to a program that trades. Its commands run as they
// stand on a fresh host with samples; a test runs them in this order.

enum Guide {
    static let contents = [
        ("Sign on", "sign-on"), ("Place an order", "place"), ("Look at orders", "look"),
        ("Amend and cancel", "amend"), ("Many at once, and trying it out", "many"),
        ("Read errors", "read-errors"), ("Retry safely", "retry"),
        ("Why an order ended", "ends"), ("The live feed", "feed"), ("A whole program", "program"),
    ]

    static func write(into html: inout HTML) {
        writeSignOn(into: &html)
        writePlace(into: &html)
        writeLook(into: &html)
        writeAmend(into: &html)
        GuideMany.write(into: &html)
        writeErrors(into: &html)
        writeRetry(into: &html)
        GuideEnds.write(into: &html)
        GuideFeed.write(into: &html)
        GuideProgram.write(into: &html)
    }

    private static func writeSignOn(into html: inout HTML) {
        html.heading(2, "Sign on", id: "sign-on")
        html.paragraph(
            "Ask your administrator for a key, or make one on the host's machine: `oes keys create "
                + "--name me --role trader --accounts 1`. Send it with every request, as "
                + "`Authorization: Bearer KEY` or as `X-API-Key: KEY`. A host that has no keys yet "
                + "is open to every program on its own machine: leave `OES_KEY` empty there, and "
                + "send no such header. The commands below need these two:")
        html.code(
            "export OES_URL=http://127.0.0.1:8001\nexport OES_KEY=", label: "Settings",
            kind: "settings")
        html.paragraph(
            "A key has a role (viewer, trader, risk, admin) and the accounts that it may touch. "
                + "Which accounts those are, and what they have:")
        example("Accounts", "curl \"$OES_URL/api/v1/accounts\" -H \"X-API-Key: $OES_KEY\"", &html)
    }

    private static func writePlace(into html: inout HTML) {
        html.heading(2, "Place an order", id: "place")
        html.paragraph(
            "An order has an account, a side, a symbol and a quantity; a price makes it a limit "
                + "order, none a market order. Give it a `client_order_id` of your own, unique in "
                + "the account. Its `order_id` is the account, a dash and that id.")
        example(
            "A limit order",
            post(
                "/api/v1/orders",
                "{\"account_id\": \"1\", \"side\": \"buy\", \"symbol\": \"AAPL\", "
                    + "\"quantity\": \"10\", \"price\": \"140.00\", "
                    + "\"client_order_id\": \"guide-1\"}"), &html)
        html.paragraph(
            "The answer is an execution report. `order_status` is how the order stands: `new` "
                + "(resting), `partially_filled`, `filled`, `cancelled`, `rejected` or `expired`. "
                + "`cum_qty` is what has traded, `leaves_qty` what is left, `avg_px` the average "
                + "price. An order that trades several times at once answers its last trade "
                + "(`last_qty`, `last_px`), while `cum_qty` and `avg_px` are of the whole; each "
                + "step is in the order's `history` and in /api/v1/executions. What the market or "
                + "a rule refuses is a 422, not a report.")
    }

    private static func writeLook(into html: inout HTML) {
        html.heading(2, "Look at orders", id: "look")
        html.paragraph(
            "One order with its history; your orders; what became of them, step by step; the "
                + "book; and what you own:")
        for path in [
            "/api/v1/orders/1-guide-1", "/api/v1/orders?account_id=1&symbol=AAPL&limit=10",
            "/api/v1/executions?account_id=1&limit=10",
            "/api/v1/market/AAPL/book?depth=5", "/api/v1/accounts/1/positions",
        ] {
            example(path, "curl \"$OES_URL\(path)\" -H \"X-API-Key: $OES_KEY\"", &html)
        }
        html.paragraph(
            "A list answers `{items, next_page_token}`. While the token isn't null, ask again with "
                + "`page_token=` and the token.")
    }

    private static func writeAmend(into html: inout HTML) {
        html.heading(2, "Amend and cancel", id: "amend")
        html.paragraph(
            "An amend gives a new price, a new quantity or both. The quantity is the new total: "
                + "what has traded counts against it. A smaller quantity at the same price keeps "
                + "the order's place in the queue (`priority_kept`); anything else goes to the "
                + "back.")
        example(
            "Amend",
            "curl -X PATCH \"$OES_URL/api/v1/orders/1-guide-1\" -H \"X-API-Key: $OES_KEY\" \\\n"
                + "  -H \"Content-Type: application/json\" \\\n  -d '{\"quantity\": \"8\"}'", &html)
        example(
            "Cancel",
            "curl -X DELETE \"$OES_URL/api/v1/orders/1-guide-1\" -H \"X-API-Key: $OES_KEY\"", &html)
        html.paragraph(
            "A second cancel is a 409 `order_closed`. Cancels are never limited and never blocked "
                + "by a rule.")
    }

    private static func writeErrors(into html: inout HTML) {
        html.heading(2, "Read errors", id: "read-errors")
        html.paragraph(
            "Whatever goes wrong is JSON of one shape, with the right status. Compare `code`, show "
                + "`message`, look at `field` and `context`; name `request_id` when you ask the "
                + "operator. This price has one decimal too many:")
        example(
            "A wrong order",
            post(
                "/api/v1/orders",
                "{\"account_id\": \"1\", \"side\": \"buy\", \"symbol\": \"AAPL\", "
                    + "\"quantity\": \"10\", \"price\": \"140.001\"}"), &html, kind: "refused")
        html.paragraph(
            "Such an order leaves no trace: mend it and send it again, with the same "
                + "`client_order_id` if you like. An order that is refused for want of cash or "
                + "shares, by the market or by a rule (422) is recorded as rejected: `context` "
                + "then has its `order_id`, its `client_order_id` is used up, and the mended order "
                + "needs a new one. The table of errors says which codes do that.")
    }

    private static func writeRetry(into html: inout HTML) {
        html.heading(2, "Retry safely", id: "retry")
        html.paragraph(
            "When no answer came, or a 503 `outcome_unknown`, send the very same request again, "
                + "with the same `client_order_id`: the order is placed at most once, and you get "
                + "it as it stands. After 429 and after 503 with a Retry-After header wait that "
                + "many seconds. A 409 `duplicate_client_order_id` means that the id was used for "
                + "another order.")
    }

    /// A command that works.
    static func example(
        _ label: String, _ command: String, _ html: inout HTML, kind: String = "example"
    ) {
        html.code(command, label: label, kind: kind)
    }

    static func post(_ path: String, _ body: String) -> String {
        "curl -X POST \"$OES_URL\(path)\" -H \"X-API-Key: $OES_KEY\" \\\n"
            + "  -H \"Content-Type: application/json\" \\\n  -d '\(body)'"
    }
}
