// A reply of the matching engine, element by element.

import Base
import Trading

/// A reply's parts, in order. Wrong ones mean another library under our name, or damage.
struct ReplyReader {
    let word: String
    /// Of the calls that were answered busy before this one: each did a part of the work.
    let busySequences: [Int64]
    private let elements: [RedisReply]

    init(_ reply: RedisReply, after busySequences: [Int64] = []) throws(RedisFailure) {
        guard let elements = reply.elements, let word = elements.first?.text else {
            throw .unexpected("\(reply)")
        }
        self.elements = elements
        self.word = word
        self.busySequences = busySequences
    }

    var count: Int { elements.count }

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

    /// How many, the last one's price and quantity, and whether more befell the order after them.
    func trades(from index: Int) throws(RedisFailure) -> CallTrades {
        CallTrades(
            count: Int(try number(index)), lastPrice: Price(try number(index + 1)),
            lastQuantity: Quantity(try number(index + 2)),
            moreHappened: count > index + 3 ? try number(index + 3) == 1 : false)
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

    func throttle(_ index: Int, _ key: String) throws(RedisFailure) -> Throttle {
        let record = try bytes(index)
        do throws(RecordError) {
            return try Throttle(key: key, record: record[...])
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
