// The state that a host's caches begin with, and how it is read without stopping anybody.
//
// What is small is read in one transaction, and is exact as of `sequence`: instruments, markets,
// level totals. Accounts, positions and open orders may be many and are read in chunks after it,
// while trading goes on; each such record carries the sequence that changed it last, which may be
// beyond `sequence`. The events after `sequence` then make all of it exact: a record in an event
// replaces ours unless ours has a `lastSequence` of the event's or a later one. Nothing can be missed:
// a scan returns whatever stood there all the time, and what came or went meanwhile is in an event.
// Having applied the events up to `settledSequence`, the picture is one of a single moment.

import Base
import Trading

package struct StoreSnapshot: Sendable, Equatable {
    /// Events after this one are to be applied on top.
    package var sequence: Int64 = 0
    /// From here on the picture is exact.
    package var settledSequence: Int64 = 0
    package var instruments: [Instrument] = []
    package var markets: [Market] = []
    /// The lit books' levels by symbol; sides are in the levels.
    package var levels: [String: [LevelChange]] = [:]
    package var accounts: [Account] = []
    package var positions: [Position] = []
    /// Access keys, revoked ones too, and sessions.
    package var keys: [AccessKey] = []
    /// Limits, modes, groups, switches, and what waits.
    package var controls = RiskControls()
    /// Those that have shut.
    package var shutThrottles: [Throttle] = []
    /// Of both books, and those that stand in none, in no order.
    package var openOrders: [Order] = []

    package init() {}
}

extension StoreSnapshot {
    /// Reads it over a connection of the caller's, which may be doing other work too.
    package static func load(
        _ connection: RedisConnection, keys: Keys = .first,
        _ answer: @escaping Answer<StoreSnapshot>
    ) {
        SnapshotLoader(connection, keys: keys, answer: answer).start()
    }
}

/// One loading; it lives in the callbacks.
private final class SnapshotLoader {
    private let connection: RedisConnection
    private let keys: Keys
    private let answer: Answer<StoreSnapshot>
    private var snapshot = StoreSnapshot()
    private var symbols: [String] = []
    private var openIDs: Set<String> = []

    init(_ connection: RedisConnection, keys: Keys, answer: @escaping Answer<StoreSnapshot>) {
        self.connection = connection
        self.keys = keys
        self.answer = answer
    }

    /// Sends, and goes on with the reply; a failure or an unreadable record ends the loading.
    private func ask(
        _ name: String, _ arguments: [String],
        _ next: @escaping (RedisReply) throws(RedisFailure) -> Void
    ) {
        connection.send(RedisCommand(name, arguments)) { [self] result in
            do throws(RedisFailure) {
                try next(try result.get())
            } catch {
                answer(.failure(error))
            }
        }
    }

    // MARK: The exact part

    func start() {
        ask("HKEYS", [keys.instruments]) { [self] reply throws(RedisFailure) in
            symbols = try reply.elementsOrThrow().compactMap(\.text).sorted()
            readExactPart()
        }
    }

    private func readExactPart() {
        let silent: RedisCompletion = { _ in }
        connection.send(RedisCommand("MULTI"), silent)
        connection.send(RedisCommand("GET", [keys.sequence]), silent)
        connection.send(RedisCommand("HGETALL", [keys.instruments]), silent)
        connection.send(RedisCommand("HGETALL", [keys.market]), silent)
        for symbol in symbols {
            for side in [Side.buy, .sell] {
                connection.send(RedisCommand("HGETALL", [keys.levels(symbol, side)]), silent)
            }
        }
        connection.send(RedisCommand("HGET", [keys.scopes, "policy"]), silent)
        for key in ControlsReader.keys(keys) {
            connection.send(RedisCommand("HGETALL", [key]), silent)
        }
        ask("EXEC", []) { [self] reply throws(RedisFailure) in
            try takeExactPart(try reply.elementsOrThrow())
        }
    }

    private func takeExactPart(_ replies: [RedisReply]) throws(RedisFailure) {
        let levelsEnd = 3 + 2 * symbols.count
        guard replies.count == levelsEnd + 1 + ControlsReader.keys(keys).count else {
            throw .unexpected("\(replies.count) replies of a transaction")
        }
        snapshot.sequence = replies[0].int64 ?? 0
        snapshot.instruments = try decodeFields(replies[1]) {
            symbol, record throws(RecordError) in try Instrument(symbol: symbol, record: record)
        }
        // One was listed just now: its levels weren't asked for.
        guard snapshot.instruments.map(\.symbol).sorted() == symbols else { return start() }
        snapshot.markets = try decodeFields(replies[2]) {
            symbol, record throws(RecordError) in try Market(symbol: symbol, record: record)
        }
        snapshot.levels = [:]
        for (index, symbol) in symbols.enumerated() {
            snapshot.levels[symbol] =
                try levels(replies[3 + 2 * index], .buy)
                + (try levels(replies[4 + 2 * index], .sell))
        }
        do throws(RecordError) {
            snapshot.controls = try ControlsReader.controls(replies[levelsEnd...])
        } catch {
            throw .unexpected(error.what)
        }
        scanAccounts("0")
    }

    private func levels(
        _ reply: RedisReply, _ side: Side
    ) throws(RedisFailure) -> [LevelChange] {
        try decodeFields(reply) { field, record throws(RecordError) in
            guard let price = Int64(field) else { throw RecordError(what: "level without price") }
            return try LevelChange(side: side, price: Price(price), record: record)
        }
    }

    // MARK: The parts that are read while trading goes on

    private func scanAccounts(_ cursor: String) {
        scan("HSCAN", keys.accounts, cursor) { [self] next, items throws(RedisFailure) in
            snapshot.accounts += try decodeFields(items) {
                id, record throws(RecordError) in try Account(id: id, record: record)
            }
            if next == "0" { scanPositions("0") } else { scanAccounts(next) }
        }
    }

    private func scanPositions(_ cursor: String) {
        scan("HSCAN", keys.positions, cursor) { [self] next, items throws(RedisFailure) in
            snapshot.positions += try decodeFields(items) {
                key, record throws(RecordError) in try Position(key: key, record: record)
            }
            if next == "0" { scanKeys("0") } else { scanPositions(next) }
        }
    }

    private func scanKeys(_ cursor: String) {
        scan("HSCAN", keys.accessKeys, cursor) { [self] next, items throws(RedisFailure) in
            snapshot.keys += try decodeFields(items) {
                id, record throws(RecordError) in try AccessKey(id: id, record: record)
            }
            if next == "0" { scanThrottles("0") } else { scanKeys(next) }
        }
    }

    private func scanThrottles(_ cursor: String) {
        scan("HSCAN", keys.throttles, cursor) { [self] next, items throws(RedisFailure) in
            let found = try decodeFields(items) {
                key, record throws(RecordError) in try Throttle(key: key, record: record)
            }
            // Who shuts or opens meanwhile is in an event.
            snapshot.shutThrottles += found.filter(\.isLatched)
            if next == "0" { scanBooks(books(), "0") } else { scanThrottles(next) }
        }
    }

    /// Where open orders stand. A book's members are a sequence in 16 digits and the order's id;
    /// those of the parked are ids.
    private struct Standing {
        let key: String
        let idFrom: Int
    }

    private func books() -> ArraySlice<Standing> {
        symbols.flatMap { symbol in
            [Standing(key: keys.parked(symbol), idFrom: 0)]
                + [BookKind.lit, .internal].flatMap { book in
                    [Side.buy, .sell].map {
                        Standing(key: keys.book(symbol, book, $0), idFrom: 16)
                    }
                }
        }[...]
    }

    /// Orders' ids first, since pages by rank would skip one whenever one before it leaves. Who moves
    /// from one to another meanwhile is in an event.
    private func scanBooks(_ books: ArraySlice<Standing>, _ cursor: String) {
        guard let book = books.first else { return readOrders(Array(openIDs)[...]) }
        scan("ZSCAN", book.key, cursor) { [self] next, items throws(RedisFailure) in
            let elements = try items.elementsOrThrow()
            for index in stride(from: 0, to: elements.count, by: 2) {
                if let member = elements[index].text {
                    openIDs.insert(String(member.dropFirst(book.idFrom)))
                }
            }
            scanBooks(next == "0" ? books.dropFirst() : books, next)
        }
    }

    private func scan(
        _ name: String, _ key: String, _ cursor: String,
        _ next: @escaping (String, RedisReply) throws(RedisFailure) -> Void
    ) {
        let arguments = [key, cursor, "COUNT", "\(Limits.snapshotChunk)"]
        ask(name, arguments) { reply throws(RedisFailure) in
            let parts = try reply.elementsOrThrow()
            guard parts.count == 2, let cursor = parts[0].text else {
                throw .unexpected("\(reply)")
            }
            try next(cursor, parts[1])
        }
    }

    private func readOrders(_ ids: ArraySlice<String>) {
        let chunk = ids.prefix(Limits.snapshotChunk)
        guard !chunk.isEmpty else { return finish() }
        ask("HMGET", [keys.orders] + chunk) { [self] reply throws(RedisFailure) in
            for (id, record) in zip(chunk, try reply.elementsOrThrow()) {
                // Without a record: trimmed by now, so long ended.
                guard let bytes = record.bytes else { continue }
                let order = try decoded { () throws(RecordError) in
                    try Order(id: OrderID(id), record: bytes[...])
                }
                if order.status.isOpen { snapshot.openOrders.append(order) }
            }
            readOrders(ids.dropFirst(chunk.count))
        }
    }

    /// A scan may give an element twice: the newest counts.
    private func finish() {
        snapshot.accounts = newest(snapshot.accounts, \.id, \.lastSequence)
        snapshot.positions = newest(
            snapshot.positions, { "\($0.account):\($0.symbol)" }, \.lastSequence)
        snapshot.keys = newest(snapshot.keys, \.id, \.lastSequence)
        snapshot.shutThrottles = newest(snapshot.shutThrottles, \.key, \.lastSequence)
        ask("GET", [keys.sequence]) { [self] reply in
            snapshot.settledSequence = reply.int64 ?? 0
            answer(.success(snapshot))
        }
    }

    private func newest<Record>(
        _ records: [Record], _ key: (Record) -> String, _ sequence: (Record) -> Int64
    ) -> [Record] {
        Array(
            Dictionary(
                records.map { (key($0), $0) },
                uniquingKeysWith: { sequence($0) >= sequence($1) ? $0 : $1 }
            ).values)
    }

    // MARK: Decoding

    private func decodeFields<Record>(
        _ reply: RedisReply,
        _ decode: (String, ArraySlice<UInt8>) throws(RecordError) -> Record
    ) throws(RedisFailure) -> [Record] {
        let elements = try reply.elementsOrThrow()
        var records: [Record] = []
        records.reserveCapacity(elements.count / 2)
        for index in stride(from: 0, to: elements.count - 1, by: 2) {
            guard let name = elements[index].text, let bytes = elements[index + 1].bytes else {
                throw .unexpected("\(reply)")
            }
            records.append(
                try decoded { () throws(RecordError) in try decode(name, bytes[...]) })
        }
        return records
    }

    private func decoded<Record>(
        _ decode: () throws(RecordError) -> Record
    ) throws(RedisFailure) -> Record {
        do throws(RecordError) {
            return try decode()
        } catch {
            throw .unexpected(error.what)
        }
    }
}

extension RedisReply {
    func elementsOrThrow() throws(RedisFailure) -> [RedisReply] {
        guard let elements else { throw .unexpected("\(self)") }
        return elements
    }
}

extension LevelChange {
    /// A field of `P:levels`: `<l quantity> <l count>`.
    init(side: Side, price: Price, record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        let quantity = Quantity(try reader.int64())
        let count = try reader.int64()
        self.init(book: .lit, side: side, price: price, quantity: quantity, orderCount: count)
    }
}
