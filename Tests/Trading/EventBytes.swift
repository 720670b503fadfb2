// Events made by hand, byte by byte as docs/REDIS.md has them: what the script is to write.

import Base

@testable import Trading

/// An order as its record says.
struct OrderBytes {
    var id: String
    var status = OrderStatus.new
    var side = Side.buy
    var pricing = Pricing.limit
    var selfTrade: UInt8 = 1
    var flags: OrderFlags = []
    var price: Int64 = 100
    var quantity: Int64 = 10
    var filled: Int64 = 0
    /// Σ price × quantity of the fills; below 10^14.
    var notional: Int64 = 0
    var reason = ""
    var extra: OrderExtension?

    init(
        _ id: String, _ status: OrderStatus = .new, _ change: (inout OrderBytes) -> Void = { _ in }
    ) {
        self.id = id
        self.status = status
        change(&self)
    }

    var record: [UInt8] {
        var writer = ByteWriter()
        for byte in [
            1, status.rawValue, side.rawValue, 1, 0, pricing.rawValue, selfTrade, flags.rawValue,
        ] { writer.byte(byte) }
        for number in [
            price, quantity, filled, 0, notional, 0, 0, 0, 0, 4096, 1, 1, 1, 1, 0, 0, 0,
        ] { writer.int64(number) }
        writer.string("X")
        writer.string(reason)
        writer.block(extra?.encoded() ?? [])
        writer.raw(OrderTerms(orderType: "limit", timeInForce: "gtc").encoded())
        return writer.bytes
    }
}

/// An event of sequence 7 on symbol X.
struct EventBytes {
    private var writer = ByteWriter()
    private var tradeCount: UInt32 = 0

    init(_ kind: EventKind) {
        writer.byte(1)
        writer.byte(kind.rawValue)
        writer.int64(1_000)
        writer.string("X")
    }

    var bytes: [UInt8] { writer.bytes }
    func event() throws -> Event { try Event(sequence: 7, entry: writer.bytes[...]) }

    mutating func section(_ type: UInt8, _ payload: (inout ByteWriter) -> Void) {
        var inner = ByteWriter()
        payload(&inner)
        writer.byte(type)
        writer.uint32(UInt32(inner.bytes.count))
        writer.raw(inner.bytes)
    }

    mutating func order(_ order: OrderBytes, _ cause: OrderCause) {
        section(1) {
            $0.byte(cause.rawValue)
            $0.string(order.id)
            $0.raw(order.record)
        }
    }

    mutating func trade(taker: Side, _ quantity: Int64, at price: Int64, buy: String, sell: String)
    {
        tradeCount += 1
        let index = tradeCount
        section(4) {
            $0.uint32(index)
            $0.byte(taker.rawValue)
            $0.byte(0)
            for number in [price, quantity, price * quantity, 1, 2] { $0.int64(number) }
            $0.string("X")
            $0.string(buy)
            $0.string(sell)
        }
    }

    mutating func step(
        _ kind: OrderStepKind, _ id: String, _ reason: String, after trades: UInt32,
        price: Int64 = 100, quantity: Int64 = 10, filled: Int64 = 0
    ) {
        section(12) {
            $0.byte(kind.rawValue)
            $0.uint32(trades)
            for number in [price, quantity, filled] { $0.int64(number) }
            $0.string(id)
            $0.string(reason)
        }
    }
}
