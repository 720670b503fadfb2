// Instruments and their market as Redis keeps them (docs/REDIS.md, INSTRUMENT and MARKET).

import Base

package struct Instrument: Hashable, Sendable {
    package let symbol: String
    /// What an administrator set; what holds is `state(at:)`.
    package var state: InstrumentState
    package let priceScale: Int
    package let quantityScale: Int
    package let moneyScale: Int
    package var tickSize: Int64
    package var lotSize: Int64
    /// How far from its reference a market order may trade, in basis points.
    package var bandBps: Int64
    package var minNotional: Money
    package var makerFeeBps: Int64
    package var takerFeeBps: Int64
    /// Counts changes; a command planned with another one is stale.
    package let revision: Int64
    package let createdAt: Int64
    package let currency: String
    package var name: String
    package var assetType: String
    /// Empty = trades always.
    package var calendar: String
    /// What a host made of the calendar last.
    package var schedule: SessionSchedule

    package init(symbol: String, record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        self.symbol = symbol
        let version = try reader.byte()
        guard version == 1 || version == 2 else {
            throw RecordError(what: "instrument of another version")
        }
        state = try known(InstrumentState(rawValue: try reader.byte()), "instrument state")
        priceScale = Int(try reader.byte())
        quantityScale = Int(try reader.byte())
        moneyScale = Int(try reader.byte())
        tickSize = try reader.int64()
        lotSize = try reader.int64()
        bandBps = try reader.int64()
        minNotional = Money(try reader.int64())
        makerFeeBps = try reader.int64()
        takerFeeBps = try reader.int64()
        revision = try reader.int64()
        createdAt = try reader.int64()
        currency = try reader.string()
        // Version 1 knew no sessions.
        schedule =
            version == 1
            ? .always : try SessionSchedule(record: try reader.take(Int(try reader.byte())))
        name = try reader.string()
        assetType = try reader.string()
        calendar = try reader.string()
    }

    /// For a new or changed instrument; the script sets revision and createdAt.
    package init(
        symbol: String, state: InstrumentState = .open, priceScale: Int, quantityScale: Int,
        tickSize: Int64, lotSize: Int64, bandBps: Int64, minNotional: Money = .zero,
        makerFeeBps: Int64 = 0, takerFeeBps: Int64 = 0, currency: String = "USD", name: String,
        assetType: String, calendar: String = "", schedule: SessionSchedule = .always
    ) {
        self.symbol = symbol
        self.state = state
        self.priceScale = priceScale
        self.quantityScale = quantityScale
        moneyScale = Money.scale
        self.tickSize = tickSize
        self.lotSize = lotSize
        self.bandBps = bandBps
        self.minNotional = minNotional
        self.makerFeeBps = makerFeeBps
        self.takerFeeBps = takerFeeBps
        revision = 0
        createdAt = 0
        self.currency = currency
        self.name = name
        self.assetType = assetType
        self.calendar = calendar
        self.schedule = schedule
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        for byte in [2, state.rawValue, UInt8(priceScale), UInt8(quantityScale), UInt8(moneyScale)]
        {
            writer.byte(byte)
        }
        for number in [
            tickSize, lotSize, bandBps, minNotional.raw, makerFeeBps, takerFeeBps, revision,
            createdAt,
        ] {
            writer.int64(number)
        }
        writer.string(currency)
        let changes = schedule.encoded
        writer.byte(UInt8(changes.count))
        writer.raw(changes)
        for text in [name, assetType, calendar] { writer.string(text) }
        return writer.bytes
    }

    /// price × quantity in money, exact but for one rounding; nil above Scaled.maximum.
    package func notional(_ price: Price, _ quantity: Quantity, rounding: Rounding) -> Money? {
        let exponent = priceScale + quantityScale - moneyScale
        let powers = Scaled.powersOfTen
        let amount: Int64?
        if exponent >= 0 {
            amount = multiplyDivide(price.raw, quantity.raw, powers[exponent], rounding: rounding)
        } else {
            let (product, overflow) = price.raw.multipliedReportingOverflow(by: quantity.raw)
            let (scaled, again) = product.multipliedReportingOverflow(by: powers[-exponent])
            amount = overflow || again ? nil : scaled
        }
        guard let amount, amount <= Scaled.maximum else { return nil }
        return Money(amount)
    }
}

/// What was traded last, and today.
package struct Market: Hashable, Sendable {
    package let symbol: String
    /// 0 before the first trade.
    package let last: Price
    package let lastQuantity: Quantity
    package let lastSequence: Int64
    package let day: Int64
    package let open: Price
    package let high: Price
    package let low: Price
    package let volume: Quantity

    package init(symbol: String, record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        self.symbol = symbol
        guard try reader.byte() == 1 else { throw RecordError(what: "market of another version") }
        _ = try reader.take(3)
        last = Price(try reader.int64())
        lastQuantity = Quantity(try reader.int64())
        lastSequence = try reader.int64()
        day = try reader.int64()
        open = Price(try reader.int64())
        high = Price(try reader.int64())
        low = Price(try reader.int64())
        volume = Quantity(try reader.int64())
    }
}
