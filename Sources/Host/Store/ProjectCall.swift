// The projector's call: what it appends to which list, and what of it is found by order.

import Base
import Trading

/// Items to be appended to the projector's lists, and the cursor's step from `from` to `to`.
package struct ProjectCall: Sendable {
    package struct Addition: Sendable {
        package let list: ProjectedList
        package let items: [[UInt8]]
        /// Where the items are to be found by order: the order of each of them, else empty.
        package let orders: [OrderID]
        package init(_ list: ProjectedList, _ items: [[UInt8]], _ orders: [OrderID] = []) {
            assert(orders.isEmpty || orders.count == items.count)
            self.list = list
            self.items = items
            self.orders = orders
        }
    }

    package var from: Int64
    package var to: Int64
    package var additions: [Addition]

    package init(from: Int64, to: Int64, additions: [Addition]) {
        self.from = from
        self.to = to
        self.additions = additions
    }

    func append(to command: inout RedisCommand) {
        command.append(from)
        command.append(to)
        for addition in additions {
            command.append(addition.list.name)
            command.append(Int64(addition.items.count))
            for item in addition.items { command.append(item) }
            addition.appendHistory(to: &command)
        }
    }
}

extension ProjectCall.Addition {
    /// For each order, first come first, the places of its items among this list's, four bytes each.
    var history: [(order: OrderID, places: [UInt8])] {
        var found: [(order: OrderID, places: ByteWriter)] = []
        var indices: [OrderID: Int] = [:]
        for (place, order) in orders.enumerated() {
            let index = indices[order] ?? found.count
            if index == found.count {
                indices[order] = index
                found.append((order, ByteWriter(capacity: 4)))
            }
            found[index].places.uint32(UInt32(place))
        }
        return found.map { ($0.order, $0.places.bytes) }
    }

    /// `history`, the count of what follows, and each order's id and places.
    fileprivate func appendHistory(to command: inout RedisCommand) {
        guard !orders.isEmpty else { return }
        let history = history
        command.append("history")
        command.append(Int64(2 * history.count))
        for (order, places) in history {
            command.append(order.text)
            command.append(places)
        }
    }
}
