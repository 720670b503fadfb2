// Which hashes are compared with what, and what a wrong record means for the sums.

import Base
import Store
import Trading

extension Verification {
    func compareRecords() throws(VerifyFailure) {
        try compare(
            HashSource(
                invariant: .accountRecords, name: "accounts",
                expected: { [fold] in fold.accounts[$0]?.record },
                names: { [fold] in fold.accounts.keys.sorted() },
                count: { [fold] in Int64(fold.accounts.count) },
                explain: { [self] in explainAccount($0, $1, $2) }))
        try compare(
            HashSource(
                invariant: .positionRecords, name: "positions",
                expected: { [fold] in fold.positions[$0]?.record },
                names: { [fold] in fold.positions.keys.sorted() },
                count: { [fold] in Int64(fold.positions.count) },
                explain: { [self] in explainPosition($0, $1, $2) }))
        try compare(
            HashSource(
                invariant: .otherRecords, name: "instruments",
                expected: { [fold] in fold.instruments[$0]?.record },
                names: { [fold] in fold.instruments.keys.sorted() },
                count: { [fold] in Int64(fold.instruments.count) },
                explain: { name, stored, expected in
                    guard let here = try? Instrument(symbol: name, record: stored[...]),
                        let there = try? Instrument(symbol: name, record: expected[...])
                    else { return "it can't be read" }
                    return FieldDifferences.text(here, there)
                }))
        for name in fold.records.keys.sorted() {
            try compare(
                HashSource(
                    invariant: .otherRecords, name: name,
                    expected: { [fold] in fold.records[name]?[$0] },
                    names: { [fold] in (fold.records[name] ?? [:]).keys.sorted() },
                    count: { [fold] in Int64(fold.records[name]?.count ?? 0) }))
        }
        try compareNumbers()
    }

    private func explainAccount(
        _ id: String, _ stored: [UInt8], _ expected: [UInt8]
    ) -> String? {
        guard let here = try? Account(id: id, record: stored[...]),
            let there = try? Account(id: id, record: expected[...])
        else { return "it can't be read" }
        if here.balance != there.balance {
            deviation.cash[there.currency, default: 0] += Int128((here.balance - there.balance).raw)
            findings.wrong(
                .ledger,
                "account \(id) has \(here.balance.raw), its ledger sums to \(there.balance.raw)")
        }
        if MoneyTotals(here) != MoneyTotals(there) {
            findings.wrong(
                .totals,
                "account \(id) says \(MoneyTotals(here).numbers), its orders and positions are "
                    + "\(MoneyTotals(there).numbers)")
        }
        if here.held != there.held {
            findings.wrong(
                .cashHolds,
                "account \(id) holds \(here.held.raw), its open orders need \(there.held.raw)")
        }
        return FieldDifferences.text(here, there)
    }

    private func explainPosition(
        _ key: String, _ stored: [UInt8], _ expected: [UInt8]
    ) -> String? {
        guard let here = try? Position(key: key, record: stored[...]),
            let there = try? Position(key: key, record: expected[...])
        else { return "it can't be read" }
        if here.quantity != there.quantity {
            deviation.shares[there.symbol, default: 0] += Int128(
                (here.quantity - there.quantity).raw)
        }
        if here.held != there.held || here.openBuy != there.openBuy
            || here.reduceOnlyCount != there.reduceOnlyCount
        {
            findings.wrong(
                .shareHolds,
                "position \(key) holds \(here.held.raw) and expects \(here.openBuy.raw), its open "
                    + "orders need \(there.held.raw) and \(there.openBuy.raw)")
        }
        return FieldDifferences.text(here, there)
    }

    /// Fees by currency, and trades that were taken back.
    private func compareNumbers() throws(VerifyFailure) {
        let exact = try reader.exact([
            ["HGETALL", reader.key("fees")], ["HLEN", reader.keys.busted],
        ])
        try advance(to: exact.sequence)
        let flat = exact.replies[0].elements ?? []
        var stored: [String: Int128] = [:]
        for index in stride(from: 0, to: flat.count - 1, by: 2) {
            stored[flat[index].text ?? ""] = flat[index + 1].int64.map { Int128($0) }
        }
        guard fold.isComplete else { return }
        for currency in Set(stored.keys).union(fold.fees.keys).sorted() {
            let (has, told) = (stored[currency] ?? 0, fold.fees[currency] ?? 0)
            findings.expect(
                .cash, has == told,
                "fees in \(currency) are \(has), the trades' are \(told)")
        }
        try compare(
            HashSource(
                invariant: .otherRecords, name: "busted",
                expected: { [fold] in fold.busted[$0].map { Array("\($0)".utf8) } },
                names: { [fold] in fold.busted.keys.sorted() },
                count: { [fold] in Int64(fold.busted.count) },
                explain: { _, stored, expected in
                    "it was taken back by \(String(decoding: stored, as: UTF8.self)), not "
                        + String(decoding: expected, as: UTF8.self)
                }))
    }

    func compareOrders() throws(VerifyFailure) {
        try compare(
            HashSource(
                invariant: .orderRecords, name: "orders",
                expected: { [fold] in fold.orders[$0]?.record },
                names: { [fold] in fold.openBySymbol.values.flatMap(\.self).sorted() },
                count: { [fold] in fold.isComplete ? fold.orderCount : nil },
                explain: { [self] id, stored, expected in
                    orderDifference(id, stored, expected).map {
                        String($0.dropFirst("orders \(id): ".count))
                    }
                }))
        try flushEnded()
    }

    func compareBooks() throws(VerifyFailure) {
        for symbol in fold.instruments.keys.sorted() {
            try compareSets(of: symbol)
            try compareLevels(of: symbol)
        }
    }

    // MARK: Families

    func compareFamilies() throws(VerifyFailure) {
        try compare(
            HashSource(
                invariant: .families, name: "children",
                expected: { [fold] in
                    fold.families[$0].map { Array($0.children.joined(separator: ",").utf8) }
                },
                names: { [fold] in fold.families.keys.sorted() },
                count: { [fold] in fold.isComplete ? fold.familyCount : nil },
                explain: { _, stored, expected in
                    "it is \(String(decoding: stored, as: UTF8.self)), the events say "
                        + String(decoding: expected, as: UTF8.self)
                }))
        try compareOwners("HSCAN", "guards", "guards are kept of") { $0.isJudgedLater }
        try compareOwners("HSCAN", "states", "a state is kept of") { $0.isContainer }
        try compareOwners("ZSCAN", "timers", "a timer is kept of") { $0.isContainer }
        let exact = try reader.exact([["HLEN", reader.key("states")]])
        try advance(to: exact.sequence)
        let containers = fold.orders.values.count {
            $0.value.isContainer && $0.value.status.isOpen
        }
        findings.expect(
            .families, exact.replies[0].int64 == Int64(containers),
            "\(exact.replies[0].int64 ?? 0) states are kept, \(containers) containers are open")
    }

    private func compareOwners(
        _ command: String, _ name: String, _ text: String, _ belongs: (Order) -> Bool
    ) throws(VerifyFailure) {
        try reader.scan(command, reader.key(name)) { sequence, items throws(VerifyFailure) in
            try advance(to: sequence)
            for (id, _) in items {
                let order = fold.orders[id]?.value
                findings.expect(
                    .families, order.map { $0.status.isOpen && belongs($0) } ?? false,
                    "\(text) \(id), which has no need of it")
            }
        }
    }

    // MARK: Where the stream doesn't reach back

    /// Takes what Redis has and no event of the stream will tell as it is.
    func adoptState() throws(VerifyFailure) {
        for note: Invariant in [.orderRecords, .accountRecords, .positionRecords] {
            findings.note(
                note, "what no event since \(firstKnown) has changed was taken as it stands")
        }
        try adopt("instruments") { name, record throws(RecordError) in
            fold.instruments[name] = Held(
                value: try Instrument(symbol: name, record: record[...]), record: record)
        }
        try adopt("accounts") { name, record throws(RecordError) in
            let account = try Account(id: name, record: record[...])
            if account.lastSequence > firstKnown { return }
            fold.accounts[name] = Held(value: account, record: record)
            fold.balances[name] = Int128(account.balance.raw)
        }
        try adopt("positions") { name, record throws(RecordError) in
            let position = try Position(key: name, record: record[...])
            if position.lastSequence > firstKnown { return }
            fold.positions[name] = Held(value: position, record: record)
        }
        try adopt("orders") { name, record throws(RecordError) in
            let order = try Order(id: OrderID(name), record: record[...])
            guard order.lastSequence <= firstKnown, order.status.isOpen else { return }
            fold.setOrder(Held(value: order, record: record), before: nil)
        }
        for hash in fold.records.keys {
            try adopt(hash) { name, record throws(RecordError) in
                fold.records[hash]?[name] = record
            }
        }
        for symbol in fold.instruments.keys {
            for side in [Side.buy, .sell] {
                let place = BookPlace(symbol: symbol, book: .lit, side: side)
                fold.levels[place] = nil
            }
        }
    }

    private func adopt(
        _ hash: String, _ take: (String, [UInt8]) throws(RecordError) -> Void
    ) throws(VerifyFailure) {
        try reader.scan("HSCAN", reader.key(hash)) { _, items throws(VerifyFailure) in
            for (name, value) in items {
                do throws(RecordError) {
                    try take(name, value.bytes ?? [])
                } catch {
                    throw .unusable("\(hash) \(name): \(error.what)")
                }
            }
        }
    }
}

extension Order {
    /// Who waits for a trigger or a turn, and who works with what its main order fills.
    fileprivate var isJudgedLater: Bool {
        status == .parked || status == .triggered || extra?.role == .after
    }
}
