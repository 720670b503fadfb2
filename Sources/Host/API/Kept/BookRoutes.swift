// The predecessor's book routes: depth, and the internal book that nobody else sees.

import Base
import Service
import Trading
import Views
import Wire

struct BookRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/orderbook/{symbol}", "A symbol's book", .permission(.see),
                query: [Field.depth], answers: [.ok(.book(.number))]
            ) { exchange throws(Rejection) in
                try services.replyBook(exchange, style: .numbers)
            },
            Route(
                .get, "/api/orderbook/{symbol}/internal", "A symbol's internal book",
                .everyone(.see), query: [Field.depth], answers: [.ok(.book(.number))]
            ) { exchange throws(Rejection) in
                try services.replyInternalBook(exchange, style: .numbers)
            },
        ]
    }
}

extension Services {
    func replyBook(_ exchange: Exchange, style: NumberStyle) throws(Rejection) {
        try replyBook(exchange, style: style) { picture, symbol in
            picture.books[symbol] ?? BookPicture()
        }
    }

    /// Its sequence is the picture's: its own would fall when the newest order leaves.
    func replyInternalBook(_ exchange: Exchange, style: NumberStyle) throws(Rejection) {
        try replyBook(exchange, style: style) { picture, symbol in
            BookPicture(
                of: picture.openOrders.internalOrders(symbol: symbol), sequence: picture.sequence)
        }
    }

    private func replyBook(
        _ exchange: Exchange, style: NumberStyle,
        _ find: @escaping (Picture, String) -> BookPicture
    ) throws(Rejection) {
        let query = try exchange.queryFields()
        let depth = try exchange.wholeQuery(
            query, "depth", 1...Limits.bookDepthMaximum, defaultValue: Limits.bookDepthDefault)
        let instrument = try pathInstrument(exchange)
        whenCurrent(exchange) { [picture] in
            let book = find(picture, instrument.symbol)
            exchange.reply { json in
                json.beginObject()
                BookJSON.writeFields(
                    symbol: instrument.symbol, bids: book.bids.top(depth),
                    asks: book.asks.top(depth), time: book.time, sequence: book.sequence,
                    scales: DisplayScales(instrument), style: style, into: &json)
                json.endObject()
            }
        }
    }

    /// The instrument that the path's first parameter names: one that isn't there is a page that
    /// isn't there.
    func pathInstrument(_ exchange: Exchange) throws(Rejection) -> Instrument {
        guard let instrument = picture.instruments[exchange.parameters[0]] else {
            throw .notFound("symbol", exchange.parameters[0])
        }
        return instrument
    }
}
