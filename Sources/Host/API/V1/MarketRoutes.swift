// Market data of one instrument: ticker, book, trades.

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
                .get, "/api/v1/market/{symbol}/ticker", "Last, best and the day's prices",
                .permission(.see), answers: [.ok(.ticker)], ticker),
            Route(
                .get, "/api/v1/market/{symbol}/book", "The book, best prices first",
                .permission(.see), query: [Field.depth, QueueRoutes.atSequence],
                answers: [.ok(.book(.decimal))], refusals: [.refused], book),
            Route(
                .get, "/api/v1/market/{symbol}/internal-book",
                "The internal book, which only keys for all accounts may see", .everyone(.see),
                query: [Field.depth], answers: [.ok(.book(.decimal))]
            ) { exchange throws(Rejection) in
                try services.replyInternalBook(exchange, style: .strings)
            },
            Route(
                .get, "/api/v1/market/{symbol}/trades", "Trades, newest first",
                .permission(.see), query: Field.timeSpan + Field.paging,
                answers: [.ok(pageOf: .publicTrade)],
                trades),
        ]
    }

    private func book(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        guard let sequence = try OrderQuery(fields: query, services: services).sequence("at_seq")
        else { return try services.replyBook(exchange, style: .strings) }
        let depth = try exchange.wholeQuery(
            query, "depth", 1...Limits.bookDepthMaximum, defaultValue: Limits.bookDepthDefault)
        services.replyBook(
            exchange, of: try services.pathInstrument(exchange), at: sequence, depth: depth)
    }

    private func ticker(_ exchange: Exchange) throws(Rejection) {
        _ = try exchange.queryFields()
        let instrument = try services.pathInstrument(exchange)
        services.whenCurrent(exchange) { [services] in
            exchange.reply { json in
                TickerJSON.write(instrument, picture: services.picture, into: &json)
            }
        }
    }

    private func trades(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        let instrument = try services.pathInstrument(exchange)
        let span = try OrderQuery(fields: query, services: services).span()
        services.history.trades(
            symbol: instrument.symbol, of: exchange.principal.accounts, in: span, page
        ) { result in
            exchange.replyItems(result) { trade, json in
                TradeJSON.write(
                    trade, scales: DisplayScales(instrument), style: .strings,
                    withParties: false, into: &json)
            }
        }
    }
}
