// What staff steer risk by, as Redis keeps it (docs/REDIS.md: GROUP, LIMIT, MODE, PENDING, SWITCH,
// CANCELTASK): small, read whole at a host's start, and kept by the events.

/// A desk: accounts that share limits, a state and a switch.
package struct AccountGroup: Hashable, Sendable {
    package let id: String
    package let name: String
    package let state: AccountState
    package let createdAt: Int64
    package let updatedAt: Int64
    package let lastSequence: Int64

    package init(id: String, record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        self.id = id
        guard try reader.byte() == 1 else { throw RecordError(what: "group of another version") }
        state = try known(AccountState(rawValue: try reader.byte()), "group state")
        _ = try reader.take(2)
        createdAt = try reader.int64()
        updatedAt = try reader.int64()
        lastSequence = try reader.int64()
        name = try reader.string()
    }
}

/// A rule's limits at one scope.
package struct LimitRecord: Hashable, Sendable {
    package let rule: String
    package let scope: LimitScope
    /// Limit's name → decimal text; never empty.
    package let values: [String: String]
    package let updatedAt: Int64
    package let lastSequence: Int64
    /// A key's id.
    package let updatedBy: String
    package let reason: String

    /// `field` is `RULE|SCOPE`.
    package init(field: String, record: ArraySlice<UInt8>) throws(RecordError) {
        (rule, scope) = try LimitRecord.names(field)
        var reader = ByteReader(record)
        guard try reader.byte() == 1 else { throw RecordError(what: "limit of another version") }
        updatedAt = try reader.int64()
        lastSequence = try reader.int64()
        updatedBy = try reader.string()
        reason = try reader.string()
        values = try LimitRecord.values(from: &reader)
    }

    static func names(_ field: String) throws(RecordError) -> (String, LimitScope) {
        guard let bar = field.firstIndex(of: "|"),
            let scope = LimitScope(text: String(field[field.index(after: bar)...]))
        else { throw RecordError(what: "limit without a scope") }
        return (String(field[..<bar]), scope)
    }

    static func values(from reader: inout ByteReader) throws(RecordError) -> [String: String] {
        var values: [String: String] = [:]
        for _ in 0..<(try reader.byte()) { values[try reader.string()] = try reader.string() }
        return values
    }

    /// `B count` and each name and value, by name; nothing at all where there is none.
    package static func encoded(_ values: [String: String]) -> [UInt8] {
        if values.isEmpty { return [] }
        precondition(values.count <= 255, "a schema has fewer limits")
        var writer = ByteWriter()
        writer.byte(UInt8(values.count))
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            writer.string(name)
            writer.string(value)
        }
        return writer.bytes
    }
}

/// A rule's mode, and why it is so.
package struct ModeRecord: Hashable, Sendable {
    package let mode: RuleMode
    package let updatedAt: Int64
    package let lastSequence: Int64
    package let updatedBy: String
    package let reason: String

    package init(record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        guard try reader.byte() == 1 else { throw RecordError(what: "mode of another version") }
        mode = try known(RuleMode(rawValue: try reader.byte()), "rule mode")
        updatedAt = try reader.int64()
        lastSequence = try reader.int64()
        updatedBy = try reader.string()
        reason = try reader.string()
    }
}

/// A change that waits for a second person.
package struct PendingChange: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The values that stood at the scope when it was asked for, and those that are to.
        case limit(LimitScope, old: [String: String], new: [String: String])
        /// nil: nothing was set.
        case mode(old: RuleMode?, new: RuleMode)
    }

    /// The sequence of the event that it was asked for in.
    package let id: String
    package let rule: String
    package let kind: Kind
    package let createdAt: Int64
    package let expiresAt: Int64
    /// The key's id, and its name then.
    package let proposedBy: String
    package let proposedByName: String
    package let reason: String

    package init(id: String, record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        self.id = id
        guard try reader.byte() == 1 else { throw RecordError(what: "change of another version") }
        let kind = try reader.byte()
        createdAt = try reader.int64()
        expiresAt = try reader.int64()
        proposedBy = try reader.string()
        proposedByName = try reader.string()
        rule = try reader.string()
        let scope = try reader.string()
        reason = try reader.string()
        let old = try reader.take(Int(try reader.uint32()))
        let new = reader.rest()
        self.kind = try PendingChange.kind(kind, scope, old, new)
    }

    private static func kind(
        _ kind: UInt8, _ scope: String, _ old: ArraySlice<UInt8>, _ new: ArraySlice<UInt8>
    ) throws(RecordError) -> Kind {
        switch kind {
        case 1:
            let scope = try known(LimitScope(text: scope), "scope")
            return .limit(scope, old: try values(old), new: try values(new))
        case 2:
            let mode = try known(new.first.flatMap(RuleMode.init), "rule mode")
            return .mode(old: old.first.flatMap(RuleMode.init), new: mode)
        default: throw RecordError(what: "unknown kind of change")
        }
    }

    private static func values(
        _ bytes: ArraySlice<UInt8>
    ) throws(RecordError) -> [String: String] {
        var reader = ByteReader(bytes)
        return bytes.isEmpty ? [:] : try LimitRecord.values(from: &reader)
    }
}

/// Whom a switch stops.
package enum SwitchScope: Hashable, Sendable {
    case firm
    case group(String)
    case account(String)

    package var text: String {
        switch self {
        case .firm: "firm"
        case .group(let id): "group:\(id)"
        case .account(let id): "account:\(id)"
        }
    }

    package init?(text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts[0], parts.count > 1 ? String(parts[1]) : nil) {
        case ("firm", nil): self = .firm
        case ("group", let id?) where !id.isEmpty: self = .group(id)
        case ("account", let id?) where !id.isEmpty: self = .account(id)
        default: return nil
        }
    }
}

/// While it is on, nothing of its scope is taken but cancels, and its orders are cancelled.
package struct RiskSwitch: Hashable, Sendable {
    package enum Kind: UInt8, Sendable {
        /// Staff's.
        case killSwitch = 1
        /// A rule's, of an account.
        case ruleBlock

        package var name: String {
            switch self {
            case .killSwitch: "kill_switch"
            case .ruleBlock: "risk_block"
            }
        }
    }

    package let scope: SwitchScope
    package let kind: Kind
    package let since: Int64
    package let lastSequence: Int64
    /// A key's id, or the rule's name.
    package let by: String
    package let reason: String

    package init(scope: SwitchScope, record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        self.scope = scope
        guard try reader.byte() == 1 else { throw RecordError(what: "switch of another version") }
        kind = try known(Kind(rawValue: try reader.byte()), "kind of switch")
        since = try reader.int64()
        lastSequence = try reader.int64()
        by = try reader.string()
        reason = try reader.string()
    }
}

/// Orders that are to be cancelled, whichever hosts live: an account's that were accepted up to a
/// sequence.
package struct CancelTask: Hashable, Sendable {
    package let account: String
    package let upToSequence: Int64
    package let since: Int64
    /// The reason that its orders are cancelled with.
    package let reason: String

    package init(account: String, record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        self.account = account
        guard try reader.byte() == 1 else { throw RecordError(what: "task of another version") }
        upToSequence = try reader.int64()
        since = try reader.int64()
        reason = try reader.string()
    }
}

/// One of them after a call; nil: it is gone.
package enum ControlChange: Hashable, Sendable {
    case group(String, AccountGroup?)
    case limit(rule: String, LimitScope, LimitRecord?)
    case mode(rule: String, ModeRecord?)
    case pending(String, PendingChange?)
    case riskSwitch(SwitchScope, RiskSwitch?)
    case cancelTask(account: String, CancelTask?)
    /// An account's cancel-all-after: when it is due, 0 = it isn't armed.
    case deadline(account: String, dueAt: Int64)

    /// A section's name and record (docs/REDIS.md, Event entries).
    init(_ type: UInt8, _ payload: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(payload)
        let name = try reader.string()
        let record = reader.rest()
        let isGone = record.isEmpty
        switch type {
        case 14:
            self = .group(name, isGone ? nil : try AccountGroup(id: name, record: record))
        case 15:
            let (rule, scope) = try LimitRecord.names(name)
            self = .limit(
                rule: rule, scope, isGone ? nil : try LimitRecord(field: name, record: record))
        case 16: self = .mode(rule: name, isGone ? nil : try ModeRecord(record: record))
        case 17:
            self = .pending(name, isGone ? nil : try PendingChange(id: name, record: record))
        case 18:
            let scope = try known(SwitchScope(text: name), "scope of a switch")
            self = .riskSwitch(
                scope, isGone ? nil : try RiskSwitch(scope: scope, record: record))
        case 22:
            var reader = ByteReader(record)
            self = .deadline(account: name, dueAt: try reader.int64())
        case 25:
            self = .cancelTask(
                account: name, isGone ? nil : try CancelTask(account: name, record: record))
        case let other: throw RecordError(what: "unknown control section \(other)")
        }
    }
}

package struct RiskControls: Hashable, Sendable {
    package private(set) var policy = RiskPolicy()
    package private(set) var groups: [String: AccountGroup] = [:]
    package private(set) var limitRecords: [String: [LimitScope: LimitRecord]] = [:]
    package private(set) var modeRecords: [String: ModeRecord] = [:]
    package private(set) var pending: [String: PendingChange] = [:]
    package private(set) var switches: [SwitchScope: RiskSwitch] = [:]
    package private(set) var cancelTasks: [String: CancelTask] = [:]

    package init() {}

    /// `version` is the policy's.
    package init(version: Int64, _ changes: [ControlChange]) {
        for change in changes { apply(change, sequence: 0) }
        policy.version = version
    }

    package mutating func apply(_ change: ControlChange, sequence: Int64) {
        switch change {
        case .group(let id, let group): groups[id] = group
        case .limit(let rule, let scope, let record):
            limitRecords[rule, default: [:]][scope] = record
            policy.limits[rule, default: [:]][scope] = record?.values
            if limitRecords[rule]?.isEmpty == true { limitRecords[rule] = nil }
            if policy.limits[rule]?.isEmpty == true { policy.limits[rule] = nil }
            policy.version = sequence
        case .mode(let rule, let record):
            modeRecords[rule] = record
            policy.modes[rule] = record?.mode
            policy.version = sequence
        case .pending(let id, let change): pending[id] = change
        case .riskSwitch(let scope, let made): switches[scope] = made
        case .cancelTask(let account, let task): cancelTasks[account] = task
        case .deadline: break
        }
    }

    /// The switch that stops an account: the firm's, its group's, or its own.
    package func riskSwitch(account: String, group: String?) -> RiskSwitch? {
        if switches.isEmpty { return nil }
        return switches[.firm] ?? group.flatMap { switches[.group($0)] }
            ?? switches[.account(account)]
    }
}
