// The calls about session leases (docs/REDIS.md, Leases).

import Base
import Trading

/// A lease that is over, and some of the orders that are to be cancelled for it.
package struct OverdueLease: Sendable, Equatable {
    package let id: String
    /// At most 500; none where all have ended.
    package let orders: [OrderID]
}

extension Matcher {
    /// Has the lease be over in `millis` (0: at once; nil: as it stands), and forgets orders of it
    /// that have ended, at most Limits.leaseOrdersPerCall. May be repeated.
    package func lease(
        _ id: String, millis: Int?, ended: ArraySlice<OrderID> = [],
        _ answer: @escaping Answer<Void>
    ) {
        call(
            names.lease,
            { command in
                command.append(id)
                command.append(millis.map { String($0) } ?? "")
                for order in ended { command.append(order.text) }
            }, answer
        ) { reply throws(RedisFailure) in
            guard reply.word == "ok" else { throw reply.unexpected }
        }
    }

    /// The lease that has been over for longest, by Redis's clock; nil where none is.
    package func overdueLease(_ answer: @escaping Answer<OverdueLease?>) {
        call(names.leases, { _ in }, answer) { reply throws(RedisFailure) in
            guard reply.word == "ok" else { throw reply.unexpected }
            guard reply.count > 1 else { return nil }
            var orders: [OrderID] = []
            for index in 2..<max(reply.count, 2) { orders.append(OrderID(try reply.text(index))) }
            return OverdueLease(id: try reply.text(1), orders: orders)
        }
    }
}
