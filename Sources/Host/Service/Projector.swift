// Builds the lists that are read newest first (everyone's orders, an account's orders, trades, the
// ledger, alerts) from the event stream, so that the matcher script has no part in it and no
// reader goes through the whole database.
//
// Each batch is one script call that names the sequence it continues from. Another host may have
// done the work meanwhile: then the call is refused with the newer cursor, and this host goes on
// from there. So nothing is listed twice, and nothing is left out.

import Base
import Store
import Trading

package final class Projector {
    private let matcher: Matcher
    private let log: Log
    /// Everything up to here is in the lists.
    package private(set) var cursor: Int64 = 0
    /// Events that wait for the call in flight.
    private var pending: [Event] = []
    private var isBusy = false
    private var waiting: [(sequence: Int64, action: () -> Void)] = []

    package init(matcher: Matcher, log: Log) {
        self.matcher = matcher
        self.log = log
    }

    /// Reads how far the lists have come. To be called before the first events are appended.
    package func loadCursor(
        _ redis: RedisConnection, _ completion: @escaping (Result<Int64, RedisFailure>) -> Void
    ) {
        redis.send(RedisCommand("GET", [Keys.first.projected])) { [self] reply in
            completion(
                reply.map { value in
                    cursor = value.int64 ?? 0
                    return cursor
                })
        }
    }

    package func append(_ events: [Event]) {
        pending += events
        work()
    }

    /// Runs `action` once the lists hold all up to this sequence.
    package func whenProjected(to wanted: Int64, _ action: @escaping () -> Void) {
        if cursor >= wanted { action() } else { waiting.append((wanted, action)) }
    }

    private func work() {
        guard !isBusy else { return }
        pending.removeAll { $0.sequence <= cursor }
        guard let last = pending.last else { return wakeWaiting() }
        isBusy = true
        let additions = Projection(of: pending).additions
        let call = ProjectCall(from: cursor, to: last.sequence, additions: additions)
        matcher.project(call) { [self] reply in finish(reply, upTo: last.sequence) }
    }

    private func finish(_ reply: Result<ProjectReply, RedisFailure>, upTo sequence: Int64) {
        isBusy = false
        switch reply {
        case .success(.done): cursor = sequence
        case .success(.stale(let newer)): cursor = newer
        case .success(.refused(let refusal)):
            log.error("projector: refused \(refusal.code) \(refusal.values)")
            return
        case .failure(let failure):
            // Nothing is lost: what is pending is tried again with the next events, and on
            // reconnection.
            log.warning("projector: \(failure); it goes on when Redis answers")
            return
        }
        wakeWaiting()
        work()
    }

    /// Tries again after a loss of the connection.
    package func resume() { work() }

    private func wakeWaiting() {
        let ready = waiting.filter { $0.sequence <= cursor }
        waiting.removeAll { $0.sequence <= cursor }
        for entry in ready { entry.action() }
    }
}

/// What a batch of events adds to which list.
struct Projection {
    private var items: [ProjectedList: [[UInt8]]] = [:]
    /// Ledger entries of the event so far: the second half of their ids.
    private var ledgerIndex: UInt32 = 0

    init(of events: [Event]) {
        for event in events {
            ledgerIndex = 0
            for change in event.changes { add(change, of: event) }
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
        case .order, .account, .position, .level, .instrument, .market, .guardValue: break
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
