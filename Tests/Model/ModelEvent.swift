// An event as a list of changes that can be compared. Where docs/REDIS.md leaves the order of
// sections of one kind open (resting orders, levels, positions, accounts), they are sorted.

import Base
import Trading

enum ModelChange: Hashable {
    case instrument(ModelInstrument)
    case order(ModelOrder, OrderCause)
    case trade(ModelTrade)
    case step(ModelStep)
    case level(LevelChange)
    case position(ModelPosition)
    case account(ModelAccount)
    case ledger(ModelLedgerEntry)
    case market(ModelMarket)
    case guardValue(ModelGuardValue)
    case decision(DecisionRecord)
    case throttle(Throttle)
    /// What no command of a script makes: always a difference.
    case unexpected(Change)

    init(_ change: Change) {
        switch change {
        case .instrument(let instrument): self = .instrument(ModelInstrument(instrument))
        case .order(let order, let cause): self = .order(ModelOrder(order), cause)
        case .trade(let trade): self = .trade(ModelTrade(trade))
        case .step(let step): self = .step(ModelStep(step))
        case .level(let level): self = .level(level)
        case .position(let position): self = .position(ModelPosition(position))
        case .account(let account): self = .account(ModelAccount(account))
        case .ledger(let entry): self = .ledger(ModelLedgerEntry(entry))
        case .market(let market): self = .market(ModelMarket(market))
        case .guardValue(let value): self = .guardValue(ModelGuardValue(value))
        case .decision(let decision): self = .decision(decision)
        case .throttle(let throttle): self = .throttle(throttle)
        case .key, .audit, .bust, .control, .alert: self = .unexpected(change)
        }
    }

    /// Where an unordered section sorts among its neighbours of the same kind; nil keeps its place.
    fileprivate var sortKey: String? {
        switch self {
        case .order(let order, _): order.id
        case .level(let level): "\(level.side.rawValue):\(level.price.raw)"
        case .position(let position): position.key
        case .account(let account): account.id
        case .instrument, .trade, .step, .ledger, .market, .guardValue, .decision, .throttle,
            .unexpected:
            nil
        }
    }

    fileprivate var kind: Int {
        switch self {
        case .instrument: 0
        case .order: 1
        case .trade: 2
        case .step: 3
        case .level: 4
        case .position: 5
        case .account: 6
        case .ledger: 7
        case .market: 8
        case .guardValue, .decision, .throttle: 9
        case .unexpected: 10
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
        let first = ModelEvent.isAboutAnOrder(kind) ? 1 : 0
        self.changes = ModelEvent.inOrder(changes, first: first)
    }

    init(_ event: Event) {
        self.init(
            sequence: event.sequence, kind: event.kind, time: event.time, symbol: event.symbol,
            changes: event.changes.map { ModelChange($0) })
    }

    private static func isAboutAnOrder(_ kind: EventKind) -> Bool {
        switch kind {
        case .submit, .cancel, .amend, .commit: true
        case .expire, .account, .transaction, .instrument, .seed, .key, .work, .bust, .policy,
            .control, .alert, .lease, .throttle, .group, .day:
            false
        }
    }

    /// Sorts each run of neighbours of one unordered kind, but for the first of all.
    private static func inOrder(_ changes: [ModelChange], first: Int) -> [ModelChange] {
        var result = Array(changes.prefix(first))
        var run: [ModelChange] = []
        func flush() {
            result +=
                run.allSatisfy { $0.sortKey != nil }
                ? run.sorted { $0.sortKey! < $1.sortKey! } : run
            run = []
        }
        for change in changes.dropFirst(first) {
            if let last = run.last, last.kind != change.kind { flush() }
            run.append(change)
        }
        flush()
        return result
    }

    /// Leaves out what this event needn't say: levels, positions and accounts of which `said`
    /// answers that nothing in them changed.
    mutating func drop(where isIdle: (ModelChange) -> Bool) {
        changes.removeAll { isIdle($0) }
    }
}
