// What the matching engine answers, decoded. Each function's replies are an enum of its own, so that
// whoever calls it handles all of them and no others.

import Base
import Trading

/// Refused, with nothing recorded.
package struct ScriptRefusal: Error, Hashable, Sendable {
    /// docs/REDIS.md's code, e.g. unknown_symbol.
    package let code: String
    /// `name=value, …`, or empty.
    package let values: String

    package init(code: String, values: String) {
        self.code = code
        self.values = values
    }
}

package enum SubmitReply: Sendable, Equatable {
    /// Where it traded, was cancelled or rests: the order says it. The trades are those of its own
    /// arrival.
    case done(Order, sequence: Int64, trades: CallTrades)
    /// The same request was answered before: the order as it stands.
    case duplicate(Order, sequence: Int64)
    /// The same client order id with another request.
    case conflict
    /// Recorded as a rejected order; its reason says why.
    case rejected(Order, sequence: Int64)
    case refused(ScriptRefusal)
    /// The host's picture of the instrument is old.
    case stale
}

package enum CancelReply: Sendable, Equatable {
    case done(Order, sequence: Int64)
    /// It had ended before.
    case closed(Order)
    case refused(ScriptRefusal)
}

package enum AmendReply: Sendable, Equatable {
    /// The trades as in SubmitReply: a new price may meet the other side.
    case done(
        Order, sequence: Int64, keptPriority: Bool, changed: Bool, trades: CallTrades)
    case closed(Order)
    case refused(ScriptRefusal)
    case stale
}

package enum AccountReply: Sendable, Equatable {
    case done(Account, sequence: Int64)
    /// Changed by somebody else since.
    case stale
    case refused(ScriptRefusal)
}

package enum TransactReply: Sendable, Equatable {
    /// The account as it is then.
    case done(Account, sequence: Int64)
    /// Done before, by the same request: when, and the balance then.
    case duplicate(sequence: Int64, time: Int64, balanceAfter: Money)
    /// The client id was another request's.
    case conflict
    case refused(ScriptRefusal)
}

package enum InstrumentReply: Sendable, Equatable {
    case done(Instrument, sequence: Int64)
    /// Changed by somebody else since.
    case stale
    case refused(ScriptRefusal)
}

package enum TickReply: Sendable, Equatable {
    /// `sequence` 0 where there was nothing to do; `hasMore` where another call is to follow.
    case done(sequence: Int64, hasMore: Bool)
    case refused(ScriptRefusal)
}

package enum ProjectReply: Sendable, Equatable {
    case done
    /// Another host has been here: its cursor.
    case stale(cursor: Int64)
    case refused(ScriptRefusal)
}

package enum SeedReply: Sendable, Equatable {
    case done(sequence: Int64)
    /// Something stands there already.
    case notEmpty
    case refused(ScriptRefusal)
}

package enum BustReply: Sendable, Equatable {
    case done(sequence: Int64)
    case refused(ScriptRefusal)
}

package enum ThrottleReply: Sendable, Equatable {
    case done(Throttle, sequence: Int64)
    case refused(ScriptRefusal)
}

package enum KeyReply: Sendable, Equatable {
    case done(AccessKey, sequence: Int64)
    case refused(ScriptRefusal)
}

extension SubmitReply {
    init(_ reply: ReplyReader, _ id: OrderID) throws(RedisFailure) {
        switch reply.word {
        case "ok":
            self = .done(
                try reply.order(2, id), sequence: try reply.number(1),
                trades: try reply.trades(from: 3))
        case "duplicate":
            let order = try reply.order(2, id)
            let sequence = try reply.number(1)
            // The first of our own calls took it, and the ones after did the rest of its work.
            if reply.busySequences.contains(order.acceptedSequence) {
                self = .done(order, sequence: sequence, trades: .unknown)
            } else {
                self = .duplicate(order, sequence: sequence)
            }
        case "conflict": self = .conflict
        case "rejected": self = .rejected(try reply.order(2, id), sequence: try reply.number(1))
        case "refused": self = .refused(try reply.refusal())
        case "stale": self = .stale
        default: throw reply.unexpected
        }
    }
}

extension CancelReply {
    init(_ reply: ReplyReader, _ id: OrderID) throws(RedisFailure) {
        switch reply.word {
        case "ok": self = .done(try reply.order(2, id), sequence: try reply.number(1))
        case "refused" where try reply.text(1) == "order_closed":
            self = .closed(try reply.order(2, id))
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension AmendReply {
    init(_ reply: ReplyReader, _ id: OrderID) throws(RedisFailure) {
        switch reply.word {
        case "ok":
            self = .done(
                try reply.order(2, id), sequence: try reply.number(1),
                keptPriority: try reply.number(3) == 1, changed: try reply.number(4) == 1,
                trades: try reply.trades(from: 5))
        case "refused" where try reply.text(1) == "order_closed":
            self = .closed(try reply.order(2, id))
        case "refused": self = .refused(try reply.refusal())
        case "stale": self = .stale
        default: throw reply.unexpected
        }
    }
}

extension AccountReply {
    init(_ reply: ReplyReader) throws(RedisFailure) {
        switch reply.word {
        case "ok":
            self = .done(
                try reply.account(3, try reply.text(2)), sequence: try reply.number(1))
        case "stale": self = .stale
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension TransactReply {
    init(_ reply: ReplyReader, account: String) throws(RedisFailure) {
        switch reply.word {
        case "ok": self = .done(try reply.account(2, account), sequence: try reply.number(1))
        case "duplicate":
            var reader = ByteReader(try reply.bytes(1)[...])
            do throws(RecordError) {
                self = .duplicate(
                    sequence: try reader.int64(), time: try reader.int64(),
                    balanceAfter: Money(try reader.int64()))
            } catch {
                throw .unexpected(error.what)
            }
        case "conflict": self = .conflict
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension InstrumentReply {
    init(_ reply: ReplyReader, _ symbol: String) throws(RedisFailure) {
        switch reply.word {
        case "ok":
            self = .done(try reply.instrument(2, symbol), sequence: try reply.number(1))
        case "stale": self = .stale
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension KeyReply {
    init(_ reply: ReplyReader, _ id: String) throws(RedisFailure) {
        switch reply.word {
        case "ok": self = .done(try reply.key(2, id), sequence: try reply.number(1))
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension TickReply {
    init(_ reply: ReplyReader) throws(RedisFailure) {
        switch reply.word {
        case "ok": self = .done(sequence: try reply.number(1), hasMore: try reply.number(2) == 1)
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension ProjectReply {
    init(_ reply: ReplyReader) throws(RedisFailure) {
        switch reply.word {
        case "ok": self = .done
        case "stale": self = .stale(cursor: try reply.number(1))
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension BustReply {
    init(_ reply: ReplyReader) throws(RedisFailure) {
        switch reply.word {
        case "ok": self = .done(sequence: try reply.number(1))
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension ThrottleReply {
    init(_ reply: ReplyReader, key: String) throws(RedisFailure) {
        switch reply.word {
        case "ok":
            self = .done(try reply.throttle(2, key), sequence: try reply.number(1))
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}

extension SeedReply {
    init(_ reply: ReplyReader) throws(RedisFailure) {
        switch reply.word {
        case "ok": self = .done(sequence: try reply.number(1))
        case "refused" where try reply.text(1) == "not_empty": self = .notEmpty
        case "refused": self = .refused(try reply.refusal())
        default: throw reply.unexpected
        }
    }
}
