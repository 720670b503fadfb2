// What a verification that found nothing wrong has come to, kept in a file: a later one begins there,
// where the stream has been cut since.
//
// Layout: a head, the sequence, the SHA-256 of that event's entry; then items, `<B kind> s1 name
// <I4 length> bytes`; then the SHA-256 of all before it, so that a damaged file is known.

import Base
import Trading
import Wire

package struct Checkpoint: Sendable {
    package let sequence: Int64
    package let bytes: [UInt8]
    private let entryDigest: [UInt8]

    private static let head = Array("OES checkpoint 1\n".utf8)

    private enum Kind: UInt8 {
        case family = 1
        case order, account, position, instrument, record, number
    }

    // MARK: Making one

    init(_ fold: Fold, listLengths: [String: Int64], entry: [UInt8]) {
        sequence = fold.sequence
        entryDigest = SHA256.hash(entry)
        var writer = ByteWriter(capacity: 65_536)
        writer.raw(Checkpoint.head)
        writer.int64(fold.sequence)
        writer.raw(entryDigest)
        func put(_ kind: Kind, _ name: String, _ bytes: [UInt8]) {
            writer.byte(kind.rawValue)
            writer.string(name)
            writer.uint32(UInt32(bytes.count))
            writer.raw(bytes)
        }
        for (name, family) in fold.families {
            put(.family, name, Array(family.children.joined(separator: ",").utf8))
        }
        for (id, held) in fold.orders { put(.order, id, held.record) }
        for (id, held) in fold.accounts { put(.account, id, held.record) }
        for (key, held) in fold.positions { put(.position, key, held.record) }
        for (symbol, held) in fold.instruments { put(.instrument, symbol, held.record) }
        for (hash, records) in fold.records {
            for (name, record) in records { put(.record, "\(hash) \(name)", record) }
        }
        for (name, value) in Checkpoint.numbers(of: fold, listLengths) {
            put(.number, name, Array("\(value)".utf8))
        }
        writer.raw(SHA256.hash(writer.bytes))
        bytes = writer.bytes
    }

    private static func numbers(
        of fold: Fold, _ listLengths: [String: Int64]
    ) -> [(String, Int128)] {
        var all: [(String, Int128)] = [
            ("orders", Int128(fold.orderCount)), ("families", Int128(fold.familyCount)),
            ("complete", fold.isComplete ? 1 : 0),
        ]
        for (name, values) in [
            ("balance", fold.balances), ("paid", fold.paidIn), ("fees", fold.fees),
            ("adjusted", fold.adjusted),
        ] { all += values.map { ("\(name) \($0.key)", $0.value) } }
        all += fold.busted.map { ("busted \($0.key)", Int128($0.value)) }
        all += listLengths.map { ("list \($0.key)", Int128($0.value)) }
        return all
    }

    // MARK: Reading one

    /// Throws where it isn't whole, or of another kind.
    package init(bytes: [UInt8]) throws(RecordError) {
        let head = Checkpoint.head.count
        guard bytes.count > head + 8 + 32 + 32, Array(bytes.prefix(head)) == Checkpoint.head else {
            throw RecordError(what: "it is no checkpoint of this version")
        }
        guard SHA256.hash(bytes.dropLast(32)) == Array(bytes.suffix(32)) else {
            throw RecordError(what: "it is damaged")
        }
        var reader = ByteReader(bytes[head...])
        sequence = try reader.int64()
        entryDigest = Array(try reader.take(32))
        self.bytes = bytes
    }

    /// Whether it was made at the event with this entry.
    func isMade(at entry: [UInt8]) -> Bool { SHA256.hash(entry) == entryDigest }

    /// Gives the lists' lengths.
    func restore(into fold: Fold) throws(RecordError) -> [String: Int64] {
        var reader = ByteReader(
            bytes[(Checkpoint.head.count + 40)..<(bytes.count - 32)])
        var lengths: [String: Int64] = [:]
        while !reader.isAtEnd {
            guard let kind = Kind(rawValue: try reader.byte()) else {
                throw RecordError(what: "an unknown kind of item")
            }
            let name = try reader.string()
            let record = Array(try reader.take(Int(try reader.uint32())))
            switch kind {
            case .family:
                let keys = String(decoding: record, as: UTF8.self).split(separator: ",")
                fold.families[name] = Family(children: keys.map(String.init), openMembers: 0)
            case .number: try take(name, record, fold, &lengths)
            case .order, .account, .position, .instrument, .record:
                try take(kind, name, record, fold)
            }
        }
        fold.sequence = sequence
        // They were compared with these sums when it was made.
        for place in fold.books.keys where place.book == .lit {
            fold.levels[place] = fold.levelSums(place)
        }
        return lengths
    }

    private func take(
        _ kind: Kind, _ name: String, _ record: [UInt8], _ fold: Fold
    ) throws(RecordError) {
        switch kind {
        case .order:
            let order = try Order(id: OrderID(name), record: record[...])
            fold.setOrder(Held(value: order, record: record), before: nil)
        case .account:
            fold.accounts[name] = Held(
                value: try Account(id: name, record: record[...]), record: record)
        case .position:
            fold.positions[name] = Held(
                value: try Position(key: name, record: record[...]), record: record)
        case .instrument:
            fold.instruments[name] = Held(
                value: try Instrument(symbol: name, record: record[...]), record: record)
        case .record:
            let parts = name.split(separator: " ", maxSplits: 1).map(String.init)
            if parts.count == 2 { fold.records[parts[0], default: [:]][parts[1]] = record }
        case .family, .number: break
        }
    }

    private func take(
        _ name: String, _ record: [UInt8], _ fold: Fold, _ lengths: inout [String: Int64]
    ) throws(RecordError) {
        guard let value = Int128(String(decoding: record, as: UTF8.self)) else {
            throw RecordError(what: "\(name) is no number")
        }
        let parts = name.split(separator: " ", maxSplits: 1).map(String.init)
        let key = parts.count == 2 ? parts[1] : ""
        switch parts[0] {
        case "orders": fold.orderCount = Int64(value)
        case "families": fold.familyCount = Int64(value)
        case "complete": fold.isComplete = value == 1
        case "balance": fold.balances[key] = value
        case "paid": fold.paidIn[key] = value
        case "fees": fold.fees[key] = value
        case "adjusted": fold.adjusted[key] = value
        case "busted": fold.busted[key] = Int64(value)
        case "list": lengths[key] = Int64(value)
        default: break
        }
    }
}
