// An order on its way through one call: from what it was before the call's trades to what the event
// says that it is after them.

import Base

struct OrderProgress {
    let order: Order
    let cause: OrderCause
    /// As of the step that is being made.
    private(set) var filled: Int64
    private(set) var notional: Int128
    private(set) var price: Price
    private(set) var quantity: Quantity
    /// Trades that this order is a party of and that are still to be made, and steps.
    private(set) var tradesToCome = 0
    private(set) var stepsToCome = 0
    private(set) var triggersToCome = 0
    private var hasTriggered = false

    init(_ order: Order, cause: OrderCause) {
        self.order = order
        self.cause = cause
        filled = order.filled.raw
        notional = order.notional.total
        price = order.price
        quantity = order.quantity
    }

    /// A trade of its own.
    mutating func takeBack(_ trade: Trade) {
        tradesToCome += 1
        takeBackFill(trade)
    }

    /// A container's child's trade, which is the container's fill, too.
    mutating func takeBackFill(_ trade: Trade) {
        filled -= trade.quantity.raw
        notional -= Int128(trade.price.raw) * Int128(trade.quantity.raw)
    }

    mutating func makeFill(_ trade: Trade) {
        filled += trade.quantity.raw
        notional += Int128(trade.price.raw) * Int128(trade.quantity.raw)
    }

    mutating func make(_ trade: Trade, _ liquidity: Liquidity) {
        tradesToCome -= 1
        makeFill(trade)
        // What rests trades at its own limit, also where it moved later in the call.
        if liquidity == .maker { price = trade.price }
    }

    /// The event names an order's first and later steps in their order; what it was before the first
    /// isn't told but for what a link took: that was the trade's quantity.
    mutating func expect(_ step: OrderStep, after trade: Trade?) {
        if stepsToCome == 0 {
            price = step.price
            quantity = step.quantity
            if step.reason == "linked", let trade { quantity = quantity + trade.quantity }
        }
        stepsToCome += 1
        if step.kind == .triggered { triggersToCome += 1 }
    }

    mutating func make(_ step: OrderStep) {
        stepsToCome -= 1
        if step.kind == .triggered {
            triggersToCome -= 1
            hasTriggered = true
        }
        price = step.price
        quantity = step.quantity
    }

    /// Behind its last step nothing but trades happens to it: it is what the event says.
    mutating func finishStep() {
        guard stepsToCome == 0 else { return }
        price = order.price
        quantity = order.quantity
    }

    /// While it works, or once its fills complete it.
    var workingStatus: OrderStatus {
        if filled == quantity.raw && stepsToCome == 0 { return .filled }
        let waits = triggersToCome > 0 || order.isContainer
        if order.status == .parked || (waits && filled == 0) { return .parked }
        if filled > 0 { return .partiallyFilled }
        return hasTriggered && order.status == .triggered ? .triggered : .new
    }

    /// Whether the call's own end of it stands right behind its own trades: nothing more befell it.
    var isDone: Bool { tradesToCome == 0 && triggersToCome == 0 }
}
