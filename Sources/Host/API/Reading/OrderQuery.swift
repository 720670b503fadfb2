// The filters of lists of orders and executions, from the query.

import Base
import Service
import Trading

extension Field {
    static let ofAccount = Field(
        "account_id", .identifier(most: Limits.tagBytes),
        "Only of this account; needed with a key for several accounts.")
    static let orderFilters: [Field] =
        [
            ofAccount, symbol,
            Field("side", .choice(["buy", "sell"]), "Only this side."),
            Field(
                "status", .choices(OrderStatus.allCases.map(\.name)),
                "Only these, separated by commas."),
            Field("tag", .identifier(most: Limits.tagBytes), "Only with this tag."),
        ] + timeSpan
}

/// A query's parameters, each read by its kind with the words that bodies have.
struct OrderQuery {
    let fields: [String: String]
    let services: Services

    /// The account that the list is of: the one that is named, or the key's only one; nil = all.
    func account(of principal: Principal) throws(Rejection) -> String? {
        if let id = fields["account_id"] {
            try principal.require(account: id)
            return try services.requireAccount(id).id
        }
        if let id = principal.onlyAccount { return id }
        try principal.requireAllAccounts()
        return nil
    }

    func symbol() throws(Rejection) -> String? {
        guard let symbol = fields["symbol"] else { return nil }
        return try services.requireInstrument(symbol).symbol
    }

    func filter(of principal: Principal) throws(Rejection) -> OrderFilter {
        var filter = OrderFilter(account: try account(of: principal))
        filter.symbol = try symbol()
        filter.side = try side()
        filter.statuses = try statuses()
        filter.tag = try tag()
        filter.created = try span()
        return filter
    }

    func span() throws(Rejection) -> TimeSpan {
        TimeSpan(since: try time("since"), until: try time("until"))
    }

    private func side() throws(Rejection) -> Side? {
        guard let text = fields["side"] else { return nil }
        guard let side = Side(name: text) else {
            throw .invalid("side", given: text, allowed: "one of buy, sell")
        }
        return side
    }

    private func statuses() throws(Rejection) -> Set<OrderStatus> {
        guard let text = fields["status"] else { return [] }
        var statuses: Set<OrderStatus> = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let status = OrderStatus.allCases.first(where: { $0.name == name }) else {
                let names = OrderStatus.allCases.map(\.name).joined(separator: ", ")
                throw .invalid(
                    "status", given: text, allowed: "some of \(names), separated by commas")
            }
            statuses.insert(status)
        }
        return statuses
    }

    private func tag() throws(Rejection) -> String? {
        guard let text = fields["tag"] else { return nil }
        let most = Limits.tagBytes
        guard (1...most).contains(text.utf8.count), text.utf8.allSatisfy(isIdentifierByte) else {
            throw .invalid(
                "tag", given: text, allowed: "1 to \(most) of the characters A-Z a-z 0-9 . _ -")
        }
        return text
    }

    /// RFC 3339, or microseconds since 1970.
    private func time(_ name: String) throws(Rejection) -> Int64? {
        guard let text = fields[name] else { return nil }
        let isNumber = !text.isEmpty && text.utf8.count <= 16 && text.utf8.allSatisfy(isDigit)
        guard let micros = isNumber ? Int64(text) : CivilTime.micros(rfc3339: text) else {
            throw .invalid(
                name, given: text,
                allowed: "a time such as 2026-01-31T09:30:00Z, or microseconds since 1970")
        }
        return micros
    }

    /// A sequence to go on from; nil where none is given.
    func sequence(_ name: String) throws(Rejection) -> Int64? {
        guard let text = fields[name] else { return nil }
        guard let value = Int64(text), (1...Scaled.maximum).contains(value) else {
            throw .invalid(
                name, given: text, allowed: "a whole number from 1 to \(Scaled.maximum)",
                code: "out_of_range")
        }
        return value
    }
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
