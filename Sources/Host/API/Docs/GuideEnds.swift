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
        ["`kill_switch`", "cancelled", "Staff stopped the account, its group or everyone."],
        ["`risk_block`", "cancelled", "A risk rule blocked the account."],
        [
            "`cancel_all_after`", "cancelled",
            "The account's cancel-all-after came due without being called again.",
        ],
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
            "It met another order of its account: `stp_mode` says which of them ends, and how much "
                + "of it.",
        ],
        [
            "`fill_limit`", "cancelled",
            "An order that had to trade whole, or a minimum, would have needed more than 1,000 "
                + "trades. Nothing traded.",
        ],
        [
            "`min_quantity`", "cancelled",
            "There was less to trade with than its `min_quantity`. Nothing traded.",
        ],
        [
            "`reduce_only`", "cancelled",
            "Its account's position shrank or turned: there was nothing left to reduce.",
        ],
        [
            "`linked`", "cancelled",
            "Another order of its group traded: one of a pair, or the exits of a bracket.",
        ],
        [
            "`insufficient_cash`", "cancelled",
            "The cash that is left doesn't pay for it: what is left of a market order, or an order "
                + "of a group of which another one bought.",
        ],
        [
            "`parent_cancelled`", "cancelled",
            "The order that it belongs to was cancelled, or withdrew it.",
        ],
        [
            "`parent_ended`", "cancelled",
            "The order that it belongs to ended, and left it nothing to do.",
        ],
        [
            "`child_rejected`", "cancelled",
            "An order that belongs to it couldn't be taken: they stand together or not at all.",
        ],
        ["`done`", "cancelled", "Its order type has finished with it before it was filled."],
        [
            "a code of 422", "rejected",
            "It waited (`parked`), and when its time came it could not be taken any more.",
        ],
        ["`expired`", "expired", "Its time was over: a `day` order at the session's end."],
    ]
}
