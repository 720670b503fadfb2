// Books, instruments and the ticker.

import Base
import Service
import Trading
import Views
import Wire

struct MarketRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/orderbook/{symbol}", "A symbol's book", .permission(.see),
                query: [Field.depth], book),
            Route(
                .get, "/api/orderbook/{symbol}/internal", "A symbol's internal book",
                .everyone(.see), query: [Field.depth], internalBook),
            Route(
                .get, "/api/v1/instruments", "All instruments", .permission(.see),
                query: Field.paging, instruments),
            Route(
                .post, "/api/v1/instruments", "Make an instrument", .everyone(.administer),
                body: InstrumentFields.new, refusals: [.conflict], createInstrument),
            Route(
                .get, "/api/v1/instruments/{symbol}", "One instrument", .permission(.see),
                instrument),
            Route(
                .get, "/api/v1/market/{symbol}/ticker", "Last, best and the day's prices",
                .permission(.see), ticker),
        ]
    }

    private func book(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let depth = try exchange.wholeQuery(
            query, "depth", 1...Limits.bookDepthMaximum, defaultValue: Limits.bookDepthDefault)
        let instrument = try requireInstrument(exchange)
        services.whenCurrent(exchange) { [services] in
            let book = services.picture.books[instrument.symbol] ?? BookPicture()
            exchange.reply { json in
                json.beginObject()
                BookJSON.writeFields(
                    symbol: instrument.symbol, bids: book.bids.top(depth),
                    asks: book.asks.top(depth), time: book.time, sequence: book.sequence,
                    scales: DisplayScales(instrument), style: .numbers, into: &json)
                json.endObject()
            }
        }
    }

    private func internalBook(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let depth = try exchange.wholeQuery(
            query, "depth", 1...Limits.bookDepthMaximum, defaultValue: Limits.bookDepthDefault)
        let instrument = try requireInstrument(exchange)
        services.whenCurrent(exchange) { [services] in
            let orders = services.picture.openOrders.internalOrders(symbol: instrument.symbol)
            let book = BookPicture(of: orders)
            // Its own would fall when the newest order leaves.
            let sequence = services.picture.sequence
            exchange.reply { json in
                json.beginObject()
                BookJSON.writeFields(
                    symbol: instrument.symbol, bids: book.bids.top(depth),
                    asks: book.asks.top(depth), time: book.time, sequence: sequence,
                    scales: DisplayScales(instrument), style: .numbers, into: &json)
                json.endObject()
            }
        }
    }

    private func ticker(_ exchange: Exchange) throws(Rejection) {
        _ = try exchange.queryFields()
        let instrument = try requireInstrument(exchange)
        services.whenCurrent(exchange) { [services] in
            exchange.reply { json in
                TickerJSON.write(instrument, picture: services.picture, into: &json)
            }
        }
    }

    /// By symbol; the page token is how many were shown before.
    private func instruments(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        services.whenCurrent(exchange) { [services] in
            let all = services.picture.instruments.values.sorted { $0.symbol < $1.symbol }
            let shown = page.before ?? 0
            let end = min(all.count, shown + page.limit)
            exchange.reply { json in
                json.beginObject()
                json.key("items")
                json.beginArray()
                for instrument in all[min(shown, end)..<end] {
                    InstrumentJSON.write(instrument, style: .strings, into: &json)
                }
                json.endArray()
                json.optionalField("next_page_token", end < all.count ? String(end) : "")
                json.endObject()
            }
        }
    }

    private func instrument(_ exchange: Exchange) throws(Rejection) {
        let symbol = exchange.parameters[0]
        services.whenCurrent(exchange) { [services] in
            guard let instrument = services.picture.instruments[symbol] else {
                return exchange.fail(.notFound("instrument", symbol))
            }
            exchange.reply { InstrumentJSON.write(instrument, style: .strings, into: &$0) }
        }
    }

    private func createInstrument(_ exchange: Exchange) throws(Rejection) {
        let fields = try exchange.bodyFields()
        services.instruments.create(try InstrumentFields.read(fields)) { result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let instrument):
                exchange.reply(201) {
                    InstrumentJSON.write(instrument, style: .strings, into: &$0)
                }
            }
        }
    }

    /// A book of an unknown symbol is a page that isn't there.
    private func requireInstrument(_ exchange: Exchange) throws(Rejection) -> Instrument {
        guard let instrument = services.picture.instruments[exchange.parameters[0]] else {
            throw .notFound("symbol", exchange.parameters[0])
        }
        return instrument
    }
}
