// A candle as JSON.

import Base
import Trading
import Wire

package enum CandleJSON {
    package static func write(
        _ candle: Candle, _ interval: CandleInterval, of instrument: Instrument, now: Int64,
        into json: inout JSONWriter
    ) {
        let end = (candle.start + interval.seconds) * 1_000_000
        let prices: [(StaticString, Price)] = [
            ("open", candle.open), ("high", candle.high), ("low", candle.low),
            ("close", candle.close),
        ]
        json.beginObject()
        json.field("start", time: candle.start * 1_000_000)
        json.field("end", time: end)
        for (name, price) in prices {
            json.field(name, price.raw, scale: instrument.priceScale, .strings)
        }
        json.field("volume", candle.volume.raw, scale: instrument.quantityScale, .strings)
        json.field("trades", count: candle.trades)
        json.field("closed", now >= end)
        json.endObject()
    }
}
