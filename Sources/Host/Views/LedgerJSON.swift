// The ledger's lines as JSON.

import Base
import Trading
import Wire

package enum LedgerJSON {
    package static func write(
        _ line: LedgerLine, quantityScale: Int, style: NumberStyle, into json: inout JSONWriter
    ) {
        json.beginObject()
        json.field("id", line.id)
        json.field("account_id", line.entry.account)
        json.field("type", line.entry.kind.name)
        // The predecessor's name of it.
        if style == .numbers { json.field("transaction_type", line.entry.kind.name) }
        json.field("amount", money: line.entry.amount, style)
        json.field("balance_after", money: line.entry.balanceAfter, style)
        json.optionalField("symbol", line.entry.symbol)
        json.field("quantity", line.entry.quantity.raw, scale: quantityScale, style)
        json.optionalField("description", line.entry.description)
        json.field("timestamp", time: line.time)
        json.field("created_at", time: line.time)
        json.endObject()
    }
}
