// Taking trades back. The trade is found in the projector's list, and the script, which holds it against
// the event that made it, reverses it.

import Base
import Store
import Trading

package final class BustService {
    private let history: History
    private let matcher: Matcher
    private let acknowledged: Acknowledged

    package init(history: History, matcher: Matcher, acknowledged: Acknowledged) {
        self.history = history
        self.matcher = matcher
        self.acknowledged = acknowledged
    }

    /// Gives the trade as it is from now on and the event that took it back.
    package func bust(
        _ id: String, reason: String, by actor: Actor,
        _ completion: @escaping (Result<(trade: Trade, sequence: Int64), Rejection>) -> Void
    ) {
        history.trade(id) { [self] result in
            guard let found = result.value(orTell: completion) else { return }
            guard var trade = found else {
                let values = "trade_id=\(id.prefix(60))"
                return completion(
                    .failure(Reasons.rejection(code: "unknown_trade", values: values)))
            }
            matcher.bust(trade, reason: reason, by: actor) { [acknowledged] reply in
                switch reply {
                case .success(.done(let sequence)):
                    acknowledged.note(sequence)
                    trade.isBusted = true
                    completion(.success((trade, sequence)))
                case .success(.refused(let refusal)):
                    completion(.failure(Reasons.rejection(refusal)))
                case .failure(let failure): completion(.failure(failure.rejection))
                }
            }
        }
    }
}

extension History {
    func tradeReader(_ list: ProjectedList) -> ListReader<Trade> {
        store.reader(list, time: \Trade.time) { item throws(RecordError) in
            try Trade(listItem: item)
        }
    }

    /// A trade by its id, `<sequence>-<index>`; nil where there is none.
    func trade(_ id: String, _ completion: @escaping (Result<Trade?, Rejection>) -> Void) {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let sequence = Int64(parts[0]), let index = UInt32(parts[1]),
            id == "\(sequence)-\(index)"
        else { return completion(.success(nil)) }
        whenListed(completion) { [self] in
            let reader = tradeReader(.trades)
            reader.length { result in
                guard let count = result.value(orTell: completion) else { return }
                reader.firstPosition(
                    in: 0..<count, where: { ($0.sequence, $0.index) >= (sequence, index) }
                ) { result in
                    guard let place = result.value(orTell: completion) else { return }
                    reader.read(place..<min(place + 1, count)) { result in
                        completion(
                            result.map { items in
                                (items.first ?? nil).flatMap { $0.id == id ? $0 : nil }
                            })
                    }
                }
            }
        }
    }

    /// Marks those of a page that were taken back since.
    func markBusted(
        _ result: Result<PageOf<Trade>, Rejection>, _ completion: @escaping Completion<Trade>
    ) {
        guard let page = result.value(orTell: completion) else { return }
        guard !page.items.isEmpty else { return completion(.success(page)) }
        var command = RedisCommand("HMGET")
        command.append(store.keys.busted)
        for trade in page.items { command.append(trade.id) }
        store.redis.send(command) { reply in
            switch reply {
            case .failure(let failure): completion(.failure(failure.rejection))
            case .success(let marks):
                var trades = page.items
                for (place, mark) in (marks.elements ?? []).enumerated() where !mark.isNull {
                    trades[place].isBusted = true
                }
                completion(.success(PageOf(items: trades, next: page.next)))
            }
        }
    }
}
