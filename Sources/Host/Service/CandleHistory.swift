// Reading candles: the projector builds them with the lists, from the same events.

import Base
import Store
import Trading

extension History {
    /// The newest first; a page token is the start of the last one shown. A stretch without a trade has
    /// none. The newest may still be open.
    package func candles(
        symbol: String, _ interval: CandleInterval, in span: TimeSpan, _ page: Page,
        _ completion: @escaping Completion<Candle>
    ) {
        let list = ProjectedList.candles(symbol: symbol, interval)
        let first = span.since.map { "\(CandleHistory.firstStart(at: $0))" } ?? "-inf"
        var end = span.until.map { CandleHistory.firstStart(at: $0) } ?? .max
        if let before = page.before { end = min(end, Int64(before)) }
        let last = end == .max ? "+inf" : "(\(end)"
        whenListed(completion) { [store] in
            let words = [
                store.keys.list(list), last, first, "LIMIT", "0", String(page.limit),
            ]
            store.redis.send(RedisCommand("ZREVRANGEBYSCORE", words)) { reply in
                completion(CandleHistory.page(reply, limit: page.limit))
            }
        }
    }
}

enum CandleHistory {
    /// The first whole second from this moment (UTC microseconds) on.
    static func firstStart(at micros: Int64) -> Int64 {
        micros / 1_000_000 + (micros % 1_000_000 > 0 ? 1 : 0)
    }

    static func page(
        _ reply: Result<RedisReply, RedisFailure>, limit: Int
    ) -> Result<PageOf<Candle>, Rejection> {
        reply.mapError(\.rejection).flatMap { value in
            var candles: [Candle] = []
            do throws(RecordError) {
                for item in value.elements ?? [] {
                    candles.append(try Candle(listItem: (item.bytes ?? [])[...]))
                }
            } catch {
                return .failure(.damaged(error))
            }
            let next = candles.count >= limit ? candles.last.map { Int($0.start) } : nil
            return .success(PageOf(items: candles, next: next))
        }
    }
}
