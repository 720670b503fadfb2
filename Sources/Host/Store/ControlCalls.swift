// What staff ask of the matching engine to steer risk, and what it answers (docs/REDIS.md: limit, mode,
// pending, switch, group, deadline, alert, acknowledge).

import Base
import Trading

/// How a change of a control went.
package enum ControlReply: Sendable, Equatable {
    /// `sequence` 0: it stood so already.
    case done(sequence: Int64)
    /// Made from an older policy or record than the one that holds.
    case stale
    case refused(ScriptRefusal)
}

/// A change for a second person to approve, or their word on it.
package enum PendingCall: Sendable {
    /// The new values; empty: the limit is to be taken away.
    case proposeLimit(rule: String, LimitScope, [String: String])
    case proposeMode(rule: String, RuleMode)
    case approve(id: String)
    case refuse(id: String)

    var action: AuditAction {
        switch self {
        case .proposeLimit, .proposeMode: .changeProposed
        case .approve: .changeApproved
        case .refuse: .changeRefused
        }
    }

    /// operation, id, kind, rule, scope, new.
    func append(to command: inout RedisCommand) {
        switch self {
        case .proposeLimit(let rule, let scope, let values):
            for number in [1, 0, 1] { command.append(Int64(number)) }
            command.append(rule)
            command.append(scope.text)
            command.append(LimitRecord.encoded(values))
        case .proposeMode(let rule, let mode):
            for number in [1, 0, 2] { command.append(Int64(number)) }
            command.append(rule)
            command.append("")
            command.append([mode.rawValue])
        case .approve(let id), .refuse(let id):
            if case .approve = self { command.append(2) } else { command.append(3) }
            command.append(id)
            for _ in 0..<4 { command.append("") }
        }
    }
}

package enum GroupCall: Sendable {
    case create(id: String, name: String, AccountState)
    /// `from`: what it was made of; somebody else's change since then makes it stale.
    case update(from: AccountGroup, name: String, AccountState)
    case remove(AccountGroup)

    var action: AuditAction {
        switch self {
        case .create: .groupCreated
        case .update: .groupUpdated
        case .remove: .groupRemoved
        }
    }

    /// operation, id, state, name, expected.
    func append(to command: inout RedisCommand) {
        switch self {
        case .create(let id, let name, let state):
            GroupCall.append(1, id, name, state, [], to: &command)
        case .update(let group, let name, let state):
            GroupCall.append(2, group.id, name, state, group.standing, to: &command)
        case .remove(let group):
            GroupCall.append(3, group.id, group.name, group.state, group.standing, to: &command)
        }
    }

    private static func append(
        _ operation: Int64, _ id: String, _ name: String, _ state: AccountState,
        _ expected: [UInt8], to command: inout RedisCommand
    ) {
        var packed = ByteWriter()
        packed.string(name)
        command.append(operation)
        command.append(id)
        command.append(Int64(state.rawValue))
        command.append(packed.bytes)
        command.append(expected)
    }
}

extension AccountGroup {
    fileprivate var standing: [UInt8] {
        var writer = ByteWriter()
        writer.byte(state.rawValue)
        writer.string(name)
        return writer.bytes
    }
}

package enum SwitchReply: Sendable, Equatable {
    /// As it stands; nil: it is lifted.
    case done(RiskSwitch?, sequence: Int64)
    case refused(ScriptRefusal)
}

package enum DeadlineCall: Sendable {
    /// 0 seconds: never.
    case arm(account: String, seconds: Int64)
    /// Some may be due.
    case fire
    /// Its orders up to this sequence have ended.
    case done(account: String, upTo: Int64)
    /// All its orders are to be cancelled, with this reason.
    case cancel(account: String, reason: String)

    func append(to command: inout RedisCommand) {
        let (operation, account, number, reason): (Int64, String, Int64, String) =
            switch self {
            case .arm(let account, let seconds): (1, account, seconds, "")
            case .fire: (2, "", 0, "")
            case .done(let account, let upTo): (3, account, upTo, "")
            case .cancel(let account, let reason): (4, account, 0, reason)
            }
        command.append(operation)
        command.append(account)
        command.append(number)
        command.append(reason)
    }
}

package enum DeadlineReply: Sendable, Equatable {
    /// When an armed one is due, else 0.
    case done(dueAt: Int64, sequence: Int64)
    /// It isn't due, or another host has done it.
    case stale
    case refused(ScriptRefusal)
}

package enum AlertReply: Sendable, Equatable {
    case done(sequence: Int64)
    /// Another host has looked through these events: its cursor.
    case stale(cursor: Int64)
    case refused(ScriptRefusal)
}

package enum AcknowledgeReply: Sendable, Equatable {
    case done(Alert, sequence: Int64)
    case refused(ScriptRefusal)
}

extension Matcher {
    /// Sets a rule's limits at a scope, all of them; empty: takes them away. `version`: the policy's
    /// that it was made from.
    package func limit(
        _ rule: String, _ scope: LimitScope, _ values: [String: String], reason: String,
        version: Int64, by actor: Actor, _ answer: @escaping Answer<ControlReply>
    ) {
        let action: AuditAction = values.isEmpty ? .limitRemoved : .limitSet
        call(
            names.limit,
            {
                $0.append(rule)
                $0.append(scope.text)
                $0.append(LimitRecord.encoded(values))
                $0.append(version)
                $0.append(actor.id)
                $0.append(reason)
                $0.append(actor.encoded(action))
            }, answer
        ) { reply throws(RedisFailure) in try ControlReply(reply) }
    }

    package func mode(
        _ rule: String, _ mode: RuleMode, reason: String, version: Int64, by actor: Actor,
        _ answer: @escaping Answer<ControlReply>
    ) {
        call(
            names.mode,
            {
                $0.append(rule)
                $0.append(Int64(mode.rawValue))
                $0.append(version)
                $0.append(actor.id)
                $0.append(reason)
                $0.append(actor.encoded(.modeSet))
            }, answer
        ) { reply throws(RedisFailure) in try ControlReply(reply) }
    }

    /// `person`: the key that stands for them, not one of its sessions.
    package func pending(
        _ pending: PendingCall, person: String, reason: String, version: Int64, by actor: Actor,
        _ answer: @escaping Answer<ControlReply>
    ) {
        call(
            names.pending,
            {
                pending.append(to: &$0)
                $0.append(person)
                $0.append(actor.name)
                $0.append(reason)
                $0.append(version)
                $0.append(actor.encoded(pending.action))
            }, answer
        ) { reply throws(RedisFailure) in try ControlReply(reply) }
    }

    package func group(
        _ group: GroupCall, by actor: Actor, _ answer: @escaping Answer<ControlReply>
    ) {
        call(
            names.group,
            {
                group.append(to: &$0)
                $0.append(actor.encoded(group.action))
            }, answer
        ) { reply throws(RedisFailure) in try ControlReply(reply) }
    }

    /// Stops a scope; where it is stopped already it stays as it is, but that a kill switch takes the
    /// place of a rule's block. `by`: a key's id or a rule's name. May be repeated.
    package func press(
        _ scope: SwitchScope, _ kind: RiskSwitch.Kind, by: String, reason: String, actor: Actor,
        _ answer: @escaping Answer<SwitchReply>
    ) {
        riskSwitch(1, scope, kind, by, reason, actor.encoded(.switchPressed), answer)
    }

    package func lift(
        _ scope: SwitchScope, reason: String, by actor: Actor,
        _ answer: @escaping Answer<SwitchReply>
    ) {
        riskSwitch(
            2, scope, .killSwitch, actor.id, reason,
            actor.encoded(.switchLifted), answer)
    }

    private func riskSwitch(
        _ operation: Int64, _ scope: SwitchScope, _ kind: RiskSwitch.Kind, _ by: String,
        _ reason: String, _ actor: [UInt8], _ answer: @escaping Answer<SwitchReply>
    ) {
        call(
            names.riskSwitch,
            {
                $0.append(operation)
                $0.append(scope.text)
                $0.append(Int64(kind.rawValue))
                $0.append(by)
                $0.append(reason)
                $0.append(actor)
            }, answer
        ) { reply throws(RedisFailure) in try SwitchReply(reply, scope) }
    }

    /// May be repeated.
    package func deadline(_ deadline: DeadlineCall, _ answer: @escaping Answer<DeadlineReply>) {
        call(names.deadline, { deadline.append(to: &$0) }, answer) {
            reply throws(RedisFailure) in try DeadlineReply(reply)
        }
    }

    /// When the next account's orders are to be cancelled (UTC microseconds); nil where none are.
    package func nextDeadline(_ answer: @escaping Answer<Int64?>) {
        connection.send(RedisCommand("ZRANGE", [keys.deadlines, "0", "0", "WITHSCORES"])) {
            result in
            answer(result.map { reply in reply.elements?.last?.text.flatMap { Int64($0) } })
        }
    }

    /// Raises alerts. `stretch`: the events that they were found in, from a cursor (left out) to
    /// another; each is taken once. Without one, an alert's `sourceSequence` keeps it from being
    /// counted twice.
    package func raise(
        _ alerts: [NewAlert], stretch: (from: Int64, to: Int64)? = nil,
        _ answer: @escaping Answer<AlertReply>
    ) {
        call(
            names.alert,
            {
                if let stretch {
                    $0.append(stretch.from)
                    $0.append(stretch.to)
                } else {
                    $0.append("")
                    $0.append("")
                }
                for alert in alerts { $0.append(alert.encoded()) }
            }, answer
        ) { reply throws(RedisFailure) in try AlertReply(reply) }
    }

    package func acknowledge(
        alert id: String, by actor: Actor, _ answer: @escaping Answer<AcknowledgeReply>
    ) {
        call(
            names.acknowledge,
            {
                $0.append(id)
                $0.append(actor.id)
                $0.append(actor.encoded(.alertAcknowledged))
            }, answer
        ) { reply throws(RedisFailure) in try AcknowledgeReply(reply, id) }
    }
}

extension ControlReply {
    init(_ reply: ReplyReader) throws(RedisFailure) {
        switch reply.word {
        case "ok": self = .done(sequence: try reply.number(1))
        case "stale": self = .stale
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension SwitchReply {
    init(_ reply: ReplyReader, _ scope: SwitchScope) throws(RedisFailure) {
        switch reply.word {
        case "ok":
            let record = try reply.bytes(2)
            let sequence = try reply.number(1)
            guard !record.isEmpty else {
                self = .done(nil, sequence: sequence)
                return
            }
            do throws(RecordError) {
                let made = try RiskSwitch(scope: scope, record: record[...])
                self = .done(made, sequence: sequence)
            } catch {
                throw .unexpected(error.what)
            }
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension DeadlineReply {
    init(_ reply: ReplyReader) throws(RedisFailure) {
        switch reply.word {
        case "ok": self = .done(dueAt: try reply.number(2), sequence: try reply.number(1))
        case "stale": self = .stale
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension AlertReply {
    init(_ reply: ReplyReader) throws(RedisFailure) {
        switch reply.word {
        case "ok": self = .done(sequence: try reply.number(1))
        case "stale": self = .stale(cursor: try reply.number(1))
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension AcknowledgeReply {
    init(_ reply: ReplyReader, _ id: String) throws(RedisFailure) {
        switch reply.word {
        case "ok":
            let record = try reply.bytes(2)
            let sequence = try reply.number(1)
            do throws(RecordError) {
                self = .done(try Alert(id: id, record: record[...]), sequence: sequence)
            } catch {
                throw .unexpected(error.what)
            }
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}
