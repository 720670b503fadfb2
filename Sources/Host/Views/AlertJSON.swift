// An alert as JSON, with the same names on the kept route, in /api/v1, on the feed and for notifiers.

import Base
import Trading
import Wire

package enum AlertJSON {
    package static func write(_ alert: Alert, into json: inout JSONWriter) {
        json.beginObject()
        json.field("id", alert.id)
        json.field("severity", alert.severity.name)
        json.optionalField("account_id", alert.account)
        json.optionalField("symbol", alert.symbol)
        json.optionalField("rule", alert.rule)
        json.field("code", alert.code)
        json.field("text", alert.text)
        json.optionalField("order_id", alert.orderID)
        json.field("count", count: alert.count)
        json.field("timestamp", time: alert.raisedAt)
        json.field("last_at", time: alert.lastAt)
        json.field("acknowledged", alert.acknowledgedAt > 0)
        json.optionalField("acknowledged_by", alert.acknowledgedBy)
        json.field("acknowledged_at", time: alert.acknowledgedAt)
        json.field("event_seq", count: alert.lastSequence)
        json.endObject()
    }
}
