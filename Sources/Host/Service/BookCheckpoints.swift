// Keeps what is needed to tell a book as it stood at an earlier sequence: at every so many events, all
// resting orders of the symbols whose books have changed since. A book in between is the checkpoint
// before it and the events after that, a bounded number (BookHistory reads them so).
//
// A checkpoint is whole once its sequence stands among the marks, which is written last. A symbol that has
// none at a mark is as its last one before says. The picture is exact after each event, and every host
// would write the same bytes; the first worker of each does.

import Base
import Store
import Trading

package final class BookCheckpoints {
    private let redis: RedisConnection
    private let picture: Picture
    private let log: Log
    private let every: Int64
    /// Symbols whose books may differ from their last checkpoint; nil = all, as at the start.
    private var changed: Set<String>?
    private var isUnderWay = false
    private var hasBegun = false

    package init(
        redis: RedisConnection, picture: Picture, log: Log,
        every: Int = Limits.eventsPerCheckpoint
    ) {
        self.redis = redis
        self.picture = picture
        self.log = log
        self.every = Int64(every)
    }

    /// The first one, of all books as they stand: from here on the past can be told.
    package func start() {
        hasBegun = true
        write()
    }

    /// To be called after the picture has applied each event, before the next.
    package func observed(_ event: Event) {
        guard hasBegun else { return }
        if !event.symbol.isEmpty { changed?.insert(event.symbol) }
        if event.sequence % every == 0 { write() }
    }

    /// One that is still under way when the next is due leaves the next out: then that one's events
    /// are gone through, too.
    private func write() {
        guard !isUnderWay, redis.isUp else { return }
        let sequence = picture.sequence
        let symbols = changed.map(Array.init) ?? Array(picture.instruments.keys)
        let books = symbols.map { BookAt(symbol: $0, picture: picture) }
        guard books.allSatisfy({ $0.count <= Limits.checkpointOrders }) else {
            log.warning("a book has more than \(Limits.checkpointOrders) orders: no checkpoint")
            return
        }
        isUnderWay = true
        changed = []
        var remaining = books.count
        var isDone = true
        let finish = { [self] in
            if isDone { mark(sequence, symbols) } else { fail(symbols) }
        }
        guard remaining > 0 else { return finish() }
        for book in books {
            var command = RedisCommand("ZADD", [Keys.first.checkpoints(book.symbol)])
            command.append(sequence)
            command.append(book.encoded())
            redis.send(command) { reply in
                if case .failure = reply { isDone = false }
                remaining -= 1
                if remaining == 0 { finish() }
            }
        }
    }

    private func fail(_ symbols: [String]) {
        isUnderWay = false
        changed?.formUnion(symbols)
        log.warning("a checkpoint of the books couldn't be written; the next one comes")
    }

    private func mark(_ sequence: Int64, _ symbols: [String]) {
        let marks = Keys.first.checkpointMarks
        redis.send(RedisCommand("ZADD", [marks, "\(sequence)", "\(sequence)"])) { [self] reply in
            guard case .success = reply else { return fail(symbols) }
            isUnderWay = false
        }
        let newest = "\(-Limits.checkpointsKept - 1)"
        redis.send(RedisCommand("ZREMRANGEBYRANK", [marks, "0", newest])) { _ in }
        redis.send(RedisCommand("ZRANGE", [marks, "0", "0"])) { [self] reply in
            guard case .success(let value) = reply,
                let oldest = value.elements?.first?.int64
            else { return }
            for symbol in symbols { forget(symbol, before: oldest) }
        }
    }

    /// All before the oldest mark but the last, which says how the book stood then.
    private func forget(_ symbol: String, before oldest: Int64) {
        let key = Keys.first.checkpoints(symbol)
        redis.send(RedisCommand("ZCOUNT", [key, "-inf", "\(oldest)"])) { [self] reply in
            guard case .success(let value) = reply, let count = value.int64, count > 1 else {
                return
            }
            redis.send(RedisCommand("ZREMRANGEBYRANK", [key, "0", "\(count - 2)"])) { _ in }
        }
    }
}
