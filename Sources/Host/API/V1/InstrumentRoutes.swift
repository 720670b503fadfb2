// Reference data: what is traded, in which steps, at which fees.

import Base
import Service
import Trading
import Views
import Wire

struct InstrumentRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/instruments", "All instruments, by symbol", .permission(.see),
                query: Field.paging, answers: [.ok(pageOf: .instrument)], list),
            Route(
                .post, "/api/v1/instruments", "Make an instrument", .everyone(.administer),
                body: InstrumentFields.new, answers: [.created(.instrument)],
                refusals: [.conflict], create),
            Route(
                .get, "/api/v1/instruments/{symbol}", "One instrument", .permission(.see),
                answers: [.ok(.instrument)], one),
        ]
    }

    private func list(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        services.whenCurrent(exchange) { [services] in
            let all = services.picture.instruments.values.sorted { $0.symbol < $1.symbol }
            exchange.replyItems(.success(PageOf(of: all, page))) { instrument, json in
                InstrumentJSON.write(instrument, style: .strings, into: &json)
            }
        }
    }

    private func one(_ exchange: Exchange) throws(Rejection) {
        let symbol = exchange.parameters[0]
        services.whenCurrent(exchange) { [services] in
            guard let instrument = services.picture.instruments[symbol] else {
                return exchange.fail(.notFound("instrument", symbol))
            }
            exchange.reply { InstrumentJSON.write(instrument, style: .strings, into: &$0) }
        }
    }

    private func create(_ exchange: Exchange) throws(Rejection) {
        let instrument = try InstrumentFields.read(try exchange.bodyFields())
        services.instruments.create(instrument, by: exchange.actor) {
            exchange.reply($0, status: 201)
        }
    }
}

extension Exchange {
    fileprivate func reply(_ result: Result<Instrument, Rejection>, status: Int) {
        switch result {
        case .failure(let rejection): fail(rejection)
        case .success(let instrument):
            reply(status) { InstrumentJSON.write(instrument, style: .strings, into: &$0) }
        }
    }
}
