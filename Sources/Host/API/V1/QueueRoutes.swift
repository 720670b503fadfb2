// Where an order stands in the queue of its price, now or at an earlier event; and a book of then.

import Base
import Service
import Trading
import Views
import Wire

struct QueueRoutes {
    let services: Services

    static let atSequence = Field(
        "at_seq", .whole(1...Scaled.maximum), "As it stood after this event; now unless given.")

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/orders/{order}/queue",
                "What trades before it at its price, now or at an earlier event",
                .order(.see), query: [Self.atSequence], answers: [.ok(.queue)],
                refusals: [.refused], queue)
        ]
    }

    private func queue(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let sequence = try OrderQuery(fields: query, services: services).sequence("at_seq")
        let id = OrderID(exchange.parameters[0])
        services.whenCurrent(exchange) { [services] in
            services.history.order(id) { result in
                switch result {
                case .failure(let rejection): exchange.fail(rejection)
                case .success(let order?): services.replyQueue(exchange, order, at: sequence)
                case .success(nil): exchange.fail(.notFound("order", id.text))
                }
            }
        }
    }
}

extension Services {
    fileprivate func replyQueue(_ exchange: Exchange, _ order: Order, at sequence: Int64?) {
        guard let sequence else {
            return reply(exchange, order, bookHistory.now(of: order.symbol))
        }
        bookHistory.book(of: order.symbol, at: sequence) { [self] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let book): reply(exchange, order, book)
            }
        }
    }

    private func reply(_ exchange: Exchange, _ order: Order, _ book: BookAt) {
        let scales = scales(order.symbol)
        let place = book.queue(of: order.id)
        exchange.reply { json in
            json.beginObject()
            json.field("order_id", order.id.text)
            json.field("symbol", order.symbol)
            json.field("side", order.side.name)
            json.field("seq", count: book.sequence)
            json.field("in_book", place != nil)
            json.optionalField("price", place?.order.price.raw, scale: scales.price, .strings)
            json.optionalField(
                "remaining_quantity", place?.order.leaves.raw, scale: scales.quantity, .strings)
            json.key("orders_ahead")
            if let place { json.number(place.ordersAhead) } else { json.null() }
            json.optionalField(
                "quantity_ahead", place?.quantityAhead.raw, scale: scales.quantity, .strings)
            json.endObject()
        }
    }

    /// The book as it stood after an event.
    func replyBook(
        _ exchange: Exchange, of instrument: Instrument, at sequence: Int64, depth: Int
    ) {
        whenCurrent(exchange) { [bookHistory] in
            bookHistory.book(of: instrument.symbol, at: sequence) { result in
                switch result {
                case .failure(let rejection): exchange.fail(rejection)
                case .success(let past):
                    let book = past.book
                    exchange.reply { json in
                        json.beginObject()
                        BookJSON.writeFields(
                            symbol: instrument.symbol, bids: book.bids.top(depth),
                            asks: book.asks.top(depth), time: book.time, sequence: book.sequence,
                            scales: DisplayScales(instrument), style: .strings, into: &json)
                        json.endObject()
                    }
                }
            }
        }
    }
}

extension Shape {
    fileprivate static let queue = Shape(
        "QueuePlace",
        [
            .init("order_id", .text), .init("symbol", .text),
            .init("side", .choice(["buy", "sell"])),
            .init("seq", .integer, "The event after which it stood so."),
            .init(
                "in_book", .flag,
                "Whether it stood in the public book then; false also for internal orders."),
            .init("price", .decimal, nullable: true),
            .init("remaining_quantity", .decimal, "Not yet filled then.", nullable: true),
            .init("orders_ahead", .integer, "At its price.", nullable: true),
            .init(
                "quantity_ahead", .decimal, "Of theirs, as far as it is shown.", nullable: true),
        ])
}
