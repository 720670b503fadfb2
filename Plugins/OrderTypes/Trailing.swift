// `trailing_stop` and `trailing_stop_limit`: stops that follow the last price, a sell's upwards and
// a buy's downwards, and never back. The matcher moves them; here they are only described.

import OESPluginKit

private let distance = [
    Part.price("trail_amount", "Trail", "How far it stays behind the best last price.", order: 1),
    """
    "trail_bps": {"type": "integer", "x-oes-format": "bps", "minimum": 1, "maximum": 9999,
        "title": "Trail in basis points", "x-oes-unit": "bps", "x-oes-order": 2,
        "description": "Instead of an amount: so many hundredths of a percent of that price."}
    """,
]

struct TrailingStop: OrderType {
    static let description = describe(
        "trailing_stop", "Trailing stop",
        Part.schema(
            "A stop that follows the best last price at a distance; give exactly one of "
                + "trail_amount and trail_bps.",
            price: "none", distance,
            example: """
                {"symbol": "AAPL", "side": "sell", "order_type": "trailing_stop",
                 "quantity": "100", "time_in_force": "gtc", "params": {"trail_amount": "2.00"}}
                """,
            then: "With the last trade at 150.00 it would sell at 148.00. A trade at 153.00 moves "
                + "that to 151.00, where it stays when the price falls; the first trade at 151.00 "
                + "or less sets it off."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            try input.requireNoPrice("trailing_stop", instead: "trailing_stop_limit")
            var place = input.place(.market)
            place.trigger = .trailing(input.order.side.stop, try trail(input))
            return .place(place)
        }
    }
}

struct TrailingStopLimit: OrderType {
    static let description = describe(
        "trailing_stop_limit", "Trailing stop limit",
        Part.schema(
            "A trailing stop that becomes a limit order: its limit moves along, limit_offset "
                + "away from the stop price. Give exactly one of trail_amount and trail_bps.",
            price: "none",
            distance + [
                """
                "limit_offset": {"type": "number", "x-oes-format": "price", "default": 0,
                    "title": "Limit offset", "x-oes-order": 3,
                    "description": "Added to the stop price for the limit; a sell's is negative."}
                """
            ],
            example: """
                {"symbol": "AAPL", "side": "sell", "order_type": "trailing_stop_limit",
                 "quantity": "100", "time_in_force": "gtc",
                 "params": {"trail_bps": 200, "limit_offset": "-0.50"}}
                """,
            then: "With the last trade at 150.00 it waits for 147.00, 200 basis points below, to "
                + "sell at 146.50 or more; both rise with the last price."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            try input.requireNoPrice("trailing_stop_limit", instead: "stop_limit")
            let distance = try trail(input)
            let offset = input.order.params.required(2)
            guard let last = input.market.last else {
                throw Reject(
                    code: "no_reference_price", field: "symbol",
                    text: "There has been no trade yet for the order to trail behind. Send it "
                        + "after the first, or send a stop_limit order.")
            }
            let estimate = limit(distance, offset, from: last, input)
            var place = input.place(.limit(estimate))
            place.trigger = .trailing(input.order.side.stop, distance, limitOffset: offset)
            return .place(place)
        }
    }

    /// Where the limit would stand now, for risk rules: the matcher has its own last price.
    private func limit(
        _ distance: Trigger.Distance, _ offset: Int64, from last: Int64, _ input: PlanInput
    ) -> Int64 {
        let tick = input.instrument.tick
        var away: Int64
        switch distance {
        case .amount(let amount): away = amount
        case .bps(let bps):
            away = input.host.multiplyDivide(last, bps, 10_000, rounding: .down) ?? 0
            away = max(away - away % tick, tick)
        }
        let trigger = max(input.order.side == .buy ? last + away : last - away, tick)
        let highest = largestNumber - largestNumber % tick
        return min(max(trigger + offset, tick), highest)
    }
}

/// OES_NUMBER_MAX.
private let largestNumber: Int64 = 9_007_199_254_740_991

private func trail(_ input: PlanInput) throws(Reject) -> Trigger.Distance {
    let params = input.order.params
    switch (params.integer(0), params.integer(1)) {
    case (let amount?, nil): return .amount(amount)
    case (nil, let bps?): return .bps(bps)
    case (nil, nil):
        throw Reject(
            code: "trail_required", field: "params.trail_amount",
            text: "A trailing order needs trail_amount or trail_bps.")
    case (_?, _?):
        throw Reject(
            code: "trail_given_twice", field: "params.trail_bps",
            text: "Give trail_amount or trail_bps, not both.")
    }
}
