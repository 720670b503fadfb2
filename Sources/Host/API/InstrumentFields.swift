// A new instrument as an administrator sends it.

import Base
import Trading
import Wire

struct InstrumentFields {
    static let names = [
        "symbol", "name", "asset_type", "currency", "price_scale", "quantity_scale", "tick_size",
        "lot_size", "price_band_bps", "min_notional", "maker_fee_bps", "taker_fee_bps",
    ]

    static func read(_ fields: Fields) throws(Rejection) -> Instrument {
        guard let symbol = try fields.identifier("symbol", most: Limits.symbolBytes) else {
            throw .missing("symbol", expected: "1 to \(Limits.symbolBytes) letters, digits, . _ -")
        }
        let name = try fields.requiredText("name", most: Limits.nameBytes)
        let priceScale = try scale(fields, "price_scale")
        let quantityScale = try scale(fields, "quantity_scale")
        let fees: ClosedRange<Int64> = 0...1_000
        return Instrument(
            symbol: symbol, priceScale: priceScale, quantityScale: quantityScale,
            tickSize: try fields.requiredPositive("tick_size", scale: priceScale),
            lotSize: try fields.requiredPositive("lot_size", scale: quantityScale),
            bandBps: try fields.whole("price_band_bps", 1...5_000) ?? 500,
            minNotional: try minNotional(fields),
            makerFeeBps: try fields.whole("maker_fee_bps", fees) ?? 0,
            takerFeeBps: try fields.whole("taker_fee_bps", fees) ?? 0,
            currency: try fields.choice("currency", ["USD"]) ?? "USD",
            name: name,
            assetType: try fields.identifier("asset_type", most: Limits.tagBytes) ?? "stocks")
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
