// What a client is shown when it subscribes: how things stand now.

import Base
import Service
import Trading
import Views
import Wire

struct Snapshots {
    let picture: Picture
    let trades: RecentTrades

    /// The data of a channel's snapshot. `sequence`: that of the message.
    func write(_ channel: Channel, _ sequence: Int64, into json: inout JSONWriter) {
        switch channel {
        case .orderBookOf(let symbol): writeBook(symbol, sequence, into: &json)
        case .orderBook:
            json.beginObject()
            json.key("books")
            json.beginArray()
            for symbol in picture.instruments.keys.sorted() {
                writeBook(symbol, sequence, into: &json)
            }
            json.endArray()
            json.endObject()
        case .tradesOf(let symbol): write(trades.of(symbol), into: &json)
        case .trades: write(trades.ofAll, into: &json)
        case .account(let id): writeAccount(id, into: &json)
        case .ticker(let symbol): writeTicker(symbol, into: &json)
        case .candles(let symbol, let interval): writeBar(symbol, interval, into: &json)
        case .notifications, .risk, .riskOf:
            json.beginObject()
            json.endObject()
        }
    }

    /// The data of the message that ends a resume: what a book must be by now.
    func writeResumed(_ channel: Channel, told: Int, into json: inout JSONWriter) {
        json.beginObject()
        json.field("messages", count: Int64(told))
        switch channel {
        case .orderBookOf(let symbol): json.field("checksum", count: checksum(symbol))
        case .orderBook:
            json.key("books")
            json.beginArray()
            for symbol in picture.instruments.keys.sorted() {
                json.beginObject()
                json.field("symbol", symbol)
                json.field("checksum", count: checksum(symbol))
                json.endObject()
            }
            json.endArray()
        case .trades, .tradesOf, .account, .notifications, .risk, .riskOf, .ticker, .candles: break
        }
        json.endObject()
    }

    private func checksum(_ symbol: String) -> Int64 {
        Int64(BookChecksum.of(picture.books[symbol] ?? BookPicture(), picture.scales(symbol)))
    }

    private func writeBook(_ symbol: String, _ sequence: Int64, into json: inout JSONWriter) {
        let book = picture.books[symbol] ?? BookPicture()
        json.beginObject()
        BookJSON.writeFields(
            symbol: symbol, bids: book.bids.top(.max), asks: book.asks.top(.max), time: book.time,
            sequence: sequence, scales: picture.scales(symbol), style: .strings, into: &json)
        json.field("checksum", count: checksum(symbol))
        json.endObject()
    }

    private func write(_ trades: [Trade], into json: inout JSONWriter) {
        json.beginObject()
        json.key("trades")
        json.beginArray()
        for trade in trades.suffix(RecentTrades.remembered).reversed() {
            TradeJSON.write(
                trade, scales: picture.scales(trade.symbol), style: .strings, withParties: false,
                into: &json)
        }
        json.endArray()
        json.endObject()
    }

    func writeTicker(_ symbol: String, into json: inout JSONWriter) {
        guard let instrument = picture.instruments[symbol] else { return json.null() }
        TickerJSON.write(instrument, picture: picture, into: &json)
    }

    func writeBar(_ symbol: String, _ interval: BarInterval, into json: inout JSONWriter) {
        trades.bars.write(symbol, interval, picture.scales(symbol), into: &json)
    }

    /// The account, its positions and its open orders.
    private func writeAccount(_ id: String, into json: inout JSONWriter) {
        json.beginObject()
        if let account = picture.accounts[id] {
            json.key("account")
            AccountJSON.write(account, style: .strings, into: &json)
        }
        json.key("positions")
        json.beginArray()
        for position in picture.positions(account: id) {
            guard let instrument = picture.instruments[position.symbol] else { continue }
            PositionJSON.write(
                position, instrument: instrument, last: picture.market(of: position.symbol).last,
                style: .strings, into: &json)
        }
        json.endArray()
        json.key("orders")
        json.beginArray()
        let open = picture.openOrders.newest(
            account: id, before: .max, limit: Limits.listMaximum, where: { _ in true })
        for order in open {
            OrderJSON.write(
                order, scales: picture.scales(order.symbol), style: .strings, into: &json)
        }
        json.endArray()
        json.endObject()
    }
}

/// The last trades of each symbol, newest last, and the bars that they make: what snapshots show.
final class RecentTrades {
    private(set) var bars = LiveBars()
    static let remembered = 100
    private var bySymbol: [String: [Trade]] = [:]

    func of(_ symbol: String) -> [Trade] { bySymbol[symbol] ?? [] }

    var ofAll: [Trade] {
        bySymbol.values.flatMap { $0 }
            .sorted { ($0.sequence, $0.index) < ($1.sequence, $1.index) }
    }

    /// Trades from before the start, oldest first. Those of events that came meanwhile are known.
    func seed(_ trades: [Trade]) {
        for (symbol, older) in Dictionary(grouping: trades, by: \.symbol) {
            let known = bySymbol[symbol] ?? []
            let first = known.first?.sequence ?? .max
            bySymbol[symbol] = older.filter { $0.book == .lit && $0.sequence < first } + known
        }
        bars = LiveBars()
        for trade in ofAll { bars.add(trade) }
    }

    func remember(_ trade: Trade) {
        guard trade.book == .lit else { return }
        bars.add(trade)
        bySymbol[trade.symbol, default: []].append(trade)
        if bySymbol[trade.symbol, default: []].count > 2 * RecentTrades.remembered {
            bySymbol[trade.symbol]?.removeFirst(RecentTrades.remembered)
        }
    }

    /// So that who subscribes later sees that it was taken back.
    func mark(_ busted: Trade) {
        guard let place = bySymbol[busted.symbol]?.firstIndex(where: { $0.id == busted.id })
        else { return }
        bySymbol[busted.symbol]?[place].isBusted = true
    }
}
