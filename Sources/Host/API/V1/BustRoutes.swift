// Taking a trade back, as an administrator may.

import Base
import Service
import Trading
import Views
import Wire

struct BustRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .post, "/api/v1/admin/trades/{trade}/bust",
                "Take a trade back: cash, shares and fees of both sides go back",
                .everyone(.administer), body: BustRoutes.fields, answers: [.ok(.bust)],
                refusals: [.notFound, .conflict, .refused], bust)
        ]
    }

    private static let fields = [
        Field(
            "reason", .text(most: Limits.bustReasonBytes),
            "Why: both accounts read it in their ledgers.", required: true)
    ]

    private func bust(_ exchange: Exchange) throws(Rejection) {
        let fields = try exchange.bodyFields()
        let reason = try fields.requiredText("reason", most: Limits.bustReasonBytes)
        services.busts.bust(exchange.parameters[0], reason: reason, by: exchange.actor) {
            [services] result in
            switch result {
            case .failure(let rejection): exchange.fail(rejection)
            case .success(let done):
                exchange.reply { json in
                    json.beginObject()
                    json.key("trade")
                    TradeJSON.write(
                        done.trade, scales: services.scales(done.trade.symbol), style: .strings,
                        withParties: true, into: &json)
                    json.field("reason", reason)
                    json.field("event_seq", count: done.sequence)
                    json.endObject()
                }
            }
        }
    }
}

extension Shape {
    fileprivate static let bust = Shape(
        "Bust",
        [
            .init("trade", .object(bustedTrade)),
            .init("reason", .text),
            .init("event_seq", .integer, "The event that took it back."),
        ])

    private static let bustedTrade = Shape(
        "TradeWithParties",
        publicTrade.members + [
            .init("buy_order_id", .text), .init("sell_order_id", .text),
            .init("buy_account_id", .text), .init("sell_account_id", .text),
        ])
}
