// How the host is: for people, for load balancers, and for whoever restarts it.

import Base
import Trading
import Views
import Wire

struct StatusRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/status", "The host and its Redis", .permission(.see),
                answers: [.ok(.status)], needsRedis: false, status),
            Route(
                .get, "/api/v1/status", "The host and its Redis", .permission(.see),
                answers: [.ok(.status)], needsRedis: false, status),
            Route(
                .get, "/health/live", "200 while the host answers", .anyone,
                answers: [.ok(.health)], needsRedis: false, live),
            Route(
                .get, "/health/ready", "200 while orders can be taken, else 503", .anyone,
                answers: [.ok(.health)], ready),
        ]
    }

    private func status(_ exchange: Exchange) throws(Rejection) {
        let source = services.status
        let picture = services.picture
        exchange.reply { json in
            json.beginObject()
            json.field("status", source.isRedisUp ? "ok" : "degraded")
            json.field("version", Version.text)
            json.field("started_at", time: source.startedAt)
            json.field("time", time: Clock.wallMicros())
            json.key("redis")
            json.beginObject()
            json.field("connected", source.isRedisUp)
            json.field("embedded", source.isEmbeddedRedis)
            json.field("durability", source.durability)
            json.endObject()
            json.field("seq", count: picture.sequence)
            json.field("open_orders", count: Int64(picture.openOrders.count))
            json.field("accounts", count: Int64(picture.accounts.count))
            json.field("instruments", count: Int64(picture.instruments.count))
            json.field("connections", count: Int64(source.connectionCount))
            json.field("subscriptions", count: Int64(services.feed.subscriptionCount))
            json.endObject()
        }
    }

    private func live(_ exchange: Exchange) throws(Rejection) {
        exchange.reply { json in
            json.beginObject()
            json.field("status", "live")
            json.endObject()
        }
    }

    private func ready(_ exchange: Exchange) throws(Rejection) {
        guard services.status.isRedisUp else { throw .storeAway }
        exchange.reply { json in
            json.beginObject()
            json.field("status", "ready")
            json.endObject()
        }
    }
}

extension Rejection {
    static let storeAway = Rejection(
        .unavailable, "store_unavailable", "Redis is away; no order can be taken at the moment.")
}
