// The steps that an event's orders went through, derived from its sections.
//
// An event says how each order stands after the call, and which trades the call made. So what an
// order was before the first trade is what it is after the last, less its trades; from there each
// step follows. First comes the order that the call is about, then its trades (the taker's side, then
// the resting order's) and its end; last what else fell due. So who made the call can name its steps
// without the event (LastStep.swift).

import Base

extension Event {
    package var executions: [Execution] {
        var steps = ExecutionSteps(of: self)
        return steps.all()
    }
}

/// An order on its way from its state before the trades to the state that the event names.
private struct OrderProgress {
    let order: Order
    let cause: OrderCause
    var filled: Int64
    var notional: Int128

    init(_ order: Order, cause: OrderCause) {
        self.order = order
        self.cause = cause
        filled = order.filled.raw
        notional = order.notional.total
    }

    mutating func takeBack(_ trade: Trade) {
        filled -= trade.quantity.raw
        notional -= Int128(trade.price.raw) * Int128(trade.quantity.raw)
    }

    mutating func make(_ trade: Trade) {
        filled += trade.quantity.raw
        notional += Int128(trade.price.raw) * Int128(trade.quantity.raw)
    }

    /// While it works, or once its fills complete it.
    var workingStatus: OrderStatus {
        if filled == order.quantity.raw { return .filled }
        return filled == 0 ? .new : .partiallyFilled
    }
}

private struct ExecutionSteps {
    private let event: Event
    private var orders: [OrderProgress] = []
    private var trades: [Trade] = []
    private var steps: [Execution] = []

    init(of event: Event) {
        self.event = event
        for change in event.changes {
            switch change {
            case .order(let order, let cause): orders.append(OrderProgress(order, cause: cause))
            case .trade(let trade): trades.append(trade)
            case .account, .position, .level, .instrument, .ledger, .market, .guardValue, .key,
                .audit:
                break
            }
        }
    }

    mutating func all() -> [Execution] {
        let parties = tradedOrders()
        for order in orders { begin(order) }
        for (trade, pair) in zip(trades, parties) {
            make(trade, pair.taker, .taker)
            make(trade, pair.maker, .maker)
        }
        for order in orders where order.order.status == .cancelled {
            add(.cancelled, order, .cancelled)
        }
        for order in orders where order.cause == .expired { add(.expired, order, .expired) }
        return steps
    }

    /// The places of each trade's two orders, which are set back to before their trades.
    private mutating func tradedOrders() -> [(taker: Int?, maker: Int?)] {
        guard !trades.isEmpty else { return [] }
        let places = Dictionary(
            orders.indices.map { (orders[$0].order.id, $0) },
            uniquingKeysWith: { first, _ in first })
        return trades.map { trade in
            let buy = places[trade.buyOrderID]
            let sell = places[trade.sellOrderID]
            if let buy { orders[buy].takeBack(trade) }
            if let sell { orders[sell].takeBack(trade) }
            return trade.aggressor == .buy ? (buy, sell) : (sell, buy)
        }
    }

    private mutating func begin(_ order: OrderProgress) {
        switch order.cause {
        case .accepted: add(.new, order, .new)
        case .amended: add(.replaced, order, order.workingStatus)
        case .rejected: add(.rejected, order, .rejected)
        case .trade, .cancelled, .expired: break
        }
    }

    private mutating func make(_ trade: Trade, _ place: Int?, _ liquidity: Liquidity) {
        guard let place else { return }
        orders[place].make(trade)
        add(.trade, orders[place], orders[place].workingStatus, trade, liquidity)
    }

    private mutating func add(
        _ type: ExecutionType, _ progress: OrderProgress, _ status: OrderStatus,
        _ trade: Trade? = nil, _ liquidity: Liquidity = .none
    ) {
        let order = progress.order
        let fee = order.side == .buy ? trade?.buyFee : trade?.sellFee
        let leaves = status.isOpen ? order.quantity.raw - progress.filled : 0
        let endsWithReason = type == .cancelled || type == .expired || type == .rejected
        steps.append(
            Execution(
                sequence: event.sequence, index: UInt32(steps.count + 1), time: event.time,
                execType: type, orderID: order.id, symbol: order.symbol, side: order.side,
                book: order.book, orderStatus: status, lastQuantity: trade?.quantity ?? .zero,
                lastPrice: trade?.price ?? Price(0), fee: fee ?? .zero, liquidity: liquidity,
                tradeIndex: trade?.index ?? 0, cumQuantity: Quantity(progress.filled),
                leavesQuantity: Quantity(leaves), notional: Notional(total: progress.notional),
                price: order.price, quantity: order.quantity,
                reason: endsWithReason ? order.reason : ""))
    }
}
