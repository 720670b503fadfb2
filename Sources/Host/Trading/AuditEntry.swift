// The audit log: who did what to what, with the record before and after, as the script itself read
// and wrote it (docs/REDIS.md, AUDIT).

/// What is audited: every act of an administrator.
package enum AuditAction: String, Sendable, CaseIterable {
    case accountCreated = "account_created"
    case accountUpdated = "account_updated"
    case deposit, withdrawal, adjustment
    case instrumentCreated = "instrument_created"
    case instrumentUpdated = "instrument_updated"
    case keyCreated = "key_created"
    case keyRevoked = "key_revoked"
    case sessionOpened = "session_opened"
    case sessionEnded = "session_ended"
    case tradeBusted = "trade_busted"
    case limitSet = "limit_set"
    case limitRemoved = "limit_removed"
    case modeSet = "mode_set"
    case changeProposed = "change_proposed"
    case changeApproved = "change_approved"
    case changeRefused = "change_refused"
    case groupCreated = "group_created"
    case groupUpdated = "group_updated"
    case groupRemoved = "group_removed"
    case switchPressed = "switch_pressed"
    case switchLifted = "switch_lifted"
    case alertAcknowledged = "alert_acknowledged"
    case throttleReset = "throttle_reset"
}

package enum AuditTarget: UInt8, Sendable, CaseIterable {
    case account = 1
    case instrument
    case key
    /// Its id is `account:symbol`.
    case position
    /// Before: the trade as lists hold it. After: the reason, an s1.
    case trade
    case group
    /// Its id is `RULE|SCOPE`.
    case limit
    /// Its id is the rule.
    case mode
    /// Its id is the scope.
    case riskSwitch
    case alert
    case pendingChange
    case deadLetter
    /// Its id is `account:symbol`. After: the reason, an s1.
    case throttle

    package var name: String {
        switch self {
        case .riskSwitch: "switch"
        case .pendingChange: "pending_change"
        case .deadLetter: "dead_letter"
        case .account, .instrument, .key, .position, .trade, .group, .limit, .mode, .alert,
            .throttle:
            "\(self)"
        }
    }
}

package struct AuditEntry: Hashable, Sendable {
    /// Of the event that the act made.
    package let sequence: Int64
    /// UTC microseconds, Redis's clock.
    package let time: Int64
    package let actor: Actor
    /// An `AuditAction`, or one that only a newer host knows.
    package let action: String
    package let target: AuditTarget
    package let targetID: String
    /// The target's record (ACCOUNT, INSTRUMENT, KEY or POSITION) as it stood just before; empty
    /// where there was none.
    package let old: [UInt8]
    /// As it stood just after.
    package let new: [UInt8]

    init(sequence: Int64, time: Int64, from reader: inout ByteReader) throws(RecordError) {
        self.sequence = sequence
        self.time = time
        target = try known(AuditTarget(rawValue: try reader.byte()), "audit target")
        targetID = try reader.string()
        old = Array(try reader.take(Int(try reader.uint32())))
        new = Array(try reader.take(Int(try reader.uint32())))
        let (id, name) = (try reader.string(), try reader.string())
        actor = Actor(
            id: id, name: name, requestID: try reader.string(), address: try reader.string())
        action = try reader.string()
    }

    /// `<l sequence> <l time>` and the AUDIT payload of docs/REDIS.md.
    package var listItem: [UInt8] {
        var writer = ByteWriter()
        writer.int64(sequence)
        writer.int64(time)
        writer.byte(target.rawValue)
        writer.string(targetID)
        for record in [old, new] {
            writer.uint32(UInt32(record.count))
            writer.raw(record)
        }
        writer.raw(actor.encoded(action))
        return writer.bytes
    }

    package init(listItem: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(listItem)
        let sequence = try reader.int64()
        let time = try reader.int64()
        try self.init(sequence: sequence, time: time, from: &reader)
    }
}

extension Actor {
    /// The script's `actor` argument.
    package func encoded(_ action: AuditAction) -> [UInt8] { encoded(action.rawValue) }

    fileprivate func encoded(_ action: String) -> [UInt8] {
        var writer = ByteWriter()
        for text in [id, name, requestID, address, action] { writer.string(text) }
        return writer.bytes
    }
}
