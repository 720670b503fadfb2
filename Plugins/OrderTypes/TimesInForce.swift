// `day`, `gtc`, `ioc`, `fok` and `gtd`. An order without a limit never rests, whatever it asks for.

import OESPluginKit

private func describe(
    _ name: String, _ title: String, _ text: String, example: String, then: String
) -> EntryDescription {
    describe(name, title, Part.schema(text, example: example, then: then))
}

/// What a resting time in force means for an order.
private func remainder(_ input: TermsInput) -> Remainder {
    input.isMarketPricing ? .cancel : .rest
}

/// A time that would be ignored is refused: whoever sent one wanted it to hold.
private func expiryNotAllowed(_ input: TermsInput, _ name: String) -> Terms? {
    guard input.order.expireTime != nil else { return nil }
    return .reject(
        Reject(
            code: "expire_time_not_allowed", field: "expire_time",
            text: "A \(name) order takes no expire_time. Leave it out, or send it as gtd."))
}

struct Day: TimeInForce {
    static let description = describe(
        "day", "Day", "Works until the instrument's session ends.",
        example: """
            {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "100",
             "price": "150.00", "time_in_force": "day"}
            """,
        then: "Bids 150.00 until the session ends; what is not bought by then expires.")

    init(host: Host, config: Values) {}

    func apply(_ input: TermsInput) -> Terms {
        if let refusal = expiryNotAllowed(input, "day") { return refusal }
        guard input.sessionEnd > input.market.time else {
            return .reject(
                Reject(
                    code: "session_ended", field: "time_in_force",
                    text: "The session has ended, so a day order could not work. Send it in the "
                        + "next session, or as gtc."))
        }
        return .works(remainder(input), until: input.sessionEnd)
    }
}

struct GoodTillCancelled: TimeInForce {
    static let description = describe(
        "gtc", "Good till cancelled", "Works until it is filled or cancelled.",
        example: """
            {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "100",
             "price": "150.00", "time_in_force": "gtc"}
            """,
        then: "Bids 150.00 for days or months, until somebody sells or you cancel.")

    init(host: Host, config: Values) {}

    func apply(_ input: TermsInput) -> Terms {
        expiryNotAllowed(input, "gtc") ?? .works(remainder(input), until: nil)
    }
}

struct ImmediateOrCancel: TimeInForce {
    static let description = describe(
        "ioc", "Immediate or cancel", "Trades what it can at once; the rest is cancelled.",
        example: """
            {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "100",
             "price": "150.00", "time_in_force": "ioc"}
            """,
        then: "With 60 offered at 150.00 or less it buys those, and 40 are cancelled with the "
            + "reason ioc_remainder.")

    init(host: Host, config: Values) {}

    func apply(_ input: TermsInput) -> Terms {
        expiryNotAllowed(input, "ioc") ?? .works(.cancel, until: nil)
    }
}

struct FillOrKill: TimeInForce {
    static let description = describe(
        "fok", "Fill or kill", "Trades all of it at once, or nothing.",
        example: """
            {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "100",
             "price": "150.00", "time_in_force": "fok"}
            """,
        then: "With 60 offered at 150.00 or less it buys nothing, and is cancelled with the "
            + "reason fok_unfillable.")

    init(host: Host, config: Values) {}

    func apply(_ input: TermsInput) -> Terms {
        expiryNotAllowed(input, "fok") ?? .works(.allOrNone, until: nil)
    }
}

struct GoodTillDate: TimeInForce {
    static let description = describe(
        "gtd", "Good till date", "Works until the order's expire_time, which is in the future.",
        example: """
            {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "100",
             "price": "150.00", "time_in_force": "gtd", "expire_time": "2030-01-31T16:00:00Z"}
            """,
        then: "Bids 150.00 until that moment; what is not bought by then expires.")

    init(host: Host, config: Values) {}

    func apply(_ input: TermsInput) -> Terms {
        guard let until = input.order.expireTime else {
            return .reject(
                Reject(
                    code: "expire_time_required", field: "expire_time",
                    text: "A gtd order needs an expire_time. Give one, or send it as gtc."))
        }
        guard until > input.market.time else {
            return .reject(
                Reject(
                    code: "expire_time_passed", field: "expire_time",
                    text: "The expire_time has passed. Give one in the future."))
        }
        return .works(remainder(input), until: until)
    }
}
