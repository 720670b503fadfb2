// The dry run: what would become of an order now. Nothing is recorded.

import Base
import Plugins
import Service
import Trading
import Views
import Wire

struct OrderTestRoutes {
    let services: Services
    private let dryRun: DryRun
    private let headroom: Headroom

    init(services: Services) {
        self.services = services
        dryRun = DryRun(picture: services.picture, registry: services.registry)
        headroom = Headroom(picture: services.picture, registry: services.registry)
    }

    var routes: [Route] {
        [
            Route(
                .post, "/api/v1/orders/test",
                "What would become of an order now: nothing is recorded", .permission(.trade),
                body: OrderFields.new, answers: [.ok(.dryRun)], refusals: [.notFound],
                cost: .request, test)
        ]
    }

    private func test(_ exchange: Exchange) throws(Rejection) {
        _ = try exchange.queryFields()
        let fields = try exchange.bodyFields()
        services.whenCurrent(exchange) { [self] in
            do throws(Rejection) {
                let account = try services.tradingAccount(fields, of: exchange.principal)
                // Malformed fields are told of at once.
                var run = try run(fields, account, exchange.principal)
                services.withDayProfit(of: account, headroom) { [self] profit in
                    run.0.add(headroom.afterwards(account, profit))
                    reply(exchange, run)
                }
            } catch {
                exchange.fail(error)
            }
        }
    }

    /// What is malformed is refused as such; what the real route would answer with 422 is a result.
    private func run(
        _ fields: Fields, _ account: Account, _ principal: Principal
    ) throws(Rejection) -> (DryRunResult, Instrument?) {
        do throws(Rejection) {
            let request = try OrderFields.read(
                fields, account: account.id, style: .v1, services: services)
            // Its fills would show the internal book.
            if request.book == .internal { try principal.requireAllAccounts() }
            return (dryRun.run(request), services.picture.instruments[request.symbol])
        } catch {
            guard error.refusal == .refused else { throw error }
            return (DryRunResult(rejection: error), nil)
        }
    }

    private func reply(_ exchange: Exchange, _ run: (DryRunResult, Instrument?)) {
        let (result, instrument) = run
        let scales = instrument.map(DisplayScales.init) ?? DisplayScales(price: 0, quantity: 0)
        exchange.reply { json in
            json.beginObject()
            json.field("would_be", result.rejection == nil ? "accepted" : "rejected")
            json.key("rejection")
            if let rejection = result.rejection {
                json.raw(
                    ErrorBody.json(rejection, requestID: exchange.requestID, context: []))
            } else {
                json.null()
            }
            DryRunJSON.writeFields(result, scales: scales, into: &json)
            json.field("as_of_seq", count: services.picture.sequence)
            json.endObject()
        }
    }
}
