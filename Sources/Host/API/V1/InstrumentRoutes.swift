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
            Route(
                .patch, "/api/v1/instruments/{symbol}", "Change an instrument",
                .everyone(.administer), body: InstrumentFields.change,
                answers: [.ok(.instrument)], refusals: [.refused], change),
            Route(
                .post, "/api/v1/admin/halt", "Halt an instrument: only cancels are taken",
                .everyone(.oversee), body: InstrumentRoutes.named, answers: [.ok(.instrument)],
                refusals: [.refused]
            ) { exchange throws(Rejection) in try set(.halted, exchange) },
            Route(
                .post, "/api/v1/admin/close", "Close an instrument, whatever its calendar says",
                .everyone(.oversee), body: InstrumentRoutes.named, answers: [.ok(.instrument)],
                refusals: [.refused]
            ) { exchange throws(Rejection) in try set(.closed, exchange) },
            Route(
                .post, "/api/v1/admin/resume",
                "End a halt or close: its calendar says again whether it is open",
                .everyone(.oversee),
                body: InstrumentRoutes.named, answers: [.ok(.instrument)], refusals: [.refused]
            ) { exchange throws(Rejection) in try set(.open, exchange) },
        ]
    }

    private static let named = [
        Field("symbol", .symbol, "Which instrument.", required: true)
    ]

    private func list(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        services.whenCurrent(exchange) { [services] in
            let all = services.picture.instruments.values.sorted { $0.symbol < $1.symbol }
            exchange.replyItems(.success(PageOf(of: all, page))) { instrument, json in
                InstrumentJSON.write(
                    instrument, at: Clock.wallMicros(), style: .strings, into: &json)
            }
        }
    }

    private func one(_ exchange: Exchange) throws(Rejection) {
        let symbol = exchange.parameters[0]
        services.whenCurrent(exchange) { [services] in
            guard let instrument = services.picture.instruments[symbol] else {
                return exchange.fail(.notFound("instrument", symbol))
            }
            exchange.reply {
                InstrumentJSON.write(
                    instrument, at: Clock.wallMicros(), style: .strings, into: &$0)
            }
        }
    }

    private func create(_ exchange: Exchange) throws(Rejection) {
        let instrument = try InstrumentFields.read(try exchange.bodyFields())
        services.instruments.create(instrument, by: exchange.actor) {
            exchange.reply($0, status: 201)
        }
    }
}

extension InstrumentRoutes {
    private func change(_ exchange: Exchange) throws(Rejection) {
        let symbol = exchange.parameters[0]
        guard let instrument = services.picture.instruments[symbol] else {
            throw .notFound("instrument", symbol)
        }
        let change = try InstrumentFields.readChange(try exchange.bodyFields(), of: instrument)
        services.instruments.update(symbol, change, by: exchange.actor) {
            exchange.reply($0, status: 200)
        }
    }

    private func set(_ state: InstrumentState, _ exchange: Exchange) throws(Rejection) {
        let symbol = try exchange.bodyFields().requiredText("symbol", most: Limits.symbolBytes)
        _ = try services.requireInstrument(symbol)
        var change = InstrumentChange()
        change.state = state
        services.instruments.update(symbol, change, by: exchange.actor) {
            exchange.reply($0, status: 200)
        }
    }
}

extension Exchange {
    fileprivate func reply(_ result: Result<Instrument, Rejection>, status: Int) {
        switch result {
        case .failure(let rejection): fail(rejection)
        case .success(let instrument):
            reply(status) {
                InstrumentJSON.write(
                    instrument, at: Clock.wallMicros(), style: .strings, into: &$0)
            }
        }
    }
}
