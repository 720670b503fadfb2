// One event, its sections by kind, and what its orders were before it.

import Base
import Trading

struct EventStep {
    let event: Event
    let payloads: [ArraySlice<UInt8>]
    /// In the event's order.
    private(set) var orders: [(id: String, order: Held<Order>)] = []
    private(set) var after: [String: Order] = [:]
    private(set) var before: [String: Order] = [:]
    private(set) var trades: [Trade] = []
    private(set) var ledger: [LedgerEntry] = []
    private(set) var bust: TradeBust?

    init(_ entry: StreamEntry, before fold: Fold) {
        event = entry.event
        payloads = entry.payloads
        for (change, payload) in zip(event.changes, payloads) {
            switch change {
            case .order(let order, _):
                let record = StreamEntry.record(payload, hasCause: true)
                orders.append((order.id.text, Held(value: order, record: record)))
                after[order.id.text] = order
                before[order.id.text] = fold.orders[order.id.text]?.value
            case .trade(let trade): trades.append(trade)
            case .ledger(let line): ledger.append(line)
            case .bust(let found): bust = found
            // The fold takes them, or nothing follows from them.
            default: break
            }
        }
    }

    /// What the event's trades come to for each order, a container's children's included.
    func fills() -> [String: OrderFill] {
        var fills: [String: OrderFill] = [:]
        for trade in trades {
            for (id, fee) in [(trade.buyOrderID, trade.buyFee), (trade.sellOrderID, trade.sellFee)]
            {
                fills[id.text, default: OrderFill()].add(trade, fee)
                guard let order = after[id.text], order.flags.contains(.rollsUp) else { continue }
                if let parent = order.parentID {
                    fills[parent.text, default: OrderFill()].add(trade, fee)
                }
            }
        }
        return fills
    }
}

struct OrderFill: Equatable {
    var quantity: Int64 = 0
    var amount: Int64 = 0
    var fee: Int64 = 0
    var notional: Int128 = 0

    mutating func add(_ trade: Trade, _ fee: Money) {
        quantity += trade.quantity.raw
        amount += trade.amount.raw
        self.fee += fee.raw
        notional += Int128(trade.price.raw) * Int128(trade.quantity.raw)
    }

    init() {}

    /// What was filled between two records.
    init(from before: Order?, to after: Order) {
        quantity = after.filled.raw - (before?.filled.raw ?? 0)
        amount = after.amount.raw - (before?.amount.raw ?? 0)
        fee = after.fee.raw - (before?.fee.raw ?? 0)
        notional = Self.total(after) - (before.map(Self.total) ?? 0)
    }

    private static func total(_ order: Order) -> Int128 {
        Int128(order.notionalHigh) * 100_000_000_000_000 + Int128(order.notionalLow)
    }
}
