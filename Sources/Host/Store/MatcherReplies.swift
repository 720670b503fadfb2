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
    /// Where it traded, was cancelled or rests: the order says it. `fills` are the trades of this
    /// call, the last of which had `lastPrice` and `lastQuantity`: 0 where there are none.
    case done(Order, sequence: Int64, fills: Int, lastPrice: Price, lastQuantity: Quantity)
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
        Order, sequence: Int64, keptPriority: Bool, changed: Bool, fills: Int, lastPrice: Price,
        lastQuantity: Quantity)
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

package enum ExpireReply: Sendable, Equatable {
    /// `sequence` 0 where nothing was due.
    case done(sequence: Int64, count: Int64)
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

package enum KeyReply: Sendable, Equatable {
    case done(AccessKey, sequence: Int64)
    case refused(ScriptRefusal)
}

/// A reply's parts, in order. Wrong ones mean another library under our name, or damage.
struct ReplyReader {
    let word: String
    private let elements: [RedisReply]

    init(_ reply: RedisReply) throws(RedisFailure) {
        guard let elements = reply.elements, let word = elements.first?.text else {
            throw .unexpected("\(reply)")
        }
        self.elements = elements
        self.word = word
    }

    func number(_ index: Int) throws(RedisFailure) -> Int64 {
        guard elements.indices.contains(index), let number = elements[index].int64 else {
            throw unexpected
        }
        return number
    }

    func bytes(_ index: Int) throws(RedisFailure) -> [UInt8] {
        guard elements.indices.contains(index), let bytes = elements[index].bytes else {
            throw unexpected
        }
        return bytes
    }

    func text(_ index: Int) throws(RedisFailure) -> String {
        String(decoding: try bytes(index), as: UTF8.self)
    }

    func order(_ index: Int, _ id: OrderID) throws(RedisFailure) -> Order {
        let record = try bytes(index)
        do throws(RecordError) {
            return try Order(id: id, record: record[...])
        } catch {
            throw .unexpected(error.what)
        }
    }

    func account(_ index: Int, _ id: String) throws(RedisFailure) -> Account {
        let record = try bytes(index)
        do throws(RecordError) {
            return try Account(id: id, record: record[...])
        } catch {
            throw .unexpected(error.what)
        }
    }

    func instrument(_ index: Int, _ symbol: String) throws(RedisFailure) -> Instrument {
        let record = try bytes(index)
        do throws(RecordError) {
            return try Instrument(symbol: symbol, record: record[...])
        } catch {
            throw .unexpected(error.what)
        }
    }

    func key(_ index: Int, _ id: String) throws(RedisFailure) -> AccessKey {
        let record = try bytes(index)
        do throws(RecordError) {
            return try AccessKey(id: id, record: record[...])
        } catch {
            throw .unexpected(error.what)
        }
    }

    func refusal() throws(RedisFailure) -> ScriptRefusal {
        ScriptRefusal(code: try text(1), values: try text(2))
    }

    var unexpected: RedisFailure { .unexpected("\(RedisReply.array(elements))") }
}

extension SubmitReply {
    init(_ reply: ReplyReader, _ id: OrderID) throws(RedisFailure) {
        switch reply.word {
        case "ok":
            self = .done(
                try reply.order(2, id), sequence: try reply.number(1),
                fills: Int(try reply.number(3)), lastPrice: Price(try reply.number(4)),
                lastQuantity: Quantity(try reply.number(5)))
        case "duplicate":
            self = .duplicate(try reply.order(2, id), sequence: try reply.number(1))
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
                fills: Int(try reply.number(5)), lastPrice: Price(try reply.number(6)),
                lastQuantity: Quantity(try reply.number(7)))
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

extension ExpireReply {
    init(_ reply: ReplyReader) throws(RedisFailure) {
        switch reply.word {
        case "ok": self = .done(sequence: try reply.number(1), count: try reply.number(2))
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
