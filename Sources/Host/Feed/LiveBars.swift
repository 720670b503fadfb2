// The bar that each symbol is in just now, of every interval: what the channels of candles tell. Kept
// for all symbols, since it costs a few additions a trade and a subscriber expects the whole bar.
//
// Bars count from midnight UTC. Internal trades move none. A bar that was under way when the host
// started knows the trades that the host remembers; whole ones are REST's.

import Base
import Service
import Trading
import Views
import Wire

package enum BarInterval: String, CaseIterable, Sendable {
    case second = "1s"
    case minute = "1m"
    case fiveMinutes = "5m"
    case hour = "1h"
    case day = "1d"

    var micros: Int64 {
        let seconds: Int64 =
            switch self {
            case .second: 1
            case .minute: 60
            case .fiveMinutes: 300
            case .hour: 3_600
            case .day: 86_400
            }
        return seconds * 1_000_000
    }
}

struct LiveBar: Equatable {
    let start: Int64
    let open: Price
    private(set) var high: Price
    private(set) var low: Price
    private(set) var close: Price
    private(set) var volume: Int64
    private(set) var trades: Int64

    init(start: Int64, _ trade: Trade) {
        self.start = start
        open = trade.price
        high = trade.price
        low = trade.price
        close = trade.price
        volume = trade.quantity.raw
        trades = 1
    }

    mutating func add(_ trade: Trade) {
        high = max(high, trade.price)
        low = min(low, trade.price)
        close = trade.price
        // As the day's volume: it stays at the largest number.
        volume = min(Scaled.maximum, volume + trade.quantity.raw)
        trades += 1
    }
}

struct LiveBars {
    private var bars: [String: [BarInterval: LiveBar]] = [:]

    func bar(_ symbol: String, _ interval: BarInterval) -> LiveBar? { bars[symbol]?[interval] }

    /// Trades in their order.
    mutating func add(_ trade: Trade) {
        guard trade.book == .lit else { return }
        for interval in BarInterval.allCases {
            let start = trade.time - trade.time % interval.micros
            if bars[trade.symbol]?[interval]?.start == start {
                bars[trade.symbol]?[interval]?.add(trade)
            } else {
                bars[trade.symbol, default: [:]][interval] = LiveBar(start: start, trade)
            }
        }
    }

    /// null where nothing has traded yet.
    func write(
        _ symbol: String, _ interval: BarInterval, _ scales: DisplayScales,
        into json: inout JSONWriter
    ) {
        guard let bar = bar(symbol, interval) else { return json.null() }
        json.beginObject()
        json.field("symbol", symbol)
        json.field("interval", interval.rawValue)
        json.field("start", time: bar.start)
        json.field("open", bar.open.raw, scale: scales.price, .strings)
        json.field("high", bar.high.raw, scale: scales.price, .strings)
        json.field("low", bar.low.raw, scale: scales.price, .strings)
        json.field("close", bar.close.raw, scale: scales.price, .strings)
        json.field("volume", bar.volume, scale: scales.quantity, .strings)
        json.field("trades", count: bar.trades)
        json.endObject()
    }
}
