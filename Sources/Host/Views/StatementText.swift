// An account's statement as CSV (RFC 4180), one table: what a row is stands in its first column.
//
// Spreadsheets take a cell that begins with = + - @ for a formula, also one that a stranger wrote. So
// text that begins so gets an apostrophe before it; numbers of ours stay as they are.

import Base
import Service
import Trading

package enum StatementText {
    package static let contentType = "text/csv; charset=utf-8"

    private static let columns = [
        "record", "time", "type", "id", "symbol", "quantity", "price", "amount", "balance",
        "description",
    ]

    package static func fileName(_ statement: Statement) -> String {
        "statement-\(statement.account.id)-\(day(statement)).csv"
    }

    private static func day(_ statement: Statement) -> String {
        String(CivilTime(micros: statement.day).secondText.prefix(10))
    }

    package static func csv(_ statement: Statement) -> [UInt8] {
        var table = Table()
        table.add(columns.map { Cell.plain($0) })
        let account = statement.account
        table.row(
            "account", type: day(statement), id: account.id, symbol: account.currency,
            description: account.profile.name)
        table.row("opening_balance", balance: statement.openingBalance)
        for line in statement.lines { table.add(line, statement) }
        table.row("closing_balance", balance: statement.closingBalance)
        for position in statement.closingPositions { table.add(position, statement) }
        table.row(
            "paid_in_and_out", amount: statement.sum([.deposit, .withdrawal, .adjustment]))
        table.row("traded", amount: statement.sum([.tradeBuy, .tradeSell]))
        table.row("fees", amount: statement.sum([.fee]))
        table.row("taken_back", amount: statement.sum([.bust]))
        table.row("adjusted_shares", amount: statement.adjustedShares)
        table.row("opening_equity", amount: statement.openingEquity)
        table.row("closing_equity", amount: statement.closingEquity)
        table.row("profit", amount: statement.profit)
        return table.bytes
    }

    enum Cell {
        /// Our own words and numbers.
        case plain(String)
        /// Somebody's.
        case text(String)

        /// As it stands in the file.
        var bytes: [UInt8] {
            switch self {
            case .plain(let word): return Array(word.utf8)
            case .text(let text):
                let first = text.utf8.first ?? UInt8(ascii: "a")
                let isRisky = "=+-@\t\r".utf8.contains(first)
                let safe = isRisky ? "'" + text : text
                guard safe.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else {
                    return Array(safe.utf8)
                }
                let quoted = safe.split(separator: "\"", omittingEmptySubsequences: false)
                return Array("\"\(quoted.joined(separator: "\"\""))\"".utf8)
            }
        }
    }

    private struct Table {
        private(set) var bytes: [UInt8] = []

        mutating func add(_ cells: [Cell]) {
            for (index, cell) in cells.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes += cell.bytes
            }
            bytes += [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
        }

        mutating func row(
            _ record: String, time: String = "", type: String = "", id: String = "",
            symbol: String = "", quantity: String = "", price: String = "", amount: Money? = nil,
            balance: Money? = nil, description: String = ""
        ) {
            add([
                .plain(record), .plain(time), .plain(type), .plain(id), .text(symbol),
                .plain(quantity), .plain(price), .plain(money(amount)), .plain(money(balance)),
                .text(description),
            ])
        }

        private func money(_ money: Money?) -> String {
            money.map { Scaled.format($0.raw, scale: Money.scale) } ?? ""
        }

        mutating func add(_ line: LedgerLine, _ statement: Statement) {
            let entry = line.entry
            let scale = statement.instruments[entry.symbol]?.quantityScale ?? 0
            row(
                "ledger", time: Clock.format(micros: line.time), type: entry.kind.name,
                id: line.id, symbol: entry.symbol,
                quantity: entry.quantity.raw == 0
                    ? "" : Scaled.format(entry.quantity.raw, scale: scale),
                amount: entry.amount, balance: entry.balanceAfter,
                description: entry.description)
        }

        mutating func add(_ position: Statement.Position, _ statement: Statement) {
            guard position.quantity.raw != 0 else { return }
            let instrument = statement.instruments[position.symbol]
            row(
                "position", symbol: position.symbol,
                quantity: Scaled.format(
                    position.quantity.raw, scale: instrument?.quantityScale ?? 0),
                price: position.price.map {
                    Scaled.format($0.raw, scale: instrument?.priceScale ?? 0)
                } ?? "", amount: position.value)
        }
    }
}
