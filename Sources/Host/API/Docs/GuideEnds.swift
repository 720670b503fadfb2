// The guide's part about how orders end. The words are the matching script's (docs/REDIS.md, Reasons).

enum GuideEnds {
    static func write(into html: inout HTML) {
        html.heading(2, "Why an order ended", id: "ends")
        html.paragraph(
            "An order that isn't refused may still end before it is filled. `reason` then says "
                + "why, in the report and in the order; `filled_quantity` (`cum_qty`) is what it "
                + "traded before. A rejected order's `reason` is the code of its 422.")
        html.table("Why an order ended", ["Reason", "Status", "Means"], reasons)
    }

    /// Tests hold them against the sources.
    private static let reasons = [
        ["`client_request`", "cancelled", "Its trader cancelled it: alone or with others."],
        [
            "`staff_request`", "cancelled",
            "A key of role risk or admin cancelled it; the reason names the key.",
        ],
        ["`ioc_remainder`", "cancelled", "What an `ioc` order couldn't trade at once."],
        [
            "`fok_unfillable`", "cancelled",
            "A `fok` order that couldn't trade whole. Nothing traded.",
        ],
        [
            "`no_liquidity`", "cancelled",
            "What is left of a market order: nothing more to trade against. (Where there was "
                + "nothing at all it is rejected.)",
        ],
        [
            "`protection_price`", "cancelled",
            "What is left of a market order: the next price lies outside the instrument's price "
                + "band.",
        ],
        [
            "`outside_lit`", "cancelled",
            "What is left of an internal market order: the next price lies outside of the public "
                + "book's best prices.",
        ],
        [
            "`self_trade`", "cancelled",
            "What is left: the next order to trade with is the account's own.",
        ],
        [
            "`fill_limit`", "cancelled",
            "What is left after 1,000 trades at once; send a new order.",
        ],
        ["`expired`", "expired", "Its time was over: a `day` order at the session's end."],
    ]
}
