// The projector's lists against the stream: every item that an event puts into a list must stand there
// at its place, and no list may be longer. The items are made here from the events' bytes, not by
// the projector's code; only an order's executions are those of Trading/ExecutionSteps.
//
// Events that the lists don't hold yet wait: `P:projected` says how far they have come.

import Base
import Store
import Trading

final class ListCheck {
    private struct Item {
        let sequence: Int64
        let list: String
        let bytes: [UInt8]
        /// Of an execution in its account's list: its order.
        var orderID = ""
    }

    /// Verified items by list: the next one's place.
    var lengths: [String: Int64] = [:]
    private let reader: StateReader
    private let findings: Findings
    private var pending: ArraySlice<Item> = []
    private var cursor: Int64 = 0
    private var isSkipped = false
    /// From then on only what the page that is compared knew as listed is looked at.
    private var isFinishing = false
    /// Bytes of an order's places: the newest 1,001.
    private static let mostPlaces = 4 * 1_001

    init(_ reader: StateReader, _ findings: Findings) {
        self.reader = reader
        self.findings = findings
    }

    func begin(after sequence: Int64) { cursor = sequence }

    func skip(_ why: String) {
        isSkipped = true
        findings.note(.lists, why)
    }

    /// As they will be once all events that were folded are listed.
    var lengthsOfAll: [String: Int64] {
        var all = lengths
        for item in pending { all[item.list, default: 0] += 1 }
        return all
    }

    // MARK: What an event puts into lists

    func note(_ entry: StreamEntry) {
        guard !isSkipped else { return }
        let event = entry.event
        var ledgerIndex: UInt32 = 0
        for (change, payload) in zip(event.changes, entry.payloads) {
            switch change {
            case .order(let order, let cause) where cause == .accepted || cause == .rejected:
                let id = Array(order.id.text.utf8)
                add(event, "list:orders", id)
                add(event, "list:orders:\(order.account)", id)
                if cause == .rejected { add(event, "list:rejected", id) }
            case .trade(let trade):
                let item = head(event) + payload
                add(event, "list:trades", item)
                add(event, "list:trades:\(trade.symbol)", item)
            case .ledger(let line):
                var writer = ByteWriter()
                writer.int64(event.sequence)
                writer.uint32(ledgerIndex)
                writer.int64(event.time)
                writer.raw(payload)
                ledgerIndex += 1
                add(event, "list:ledger:\(line.account)", writer.bytes)
            case .audit: add(event, "list:audit", head(event) + payload)
            default: break
            }
        }
        for execution in event.executions {
            let item = execution.listItem
            add(event, "list:executions", item)
            add(event, "list:executions:\(execution.account)", item, execution.orderID.text)
        }
    }

    private func head(_ event: Event) -> [UInt8] {
        var writer = ByteWriter()
        writer.int64(event.sequence)
        writer.int64(event.time)
        return writer.bytes
    }

    private func add(
        _ event: Event, _ list: String, _ bytes: [UInt8], _ orderID: String = ""
    ) {
        pending.append(
            Item(sequence: event.sequence, list: list, bytes: bytes, orderID: orderID))
    }

    // MARK: Comparing

    /// Compares what has been listed by now.
    func work() throws(VerifyFailure) {
        guard !isSkipped, !isFinishing, !pending.isEmpty else { return }
        try work(upTo: try reader.call(["GET", reader.keys.projected]).int64 ?? 0)
    }

    private func work(upTo projected: Int64) throws(VerifyFailure) {
        cursor = max(cursor, projected)
        let due = pending.prefix { $0.sequence <= projected }
        pending = pending.dropFirst(due.count)
        var byList: [String: [Item]] = [:]
        for item in due { byList[item.list, default: []].append(item) }
        var places: [(orderID: String, place: Int64)] = []
        let names = byList.keys.sorted()
        for start in stride(from: 0, to: names.count, by: 64) {
            let page = names[start..<min(start + 64, names.count)]
            let replies = try reader.all(
                page.map { name in
                    let from = lengths[name] ?? 0
                    let to = from + Int64(byList[name]?.count ?? 0) - 1
                    return ["LRANGE", reader.key(name), "\(from)", "\(to)"]
                })
            for (name, reply) in zip(page, replies) {
                places += compare(name, byList[name] ?? [], reply.elements ?? [])
            }
        }
        try comparePlaces(places)
    }

    private func compare(
        _ name: String, _ items: [Item], _ stored: [RedisReply]
    ) -> [(orderID: String, place: Int64)] {
        var place = lengths[name] ?? 0
        var places: [(orderID: String, place: Int64)] = []
        for (index, item) in items.enumerated() {
            let found = index < stored.count ? stored[index].bytes : nil
            findings.expect(
                .lists, found == item.bytes,
                "\(name)[\(place)] \(found == nil ? "is missing" : "isn't what it should be"): "
                    + "event \(item.sequence)")
            if !item.orderID.isEmpty { places.append((item.orderID, place)) }
            place += 1
        }
        lengths[name] = place
        return places
    }

    /// `P:history` must lead from an order to its executions.
    private func comparePlaces(
        _ places: [(orderID: String, place: Int64)]
    ) throws(VerifyFailure) {
        for start in stride(from: 0, to: places.count, by: StateReader.pageSize) {
            let page = places[start..<min(start + StateReader.pageSize, places.count)]
            let reply = try reader.call(
                ["HMGET", reader.keys.history] + page.map(\.orderID))
            for (wanted, record) in zip(page, reply.elements ?? []) {
                findings.expect(
                    .lists, Self.has(wanted.place, record.bytes ?? []),
                    "history \(wanted.orderID) doesn't lead to its execution at \(wanted.place)")
            }
        }
    }

    private static func has(_ place: Int64, _ record: [UInt8]) -> Bool {
        var reader = ByteReader(record[...])
        var first: Int64?
        while !reader.isAtEnd {
            guard let found = try? reader.uint32() else { return false }
            if Int64(found) == place { return true }
            first = first ?? Int64(found)
        }
        // It was one of the oldest of an order with very many.
        return record.count == mostPlaces && place < first ?? 0
    }

    /// The lists' lengths, each page in a moment of its own.
    func finish(
        _ advance: (Int64) throws(VerifyFailure) -> Void
    ) throws(VerifyFailure) {
        guard !isSkipped else { return }
        isFinishing = true
        let names = lengthsOfAll.keys.sorted()
        for start in stride(from: 0, to: max(names.count, 1), by: StateReader.pageSize) {
            let page = names[start..<min(start + StateReader.pageSize, names.count)]
            let exact = try reader.exact(
                [["GET", reader.keys.projected]] + page.map { ["LLEN", reader.key($0)] })
            try advance(exact.sequence)
            try work(upTo: exact.replies[0].int64 ?? 0)
            for (name, reply) in zip(page, exact.replies.dropFirst()) {
                let (length, expected) = (reply.int64 ?? 0, lengths[name] ?? 0)
                findings.expect(
                    .lists, length == expected,
                    "\(name) has \(length) items, the events made \(expected)")
            }
        }
        if let next = pending.first {
            findings.note(
                .lists, "they end before event \(next.sequence): a host goes on with them")
        }
    }
}
