// An account's statement of one UTC day, from the projector's lists alone: so that of a past day is the
// same whenever it is asked for, as far back as the account's first ledger line; the running day's is
// its profit so far.
//
// Everything before the day is summed up, everything in it is a line. Shares are the sum of the ledger's
// quantities; what they are worth is their quantity at the last lit trade's price before the day began,
// and before it ended.

import Base
import Store
import Trading

package struct Statement: Sendable {
    package struct Position: Sendable {
        package let symbol: String
        package let quantity: Quantity
        /// nil where the symbol had never traded.
        package let price: Price?
        package let value: Money?
    }

    package static let dayMicros: Int64 = 86_400_000_000

    package let account: Account
    /// The day's beginning, UTC microseconds.
    package let day: Int64
    package fileprivate(set) var openingBalance = Money.zero
    package fileprivate(set) var lines: [LedgerLine] = []
    package fileprivate(set) var openingPositions: [Position] = []
    package fileprivate(set) var closingPositions: [Position] = []
    package let instruments: [String: Instrument]

    package var closingBalance: Money { lines.last?.entry.balanceAfter ?? openingBalance }

    /// Signed, of the day.
    package func sum(_ kinds: Set<LedgerKind>) -> Money {
        Money(lines.reduce(0) { $0 + (kinds.contains($1.entry.kind) ? $1.entry.amount.raw : 0) })
    }

    /// Cash and what the shares are worth; a symbol that never traded counts for nothing.
    package var openingEquity: Money { openingBalance + Statement.value(openingPositions) }
    package var closingEquity: Money { closingBalance + Statement.value(closingPositions) }

    /// Shares that adjustments brought or took, at the day's last price.
    package var adjustedShares: Money {
        var moved: [String: Int64] = [:]
        for line in lines where line.entry.kind == .adjustment && line.entry.quantity.raw != 0 {
            moved[line.entry.symbol, default: 0] += line.entry.quantity.raw
        }
        let prices = Dictionary(
            closingPositions.map { ($0.symbol, $0.price) }, uniquingKeysWith: { first, _ in first })
        return Money(
            moved.reduce(0) { sum, entry in
                guard let price = prices[entry.key] ?? nil, let known = instruments[entry.key]
                else { return sum }
                return sum + (known.value(Quantity(entry.value), at: price)?.raw ?? 0)
            })
    }

    /// What the day changed, less what was brought in or taken out.
    package var profit: Money {
        closingEquity - openingEquity - sum([.deposit, .withdrawal, .adjustment]) - adjustedShares
    }

    private static func value(_ positions: [Position]) -> Money {
        Money(positions.reduce(0) { $0 + ($1.value?.raw ?? 0) })
    }

    init(_ account: Account, day: Int64, _ instruments: [String: Instrument]) {
        self.account = account
        self.day = day
        self.instruments = instruments
    }
}

extension Instrument {
    /// Signed as the quantity is; rounded down in size.
    func value(_ quantity: Quantity, at price: Price) -> Money? {
        let size = Quantity(abs(quantity.raw))
        return notional(price, size, rounding: .down).map {
            Money(quantity.raw < 0 ? -$0.raw : $0.raw)
        }
    }
}

extension History {
    /// `day` is its beginning, UTC microseconds.
    package func statement(
        of account: Account, day: Int64, _ instruments: [String: Instrument],
        _ completion: @escaping (Result<Statement, Rejection>) -> Void
    ) {
        whenListed(completion) { [self] in
            StatementMaker(self, Statement(account, day: day, instruments), completion).start()
        }
    }
}

/// One statement on its way; it lives in the callbacks.
final class StatementMaker {
    private let history: History
    private let reader: ListReader<LedgerLine>
    private let completion: (Result<Statement, Rejection>) -> Void
    private let end: Int64
    private var statement: Statement
    private var opening: [String: Int64] = [:]
    private var closing: [String: Int64] = [:]

    /// What stood at the beginning of a day that was asked for before.
    struct Opening {
        let day: Int64
        /// Lines before it.
        let lineCount: Int
        let balance: Money
        let shares: [String: Int64]
    }

    init(
        _ history: History, _ statement: Statement,
        _ completion: @escaping (Result<Statement, Rejection>) -> Void
    ) {
        self.history = history
        self.statement = statement
        self.completion = completion
        reader = history.ledgerReader(statement.account.id)
        end = statement.day + Statement.dayMicros
    }

    func start() {
        reader.length { [self] result in
            go(result) { count in
                let from = takeOpening()
                guard count - from <= Limits.statementLines else { return tooLong() }
                read(from: from, to: count)
            }
        }
    }

    /// Lists only grow: what was summed up once needs no second look.
    private func takeOpening() -> Int {
        guard let known = history.openings[statement.account.id], known.day == statement.day else {
            return 0
        }
        statement.openingBalance = known.balance
        (opening, closing) = (known.shares, known.shares)
        return known.lineCount
    }

    private func keepOpening(_ lineCount: Int) {
        guard statement.lines.isEmpty else { return }
        history.openings[statement.account.id] = Opening(
            day: statement.day, lineCount: lineCount, balance: statement.openingBalance,
            shares: opening)
    }

    private func go<Value>(_ result: Result<Value, Rejection>, _ next: (Value) -> Void) {
        switch result {
        case .failure(let rejection): completion(.failure(rejection))
        case .success(let value): next(value)
        }
    }

    private func tooLong() {
        completion(
            .failure(
                Rejection(
                    .refused, "statement_too_long",
                    "The account's ledger is too long for a statement: it goes through at most "
                        + "\(Limits.statementLines) lines, \(Limits.statementDayLines) of them on "
                        + "its day. Read the ledger's pages instead.",
                    values: "limit=\(Limits.statementLines)")))
    }

    private func read(from: Int, to count: Int) {
        let step = from..<min(from + Limits.itemsPerScanStep, count)
        guard !step.isEmpty else {
            keepOpening(count)
            return price()
        }
        reader.read(step) { [self] result in
            go(result) { lines in
                for (place, line) in zip(step, lines) {
                    guard let line else { continue }
                    if line.time >= statement.day { keepOpening(place) }
                    if line.time >= end { return price() }
                    take(line)
                }
                guard statement.lines.count <= Limits.statementDayLines else { return tooLong() }
                read(from: step.upperBound, to: count)
            }
        }
    }

    private func take(_ line: LedgerLine) {
        let moved = line.entry.quantity.raw
        if line.time < statement.day {
            statement.openingBalance = line.entry.balanceAfter
            if moved != 0 { opening[line.entry.symbol, default: 0] += moved }
        } else {
            statement.lines.append(line)
        }
        if moved != 0 { closing[line.entry.symbol, default: 0] += moved }
    }

    // MARK: What the shares were worth

    private func price() {
        price(closing.keys.sorted()[...], [:])
    }

    private typealias Prices = (opening: Price?, closing: Price?)

    private func price(_ symbols: ArraySlice<String>, _ known: [String: Prices]) {
        guard let symbol = symbols.first else { return finish(known) }
        history.lastPrice(symbol, before: statement.day) { [self] result in
            go(result) { first in
                history.lastPrice(symbol, before: end) { [self] result in
                    go(result) { second in
                        var known = known
                        known[symbol] = (first, second)
                        price(symbols.dropFirst(), known)
                    }
                }
            }
        }
    }

    private func finish(_ prices: [String: Prices]) {
        statement.openingPositions = positions(opening) { prices[$0]?.opening }
        statement.closingPositions = positions(closing) { prices[$0]?.closing }
        completion(.success(statement))
    }

    private func positions(
        _ quantities: [String: Int64], _ price: (String) -> Price?
    ) -> [Statement.Position] {
        quantities.keys.sorted().map { symbol in
            let quantity = Quantity(quantities[symbol] ?? 0)
            let price = price(symbol)
            let value = price.flatMap { price in
                statement.instruments[symbol]?.value(quantity, at: price)
            }
            return Statement.Position(
                symbol: symbol, quantity: quantity, price: price, value: value)
        }
    }
}

extension History {
    /// The price of the last lit trade before a time; nil where there was none. Busted ones count: the
    /// market had seen them.
    func lastPrice(
        _ symbol: String, before time: Int64, from position: Int? = nil,
        _ completion: @escaping (Result<Price?, Rejection>) -> Void
    ) {
        tradeReader(.tradesOf(symbol: symbol)).page(
            Page(limit: 1, before: position), in: TimeSpan(until: time),
            where: { $0.book == .lit }
        ) { [self] result in
            // A page ends where it has looked through enough internal trades.
            if case .success(let page) = result, page.items.isEmpty, let next = page.next {
                return lastPrice(symbol, before: time, from: next, completion)
            }
            completion(result.map { $0.items.first?.price })
        }
    }
}
