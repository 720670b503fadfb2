// Where open orders must stand, by nothing but their records: books, levels and every index.

import Base
import Trading

extension RedisState {
    /// Fills in the sets and levels that the open orders make.
    mutating func placeOpenOrders() {
        for order in orders.values where order.isOpen {
            let symbol = order.symbol
            let accepted = String(order.acceptedSequence)
            if order.expireAt > 0 { add("expiry:\(symbol)", order.id, String(order.expireAt)) }
            if order.isReduceOnly {
                add("reduce:\(order.account):\(symbol)", order.id, accepted)
            }
            if !order.rests || order.isPegged { add("parked:\(symbol)", order.id, accepted) }
            if order.isQueued { add("work:\(symbol)", order.id, String(order.bookSequence)) }
            if order.isArmed { placeTrigger(order) }
            if order.rests { placeInBook(order) }
        }
    }

    private mutating func add(_ set: String, _ member: String, _ score: String) {
        sets[set, default: [:]][member] = score
    }

    private mutating func placeTrigger(_ order: ModelOrder) {
        guard let source = order.ext.triggerSource else { return }
        let isUp = order.ext.triggerDirection == .atOrAbove
        let letter =
            switch source {
            case .last: "l"
            case .bid: "b"
            case .ask: "a"
            }
        let member = padded(order.acceptedSequence) + order.id
        let price = order.ext.triggerPrice
        add(
            "stops:\(order.symbol):\(letter)\(isUp ? "u" : "d")", member,
            String(isUp ? price : -price))
        guard order.ext.trail != nil else { return }
        let peak = order.ext.pegLimit
        add("trails:\(order.symbol):\(isUp ? "u" : "d")", member, String(isUp ? -peak : peak))
    }

    private mutating func placeInBook(_ order: ModelOrder) {
        let side = order.side.letter
        add(
            "\(order.book == .lit ? "book" : "dark"):\(order.symbol):\(side)",
            padded(order.bookSequence) + order.id,
            String(order.side == .buy ? -order.price : order.price))
        if order.isPegged {
            add("pegs:\(order.symbol)", order.id, String(order.acceptedSequence))
        }
        guard order.book == .lit else { return }
        let key = LevelKey(symbol: order.symbol, side: order.side, price: order.price)
        levels[key, default: LevelTotal()].quantity += order.visible
        levels[key, default: LevelTotal()].count += 1
    }

    private func padded(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Model {
    /// As it should stand in Redis.
    var state: RedisState {
        var state = RedisState(
            sequence: sequence, orders: table.orders, accounts: accounts, positions: positions,
            markets: markets, instruments: instruments, fees: Int64(feesTaken))
        state.placeOpenOrders()
        state.children = children.mapValues { $0.joined(separator: ",") }
        state.guards = guards.mapValues { $0.map(\.encoded).joined(separator: ";") }
        state.states = states
        state.timers = timers.mapValues { String($0) }
        state.throttles = control.throttles
        state.points = symbols.filter { !$0.value.points.isEmpty || $0.value.goesOn }
            .mapValues(\.points)
        return state
    }
}
