// What a client may ask of an order of any type (FIX's execution instructions). Whether they make
// sense together, and with the type, is the planner's to say.

import Base
import Trading

enum InstructionFields {
    static let all = [
        Field(
            "post_only", .flag,
            "Refused if any of it would trade at once: it only adds to the book."),
        Field(
            "reduce_only", .flag,
            "Never does more than bring its position to zero; cut when the position shrinks."),
        Field("all_or_none", .flag, "All of it trades at once, or none; nothing ever rests."),
        Field(
            "min_quantity", .decimal(.positive),
            "At least so much must trade on arrival, else all of it is cancelled."),
        Field(
            "display_quantity", .decimal(.positive),
            "How much of it the book shows at a time; the rest is hidden."),
        Field(
            "stp_mode", .choice(SelfTradeMode.allCases.map(\.name)),
            "What gives way where it meets an order of its own account; cancel_newest by default."),
        Field(
            "expire_time", .time, "When it ends by itself, for a time in force that asks for it."),
    ]

    static func read(
        _ fields: Fields, into request: inout OrderRequest, _ instrument: Instrument
    ) throws(Rejection) {
        request.instructions.postOnly = try fields.flag("post_only") ?? false
        request.instructions.reduceOnly = try fields.flag("reduce_only") ?? false
        request.instructions.allOrNone = try fields.flag("all_or_none") ?? false
        request.instructions.minQuantity = try quantity(fields, "min_quantity", instrument)
        request.instructions.displayQuantity = try quantity(fields, "display_quantity", instrument)
        let mode = try fields.choice("stp_mode", SelfTradeMode.allCases.map(\.name))
        request.instructions.selfTrade = SelfTradeMode.allCases.first { $0.name == mode }
        request.expireTime = try fields.time("expire_time")
    }

    private static func quantity(
        _ fields: Fields, _ name: String, _ instrument: Instrument
    ) throws(Rejection) -> Quantity? {
        guard let number = try fields.positive(name, scale: instrument.quantityScale) else {
            return nil
        }
        guard number % instrument.lotSize == 0 else {
            let lot = Scaled.format(instrument.lotSize, scale: instrument.quantityScale)
            let given = Scaled.format(number, scale: instrument.quantityScale)
            throw Rejection(
                .refused, "lot_size", "The \(name) \(given) isn't a multiple of the lot \(lot).",
                field: name, values: "quantity=\(given), lot_size=\(lot)")
        }
        return Quantity(number)
    }
}

extension Fields {
    /// RFC 3339 text, or microseconds since 1970 as a number or text; UTC microseconds.
    func time(_ name: String) throws(Rejection) -> Int64? {
        guard let given = value(name) else { return nil }
        let text: String
        switch given {
        case .number(let digits): text = String(decoding: digits, as: UTF8.self)
        case .string(let string): text = string
        case .null: return nil
        case .bool, .array, .object: throw notATime(name, given.shown, "invalid_type")
        }
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
        guard let micros = isNumber ? Int64(text) : CivilTime.micros(rfc3339: text),
            micros > 0, micros <= Scaled.maximum
        else { throw notATime(name, given.shown, "invalid_value") }
        return micros
    }

    private func notATime(_ name: String, _ given: String, _ code: String) -> Rejection {
        .invalid(
            name, given: given,
            allowed: "a time such as 2026-01-31T09:30:00Z, or microseconds since 1970", code: code)
    }
}
