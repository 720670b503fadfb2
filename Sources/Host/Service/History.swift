// Reading what has ended: lists that the projector keeps in Redis, newest first, page by page.
//
// The lists only grow at their end, so a page token is simply how many items are older: pages stay
// the same while new orders come in.

import Base
import Store
import Trading

package struct Page: Sendable {
    package let limit: Int
    /// How many older items the page starts from; nil = the newest.
    package let before: Int?

    package init(limit: Int, before: Int?) {
        self.limit = limit
        self.before = before
    }
}

package struct PageOf<Item> {
    package let items: [Item]
    /// For the page after this one; nil where this is the last.
    package let next: Int?

    package init(items: [Item], next: Int?) {
        self.items = items
        self.next = next
    }
}

package final class History {
    private let redis: RedisConnection
    private let keys = Keys.first
    private let projector: Projector
    private let acknowledged: Acknowledged

    package typealias Completion<Item> = (Result<PageOf<Item>, Rejection>) -> Void

    package init(redis: RedisConnection, projector: Projector, acknowledged: Acknowledged) {
        self.redis = redis
        self.projector = projector
        self.acknowledged = acknowledged
    }

    // MARK: Lists

    /// An account's orders, or everyone's.
    package func orders(
        account: String?, _ page: Page, _ completion: @escaping Completion<Order>
    ) {
        orders(list: account.map { .ordersOf(account: $0) } ?? .orders, page, completion)
    }

    /// Orders that were rejected by a rule, for want of cash or shares, or by the market.
    package func rejectedOrders(_ page: Page, _ completion: @escaping Completion<Order>) {
        orders(list: .rejected, page, completion)
    }

    package func trades(
        symbol: String?, _ page: Page, _ completion: @escaping Completion<Trade>
    ) {
        read(list: symbol.map { .tradesOf(symbol: $0) } ?? .trades, page) { result in
            completion(result.decoded { item throws(RecordError) in try Trade(listItem: item) })
        }
    }

    package func ledger(
        account: String, _ page: Page, _ completion: @escaping Completion<LedgerLine>
    ) {
        read(list: .ledgerOf(account: account), page) { result in
            completion(
                result.decoded { item throws(RecordError) in try LedgerLine(listItem: item) })
        }
    }

    // MARK: One order

    /// An order as it stands in Redis, open or ended; nil where there is none.
    package func order(
        _ id: OrderID, _ completion: @escaping (Result<Order?, Rejection>) -> Void
    ) {
        fetch([id]) { result in completion(result.map { $0.first ?? nil }) }
    }

    // MARK: Redis

    private func orders(
        list: ProjectedList, _ page: Page, _ completion: @escaping Completion<Order>
    ) {
        read(list: list, page) { [self] result in
            switch result {
            case .failure(let rejection): completion(.failure(rejection))
            case .success(let ids):
                let wanted = ids.items.map { OrderID(String(decoding: $0, as: UTF8.self)) }
                fetch(wanted) { orders in
                    completion(
                        orders.map { PageOf(items: $0.compactMap { $0 }, next: ids.next) })
                }
            }
        }
    }

    /// Orders by id, in the same order.
    private func fetch(
        _ ids: [OrderID], _ completion: @escaping (Result<[Order?], Rejection>) -> Void
    ) {
        guard !ids.isEmpty else { return completion(.success([])) }
        var command = RedisCommand("HMGET")
        command.append(keys.orders)
        for id in ids { command.append(id.text) }
        redis.send(command) { reply in
            switch reply {
            case .failure(let failure): completion(.failure(failure.rejection))
            case .success(.array(let records)):
                do throws(RecordError) {
                    completion(.success(try History.decode(ids, records)))
                } catch {
                    completion(.failure(.damaged(error)))
                }
            case .success: completion(.failure(.damaged(RecordError(what: "no list of orders"))))
            }
        }
    }

    private static func decode(
        _ ids: [OrderID], _ records: [RedisReply]
    ) throws(RecordError) -> [Order?] {
        var orders: [Order?] = []
        for (id, record) in zip(ids, records) {
            if case .bulk(let bytes) = record {
                orders.append(try Order(id: id, record: bytes[...]))
            } else {
                orders.append(nil)
            }
        }
        return orders
    }

    /// A page of a list, newest first, once the projector has come as far as anyone was told.
    private func read(
        list: ProjectedList, _ page: Page, _ completion: @escaping Completion<[UInt8]>
    ) {
        projector.whenProjected(to: acknowledged.sequence) { [self] rejection in
            if let rejection { return completion(.failure(rejection)) }
            if let before = page.before { return range(list, before, page.limit, completion) }
            var length = RedisCommand("LLEN")
            length.append(keys.list(list))
            redis.send(length) { [self] reply in
                switch reply {
                case .failure(let failure): completion(.failure(failure.rejection))
                case .success(.integer(let count)):
                    range(list, Int(count), page.limit, completion)
                case .success: completion(.failure(.damaged(RecordError(what: "no list length"))))
                }
            }
        }
    }

    private func range(
        _ list: ProjectedList, _ before: Int, _ limit: Int,
        _ completion: @escaping Completion<[UInt8]>
    ) {
        guard before > 0 else { return completion(.success(PageOf(items: [], next: nil))) }
        let start = max(0, before - limit)
        var command = RedisCommand("LRANGE")
        command.append(keys.list(list))
        command.append(Int64(start))
        command.append(Int64(before - 1))
        redis.send(command) { reply in
            switch reply {
            case .failure(let failure): completion(.failure(failure.rejection))
            case .success(.array(let items)):
                let newestFirst = items.reversed().compactMap { item -> [UInt8]? in
                    if case .bulk(let bytes) = item { bytes } else { nil }
                }
                completion(
                    .success(PageOf(items: newestFirst, next: start > 0 ? start : nil)))
            case .success: completion(.failure(.damaged(RecordError(what: "no list"))))
            }
        }
    }
}

extension Result where Success == PageOf<[UInt8]>, Failure == Rejection {
    func decoded<Item>(
        _ decode: (ArraySlice<UInt8>) throws(RecordError) -> Item
    ) -> Result<PageOf<Item>, Rejection> {
        switch self {
        case .failure(let rejection): return .failure(rejection)
        case .success(let page):
            var items: [Item] = []
            do throws(RecordError) {
                for item in page.items { items.append(try decode(item[...])) }
            } catch {
                return .failure(.damaged(error))
            }
            return .success(PageOf(items: items, next: page.next))
        }
    }
}

extension Rejection {
    static func damaged(_ error: RecordError) -> Rejection {
        Rejection(
            .unavailable, "damaged_record", "A record in Redis can't be read: \(error.what).")
    }
}
