// A new instrument as an administrator sends it.

import Base
import Service
import Trading
import Wire

struct InstrumentFields {
    static let new = [
        Field(
            "symbol", .identifier(most: Limits.symbolBytes), "Its name for good.", required: true),
        Field("name", .text(most: Limits.nameBytes), "As people know it.", required: true),
        Field(
            "price_scale", .whole(0...Int64(Limits.scale)), "Decimals of a price; fixed.",
            required: true),
        Field(
            "quantity_scale", .whole(0...Int64(Limits.scale)), "Decimals of a quantity; fixed.",
            required: true),
        Field("tick_size", .decimal(.positive), "Prices are multiples of it.", required: true),
        Field("lot_size", .decimal(.positive), "Quantities are multiples of it.", required: true),
        Field("asset_type", .identifier(most: Limits.tagBytes), "stocks by default."),
        Field("currency", .choice(["USD"]), "USD by default."),
        Field("price_band_bps", .whole(bands), "Protection of market orders; 500 by default."),
        Field("min_notional", .decimal(.zeroOrMore), "The least value of an order; 0 by default."),
        Field("maker_fee_bps", .whole(fees), "0 by default."),
        Field("taker_fee_bps", .whole(fees), "0 by default."),
        Field(
            "calendar", .identifier(most: Limits.calendarNameBytes),
            "When it trades; none, the default: always."),
    ]
    /// What may change; fees, tick and lot only while no order is open.
    static let change =
        new.filter { !fixed.contains($0.name) }.map {
            Field($0.name, $0.kind, $0.help)
        } + [Field("state", .choice(states), "halted and closed take nothing but cancels.")]
    private static let fixed = ["symbol", "price_scale", "quantity_scale", "currency"]
    private static let states = InstrumentState.allCases.map(\.name)
    private static let bands: ClosedRange<Int64> = 1...5_000
    private static let fees: ClosedRange<Int64> = 0...1_000

    static func read(_ fields: Fields) throws(Rejection) -> Instrument {
        guard let symbol = try fields.identifier("symbol", most: Limits.symbolBytes) else {
            throw .missing("symbol", expected: "1 to \(Limits.symbolBytes) letters, digits, . _ -")
        }
        guard symbol.first?.isLetter == true || symbol.first?.isNumber == true else {
            throw .invalid(
                "symbol", given: "\"\(symbol)\"", allowed: "one that begins with a letter or digit")
        }
        let name = try fields.requiredText("name", most: Limits.nameBytes)
        let priceScale = try scale(fields, "price_scale")
        let quantityScale = try scale(fields, "quantity_scale")
        return Instrument(
            symbol: symbol, priceScale: priceScale, quantityScale: quantityScale,
            tickSize: try fields.requiredPositive("tick_size", scale: priceScale),
            lotSize: try fields.requiredPositive("lot_size", scale: quantityScale),
            bandBps: try fields.whole("price_band_bps", bands) ?? 500,
            minNotional: try minNotional(fields),
            makerFeeBps: try fields.whole("maker_fee_bps", fees) ?? 0,
            takerFeeBps: try fields.whole("taker_fee_bps", fees) ?? 0,
            currency: try fields.choice("currency", ["USD"]) ?? "USD",
            name: name,
            assetType: try fields.identifier("asset_type", most: Limits.tagBytes) ?? "stocks",
            calendar: try calendar(fields) ?? "")
    }

    /// The instrument decides in which scale numbers are read.
    static func readChange(
        _ fields: Fields, of instrument: Instrument
    ) throws(Rejection) -> InstrumentChange {
        var change = InstrumentChange()
        let state = try fields.choice("state", states)
        change.state = InstrumentState.allCases.first { $0.name == state }
        change.name = try fields.text("name", most: Limits.nameBytes)
        change.assetType = try fields.identifier("asset_type", most: Limits.tagBytes)
        change.tickSize = try fields.positive("tick_size", scale: instrument.priceScale)
        change.lotSize = try fields.positive("lot_size", scale: instrument.quantityScale)
        change.bandBps = try fields.whole("price_band_bps", bands)
        change.makerFeeBps = try fields.whole("maker_fee_bps", fees)
        change.calendar = try calendar(fields)
        change.takerFeeBps = try fields.whole("taker_fee_bps", fees)
        if fields.has("min_notional") { change.minNotional = try minNotional(fields) }
        guard fields.object.members.contains(where: { fields.has($0.name) }) else {
            let names = Self.change.map(\.name).joined(separator: ", ")
            throw .missing("state", expected: "given, or one of \(names)")
        }
        return change
    }

    /// Empty for `none`; nil where it isn't given.
    private static func calendar(_ fields: Fields) throws(Rejection) -> String? {
        let name = try fields.identifier("calendar", most: Limits.calendarNameBytes)
        return name == "none" ? "" : name
    }

    private static func scale(_ fields: Fields, _ name: String) throws(Rejection) -> Int {
        guard let scale = try fields.whole(name, 0...Int64(Limits.scale)) else {
            throw .missing(name, expected: "a number of decimals from 0 to \(Limits.scale)")
        }
        return Int(scale)
    }

    private static func minNotional(_ fields: Fields) throws(Rejection) -> Money {
        let amount = try fields.decimal("min_notional", scale: Money.scale) ?? 0
        guard amount >= 0 else {
            throw .invalid(
                "min_notional", given: fields.value("min_notional")?.shown ?? "",
                allowed: "0 or more", code: "out_of_range")
        }
        return Money(amount)
    }
}
