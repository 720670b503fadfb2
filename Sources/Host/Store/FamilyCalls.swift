// What a container's plugin does with its family, and the family that it is shown.

import Base
import Trading

package struct CommitCall: Sendable {
    package var container: OrderID
    /// Of the family that the plugin was shown; another one answers `stale`.
    package var stateVersion: Int64
    package var instrumentRevision: Int64
    package var commit: FamilyCommit
    package var judged: Judged

    package init(
        container: OrderID, stateVersion: Int64, instrumentRevision: Int64, commit: FamilyCommit,
        judged: Judged = Judged()
    ) {
        self.container = container
        self.stateVersion = stateVersion
        self.instrumentRevision = instrumentRevision
        self.commit = commit
        self.judged = judged
    }

    func append(to command: inout RedisCommand) {
        command.append(container.text)
        command.append(stateVersion)
        command.append(instrumentRevision)
        command.append(commit.state)
        command.append(commit.timer)
        command.append(Int64(commit.wakes.rawValue))
        switch commit.end {
        case nil: command.append("")
        case .done: command.append("done")
        case .cancelled(let reason): command.append(reason)
        }
        judged.append(to: &command)
        if let amend = commit.amend {
            command.append("container")
            command.append(amend.price.map { String($0.raw) } ?? "")
            command.append(amend.quantity.map { String($0.raw) } ?? "")
        }
        for step in commit.steps { step.append(to: &command) }
    }
}

extension FamilyStep {
    fileprivate func append(to command: inout RedisCommand) {
        switch self {
        case .place(let child):
            command.append("place")
            child.append(to: &command)
        case .cancel(let key):
            command.append("cancel")
            command.append(key)
        case .amend(let key, let price, let quantity):
            command.append("amend")
            command.append(key)
            command.append(price.map { String($0.raw) } ?? "")
            command.append(quantity.map { String($0.raw) } ?? "")
        }
    }
}

extension PlannedChild {
    func append(to command: inout RedisCommand) {
        command.append(key)
        command.append(Int64(side.rawValue))
        command.append(Int64(pricing.rawValue))
        command.append(pricing == .market ? 0 : price.raw)
        command.append(quantity.raw)
        command.append(Int64(policy.rawValue))
        command.append(Int64(book.rawValue))
        command.append(expireAt)
        command.append(encoded(guards))
        command.append(Int64(flags.intersection(.asked).rawValue))
        command.append(Int64(selfTrade.rawValue))
        command.append(extra?.encoded() ?? [])
        command.append(terms.encoded())
    }
}

package enum CommitReply: Sendable, Equatable {
    /// The container as it is then.
    case done(Order, sequence: Int64)
    /// Its family has changed since, or it has ended, or the picture of the instrument is old.
    case stale
    case refused(ScriptRefusal)
}

/// A container whose plugin wants to be called.
package struct DueTimer: Sendable, Equatable {
    package let container: OrderID
    /// Since when: UTC microseconds.
    package let time: Int64
}

/// A container and its children at one moment.
package struct Family: Sendable, Equatable {
    package let sequence: Int64
    /// Redis's clock, UTC microseconds.
    package let time: Int64
    package let container: Order
    /// What its plugin wanted to find again.
    package let state: [UInt8]
    /// All that were ever made, the oldest first.
    package let children: [Order]
}

package enum FamilyReply: Sendable, Equatable {
    case found(Family)
    /// There is no such container.
    case refused(ScriptRefusal)
}

extension CommitReply {
    init(_ reply: ReplyReader, _ container: OrderID) throws(RedisFailure) {
        switch reply.word {
        case "ok": self = .done(try reply.order(2, container), sequence: try reply.number(1))
        case "stale": self = .stale
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension FamilyReply {
    init(_ reply: ReplyReader, _ container: OrderID) throws(RedisFailure) {
        switch reply.word {
        case "ok":
            guard reply.count >= 5, reply.count % 2 == 1 else { throw reply.unexpected }
            var children: [Order] = []
            for index in stride(from: 5, to: reply.count, by: 2) {
                let id = OrderID(try reply.text(index))
                children.append(try reply.order(index + 1, id))
            }
            self = .found(
                Family(
                    sequence: try reply.number(1), time: try reply.number(2),
                    container: try reply.order(3, container), state: try reply.bytes(4),
                    children: children))
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}
