// What staff and rules have decided beside limits, and what the script counts in time.

import Base
import Trading

struct ModelControl: Hashable {
    /// 1 active … 4 halted.
    var groups: [String: UInt8] = [:]
    /// `firm`, `account:ID`, `group:ID` → 1 kill switch, 2 a rule's block.
    var switches: [String: UInt8] = [:]
    var policy: Int64 = 0
    /// Who and window → tenth of the window → orders taken in it.
    var rates: [String: [Int64: Int64]] = [:]
    /// When each order was taken.
    var same: [String: [Int64]] = [:]
    var throttles: [String: Throttle] = [:]

    static let switchedSince: Int64 = 1_767_225_600_000_000

    mutating func take(_ decree: Decree) {
        switch decree {
        case .group(let id, let state): groups[id] = state
        case .control(let name, let kind): switches[name] = kind == 0 ? nil : kind
        case .policy(let version): policy = version
        }
    }
}

extension Model {
    func isOld(_ known: KnownPolicy) -> Bool { known == .old }

    mutating func noteDecisions(_ id: String, _ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        notes.risk.append(.decision(DecisionRecord(orderID: OrderID(id), bytes: bytes)))
    }

    func requireNoSwitch(_ account: ModelAccount) throws(Refusal) {
        var names = ["firm", "account:\(account.id)"]
        if !account.group.isEmpty { names.append("group:\(account.group)") }
        for name in names {
            guard let kind = control.switches[name] else { continue }
            throw Refusal(
                kind == 1 ? "kill_switch" : "risk_block",
                "scope=\(name), since=2026-01-01T00:00:00Z")
        }
    }

    /// The state that counts, the account's or its group's, and whose it is.
    func requireStanding(
        _ account: ModelAccount
    ) throws(Refusal) -> (state: AccountState, values: String) {
        guard account.isActive else {
            throw Refusal("account_inactive", "account=\(account.id)")
        }
        try requireNoSwitch(account)
        let ofGroup = control.groups[account.group] ?? 1
        var (state, values) = (account.state, "account=\(account.id)")
        if ofGroup > state.rawValue, let stricter = AccountState(rawValue: ofGroup) {
            (state, values) = (stricter, values + ", group=\(account.group)")
        }
        switch state {
        case .active, .reducing: return (state, values)
        case .cancelOnly: throw Refusal("account_cancel_only", values)
        case .halted: throw Refusal("account_halted", values)
        }
    }

    /// An order whose turn has come, charged for nothing meanwhile.
    mutating func requireArrival(_ id: String) throws(Refusal) {
        let order = order(id)
        let (state, values) = try requireStanding(account(order.account))
        guard state == .reducing else { return }
        try change(id) { $0.isPending = true }
        guard try onlyReduces(order.account, order.symbol, order.side, order.workable) else {
            throw Refusal("account_reducing", values)
        }
        try change(id) { $0.isPending = false }
    }

    // Throttles.

    mutating func throttle(_ order: ModelOrder) -> Throttle {
        let key = "\(order.account):\(order.symbol)"
        return control.throttles[key] ?? Throttle(key: key)
    }

    mutating func put(_ throttle: Throttle) {
        control.throttles[throttle.key] = throttle
        notes.changedThrottles.insert(throttle.key)
    }

    mutating func resetThrottle(_ account: String, _ symbol: String) throws(Refusal) -> Answer {
        _ = try instrument(symbol)
        _ = try self.account(account)
        let key = "\(account):\(symbol)"
        guard var throttle = control.throttles[key], throttle.isLatched else {
            throw Refusal("not_latched", "account=\(account), symbol=\(symbol)")
        }
        throttle.isLatched = false
        throttle.latchedAt = 0
        throttle.base = position(account, symbol).executed
        throttle.since = time
        put(throttle)
        return Answer(word: "ok")
    }

    mutating func keepThrottles() {
        for key in notes.changedThrottles.sorted() {
            control.throttles[key]?.lastSequence = sequence
            if let throttle = control.throttles[key] { notes.risk.append(.throttle(throttle)) }
        }
    }

    mutating func countExecuted(_ order: ModelOrder) {
        var position = position(order.account, order.symbol)
        position.executed += 1
        positions[position.key] = position
        notes.touchedPositions.insert(position.key)
    }
}
