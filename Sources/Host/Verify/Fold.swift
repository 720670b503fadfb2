// The event stream folded into what it says: orders, accounts, positions, books, cash. Each event is
// judged against what was before it, so that a wrong step is found where it was made; what comes out
// is compared with Redis (Comparison.swift).
//
// Memory is bounded by what is open: orders that have ended stay only until they were compared.

import Base
import Trading

/// A thing's newest record, as it is and as it reads.
struct Held<Value> {
    let value: Value
    let record: [UInt8]
}

struct Family {
    var children: [String] = []
    var openMembers = 0
}

final class Fold {
    /// The last event that was applied.
    var sequence: Int64 = 0
    /// Nothing came before its first event, or a checkpoint tells what did.
    var isComplete = true
    let findings: Findings
    /// Takes each event's items for the lists.
    var onEvent: ((StreamEntry) -> Void)?

    /// Open ones, and ended ones that have yet to be compared.
    var orders: [String: Held<Order>] = [:]
    var endedOrders: [String] = []
    /// All there ever were.
    var orderCount: Int64 = 0
    var openBySymbol: [String: Set<String>] = [:]
    var accounts: [String: Held<Account>] = [:]
    var positions: [String: Held<Position>] = [:]
    var instruments: [String: Held<Instrument>] = [:]
    /// Hashes of which only the newest record counts, by their name: field → record.
    var records: [String: [String: [UInt8]]] = [
        "market": [:], "keys": [:], "groups": [:], "limits": [:], "modes": [:], "pending": [:],
        "switches": [:],
    ]
    var books: [BookPlace: BookSide] = [:]
    /// As LEVEL sections told them: price → record.
    var levels: [BookPlace: [Int64: [UInt8]]] = [:]
    var balances: [String: Int128] = [:]
    var paidIn: [String: Int128] = [:]
    var fees: [String: Int128] = [:]
    var adjusted: [String: Int128] = [:]
    /// Main order or container → its children; until all of them have ended and were compared.
    var families: [String: Family] = [:]
    var familyCount: Int64 = 0
    /// Trade id → the event that took it back.
    var busted: [String: Int64] = [:]
    /// Of the last event that touched the symbol.
    var symbolSequence: [String: Int64] = [:]

    init(_ findings: Findings) { self.findings = findings }

    func apply(_ entry: StreamEntry) {
        let event = entry.event
        findings.expect(
            .sequence, event.sequence == sequence + 1,
            "event \(event.sequence) follows \(sequence)")
        let step = EventStep(entry, before: self)
        judgeTrades(step)
        judgeOrders(step)
        takeLedger(step)
        takeOrders(step)
        judgeBalances(step)
        takeRecords(step)
        onEvent?(entry)
        sequence = event.sequence
        if !event.symbol.isEmpty { symbolSequence[event.symbol] = sequence }
    }

    // MARK: Orders

    private func takeOrders(_ step: EventStep) {
        for (id, after) in step.orders {
            let before = orders[id]?.value
            if after.value.acceptedSequence == step.event.sequence, before == nil {
                orderCount += 1
                joinFamily(after.value)
            }
            setOrder(after, before: before)
        }
    }

    /// Puts a record in the place of the one before it, and the order where it now stands.
    func setOrder(_ held: Held<Order>, before: Order?) {
        let order = held.value
        let id = order.id.text
        if let before, before.isInBook { books[before.bookPlace]?.remove(before) }
        if order.isInBook { books[order.bookPlace, default: BookSide()].add(order) }
        let wasOpen = before?.status.isOpen ?? false
        if order.status.isOpen {
            openBySymbol[order.symbol, default: []].insert(id)
        } else {
            openBySymbol[order.symbol]?.remove(id)
            endedOrders.append(id)
        }
        if wasOpen != order.status.isOpen {
            let root = (order.parentID ?? order.id).text
            families[root]?.openMembers += wasOpen ? -1 : 1
        }
        orders[id] = held
    }

    func joinFamily(_ order: Order) {
        guard let parent = order.parentID?.text, let key = order.childKey else { return }
        if families[parent] == nil {
            familyCount += 1
            let isOpen = orders[parent]?.value.status.isOpen ?? false
            families[parent] = Family(children: [], openMembers: isOpen ? 1 : 0)
        }
        families[parent]?.children.append(String(key))
    }

    // MARK: The other records

    private func takeRecords(_ step: EventStep) {
        for (change, payload) in zip(step.event.changes, step.payloads) {
            switch change {
            case .account(let account):
                accounts[account.id] = Held(value: account, record: StreamEntry.record(payload))
            case .position(let position):
                positions[position.key] = Held(
                    value: position, record: StreamEntry.record(payload))
            case .instrument(let instrument):
                instruments[instrument.symbol] = Held(
                    value: instrument, record: StreamEntry.record(payload))
            case .market(let market):
                records["market"]?[market.symbol] = StreamEntry.record(payload)
            case .key(let key):
                let isGone = key.kind == .session && key.revokedAt != 0
                records["keys"]?[key.id] = isGone ? nil : StreamEntry.record(payload)
            case .level(let level): take(level, payload, step.event.symbol)
            case .bust(let bust): busted[bust.trade.id] = step.event.sequence
            case .control(let control): take(control, payload)
            case .order, .trade, .ledger, .guardValue, .audit, .step, .decision, .throttle, .alert:
                break
            }
        }
    }

    /// Limits, modes, groups, switches and what waits for a second person; an empty record is gone.
    private func take(_ control: ControlChange, _ payload: ArraySlice<UInt8>) {
        let hash: String
        switch control {
        case .group: hash = "groups"
        case .limit: hash = "limits"
        case .mode: hash = "modes"
        case .pending: hash = "pending"
        case .riskSwitch: hash = "switches"
        case .cancelTask, .deadline: return
        }
        var reader = ByteReader(payload)
        guard let field = try? reader.string() else { return }
        let record = Array(reader.rest())
        records[hash]?[field] = record.isEmpty ? nil : record
    }

    private func take(_ level: LevelChange, _ payload: ArraySlice<UInt8>, _ symbol: String) {
        let place = BookPlace(symbol: symbol, book: level.book, side: level.side)
        let record = level.quantity == .zero ? nil : Array(payload.suffix(16))
        levels[place, default: [:]][level.price.raw] = record
    }
}

extension Order {
    var bookPlace: BookPlace { BookPlace(symbol: symbol, book: book, side: side) }
    var account: String { String(id.account) }

    /// The worst price that it may trade at: where a pegged order stands is its present one only.
    var worstPrice: Int64 {
        if let extra, extra.peg != nil { return extra.pegLimit.raw }
        return price.raw
    }
}

extension Position {
    var key: String { "\(account):\(symbol)" }
}
