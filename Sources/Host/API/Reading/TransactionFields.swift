// A deposit, withdrawal or adjustment as clients send it, and the ledger's lines as they read them.

import Base
import Service
import Trading
import Views
import Wire

struct TransactionFields {
    /// The kept routes' fields; an adjustment of shares has symbol, quantity and price.
    static let kept = [
        Field(
            "transaction_type", .choice(kinds), "deposit and withdrawal take a positive amount.",
            required: true),
        Field("amount", .decimal(.any), "In the account's currency; signed for an adjustment."),
        Field("description", .text(most: Limits.descriptionBytes), "For whoever reads the ledger."),
        Field("symbol", .symbol, "Of the shares that are adjusted."),
        Field("quantity", .decimal(.any), "Shares in (positive) or out (negative)."),
        Field("price", .decimal(.zeroOrMore), "What the shares cost; the last trade's by default."),
        Field(
            "client_transaction_id", .identifier(most: Limits.clientOrderIdBytes),
            "Your id, unique in the account: repeating the request with it is safe."),
    ]
    private static let kinds = ["deposit", "withdrawal", "adjustment"]

    /// What every kind has.
    private struct Note {
        let description: String
        let clientID: String
    }

    static func read(
        _ fields: Fields, account: String, services: Services
    ) throws(Rejection) -> Transaction {
        let kind = try fields.requiredChoice("transaction_type", kinds)
        let note = Note(
            description: try fields.text("description", most: Limits.descriptionBytes) ?? "",
            clientID: try fields.identifier(
                "client_transaction_id", most: Limits.clientOrderIdBytes) ?? "")
        if kind == "adjustment", fields.has("symbol") {
            return try shares(fields, account: account, note, services: services)
        }
        for name in ["symbol", "quantity", "price"] where fields.has(name) {
            throw Rejection(
                .malformed, "invalid_value",
                "'\(name)' goes only with an adjustment of shares: transaction_type adjustment and "
                    + "a symbol.", field: name)
        }
        return try cash(fields, kind: kind, account: account, note)
    }

    private static func cash(
        _ fields: Fields, kind: String, account: String, _ note: Note
    ) throws(Rejection) -> Transaction {
        guard kind == "adjustment" else {
            let amount = Money(try fields.requiredPositive("amount", scale: Money.scale))
            return Transaction(
                account: account, kind: kind == "deposit" ? .deposit : .withdrawal,
                amount: amount, description: note.description, clientID: note.clientID)
        }
        guard let amount = try fields.decimal("amount", scale: Money.scale) else {
            throw .missing("amount", expected: "a number other than 0, or a symbol and quantity")
        }
        guard amount != 0 else {
            throw .invalid("amount", given: "0", allowed: "other than 0", code: "out_of_range")
        }
        return Transaction(
            account: account, kind: .adjustment, amount: Money(amount),
            description: note.description, clientID: note.clientID)
    }

    private static func shares(
        _ fields: Fields, account: String, _ note: Note, services: Services
    ) throws(Rejection) -> Transaction {
        guard !fields.has("amount") else {
            throw Rejection(
                .malformed, "invalid_value",
                "An adjustment is of cash (amount) or of shares (symbol, quantity), not of both.",
                field: "amount")
        }
        let symbol = try fields.requiredText("symbol", most: Limits.symbolBytes)
        let instrument = try services.requireInstrument(symbol)
        guard let quantity = try fields.decimal("quantity", scale: instrument.quantityScale) else {
            throw .missing("quantity", expected: "a number other than 0")
        }
        guard quantity != 0 else {
            throw .invalid("quantity", given: "0", allowed: "other than 0", code: "out_of_range")
        }
        let price = try fields.decimal("price", scale: instrument.priceScale)
        if let price, price < 0 {
            throw .invalid(
                "price", given: fields.value("price")?.shown ?? "", allowed: "0 or more",
                code: "out_of_range")
        }
        return Transaction(
            account: account, kind: .adjustment, amount: .zero, description: note.description,
            symbol: symbol, quantity: Quantity(quantity), price: price.map { Price($0) },
            clientID: note.clientID)
    }
}
