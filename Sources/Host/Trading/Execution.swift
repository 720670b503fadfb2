// An execution report: one step in an order's life, in FIX's terms (ExecType and OrdStatus both).
//
// Redis's event names an order once, as it is after the call. A client wants to read the steps: taken,
// traded three times, remainder cancelled. They follow from the event alone (ExecutionSteps.swift), so
// the script doesn't write them.

import Base

package enum ExecutionType: UInt8, Sendable, CaseIterable {
    case new = 1
    case trade, cancelled, replaced, expired, rejected, triggered, restated, tradeCancelled

    package var name: String {
        switch self {
        case .new: "new"
        case .trade: "trade"
        case .cancelled: "cancelled"
        case .replaced: "replaced"
        case .expired: "expired"
        case .rejected: "rejected"
        case .triggered: "triggered"
        case .restated: "restated"
        case .tradeCancelled: "trade_cancelled"
        }
    }
}

/// Whether a trade took from the book or was taken from it.
package enum Liquidity: UInt8, Sendable {
    /// No trade.
    case none = 0
    case maker, taker

    package var name: String {
        switch self {
        case .none: "none"
        case .maker: "maker"
        case .taker: "taker"
        }
    }
}

package struct Execution: Hashable, Sendable {
    package let sequence: Int64
    /// From 1 in each event, in the order in which the steps were made.
    package internal(set) var index: UInt32
    /// When Redis made it: UTC microseconds. All steps of one call have the same.
    package let time: Int64
    package let execType: ExecutionType
    package let orderID: OrderID
    package let symbol: String
    package let side: Side
    package let book: BookKind
    /// After this step.
    package let orderStatus: OrderStatus
    /// Of this trade; 0 in other steps, as are lastPrice and fee.
    package let lastQuantity: Quantity
    package let lastPrice: Price
    package let fee: Money
    package let liquidity: Liquidity
    /// The trade's number in its event; 0 in other steps.
    package let tradeIndex: UInt32
    package let cumQuantity: Quantity
    /// What still works after this step; 0 once the order has ended.
    package let leavesQuantity: Quantity
    /// Of the fills up to this step.
    package let notional: Notional
    /// The order's limit (a market order's protection price) and total quantity after this step.
    package let price: Price
    package let quantity: Quantity
    /// Why it was cancelled, rejected or expired, as Order.reason; what set it off or changed it where
    /// it was triggered or restated; else empty.
    package let reason: String

    /// Unique over all executions.
    package var id: String { "\(sequence)-\(index)" }
    package var account: String { String(orderID.account) }

    /// As Order.averagePrice: of the fills up to this step.
    package func averagePrice(extraDecimals: Int) -> Int64? {
        notional.averagePrice(over: cumQuantity, extraDecimals: extraDecimals)
    }
}

extension Execution {
    /// As the projector's lists keep it (docs/REDIS.md, List items). 270_project.lua finds the order
    /// id at its place behind the numbers.
    package var listItem: [UInt8] {
        var writer = ByteWriter(capacity: 160)
        writer.int64(sequence)
        writer.uint32(index)
        writer.int64(time)
        for byte in [
            execType.rawValue, side.rawValue, book.rawValue, orderStatus.rawValue,
            liquidity.rawValue,
        ] { writer.byte(byte) }
        writer.uint32(tradeIndex)
        for number in [
            lastQuantity.raw, lastPrice.raw, fee.raw, cumQuantity.raw, leavesQuantity.raw,
            notional.high, notional.low, price.raw, quantity.raw,
        ] { writer.int64(number) }
        writer.string(orderID.text)
        writer.string(symbol)
        writer.string(reason)
        return writer.bytes
    }

    package init(listItem: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(listItem)
        sequence = try reader.int64()
        index = try reader.uint32()
        time = try reader.int64()
        execType = try known(ExecutionType(rawValue: try reader.byte()), "execution type")
        side = try known(Side(rawValue: try reader.byte()), "side")
        book = try known(BookKind(rawValue: try reader.byte()), "book")
        orderStatus = try known(OrderStatus(rawValue: try reader.byte()), "status")
        liquidity = try known(Liquidity(rawValue: try reader.byte()), "liquidity")
        tradeIndex = try reader.uint32()
        lastQuantity = Quantity(try reader.int64())
        lastPrice = Price(try reader.int64())
        fee = Money(try reader.int64())
        cumQuantity = Quantity(try reader.int64())
        leavesQuantity = Quantity(try reader.int64())
        notional = Notional(high: try reader.int64(), low: try reader.int64())
        price = Price(try reader.int64())
        quantity = Quantity(try reader.int64())
        orderID = OrderID(try reader.string())
        symbol = try reader.string()
        reason = try reader.string()
    }
}
