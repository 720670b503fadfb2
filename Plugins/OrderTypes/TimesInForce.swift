// `day`, `gtc`, `ioc` and `fok`. An order without a limit never rests, whatever it asks for.

import OESPluginKit

private func describe(_ name: String, _ title: String) -> EntryDescription {
    EntryDescription(
        id: "org.oes.\(name)", name: name, title: title, vendor: Library.vendor,
        version: Library.version)
}

/// What a resting time in force means for an order.
private func remainder(_ input: TermsInput) -> Remainder {
    input.isMarketPricing ? .cancel : .rest
}

struct Day: TimeInForce {
    static let description = describe("day", "Day")

    init(host: Host, config: Values) {}

    func apply(_ input: TermsInput) -> Terms {
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
    static let description = describe("gtc", "Good till cancelled")

    init(host: Host, config: Values) {}

    func apply(_ input: TermsInput) -> Terms { .works(remainder(input), until: nil) }
}

struct ImmediateOrCancel: TimeInForce {
    static let description = describe("ioc", "Immediate or cancel")

    init(host: Host, config: Values) {}

    func apply(_ input: TermsInput) -> Terms { .works(.cancel, until: nil) }
}

struct FillOrKill: TimeInForce {
    static let description = describe("fok", "Fill or kill")

    init(host: Host, config: Values) {}

    func apply(_ input: TermsInput) -> Terms { .works(.allOrNone, until: nil) }
}
