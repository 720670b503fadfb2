// The event stream page by page, and the state at a checkpoint as a host's picture begins with one:
// what other commands replay from.

import Base
import Store
import Trading

package struct EventPages {
    private let reader: StateReader

    package init(_ redis: BlockingRedis, keys: Keys = .first) {
        reader = StateReader(redis, keys)
    }

    /// The oldest event there is; nil where the stream is empty.
    package func first() throws(VerifyFailure) -> Int64? { try reader.firstSequence() }

    /// The events after `last`, a page of them; empty at the end.
    package func page(after last: Int64) throws(VerifyFailure) -> [Event] {
        let entries = try reader.entries(after: last, limit: Limits.streamBatch)
        return try entries.map { entry throws(VerifyFailure) in
            do throws(RecordError) {
                return try Event(sequence: entry.sequence, entry: entry.bytes[...])
            } catch {
                throw .unusable("event \(entry.sequence) can't be read: \(error.what)")
            }
        }
    }
}

extension Checkpoint {
    package func snapshot() throws(RecordError) -> StoreSnapshot {
        let fold = Fold(Findings())
        _ = try restore(into: fold)
        var snapshot = StoreSnapshot()
        snapshot.sequence = sequence
        snapshot.settledSequence = sequence
        snapshot.instruments = fold.instruments.values.map(\.value)
        snapshot.accounts = fold.accounts.values.map(\.value)
        snapshot.positions = fold.positions.values.map(\.value)
        snapshot.openOrders = fold.orders.values.map(\.value)
        for (symbol, record) in fold.records["market"] ?? [:] {
            snapshot.markets.append(try Market(symbol: symbol, record: record[...]))
        }
        for (place, levels) in fold.levels {
            for (price, record) in levels {
                var reader = ByteReader(record[...])
                let quantity = Quantity(try reader.int64())
                snapshot.levels[place.symbol, default: []].append(
                    LevelChange(
                        book: .lit, side: place.side, price: Price(price), quantity: quantity,
                        orderCount: try reader.int64()))
            }
        }
        return snapshot
    }
}
