// Reading executions: newest first, from a sequence on, and those of one order.

import Base
import Store
import Trading

/// Executions from a sequence on, oldest first, events whole.
package struct ExecutionsFrom {
    package let items: [Execution]
    /// Where to go on: nothing before it is missing.
    package let nextSequence: Int64
    /// Whether there is more already.
    package let hasMore: Bool
}

/// The steps of one order, oldest first.
package struct OrderSteps {
    package let items: [Execution]
    /// Whether older steps than these were left out.
    package let isCut: Bool
}

extension History {
    /// An account's executions, or everyone's, newest first.
    package func executions(
        account: String?, symbol: String? = nil, in span: TimeSpan = TimeSpan(), _ page: Page,
        _ completion: @escaping Completion<Execution>
    ) {
        whenListed(completion) { [self] in
            let isWanted = symbol.map { symbol in { (step: Execution) in step.symbol == symbol } }
            reader(account).page(page, in: span, where: isWanted, completion)
        }
    }

    /// An account's executions, or everyone's, from a sequence on: what a client reads that missed
    /// messages. At most `limit` of them, but for one thing: an event's are never parted, so that a
    /// first event with more comes whole and alone.
    package func executions(
        account: String?, fromSequence sequence: Int64, limit: Int,
        _ completion: @escaping (Result<ExecutionsFrom, Rejection>) -> Void
    ) {
        whenListed(completion) { [self] in
            let reader = reader(account)
            reader.length { result in
                guard let count = result.value(orTell: completion) else { return }
                reader.firstPosition(in: 0..<count, where: { $0.sequence >= sequence }) {
                    guard let position = $0.value(orTell: completion) else { return }
                    reader.wholeEvents(
                        at: position, count: count, from: sequence, limit: limit, completion)
                }
            }
        }
    }

    /// The newest Limits.historySteps steps of an order; none where it has none or is too old to be
    /// in the lists.
    package func history(
        of order: OrderID, _ completion: @escaping (Result<OrderSteps, Rejection>) -> Void
    ) {
        whenListed(completion) { [self] in
            store.redis.send(RedisCommand("HGET", [store.keys.history, order.text])) { [self] in
                switch $0 {
                case .failure(let failure): completion(.failure(failure.rejection))
                case .success(let reply):
                    var places = decodedPlaces(reply.bytes ?? [])
                    let isCut = places.count > Limits.historySteps
                    if isCut { places.removeFirst(places.count - Limits.historySteps) }
                    steps(of: order, at: places) { result in
                        completion(result.map { OrderSteps(items: $0, isCut: isCut) })
                    }
                }
            }
        }
    }

    /// The orders of these ids that there are.
    package func orders(
        named ids: Set<OrderID>,
        _ completion: @escaping (Result<[OrderID: Order], Rejection>) -> Void
    ) {
        store.fetch(Array(ids)) { result in
            completion(result.map { Dictionary(keyed: $0.compactMap { $0 }, by: \.id) })
        }
    }

    private func reader(_ account: String?) -> ListReader<Execution> {
        let list = account.map { ProjectedList.executionsOf(account: $0) } ?? .executions
        return store.reader(list, time: \Execution.time) { item throws(RecordError) in
            try Execution(listItem: item)
        }
    }

    private func decodedPlaces(_ bytes: [UInt8]) -> [Int] {
        var reader = ByteReader(bytes[...])
        var places: [Int] = []
        while let place = try? reader.uint32() { places.append(Int(place)) }
        return places
    }

    /// Reads what lies close together at one go, and all of it at once: the replies come in order.
    private func steps(
        of order: OrderID, at places: [Int],
        _ completion: @escaping (Result<[Execution], Rejection>) -> Void
    ) {
        let runs = stretches(covering: places, gap: Limits.historyGap)
        guard let last = runs.indices.last else { return completion(.success([])) }
        let reader = reader(String(order.account))
        var found: [Execution] = []
        var problem: Rejection?
        for (index, run) in runs.enumerated() {
            reader.read(run) { result in
                switch result {
                case .failure(let rejection): problem = problem ?? rejection
                case .success(let items):
                    found += items.compactMap { $0 }.filter { $0.orderID == order }
                }
                guard index == last else { return }
                completion(problem.map { .failure($0) } ?? .success(found))
            }
        }
    }
}

/// The fewest stretches that hold all of these ascending places and, between two of them in one
/// stretch, no more than `gap` others.
func stretches(covering places: [Int], gap: Int) -> [Range<Int>] {
    var found: [Range<Int>] = []
    for place in places {
        if let last = found.last, place - last.upperBound <= gap {
            found[found.count - 1] = last.lowerBound..<place + 1
        } else {
            found.append(place..<place + 1)
        }
    }
    return found
}

extension ListReader<Execution> {
    /// From a position on as many whole events as fit the limit, but one at least.
    fileprivate func wholeEvents(
        at position: Int, count: Int, from sequence: Int64, limit: Int,
        _ completion: @escaping (Result<ExecutionsFrom, Rejection>) -> Void
    ) {
        let end = min(count, position + limit)
        // One more, to see whether the last event goes on.
        read(position..<min(count, end + 1)) { result in
            guard let read = result.value(orTell: completion) else { return }
            var items = read.compactMap { $0 }
            let hasMore = end < count
            if hasMore, let next = items.last?.sequence {
                while items.last?.sequence == next { items.removeLast() }
                if items.isEmpty { return oneEvent(at: position, count: count, completion) }
            }
            let next = items.last.map { $0.sequence + 1 } ?? sequence
            completion(
                .success(ExecutionsFrom(items: items, nextSequence: next, hasMore: hasMore)))
        }
    }

    /// All of the event at a position.
    private func oneEvent(
        at position: Int, count: Int,
        _ completion: @escaping (Result<ExecutionsFrom, Rejection>) -> Void
    ) {
        read(position..<min(count, position + Limits.stepsPerEvent)) { result in
            guard let read = result.value(orTell: completion) else { return }
            let found = read.compactMap { $0 }
            let sequence = found.first?.sequence ?? 0
            let items = Array(found.prefix { $0.sequence == sequence })
            completion(
                .success(
                    ExecutionsFrom(
                        items: items, nextSequence: sequence + 1,
                        hasMore: position + items.count < count)))
        }
    }
}

extension Result where Failure == Rejection {
    /// The value; where there is none, `completion` is told why.
    func value<Other>(orTell completion: (Result<Other, Rejection>) -> Void) -> Success? {
        switch self {
        case .success(let value): return value
        case .failure(let rejection):
            completion(.failure(rejection))
            return nil
        }
    }
}
