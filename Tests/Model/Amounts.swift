// What things cost, in 128-bit arithmetic, straight from docs/REDIS.md (Amounts).

import Base

enum Amounts {
    private static func power(_ exponent: Int) -> Int128 { Int128(Scaled.powersOfTen[exponent]) }

    /// value × numerator ÷ denominator for non-negative values.
    private static func divide(_ value: Int128, _ divisor: Int128, up: Bool) -> Int128 {
        (value + (up ? divisor - 1 : 0)) / divisor
    }

    static func amount(
        _ instrument: ModelInstrument, price: Int64, quantity: Int64, up: Bool = false
    ) throws(Refusal) -> Int64 {
        let exponent = instrument.priceScale + instrument.quantityScale - Money.scale
        let product = Int128(price) * Int128(quantity)
        let amount =
            exponent >= 0
            ? divide(product, power(exponent), up: up) : product * power(-exponent)
        return try bounded(amount)
    }

    /// An order's fees: the exact sum of amount × bps, rounded up once.
    static func fee(ofTenThousandths sum: Int128) -> Int128 { divide(sum, 10_000, up: true) }

    /// The exact fees of the order's fills so far, in 1/10000.
    static func feeSum(_ order: ModelOrder) -> Int128 {
        Int128(order.fee) * 10_000 - Int128(order.feeRest)
    }

    /// What an order needs for what is left of it: money for a buy, shares for a sell.
    static func need(_ instrument: ModelInstrument, _ order: ModelOrder) throws(Refusal) -> Int64 {
        guard order.side == .buy, order.working > 0 else { return order.working }
        let cost = try amount(
            instrument, price: order.heldPrice, quantity: order.working, up: true)
        // A market order never rests, so that it is the taker in all its trades.
        let worst = Int128(
            order.pricing == .market
                ? instrument.takerBps : max(instrument.makerBps, instrument.takerBps))
        let total = fee(ofTenThousandths: feeSum(order) + Int128(cost) * worst)
        return try bounded(Int128(cost) + max(0, total - Int128(order.fee)))
    }

    /// What is left of an order to work with, in money at its held price, rounded up.
    static func notional(_ instrument: ModelInstrument, _ order: ModelOrder) throws(Refusal)
        -> Int64
    {
        guard order.working > 0 else { return 0 }
        return try amount(instrument, price: order.heldPrice, quantity: order.working, up: true)
    }

    static func bounded(_ number: Int128) throws(Refusal) -> Int64 {
        guard number.magnitude <= UInt128(Scaled.maximum) else {
            throw Refusal("amount_too_large")
        }
        return Int64(number)
    }
}

/// A call that changes nothing.
struct Refusal: Error, Hashable {
    let code: String
    let values: String
    init(_ code: String, _ values: String = "") {
        self.code = code
        self.values = values
    }
}

extension ModelOrder {
    /// The worst price that it may come to: a pegged order moves up to its limit.
    var heldPrice: Int64 { isPegged ? ext.pegLimit : price }
}
