// Redis's records and sorted sets against what the events say of the very moment at which each page
// was read.
//
// A hash or set is compared from the events' side, page by page, and its length with the number that
// should be there; only where something is wrong is it gone through for what shouldn't be in it.

import Base
import Store
import Trading

/// Where a hash's records come from, and how a difference reads.
struct HashSource {
    let invariant: Invariant
    /// Without the shard's prefix.
    let name: String
    let expected: (String) -> [UInt8]?
    let names: () -> [String]
    /// nil where it isn't known.
    let count: () -> Int64?
    /// What is unlike, in words; and a place to note what it means for the sums.
    var explain: (_ name: String, _ stored: [UInt8], _ expected: [UInt8]) -> String? = {
        _, _, _ in nil
    }
}

extension Verification {
    func compare(_ source: HashSource) throws(VerifyFailure) {
        var isRight = true
        let key = reader.key(source.name)
        for page in pages(of: source.names()) {
            let exact = try reader.exact([["HMGET", key] + page])
            try advance(to: exact.sequence)
            for (name, reply) in zip(page, exact.replies[0].elements ?? []) {
                let text = difference(source, name, reply.bytes)
                findings.expect(source.invariant, text == nil, text ?? "")
                if text != nil { isRight = false }
            }
        }
        let exact = try reader.exact([["HLEN", key]])
        try advance(to: exact.sequence)
        let length = exact.replies[0].int64 ?? 0
        let expected = source.count() ?? length
        if length == expected, isRight { return }
        let found = try nameStrangers(source)
        if length != expected, found == 0, isRight {
            findings.wrong(
                source.invariant, "\(source.name) has \(length) fields, the events made \(expected)"
            )
        }
    }

    /// nil where the stored record is the expected one.
    private func difference(_ source: HashSource, _ name: String, _ stored: [UInt8]?) -> String? {
        let expected = source.expected(name)
        if stored == expected { return nil }
        guard let stored else { return "\(source.name) \(name) is missing" }
        guard let expected else { return "\(source.name) \(name) should be gone" }
        let what = source.explain(name, stored, expected) ?? "its bytes differ"
        return "\(source.name) \(name): \(what)"
    }

    /// Fields that no event made. How many were found.
    private func nameStrangers(_ source: HashSource) throws(VerifyFailure) -> Int {
        var found = 0
        try reader.scan("HSCAN", reader.key(source.name)) {
            sequence, items throws(VerifyFailure) in
            try advance(to: sequence)
            for (name, _) in items {
                guard try isStranger(name, source) else { continue }
                found += 1
                findings.wrong(
                    source.invariant, "\(source.name) has \(name), which no event made")
            }
        }
        return found
    }

    /// Orders that ended long ago aren't kept in memory: their own event tells.
    private func isStranger(
        _ name: String, _ source: HashSource
    ) throws(VerifyFailure) -> Bool {
        if source.expected(name) != nil { return false }
        guard source.name == "orders" || source.name == "children" else { return true }
        guard let record = try reader.call(["HGET", reader.keys.orders, name]).bytes,
            let order = try? Order(id: OrderID(name), record: record[...])
        else { return true }
        if source.name == "children" { return !order.hasChildren }
        if order.acceptedSequence <= firstKnown { return false }
        let entry = try reader.entries(after: order.acceptedSequence - 1, limit: 1).first
        guard let entry, entry.sequence == order.acceptedSequence,
            let event = try? StreamEntry(sequence: entry.sequence, bytes: entry.bytes).event
        else { return true }
        return !event.changes.contains {
            if case .order(let made, _) = $0 { made.id.text == name } else { false }
        }
    }

    // MARK: Sorted sets

    /// All sets of a symbol. First their sizes, in one moment; then the members of each.
    func compareSets(of symbol: String) throws(VerifyFailure) {
        let reduce = fold.positions.values.filter { $0.value.symbol == symbol }
            .map { "reduce:\($0.value.account):\(symbol)" }.sorted()
        for page in pages(of: Indexes.names(of: symbol) + reduce) {
            let exact = try reader.exact(page.map { ["ZCARD", reader.key($0)] })
            try advance(to: exact.sequence)
            let expected = indexes(of: symbol)
            for (name, reply) in zip(page, exact.replies) {
                let members = expected.sets[name] ?? [:]
                let isRight = reply.int64 == Int64(members.count)
                if members.isEmpty {
                    findings.expect(
                        invariant(of: name), isRight,
                        "\(name) has \(reply.int64 ?? 0) members, none belongs there")
                    continue
                }
                try compare(set: name, of: symbol, Array(members.keys.sorted()))
                if !isRight { try nameStrangers(set: name, of: symbol) }
            }
        }
        try comparePegs(of: symbol)
    }

    private func invariant(of set: String) -> Invariant {
        set.hasPrefix("book:") || set.hasPrefix("dark:") ? .books : .waiting
    }

    private func compare(
        set name: String, of symbol: String, _ members: [String]
    ) throws(VerifyFailure) {
        for page in pages(of: members) {
            let exact = try reader.exact([["ZMSCORE", reader.key(name)] + page])
            try advance(to: exact.sequence)
            let expected = indexes(of: symbol).sets[name] ?? [:]
            for (member, reply) in zip(page, exact.replies[0].elements ?? []) {
                let (stored, score) = (reply.score, expected[member])
                findings.expect(
                    invariant(of: name), stored == score,
                    "\(name): \(member) has the score "
                        + "\(stored.map(String.init) ?? "none"), its order says "
                        + (score.map(String.init) ?? "none"))
            }
        }
    }

    private func nameStrangers(
        set name: String, of symbol: String
    ) throws(VerifyFailure) {
        try reader.scan("ZSCAN", reader.key(name)) { sequence, items throws(VerifyFailure) in
            try advance(to: sequence)
            let expected = indexes(of: symbol).sets[name] ?? [:]
            for (member, _) in items where expected[member] == nil {
                findings.wrong(
                    invariant(of: name), "\(name) has \(member), no order stands there")
            }
        }
    }

    /// Every pegged order that rests is repriced; nothing else is, but one that will rest.
    private func comparePegs(of symbol: String) throws(VerifyFailure) {
        let key = reader.key("pegs:\(symbol)")
        let exact = try reader.exact([["ZRANGE", key, "0", "-1", "WITHSCORES"]])
        try advance(to: exact.sequence)
        var expected = indexes(of: symbol).pegged
        let flat = exact.replies[0].elements ?? []
        for index in stride(from: 0, to: flat.count - 1, by: 2) {
            let id = flat[index].text ?? ""
            let accepted = fold.orders[id]?.value.acceptedSequence
            findings.expect(
                .waiting,
                expected.removeValue(forKey: id) != nil
                    && flat[index + 1].score == accepted,
                "pegs:\(symbol) has \(id), which isn't pegged there")
        }
        for (id, isResting) in expected where isResting {
            findings.wrong(.waiting, "pegs:\(symbol) lacks \(id)")
        }
    }

    // MARK: Levels

    func compareLevels(of symbol: String) throws(VerifyFailure) {
        for side in [Side.buy, .sell] {
            let place = BookPlace(symbol: symbol, book: .lit, side: side)
            let name = "levels:\(symbol):\(side == .buy ? "b" : "s")"
            try compare(
                HashSource(
                    invariant: .levels, name: name,
                    expected: { [self] price in Int64(price).flatMap { levelSum(place, $0) } },
                    names: { [self] in (fold.books[place]?.prices ?? []).map { "\($0)" } },
                    count: { [self] in Int64(fold.books[place]?.prices.count ?? 0) },
                    explain: { _, stored, expected in
                        "\(levelText(stored)), its orders are \(levelText(expected))"
                    }))
        }
    }

    private func levelSum(_ place: BookPlace, _ price: Int64) -> [UInt8]? {
        guard let standings = fold.books[place]?.levels[price] else { return nil }
        var writer = ByteWriter(capacity: 16)
        writer.int64(
            standings.reduce(0) { $0 + (fold.orders[$1.id]?.value.shown.raw ?? 0) })
        writer.int64(Int64(standings.count))
        return writer.bytes
    }

    // MARK: Parts

    func pages(of names: [String]) -> [[String]] {
        stride(from: 0, to: names.count, by: StateReader.pageSize).map {
            Array(names[$0..<min($0 + StateReader.pageSize, names.count)])
        }
    }
}
