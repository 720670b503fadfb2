// `oes verify`: folds the event stream, from its beginning or from the newest checkpoint, and compares
// what it says with what stands in Redis, while others go on trading.

import Base
import Store
import Trading

package final class Verification {
    /// Where the fold began.
    package enum Origin: Sendable, Equatable {
        case beginning
        case checkpoint(Int64)
        /// The stream was cut and there is no checkpoint: Redis's own older records are believed.
        case state(Int64)
    }

    /// Ended orders that are kept until they are compared, all at once.
    static let endedOrdersKept = 20_000

    package let findings = Findings()
    package private(set) var origin = Origin.beginning
    package private(set) var eventCount: Int64 = 0
    package var sequence: Int64 { fold.sequence }

    let reader: StateReader
    let fold: Fold
    let lists: ListCheck
    /// Events up to this one weren't read here.
    private(set) var firstKnown: Int64 = 0
    var deviation = Deviation()
    private var isComparing = false
    private var known: [String: (sequence: Int64, indexes: Indexes)] = [:]

    package init(_ redis: BlockingRedis, keys: Keys = .first) {
        reader = StateReader(redis, keys)
        fold = Fold(findings)
        lists = ListCheck(reader, findings)
        fold.onEvent = { [lists] entry in lists.note(entry) }
    }

    /// `checkpoints`: those that there are, the newest first.
    package func run(checkpoints: [Checkpoint] = []) throws(VerifyFailure) {
        let last = try reader.call(["GET", reader.keys.sequence]).int64 ?? 0
        try begin(checkpoints, last: last)
        try advance(to: last)
        try flushEnded()
        isComparing = true
        try compareRecords()
        try compareOrders()
        try compareBooks()
        try compareFamilies()
        try compareTotals()
        try lists.finish { sequence throws(VerifyFailure) in try advance(to: sequence) }
        fold.judgeHolds()
        fold.judgeTotals()
        fold.judgeSums(deviation: deviation)
        fold.judgeLevels()
        let end = try reader.call(["GET", reader.keys.sequence]).int64 ?? 0
        findings.expect(
            .sequence, end >= fold.sequence,
            "Redis counts \(end) events, the stream goes to \(fold.sequence)")
    }

    /// What a later verification can begin from, once this one has found nothing wrong.
    package func checkpoint() throws(VerifyFailure) -> Checkpoint {
        let entry = try reader.entries(after: fold.sequence - 1, limit: 1).first
        guard let entry, entry.sequence == fold.sequence else {
            throw .unusable("event \(fold.sequence) has left the stream meanwhile")
        }
        return Checkpoint(fold, listLengths: lists.lengthsOfAll, entry: entry.bytes)
    }

    /// From now on the stream is kept from there, as far as its limit allows.
    package func announce(_ checkpoint: Checkpoint) throws(VerifyFailure) {
        _ = try reader.call(["SET", reader.keys.checkpoint, "\(checkpoint.sequence)"])
    }

    // MARK: The stream

    private func begin(_ checkpoints: [Checkpoint], last: Int64) throws(VerifyFailure) {
        let first = try reader.firstSequence() ?? last + 1
        for checkpoint in checkpoints where checkpoint.sequence <= last {
            guard checkpoint.sequence + 1 >= first else { break }
            guard try isOfThisStream(checkpoint) else { continue }
            do throws(RecordError) {
                lists.lengths = try checkpoint.restore(into: fold)
            } catch {
                throw .unusable("the checkpoint can't be read: \(error.what)")
            }
            origin = .checkpoint(checkpoint.sequence)
            firstKnown = checkpoint.sequence
            lists.begin(after: checkpoint.sequence)
            return
        }
        if first == 1 { return }
        origin = .state(first - 1)
        firstKnown = first - 1
        fold.sequence = first - 1
        fold.isComplete = false
        lists.skip("the stream begins at \(first) and no checkpoint reaches it")
        try adoptState()
    }

    private func isOfThisStream(_ checkpoint: Checkpoint) throws(VerifyFailure) -> Bool {
        let entry = try reader.entries(after: checkpoint.sequence - 1, limit: 1).first
        guard let entry, entry.sequence == checkpoint.sequence else { return true }
        return checkpoint.isMade(at: entry.bytes)
    }

    /// Folds up to this event, in pages.
    func advance(to wanted: Int64) throws(VerifyFailure) {
        while fold.sequence < wanted {
            let limit = Int(min(Int64(Limits.streamBatch), wanted - fold.sequence))
            let entries = try reader.entries(after: fold.sequence, limit: limit)
            if entries.isEmpty {
                findings.wrong(
                    .sequence,
                    "the stream ends at \(fold.sequence), Redis has counted to \(wanted)")
                fold.sequence = wanted
                break
            }
            for entry in entries { take(entry.sequence, entry.bytes) }
            try lists.work()
            if !isComparing, fold.endedOrders.count > Verification.endedOrdersKept {
                try flushEnded()
            }
        }
    }

    private func take(_ sequence: Int64, _ bytes: [UInt8]) {
        eventCount += 1
        do throws(RecordError) {
            fold.apply(try StreamEntry(sequence: sequence, bytes: bytes))
        } catch {
            findings.wrong(.sequence, "event \(sequence) can't be read: \(error.what)")
            fold.sequence = sequence
        }
    }

    /// A symbol's sets as of the fold.
    func indexes(of symbol: String) -> Indexes {
        let now = fold.symbolSequence[symbol] ?? 0
        if let found = known[symbol], found.sequence == now { return found.indexes }
        let orders = (fold.openBySymbol[symbol] ?? []).lazy.compactMap {
            [fold] in fold.orders[$0]?.value
        }
        let indexes = Indexes(orders)
        known[symbol] = (now, indexes)
        return indexes
    }

    // MARK: Orders that have ended

    /// Compares them with their records, and forgets them. One that Redis has newer is kept until its
    /// later event has been folded.
    func flushEnded() throws(VerifyFailure) {
        let ids = fold.endedOrders
        fold.endedOrders = []
        for page in pages(of: ids) {
            let reply = try reader.call(["HMGET", reader.keys.orders] + page)
            for (id, record) in zip(page, reply.elements ?? []) {
                guard let held = fold.orders[id], !held.value.status.isOpen else { continue }
                if isLater(record.bytes, held.value) {
                    fold.endedOrders.append(id)
                    continue
                }
                let text = orderDifference(id, record.bytes, held.record)
                findings.expect(.orderRecords, text == nil, text ?? "")
                fold.orders[id] = nil
                try forgetFamily(of: held.value)
            }
        }
    }

    private func isLater(_ record: [UInt8]?, _ order: Order) -> Bool {
        guard let record, let stored = try? Order(id: order.id, record: record[...]) else {
            return false
        }
        return stored.lastSequence > max(order.lastSequence, fold.sequence)
    }

    /// Once all of it has ended its children are known for good.
    private func forgetFamily(of order: Order) throws(VerifyFailure) {
        let root = (order.parentID ?? order.id).text
        guard let family = fold.families[root], family.openMembers == 0 else { return }
        let stored = try reader.call(["HGET", reader.key("children"), root]).text
        let expected = family.children.joined(separator: ",")
        findings.expect(
            .families, stored == expected,
            "children of \(root) are \(stored ?? "none"), the events say \(expected)")
        fold.families[root] = nil
    }

    func orderDifference(_ id: String, _ stored: [UInt8]?, _ expected: [UInt8]) -> String? {
        if stored == expected { return nil }
        guard let stored else { return "orders \(id) is missing" }
        guard let here = try? Order(id: OrderID(id), record: stored[...]),
            let there = try? Order(id: OrderID(id), record: expected[...])
        else { return "orders \(id) can't be read" }
        if here.hold != there.hold {
            findings.wrong(
                here.side == .buy ? .cashHolds : .shareHolds,
                "order \(id) holds \(here.hold), it needs \(there.hold)")
        }
        if here.filled != there.filled || here.quantity != there.quantity {
            findings.wrong(
                .fills,
                "order \(id): filled \(here.filled.raw) of \(here.quantity.raw), its events say "
                    + "\(there.filled.raw) of \(there.quantity.raw)")
        }
        return "orders \(id): \(FieldDifferences.text(here, there) ?? "its bytes differ")"
    }
}
