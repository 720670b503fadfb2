// What happened to an order in a call beside trades: it was set off, or its price or quantity was
// changed by something other than its client (docs/REDIS.md, STEP).

import Base

package enum OrderStepKind: UInt8, Sendable {
    case triggered = 7
    case restated = 8
}

package struct OrderStep: Hashable, Sendable {
    package let kind: OrderStepKind
    /// Trades of the call that were made before it.
    package let tradesBefore: UInt32
    /// As they are after the step.
    package let price: Price
    package let quantity: Quantity
    package let filled: Quantity
    package let orderID: OrderID
    /// What set it off, or why it was changed.
    package let reason: String

    package init(
        kind: OrderStepKind, tradesBefore: UInt32, price: Price, quantity: Quantity,
        filled: Quantity, orderID: OrderID, reason: String
    ) {
        self.kind = kind
        self.tradesBefore = tradesBefore
        self.price = price
        self.quantity = quantity
        self.filled = filled
        self.orderID = orderID
        self.reason = reason
    }
}

extension OrderStep {
    init(from reader: inout ByteReader) throws(RecordError) {
        kind = try known(OrderStepKind(rawValue: try reader.byte()), "step")
        tradesBefore = try reader.uint32()
        price = Price(try reader.int64())
        quantity = Quantity(try reader.int64())
        filled = Quantity(try reader.int64())
        orderID = OrderID(try reader.string())
        reason = try reader.string()
    }
}
