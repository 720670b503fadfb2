// A book at an earlier sequence: the checkpoint at or before it, and the events since. The work is bounded
// by the events between two checkpoints; it is done in pieces, so that nobody waits for the loop.

import Base
import Store
import Trading

package final class BookHistory {
    private let redis: RedisConnection
    private let picture: Picture
    private let keys = Keys.first
    private var running = 0

    package typealias Completion = (Result<BookAt, Rejection>) -> Void

    package init(redis: RedisConnection, picture: Picture) {
        self.redis = redis
        self.picture = picture
    }

    /// As the picture has it.
    package func now(of symbol: String) -> BookAt { BookAt(symbol: symbol, picture: picture) }

    package func book(of symbol: String, at sequence: Int64, _ completion: @escaping Completion) {
        guard sequence <= picture.sequence else {
            return completion(.failure(.notYet(sequence, latest: picture.sequence)))
        }
        guard running < Limits.bookReplaysAtOnce else {
            return completion(.failure(.tooManyReplays))
        }
        running += 1
        findMark(symbol, sequence) { [self] result in
            running -= 1
            completion(result)
        }
    }

    private func findMark(
        _ symbol: String, _ sequence: Int64, _ completion: @escaping Completion
    ) {
        let words = [keys.checkpointMarks, "\(sequence)", "-inf", "LIMIT", "0", "1"]
        redis.send(RedisCommand("ZREVRANGEBYSCORE", words)) { [self] reply in
            switch reply {
            case .failure(let failure): completion(.failure(failure.rejection))
            case .success(let value):
                guard let mark = value.elements?.first?.int64 else {
                    return completion(.failure(.tooOld(sequence)))
                }
                guard sequence - mark <= Limits.eventsPerReplay else {
                    return completion(.failure(.tooOld(sequence)))
                }
                load(symbol, mark, sequence, completion)
            }
        }
    }

    private func load(
        _ symbol: String, _ mark: Int64, _ sequence: Int64, _ completion: @escaping Completion
    ) {
        let words = [keys.checkpoints(symbol), "\(mark)", "-inf", "LIMIT", "0", "1"]
        redis.send(RedisCommand("ZREVRANGEBYSCORE", words)) { [self] reply in
            do throws(RecordError) {
                var book = BookAt(symbol: symbol, sequence: mark)
                switch reply {
                case .failure(let failure): return completion(.failure(failure.rejection))
                case .success(let value):
                    if let bytes = value.elements?.first?.bytes {
                        book = try BookAt(symbol: symbol, encoded: bytes[...])
                        book.pass(to: mark)
                    }
                }
                replay(book, to: sequence, completion)
            } catch {
                completion(.failure(.damaged(error)))
            }
        }
    }

    private func replay(_ book: BookAt, to sequence: Int64, _ completion: @escaping Completion) {
        guard book.sequence < sequence else { return completion(.success(book)) }
        EventReader(redis, keys: keys).range(
            from: book.sequence + 1, to: sequence, limit: Limits.eventsPerReplayStep
        ) { [self] result in
            switch result {
            case .failure(.redis(let failure)): completion(.failure(failure.rejection))
            case .failure(.gap): completion(.failure(.tooOld(sequence)))
            case .success(let events):
                guard let last = events.last else {
                    return completion(.failure(.tooOld(sequence)))
                }
                var book = book
                for event in events where event.symbol == book.symbol { book.apply(event) }
                book.pass(to: last.sequence)
                replay(book, to: sequence, completion)
            }
        }
    }
}

extension Rejection {
    fileprivate static func tooOld(_ sequence: Int64) -> Rejection {
        Rejection(
            .refused, "history_unavailable",
            "The event stream no longer reaches back to \(sequence), or not yet: books are kept from "
                + "the host's first start with this version on.", field: "at_seq",
            values: "at_seq=\(sequence)")
    }

    fileprivate static func notYet(_ sequence: Int64, latest: Int64) -> Rejection {
        Rejection(
            .malformed, "out_of_range",
            "'at_seq' must be at most the newest event, \(latest); \(sequence) was given.",
            field: "at_seq", values: "at_seq=\(sequence), limit=\(latest)")
    }

    fileprivate static let tooManyReplays = Rejection(
        .unavailable, "overloaded",
        "Too many earlier books are being put together; try again shortly.")
}
