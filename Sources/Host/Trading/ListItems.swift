// Trades and ledger entries as the projector's lists keep them.

import Base

extension Trade {
    /// `<l sequence> <l time>` and the TRADE payload of docs/REDIS.md.
    package var listItem: [UInt8] {
        var writer = ByteWriter()
        writer.int64(sequence)
        writer.int64(time)
        writer.uint32(index)
        writer.byte(aggressor.rawValue)
        writer.byte(book.rawValue)
        for number in [price.raw, quantity.raw, amount.raw, buyFee.raw, sellFee.raw] {
            writer.int64(number)
        }
        writer.string(symbol)
        writer.string(buyOrderID.text)
        writer.string(sellOrderID.text)
        return writer.bytes
    }

    package init(listItem: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(listItem)
        let sequence = try reader.int64()
        let time = try reader.int64()
        try self.init(sequence: sequence, time: time, from: &reader)
    }
}

/// A ledger entry with its place in the stream.
package struct LedgerLine: Hashable, Sendable {
    package let sequence: Int64
    package let index: UInt32
    package let time: Int64
    package let entry: LedgerEntry

    package var id: String { "\(sequence)-\(index)" }

    /// The one line that a transaction makes.
    package init(of transaction: Transaction, balanceAfter: Money, sequence: Int64, time: Int64) {
        self.sequence = sequence
        index = 0
        self.time = time
        let sign: Int64 = transaction.kind == .withdrawal ? -1 : 1
        entry = LedgerEntry(
            kind: transaction.kind, amount: Money(sign * transaction.amount.raw),
            balanceAfter: balanceAfter,
            quantity: transaction.quantity, account: transaction.account,
            symbol: transaction.symbol, description: transaction.description)
    }

    package init(listItem: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(listItem)
        sequence = try reader.int64()
        index = try reader.uint32()
        time = try reader.int64()
        entry = try LedgerEntry(from: &reader)
    }
}

extension LedgerEntry {
    /// `<l sequence> <I4 index> <l time>` and the LEDGER payload of docs/REDIS.md.
    package func listItem(sequence: Int64, index: UInt32, time: Int64) -> [UInt8] {
        var writer = ByteWriter()
        writer.int64(sequence)
        writer.uint32(index)
        writer.int64(time)
        writer.byte(kind.rawValue)
        for number in [amount.raw, balanceAfter.raw, quantity.raw] { writer.int64(number) }
        writer.string(account)
        writer.string(symbol)
        writer.string(description)
        return writer.bytes
    }
}
