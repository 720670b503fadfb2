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
        let scales = 0...Int64(Limits.scale)
        let priceScale = Int(try fields.whole("price_scale", scales) ?? 2)
        let quantityScale = Int(try fields.whole("quantity_scale", scales) ?? 0)
        let fees: ClosedRange<Int64> = 0...1_000
        return Instrument(
            symbol: symbol, priceScale: priceScale, quantityScale: quantityScale,
            tickSize: try fields.positive("tick_size", scale: priceScale) ?? 1,
            lotSize: try fields.positive("lot_size", scale: quantityScale) ?? 1,
            bandBps: try fields.whole("price_band_bps", 1...5_000) ?? 500,
            minNotional: Money(try fields.decimal("min_notional", scale: Money.scale) ?? 0),
            makerFeeBps: try fields.whole("maker_fee_bps", fees) ?? 0,
            takerFeeBps: try fields.whole("taker_fee_bps", fees) ?? 0,
            currency: try fields.choice("currency", ["USD"]) ?? "USD",
            name: try fields.text("name", most: Limits.nameBytes) ?? symbol,
            assetType: try fields.identifier("asset_type", most: Limits.tagBytes) ?? "stocks")
    }
}
