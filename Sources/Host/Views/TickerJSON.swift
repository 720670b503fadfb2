// A symbol's last, best and day's prices as JSON.

import Base
import Service
import Trading
import Wire

package enum TickerJSON {
    package static func write(
        _ instrument: Instrument, picture: Picture, into json: inout JSONWriter
    ) {
        let book = picture.books[instrument.symbol]
        let market = picture.markets[instrument.symbol]
        let traded = market.flatMap { $0.last.raw > 0 ? $0 : nil }
        let scale = instrument.priceScale
        json.beginObject()
        json.field("symbol", instrument.symbol)
        json.optionalField("last", traded?.last.raw, scale: scale, .strings)
        json.optionalField("bid", book?.bids.best?.price.raw, scale: scale, .strings)
        json.optionalField("ask", book?.asks.best?.price.raw, scale: scale, .strings)
        let now = Clock.wallMicros()
        let today = traded.flatMap { $0.day == Session.day(of: now) ? $0 : nil }
        json.field(
            "volume", today?.volume.raw ?? 0, scale: instrument.quantityScale, .strings)
        json.optionalField("open", today?.open.raw, scale: scale, .strings)
        json.optionalField("high", today?.high.raw, scale: scale, .strings)
        json.optionalField("low", today?.low.raw, scale: scale, .strings)
        let change = today.map { $0.last.raw - $0.open.raw }
        json.optionalField("change", change, scale: scale, .strings)
        json.optionalField(
            "change_percent", today.flatMap { percent(change ?? 0, of: $0.open.raw) }, scale: 2,
            .strings)
        json.field("state", instrument.state(at: now).name)
        json.endObject()
    }

    /// In hundredths of a percent, rounded towards zero; nil where it is too large to be told.
    private static func percent(_ change: Int64, of open: Int64) -> Int64? {
        let (product, overflow) = change.multipliedReportingOverflow(by: 10_000)
        return open > 0 && !overflow ? product / open : nil
    }
}
