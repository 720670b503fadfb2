// What risk managers read: everyone's orders. Alerts are in V1/AlertRoutes.swift.

import Base
import Service
import Trading
import Views
import Wire

struct RiskRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/risk/orders", "Everyone's orders, newest first", .everyone(.oversee),
                query: Field.paging, answers: [.ok(listOf: .keptOrder)], orders)
        ]
    }

    private func orders(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listMaximum)
        services.history.orders(account: nil, page) { [services] result in
            exchange.replyPage(result, limit: page.limit) { order, json in
                OrderJSON.write(
                    order, scales: services.scales(order.symbol), style: .numbers, into: &json)
            }
        }
    }
}
