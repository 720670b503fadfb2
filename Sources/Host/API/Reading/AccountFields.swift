// A new account, or a change of one, as an administrator sends it.

import Base
import Service
import Trading

struct AccountFields {
    static let profile = [
        Field("name", .text(most: Limits.nameBytes), "As people know it."),
        Field("account_type", .identifier(most: Limits.tagBytes), "trading by default."),
        Field("risk_level", .identifier(most: Limits.tagBytes), "medium by default."),
        Field("active", .flag, "An inactive account may only cancel."),
    ]
    static let new =
        [Field("name", .text(most: Limits.nameBytes), "As people know it.", required: true)]
        + profile.dropFirst() + [
            Field("initial_balance", .decimal(.zeroOrMore), "The ledger's first entry."),
            Field("currency", .currency, "USD by default."),
        ]

    /// What /api/v1 may change beside them.
    static let standing = [
        Field("state", .choice(states), "What the account may do."),
        Field(
            "short_limit", .decimal(.zeroOrMore),
            "Units of any one symbol that may be sold beyond what is owned."),
        Field(
            "group", .identifier(most: Limits.groupBytes),
            "The group whose limits it shares; a dash alone takes it out of its group."),
        Field(
            "self_trade_scope", .choice(SelfTradeScope.allCases.map(\.name)),
            "Whose resting orders count as its own: account's, or the whole group's."),
        Field("maker_fee_bps", .whole(-1...10_000), "-1: the instrument's."),
        Field("taker_fee_bps", .whole(-1...10_000), "-1: the instrument's."),
        Field(
            "buying_power_multiple", .decimal(.positive),
            "1 to 10: how many times what it is worth at cost it may use; 1 lends nothing."),
    ]
    static let state = [
        Field("state", .choice(states), "What the account may do.", required: true)
    ]
    static let states = AccountState.allCases.map(\.name)

    struct New {
        let profile: AccountProfile
        let currency: String
        let balance: Money
        let isActive: Bool
    }

    static func readNew(_ fields: Fields) throws(Rejection) -> New {
        let profile = AccountProfile(
            name: try fields.requiredText("name", most: Limits.nameBytes),
            accountType: try fields.identifier("account_type", most: Limits.tagBytes) ?? "trading",
            riskLevel: try fields.identifier("risk_level", most: Limits.tagBytes) ?? "medium")
        let balance = try fields.decimal("initial_balance", scale: Money.scale) ?? 0
        guard balance >= 0 else {
            throw .invalid(
                "initial_balance", given: fields.value("initial_balance")?.shown ?? "",
                allowed: "0 or more", code: "out_of_range")
        }
        return New(
            profile: profile, currency: try currency(fields), balance: Money(balance),
            isActive: try fields.flag("active") ?? true)
    }

    static func readChange(_ fields: Fields) throws(Rejection) -> AccountChange {
        var change = AccountChange()
        change.name = try fields.text("name", most: Limits.nameBytes)
        change.accountType = try fields.identifier("account_type", most: Limits.tagBytes)
        change.riskLevel = try fields.identifier("risk_level", most: Limits.tagBytes)
        change.isActive = try fields.flag("active")
        change.state = try readState(fields)
        change.shortLimit = try shortLimit(fields)
        try readStanding(fields, &change)
        guard fields.object.members.contains(where: { fields.has($0.name) }) else {
            let names = profile.map(\.name).joined(separator: ", ")
            throw .missing("name", expected: "given, or one of \(names)")
        }
        return change
    }

    private static func readStanding(
        _ fields: Fields, _ change: inout AccountChange
    ) throws(Rejection) {
        change.group = try group(fields)
        let scope = try fields.choice("self_trade_scope", SelfTradeScope.allCases.map(\.name))
        change.selfTradeScope = SelfTradeScope.allCases.first { $0.name == scope }
        change.makerFeeBps = try fields.whole("maker_fee_bps", -1...10_000)
        change.takerFeeBps = try fields.whole("taker_fee_bps", -1...10_000)
        guard let multiple = try fields.decimal("buying_power_multiple", scale: 4) else { return }
        guard (Account.cashOnly...Account.mostMultiple).contains(multiple) else {
            throw .invalid(
                "buying_power_multiple", given: fields.value("buying_power_multiple")?.shown ?? "",
                allowed: "from 1 to 10", code: "out_of_range")
        }
        change.multiple = multiple
    }

    /// Empty: out of its group. Whether there is such a group is the script's to say.
    private static func group(_ fields: Fields) throws(Rejection) -> String? {
        guard let group = try fields.identifier("group", most: Limits.groupBytes) else {
            return nil
        }
        if group == "-" { return "" }
        let isLower = group.utf8.allSatisfy { byte in
            !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && byte != UInt8(ascii: ".")
        }
        let startsWell = group.utf8.first.map {
            $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_")
        }
        guard isLower, startsWell == true else {
            throw .invalid(
                "group", given: "\"\(group)\"",
                allowed: "a group's id of the characters a-z 0-9 _ -, or - for none")
        }
        return group
    }

    static func readState(_ fields: Fields) throws(Rejection) -> AccountState? {
        let name = try fields.choice("state", states)
        return AccountState.allCases.first { $0.name == name }
    }

    private static func shortLimit(_ fields: Fields) throws(Rejection) -> Quantity? {
        guard let limit = try fields.decimal("short_limit", scale: 0) else { return nil }
        guard limit >= 0 else {
            throw .invalid(
                "short_limit", given: fields.value("short_limit")?.shown ?? "",
                allowed: "0 or more", code: "out_of_range")
        }
        return Quantity(limit)
    }

    private static func currency(_ fields: Fields) throws(Rejection) -> String {
        guard let currency = try fields.text("currency", most: 5) else { return "USD" }
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard currency.utf8.count >= 3, currency.utf8.allSatisfy(letters.contains) else {
            throw .invalid(
                "currency", given: "\"\(currency)\"", allowed: "3 to 5 capital letters, as USD")
        }
        return currency
    }
}
