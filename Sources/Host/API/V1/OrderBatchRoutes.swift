// Up to 100 orders in one request. Each is read, placed and answered by itself, as if it had come
// alone; they go to Redis in their order.

import Base
import Service
import Trading
import Views
import Wire

struct OrderBatchRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .post, "/api/v1/orders/batch", "Place up to 100 orders, each answered by itself",
                .permission(.trade),
                body: [
                    Field(
                        "orders", .objects(OrderFields.new, most: Limits.batchOrders),
                        "The orders, in the order in which they are placed.", required: true)
                ], answers: [.ok(.batch)], cost: .request, isSentInOrder: true, place)
        ]
    }

    private func place(_ exchange: Exchange) throws(Rejection) {
        _ = try exchange.queryFields()
        let values = try exchange.bodyFields().list("orders", most: Limits.batchOrders)
        let requests = values.enumerated().map { index, value in
            Result { () throws(Rejection) in try read(value, exchange.principal, at: index) }
        }
        // What an order names may just have been made: then the picture catches up first.
        if !exchange.hasWaited, services.isBehind {
            for case .failure(let rejection) in requests where rejection.isAboutSomethingMissing {
                throw rejection
            }
        }
        try exchange.count(.order, requests.count)
        let batch = Batch(exchange, services, count: requests.count)
        for (index, request) in requests.enumerated() {
            switch request {
            case .failure(let rejection): batch.answer(index, .refused(rejection, []))
            case .success(let request):
                services.orders.place(request) { outcome in
                    batch.answer(index, BatchItem(outcome, request, at: index))
                }
            }
        }
    }

    private func read(
        _ value: JSONValue, _ principal: Principal, at index: Int
    ) throws(Rejection) -> OrderRequest {
        let place = "orders[\(index)]"
        guard case .object(let object) = value else {
            throw .invalid(
                place, given: value.shown, allowed: "an object", code: "invalid_type")
        }
        let fields = Fields(object)
        do throws(Rejection) {
            try fields.refuseUnknown(OrderFields.new, place: place)
            let account = try services.tradingAccount(fields, of: principal)
            return try OrderFields.read(
                fields, account: account.id, style: .v1, services: services)
        } catch {
            throw error.within(place)
        }
    }
}

private enum BatchItem {
    case placed(Execution, Order)
    case refused(Rejection, [(String, String)])

    init(_ outcome: PlaceOutcome, _ request: OrderRequest, at index: Int) {
        switch outcome {
        case .placed(let order, let trades):
            self = .placed(Execution(of: order, placedWith: trades), order)
        case .refused(let rejection, let order):
            let isUnknown = rejection.refusal == .unavailable
            self = .refused(
                rejection.within("orders[\(index)]"),
                order != nil || isUnknown ? request.names : [])
        }
    }
}

/// Gathers the answers and replies once all are there.
private final class Batch {
    private let exchange: Exchange
    private let services: Services
    private var items: [BatchItem?]
    private var missing: Int

    init(_ exchange: Exchange, _ services: Services, count: Int) {
        self.exchange = exchange
        self.services = services
        items = Array(repeating: nil, count: count)
        missing = count
    }

    func answer(_ index: Int, _ item: BatchItem) {
        items[index] = item
        missing -= 1
        guard missing == 0 else { return }
        exchange.reply { json in
            json.beginObject()
            json.key("items")
            json.beginArray()
            for case let item? in items { write(item, into: &json) }
            json.endArray()
            json.endObject()
        }
    }

    private func write(_ item: BatchItem, into json: inout JSONWriter) {
        json.beginObject()
        switch item {
        case .placed(let step, let order):
            json.field("status", count: 200)
            json.key("execution")
            ExecutionJSON.write(
                step, of: order, scales: services.scales(order.symbol),
                receivedAt: exchange.request.receivedMicros, into: &json)
            json.key("error")
            json.null()
        case .refused(let rejection, let context):
            json.field("status", count: Int64(rejection.refusal.rawValue))
            json.key("execution")
            json.null()
            json.key("error")
            json.raw(
                ErrorBody.json(rejection, requestID: exchange.requestID, context: context))
        }
        json.endObject()
    }
}

extension Fields {
    /// A list of 1 to `most` values of any kind.
    func list(_ name: String, most: Int) throws(Rejection) -> [JSONValue] {
        guard let value = value(name) else { throw .missing(name, expected: "a list of objects") }
        guard case .array(let values) = value else {
            throw .invalid(
                name, given: value.shown, allowed: "a list of objects", code: "invalid_type")
        }
        guard (1...most).contains(values.count) else {
            throw .invalid(
                name, given: "\(values.count)", allowed: "a list of 1 to \(most) objects",
                code: "out_of_range")
        }
        return values
    }
}

extension Rejection {
    /// The same about a part of the body: `orders[3].price`.
    func within(_ place: String) -> Rejection {
        Rejection(
            refusal, code, message, field: field.map { "\(place).\($0)" } ?? place,
            values: values)
    }
}
