// What `oes replay-risk` prints: a line for each decision that would differ, and a summary.

import Base
import Service
import Wire

struct ReplayReport {
    let judged: Int64
    /// Refused then, and nothing of it is the rule's to change.
    let refusedAnyway: Int64
    /// Those that would differ.
    let orders: [ReplayedOrder]

    private func count(_ difference: ReplayedOrder.Difference) -> Int64 {
        Int64(orders.count { $0.difference == difference })
    }

    var lines: [String] {
        var lines = orders.map { order in
            [
                "\(order.sequence)", Clock.format(micros: order.time), order.orderID,
                "then \(order.then.isEmpty ? "taken" : "refused (\(order.then))")",
                "now \(order.now.isEmpty ? "taken" : "refused (\(order.now))")",
            ].joined(separator: "\t")
        }
        lines.append(
            "\(judged) orders judged, \(orders.count) would differ: \(count(.refused)) refused, "
                + "\(count(.taken)) taken, \(count(.otherReason)) refused for another reason; "
                + "\(refusedAnyway) were refused and would be")
        return lines
    }

    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("judged")
        json.number(judged)
        json.key("refused_anyway")
        json.number(refusedAnyway)
        json.key("would_refuse")
        json.number(count(.refused))
        json.key("would_take")
        json.number(count(.taken))
        json.key("other_reason")
        json.number(count(.otherReason))
        json.key("orders")
        json.beginArray()
        for order in orders { write(order, to: &json) }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    private func write(_ order: ReplayedOrder, to json: inout JSONWriter) {
        json.beginObject()
        json.key("event_seq")
        json.number(order.sequence)
        json.key("time")
        json.time(order.time)
        json.key("order_id")
        json.string(order.orderID)
        json.key("symbol")
        json.string(order.symbol)
        json.key("difference")
        json.string(order.difference?.rawValue ?? "")
        for (name, reason) in [("then", order.then), ("now", order.now)] {
            json.key(name)
            write(reason, to: &json)
        }
        json.endObject()
    }

    /// `code: name=value, …` as code and values; null where there is none.
    private func write(_ reason: String, to json: inout JSONWriter) {
        guard !reason.isEmpty else { return json.null() }
        let parts = reason.split(separator: ":", maxSplits: 1)
        json.beginObject()
        json.key("code")
        json.string(String(parts[0]))
        json.key("values")
        json.string(parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        json.endObject()
    }
}
