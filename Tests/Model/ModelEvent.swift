// An event as a list of changes that can be compared. Where docs/REDIS.md leaves the order of
// sections of one kind open (resting orders, levels, positions, accounts), they are sorted.

import Base
import Trading

enum ModelChange: Hashable {
    case instrument(ModelInstrument)
    case order(ModelOrder, OrderCause)
    case trade(ModelTrade)
    case level(LevelChange)
    case position(ModelPosition)
    case account(ModelAccount)
    case ledger(ModelLedgerEntry)
    case market(ModelMarket)
    case guardValue(ModelGuardValue)
    /// What no command of a script makes: always a difference.
    case unexpected(Change)

    init(_ change: Change) {
        switch change {
        case .instrument(let instrument): self = .instrument(ModelInstrument(instrument))
        case .order(let order, let cause): self = .order(ModelOrder(order), cause)
        case .trade(let trade): self = .trade(ModelTrade(trade))
        case .level(let level): self = .level(level)
        case .position(let position): self = .position(ModelPosition(position))
        case .account(let account): self = .account(ModelAccount(account))
        case .ledger(let entry): self = .ledger(ModelLedgerEntry(entry))
        case .market(let market): self = .market(ModelMarket(market))
        case .guardValue(let value): self = .guardValue(ModelGuardValue(value))
        case .key, .audit, .step, .bust: self = .unexpected(change)
        }
    }

    /// Where an unordered section sorts among its neighbours of the same kind; nil keeps its place.
    fileprivate var sortKey: String? {
        switch self {
        case .order(let order, _): order.id
        case .level(let level): "\(level.side.rawValue):\(level.price.raw)"
        case .position(let position): position.key
        case .account(let account): account.id
        case .instrument, .trade, .ledger, .market, .guardValue, .unexpected: nil
        }
    }

    fileprivate var kind: Int {
        switch self {
        case .instrument: 0
        case .order: 1
        case .trade: 2
        case .level: 3
        case .position: 4
        case .account: 5
        case .ledger: 6
        case .market: 7
        case .guardValue: 8
        case .unexpected: 9
        }
    }
}

struct ModelEvent: Hashable {
    var sequence: Int64
    var kind: EventKind
    var time: Int64
    var symbol: String
    private(set) var changes: [ModelChange]

    init(
        sequence: Int64, kind: EventKind, time: Int64, symbol: String, changes: [ModelChange]
    ) {
        self.sequence = sequence
        self.kind = kind
        self.time = time
        self.symbol = symbol
        let isAboutAnOrder = kind == .submit || kind == .cancel || kind == .amend
        self.changes =
            changes.prefix(isAboutAnOrder ? 1 : 0)
            + ModelEvent.inOrder(changes.dropFirst(isAboutAnOrder ? 1 : 0))
    }

    init(_ event: Event) {
        self.init(
            sequence: event.sequence, kind: event.kind, time: event.time, symbol: event.symbol,
            changes: event.changes.map { ModelChange($0) })
    }

    /// Sorts each run of neighbours of one unordered kind.
    private static func inOrder(_ changes: ArraySlice<ModelChange>) -> [ModelChange] {
        var result: [ModelChange] = []
        var run: [ModelChange] = []
        func flush() {
            result +=
                run.allSatisfy { $0.sortKey != nil }
                ? run.sorted { $0.sortKey! < $1.sortKey! } : run
            run = []
        }
        for change in changes {
            if let last = run.last, last.kind != change.kind { flush() }
            run.append(change)
        }
        flush()
        return result
    }
}
