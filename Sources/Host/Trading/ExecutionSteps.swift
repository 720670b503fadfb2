// The steps that an event's orders went through, derived from its sections.
//
// An event says how each order stands after the call, which trades the call made, and what else befell
// an order on the way (OrderStep). So what an order was before the first trade is what it is after the
// last, less its trades; from there each step follows.
//
// They are numbered so that who made the call can name its order's last step from the call's answer,
// without the event (LastStep.swift): first the order that the call is about, its own arrival's trades
// (the taker's side, then the resting order's) and its end; then whatever that set off, in its order;
// then who was cancelled or turned away on the way; last what fell due.

import Base

extension Event {
    package var executions: [Execution] {
        if let bust { return executions(of: bust) }
        var steps = ExecutionSteps(of: self)
        return steps.all()
    }
}

private struct ExecutionSteps {
    private let event: Event
    private var orders: [OrderProgress] = []
    private var places: [OrderID: Int] = [:]
    private var trades: [Trade] = []
    private var steps: [OrderStep] = []
    /// The place of the order that the call is about; nil where it is about none.
    private var main: Int?
    private var hasEnded: Set<Int> = []
    /// The steps of the next STEP section.
    private var nextStep = 0

    init(of event: Event) {
        self.event = event
        for change in event.changes {
            switch change {
            case .order(let order, let cause):
                places[order.id] = orders.count
                orders.append(OrderProgress(order, cause: cause))
            case .trade(let trade): trades.append(trade)
            case .step(let step): steps.append(step)
            case .account, .position, .level, .instrument, .ledger, .market, .guardValue, .key,
                .audit, .bust, .decision, .throttle, .control, .alert:
                break
            }
        }
        main = orders.first.flatMap { $0.isMain(of: event.kind) ? 0 : nil }
    }

    mutating func all() -> [Execution] {
        goBack()
        let ownCount = ownTradeCount()
        var first: [Execution] = []
        var rest: [Execution] = []
        if let main { begin(main, into: &first) }
        for count in 0..<ownCount {
            makeSteps(after: count, into: &rest)
            make(trades[count], into: &first)
        }
        if let main, orders[main].order.status == .cancelled, orders[main].isDone {
            end(main, .cancelled, into: &first)
        }
        var children: [Execution] = []
        for place in orders.indices where place != main { begin(place, into: &children) }
        for count in ownCount..<trades.count {
            makeSteps(after: count, into: &rest)
            make(trades[count], into: &rest)
        }
        makeSteps(after: trades.count, into: &rest)
        endAll(into: &rest)
        return numbered(first + children + rest)
    }

    // MARK: Before the first step

    /// Sets all orders back to before their trades and steps.
    private mutating func goBack() {
        for trade in trades {
            for id in [trade.buyOrderID, trade.sellOrderID] {
                guard let place = places[id] else { continue }
                orders[place].takeBack(trade)
                if let parent = container(of: place) { orders[parent].takeBackFill(trade) }
            }
        }
        for step in steps {
            guard let place = places[step.orderID] else { continue }
            let count = Int(step.tradesBefore)
            orders[place].expect(
                step, after: trades.indices.contains(count - 1) ? trades[count - 1] : nil)
        }
    }

    /// Where a child's fills are its parent's, too.
    private func container(of place: Int) -> Int? {
        let order = orders[place].order
        guard order.flags.contains(.rollsUp) else { return nil }
        return order.parentID.flatMap { places[$0] }
    }

    /// The trades of the main order's own arrival: the leading ones that it takes. An order that was
    /// parked and set off arrives later.
    private func ownTradeCount() -> Int {
        guard let main else { return 0 }
        let id = orders[main].order.id
        let trigger = steps.first { $0.kind == .triggered && $0.orderID == id }
        let most = trigger.map { Int($0.tradesBefore) } ?? trades.count
        return trades.prefix(most).prefix { $0.takerID == id }.count
    }

    // MARK: Step by step

    private mutating func begin(_ place: Int, into list: inout [Execution]) {
        switch orders[place].cause {
        case .accepted: add(.new, place, orders[place].workingStatus, into: &list)
        case .amended: add(.replaced, place, orders[place].workingStatus, into: &list)
        case .rejected: end(place, .rejected, into: &list)
        case .cancelled where place == main: end(place, .cancelled, into: &list)
        case .trade, .cancelled, .expired, .changed: break
        }
    }

    private mutating func make(_ trade: Trade, into list: inout [Execution]) {
        let maker = trade.aggressor == .buy ? trade.sellOrderID : trade.buyOrderID
        for (id, liquidity) in [(trade.takerID, Liquidity.taker), (maker, .maker)] {
            guard let place = places[id] else { continue }
            orders[place].make(trade, liquidity)
            if let parent = container(of: place) { orders[parent].makeFill(trade) }
            add(.trade, place, orders[place].workingStatus, trade, liquidity, into: &list)
        }
    }

    /// Those that were made when `count` trades had been.
    private mutating func makeSteps(after count: Int, into list: inout [Execution]) {
        while nextStep < steps.count, steps[nextStep].tradesBefore <= count {
            let step = steps[nextStep]
            nextStep += 1
            guard let place = places[step.orderID] else { continue }
            orders[place].make(step)
            let isTrigger = step.kind == .triggered
            add(
                isTrigger ? .triggered : .restated, place,
                isTrigger ? .triggered : orders[place].workingStatus, reason: step.reason,
                into: &list)
            orders[place].finishStep()
        }
    }

    private mutating func end(
        _ place: Int, _ type: ExecutionType, into list: inout [Execution]
    ) {
        guard hasEnded.insert(place).inserted else { return }
        let order = orders[place].order
        add(type, place, order.status, reason: order.reason, into: &list)
    }

    private mutating func endAll(into list: inout [Execution]) {
        for place in orders.indices {
            switch orders[place].order.status {
            case .cancelled: end(place, .cancelled, into: &list)
            case .rejected: end(place, .rejected, into: &list)
            case .new, .partiallyFilled, .filled, .expired, .triggered, .parked: break
            }
        }
        for place in orders.indices where orders[place].order.status == .expired {
            end(place, .expired, into: &list)
        }
    }

    private func add(
        _ type: ExecutionType, _ place: Int, _ status: OrderStatus, _ trade: Trade? = nil,
        _ liquidity: Liquidity = .none, reason: String = "", into list: inout [Execution]
    ) {
        let progress = orders[place]
        let order = progress.order
        let fee = order.side == .buy ? trade?.buyFee : trade?.sellFee
        let leaves = status.isOpen ? progress.quantity.raw - progress.filled : 0
        list.append(
            Execution(
                sequence: event.sequence, index: 0, time: event.time, execType: type,
                orderID: order.id, symbol: order.symbol, side: order.side, book: order.book,
                orderStatus: status, lastQuantity: trade?.quantity ?? .zero,
                lastPrice: trade?.price ?? Price(0), fee: fee ?? .zero, liquidity: liquidity,
                tradeIndex: trade?.index ?? 0, cumQuantity: Quantity(progress.filled),
                leavesQuantity: Quantity(leaves), notional: Notional(total: progress.notional),
                price: progress.price, quantity: progress.quantity, reason: reason))
    }

    private func numbered(_ list: [Execution]) -> [Execution] {
        var list = list
        for index in list.indices { list[index].index = UInt32(index + 1) }
        return list
    }
}

extension OrderProgress {
    /// Whether an event of this kind is about this order where it is the first one named.
    fileprivate func isMain(of kind: EventKind) -> Bool {
        switch kind {
        case .submit: cause == .accepted || cause == .rejected
        case .amend: cause == .amended
        case .cancel: cause == .cancelled
        case .expire, .account, .transaction, .instrument, .seed, .key, .work, .commit, .bust,
            .policy, .control, .alert, .lease, .throttle, .group, .day:
            false
        }
    }
}
