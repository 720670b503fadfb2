// What a batch of events adds to which list.

import Store
import Trading

struct Projection {
    private var items: [ProjectedList: [[UInt8]]] = [:]
    /// Ledger entries of the event so far: the second half of their ids.
    private var ledgerIndex: UInt32 = 0

    init(of events: some Sequence<Event>) {
        for event in events {
            ledgerIndex = 0
            for change in event.changes { add(change, of: event) }
            for execution in event.executions { push(execution.listItem, to: .executions) }
        }
    }

    private mutating func add(_ change: Change, of event: Event) {
        switch change {
        case .order(let order, cause: .accepted): addOrder(order)
        case .order(let order, cause: .rejected):
            addOrder(order)
            push(Array(order.id.text.utf8), to: .rejected)
        case .trade(let trade):
            let item = trade.listItem
            push(item, to: .trades)
            push(item, to: .tradesOf(symbol: trade.symbol))
        case .ledger(let entry):
            let item = entry.listItem(
                sequence: event.sequence, index: ledgerIndex, time: event.time)
            ledgerIndex += 1
            push(item, to: .ledgerOf(account: entry.account))
        case .audit(let entry): push(entry.listItem, to: .audit)
        case .alert(let alert) where alert.isNew:
            for list in [ProjectedList.alerts, .alertsOf(account: alert.account)] {
                if list != .alertsOf(account: "") { push(Array(alert.id.utf8), to: list) }
            }
        case .order, .account, .position, .level, .instrument, .market, .guardValue, .key, .step,
            .bust, .decision, .throttle, .control, .alert:
            break
        }
    }

    private mutating func addOrder(_ order: Order) {
        let id = Array(order.id.text.utf8)
        push(id, to: .orders)
        push(id, to: .ordersOf(account: String(order.id.account)))
    }

    private mutating func push(_ item: [UInt8], to list: ProjectedList) {
        items[list, default: []].append(item)
    }

    var additions: [ProjectCall.Addition] { items.map { ProjectCall.Addition($0.key, $0.value) } }
}
