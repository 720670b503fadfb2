// Candles of one instrument.

import Base
import Service
import Trading
import Views
import Wire

struct CandleRoutes {
    let services: Services

    private static let interval = Field(
        "interval", .choice(CandleInterval.allCases.map(\.rawValue)),
        "How long each is; 1m unless given.")

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/market/{symbol}/candles",
                "Candles, the newest first; the one that is still open included",
                .permission(.see), query: [Self.interval] + Field.timeSpan + Field.paging,
                answers: [.ok(pageOf: .candle)], candles)
        ]
    }

    private func candles(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        let instrument = try services.pathInstrument(exchange)
        let span = try OrderQuery(fields: query, services: services).span()
        let name = query["interval"] ?? CandleInterval.minute.rawValue
        guard let interval = CandleInterval(rawValue: name) else {
            let known = CandleInterval.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("interval", given: name, allowed: "one of \(known)")
        }
        services.history.candles(symbol: instrument.symbol, interval, in: span, page) { result in
            let now = Clock.wallMicros()
            exchange.replyItems(result) { candle, json in
                CandleJSON.write(candle, interval, of: instrument, now: now, into: &json)
            }
        }
    }
}

extension Shape {
    fileprivate static let candle = Shape(
        "Candle",
        [
            .init("start", .time, "UTC; a stretch without a trade has no candle."),
            .init("end", .time, "Where the next one begins."),
            .init("open", .decimal), .init("high", .decimal), .init("low", .decimal),
            .init("close", .decimal),
            .init("volume", .decimal, "Without internal trades; busted ones stay in."),
            .init("trades", .integer),
            .init("closed", .flag, "false while more trades may come."),
        ])
}
