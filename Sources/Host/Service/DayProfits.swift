// What has become of accounts' equity since the UTC day began, kept up to date cheaply: an account's
// ledger is gone through once, later only its new lines; what its shares were worth when the day began
// is looked up once a day; what they are worth now the picture knows.
//
// It is the statement's figure (Statement.swift): cash and shares both come from the ledger, so that
// money paid out is never taken for a loss, however far the picture is ahead of the lists.

import Base
import Store
import Trading

/// One account's ledger, summed up to a line.
private struct DayLedger {
    struct Holdings {
        var balance = Money.zero
        var shares: [String: Int64] = [:]

        mutating func add(_ entry: LedgerEntry) {
            balance = entry.balanceAfter
            let moved = entry.quantity.raw
            if moved != 0 { shares[entry.symbol, default: 0] += moved }
        }
    }

    let day: Int64
    private(set) var lineCount = 0
    private(set) var opening = Holdings()
    private(set) var now = Holdings()
    /// Paid in less paid out, in the day.
    private(set) var paid: Int64 = 0
    /// Shares that adjustments brought or took, in the day.
    private(set) var adjusted: [String: Int64] = [:]
    /// nil until they are looked up; without the symbols that had never traded.
    var openingPrices: [String: Price]?

    var end: Int64 { day + Statement.dayMicros }

    init(day: Int64) { self.day = day }

    /// The next day, or a later one: it begins with what this one came to.
    init(day: Int64, after last: DayLedger) {
        self.day = day
        lineCount = last.lineCount
        opening = last.now
        now = last.now
    }

    mutating func add(_ line: LedgerLine) {
        lineCount += 1
        now.add(line.entry)
        guard line.time >= day else {
            opening.add(line.entry)
            openingPrices = nil
            return
        }
        guard [.deposit, .withdrawal, .adjustment].contains(line.entry.kind) else { return }
        paid += line.entry.amount.raw
        let moved = line.entry.quantity.raw
        if line.entry.kind == .adjustment, moved != 0 {
            adjusted[line.entry.symbol, default: 0] += moved
        }
    }
}

package final class DayProfits {
    private let history: History
    private let picture: Picture
    private var ledgers: [String: DayLedger] = [:]

    package init(history: History, picture: Picture) {
        self.history = history
        self.picture = picture
    }

    /// The day that counts now. Another begins a little late: by then all that happened before is in
    /// the lists, also where this host's clock is ahead of Redis's.
    private var today: Int64 {
        let time = Clock.wallMicros() - Limits.clockSkewMicros
        return time - time % Statement.dayMicros
    }

    /// By the ledger as it was read last and the present prices; nil where it wasn't today.
    package func lastKnown(of account: String) -> Money? {
        guard let ledger = ledgers[account], ledger.day == today,
            let prices = ledger.openingPrices
        else { return nil }
        let last = { [picture] in picture.market(of: $0).last }
        let gain =
            Int128(ledger.now.balance.raw) - Int128(ledger.opening.balance.raw)
            + value(ledger.now.shares, last) - value(ledger.opening.shares) { prices[$0] }
        let profit = gain - Int128(ledger.paid) - value(ledger.adjusted, last)
        return Money(Int64(clamping: profit))
    }

    private func value(_ shares: [String: Int64], _ price: (String) -> Price?) -> Int128 {
        shares.reduce(0) { sum, entry in
            guard let price = price(entry.key),
                let value = picture.instruments[entry.key]?.value(Quantity(entry.value), at: price)
            else { return sum }
            return sum + Int128(value.raw)
        }
    }

    /// With all that the ledger has up to an event; nil where it is too long to be gone through.
    package func find(
        of account: String, upTo sequence: Int64,
        _ completion: @escaping (Result<Money?, Rejection>) -> Void
    ) {
        history.whenListed(upTo: sequence, completion) { [self] in
            let reader = history.ledgerReader(account)
            reader.length { [self] result in
                switch result {
                case .failure(let rejection): completion(.failure(rejection))
                case .success(let count):
                    read(account, reader, ledger(of: account), count, completion)
                }
            }
        }
    }

    private func ledger(of account: String) -> DayLedger {
        let day = today
        guard let known = ledgers[account] else { return DayLedger(day: day) }
        return known.day == day ? known : DayLedger(day: day, after: known)
    }

    private func read(
        _ account: String, _ reader: ListReader<LedgerLine>, _ ledger: DayLedger, _ count: Int,
        _ completion: @escaping (Result<Money?, Rejection>) -> Void
    ) {
        let from = ledger.lineCount
        guard count - from <= Limits.statementLines else { return completion(.success(nil)) }
        let step = from..<min(from + Limits.itemsPerScanStep, max(count, from))
        guard !step.isEmpty else { return price(account, ledger, completion) }
        reader.read(step) { [self] result in
            switch result {
            case .failure(let rejection): completion(.failure(rejection))
            case .success(let lines):
                var ledger = ledger
                for line in lines {
                    guard let line, line.time < ledger.end else {
                        return price(account, ledger, completion)
                    }
                    ledger.add(line)
                }
                read(account, reader, ledger, count, completion)
            }
        }
    }

    /// What the shares were worth when the day began.
    private func price(
        _ account: String, _ ledger: DayLedger,
        _ completion: @escaping (Result<Money?, Rejection>) -> Void
    ) {
        if ledger.openingPrices != nil { return keep(account, ledger, completion) }
        let symbols = ledger.opening.shares.filter { $0.value != 0 }.keys.sorted()
        price(symbols[...], at: ledger.day, [:]) { [self] result in
            switch result {
            case .failure(let rejection): completion(.failure(rejection))
            case .success(let prices):
                var ledger = ledger
                ledger.openingPrices = prices
                keep(account, ledger, completion)
            }
        }
    }

    private func price(
        _ symbols: ArraySlice<String>, at day: Int64, _ found: [String: Price],
        _ completion: @escaping (Result<[String: Price], Rejection>) -> Void
    ) {
        guard let symbol = symbols.first else { return completion(.success(found)) }
        history.lastPrice(symbol, before: day) { [self] result in
            switch result {
            case .failure(let rejection): completion(.failure(rejection))
            case .success(let price):
                var found = found
                found[symbol] = price
                self.price(symbols.dropFirst(), at: day, found, completion)
            }
        }
    }

    /// Of two that read at once the one that has come further counts.
    private func keep(
        _ account: String, _ ledger: DayLedger,
        _ completion: @escaping (Result<Money?, Rejection>) -> Void
    ) {
        let known = ledgers[account]
        if known.map({ ($0.day, $0.lineCount) <= (ledger.day, ledger.lineCount) }) ?? true {
            ledgers[account] = ledger
        }
        completion(.success(lastKnown(of: account)))
    }
}
