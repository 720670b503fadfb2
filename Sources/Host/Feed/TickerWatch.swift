// When a symbol's ticker has something new to say: most events of a busy book change neither its best
// prices nor its day.

import Base
import Service
import Trading

struct TickerWatch {
    private struct Seen: Equatable {
        let bid: Price?
        let ask: Price?
        let market: Market?
        let state: InstrumentState?
    }

    private var seen: [String: Seen] = [:]

    /// Whether the event changed what the ticker shows. The first one asked about does.
    mutating func hasNews(of symbol: String, after event: Event, _ picture: Picture) -> Bool {
        let book = picture.books[symbol]
        let now = Seen(
            bid: book?.bids.best?.price, ask: book?.asks.best?.price,
            market: picture.markets[symbol],
            state: picture.instruments[symbol]?.state(at: event.time))
        guard seen[symbol] != now else { return false }
        seen[symbol] = now
        return true
    }

    /// Nobody listens any more.
    mutating func forget(_ symbol: String) { seen[symbol] = nil }
}
