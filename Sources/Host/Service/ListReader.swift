// Reading a list of Redis by position, as values: what pages, filters and searches are made of.

import Base
import Store
import Trading

/// A list's items by position, from 0, the oldest.
struct ListReader<Item> {
    typealias Completion<Value> = (Result<Value, Rejection>) -> Void

    let length: (@escaping Completion<Int>) -> Void
    /// The items of a stretch, oldest first; nil where one can't be found any more.
    let read: (Range<Int>, @escaping Completion<[Item?]>) -> Void
    /// What the list is in the order of: UTC microseconds.
    let time: (Item) -> Int64
}

/// The lists as Redis gives them.
struct ListStore {
    let redis: RedisConnection
    let keys = Keys.first

    func length(_ list: ProjectedList, _ completion: @escaping (Result<Int, Rejection>) -> Void) {
        redis.send(RedisCommand("LLEN", [keys.list(list)])) { reply in
            switch reply {
            case .failure(let failure): completion(.failure(failure.rejection))
            case .success(.integer(let count)): completion(.success(Int(count)))
            case .success: completion(.failure(.damaged(RecordError(what: "no list length"))))
            }
        }
    }

    /// Fewer where the list ends.
    func range(
        _ list: ProjectedList, _ positions: Range<Int>,
        _ completion: @escaping (Result<[[UInt8]], Rejection>) -> Void
    ) {
        guard !positions.isEmpty else { return completion(.success([])) }
        var command = RedisCommand("LRANGE")
        command.append(keys.list(list))
        command.append(Int64(positions.lowerBound))
        command.append(Int64(positions.upperBound - 1))
        redis.send(command) { reply in
            switch reply {
            case .failure(let failure): completion(.failure(failure.rejection))
            case .success(.array(let items)): completion(.success(items.compactMap(\.bytes)))
            case .success: completion(.failure(.damaged(RecordError(what: "no list"))))
            }
        }
    }

    /// A list whose items are packed values.
    func reader<Item>(
        _ list: ProjectedList, time: @escaping (Item) -> Int64,
        _ decode: @escaping (ArraySlice<UInt8>) throws(RecordError) -> Item
    ) -> ListReader<Item> {
        ListReader(
            length: { length(list, $0) },
            read: { positions, completion in
                range(list, positions) { result in
                    completion(
                        result.flatMap { items in
                            Result { () throws(RecordError) in
                                var values: [Item?] = []
                                for item in items { values.append(try decode(item[...])) }
                                return values
                            }.mapError { .damaged($0) }
                        })
                }
            },
            time: time)
    }

    /// A list of order ids, read as the orders themselves.
    func reader(ofOrders list: ProjectedList) -> ListReader<Order> {
        ListReader(
            length: { length(list, $0) },
            read: { positions, completion in
                range(list, positions) { result in
                    switch result {
                    case .failure(let rejection): completion(.failure(rejection))
                    case .success(let ids):
                        fetch(
                            ids.map { OrderID(String(decoding: $0, as: UTF8.self)) }, completion)
                    }
                }
            },
            time: \.createdAt)
    }

    /// Orders by id, in the same order; nil where there is none.
    func fetch(
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
                completion(
                    Result { () throws(RecordError) in try ListStore.decode(ids, records) }
                        .mapError { .damaged($0) })
            case .success: completion(.failure(.damaged(RecordError(what: "no list of orders"))))
            }
        }
    }

    /// The children's ids by parent, in the order in which they were made.
    func children(
        of parents: [OrderID],
        _ completion: @escaping (Result<[OrderID: [OrderID]], Rejection>) -> Void
    ) {
        guard !parents.isEmpty else { return completion(.success([:])) }
        var command = RedisCommand("HMGET")
        command.append(keys.children)
        for id in parents { command.append(id.text) }
        redis.send(command) { reply in
            switch reply {
            case .failure(let failure): completion(.failure(failure.rejection))
            case .success(.array(let lists)):
                var found: [OrderID: [OrderID]] = [:]
                for (parent, list) in zip(parents, lists) {
                    guard let names = list.text else { continue }
                    found[parent] = names.split(separator: ",").map { parent.child(String($0)) }
                }
                completion(.success(found))
            case .success: completion(.failure(.damaged(RecordError(what: "no children"))))
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
}

extension Rejection {
    static func damaged(_ error: RecordError) -> Rejection {
        Rejection(
            .unavailable, "damaged_record", "A record in Redis can't be read: \(error.what).")
    }
}
