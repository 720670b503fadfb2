// Candles: open, high, low, close and volume of the trades in a stretch of time, as lists hold them
// (docs/REDIS.md, Candle).

import Base

package enum CandleInterval: String, Sendable, CaseIterable {
    case second = "1s"
    case minute = "1m"
    case fiveMinutes = "5m"
    case hour = "1h"
    case day = "1d"

    package var seconds: Int64 {
        switch self {
        case .second: 1
        case .minute: 60
        case .fiveMinutes: 300
        case .hour: 3_600
        case .day: 86_400
        }
    }

    /// When the candle begins that a moment (UTC microseconds) is in, in seconds since 1970.
    package func start(of micros: Int64) -> Int64 {
        let second = micros / 1_000_000
        return second - second % seconds
    }
}

package struct Candle: Hashable, Sendable {
    /// Seconds since 1970, a multiple of its interval's.
    package let start: Int64
    package let open: Price
    package private(set) var high: Price
    package private(set) var low: Price
    package private(set) var close: Price
    package private(set) var volume: Quantity
    package private(set) var trades: Int64

    /// Of one trade.
    package init(start: Int64, _ trade: Trade) {
        self.start = start
        (open, high, low, close) = (trade.price, trade.price, trade.price, trade.price)
        volume = trade.quantity
        trades = 1
    }

    /// A further trade, later than those before.
    package mutating func add(_ trade: Trade) {
        if trade.price > high { high = trade.price }
        if trade.price < low { low = trade.price }
        close = trade.price
        volume = Quantity(min(volume.raw + trade.quantity.raw, Scaled.maximum))
        trades += 1
    }

    /// `<lllllll>`: start, open, high, low, close, volume, trades.
    package var listItem: [UInt8] {
        var writer = ByteWriter(capacity: 56)
        for number in [start, open.raw, high.raw, low.raw, close.raw, volume.raw, trades] {
            writer.int64(number)
        }
        return writer.bytes
    }

    package init(listItem: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(listItem)
        start = try reader.int64()
        open = Price(try reader.int64())
        high = Price(try reader.int64())
        low = Price(try reader.int64())
        close = Price(try reader.int64())
        volume = Quantity(try reader.int64())
        trades = try reader.int64()
    }
}
