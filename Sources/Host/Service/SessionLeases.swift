// Cancel on disconnect. An order that is placed so belongs to the lease of its client's socket. While
// the socket is open its host renews the lease; when it closes, the host lets the lease be over and
// cancels its orders. When the host is killed, nobody renews, and whichever host finds the lease over
// cancels them: another one, or the same after its restart.

import Base
import Loop
import Store
import Trading

/// One socket's lease.
package final class SessionLease {
    package let id: String
    /// Orders that may be open, with the event that made each.
    fileprivate var orders: [OrderID: Int64] = [:]

    fileprivate init(id: String) { self.id = id }
}

package final class SessionLeases {
    /// What an order is cancelled with.
    package static let reason = "client_disconnected"

    private let loop: EventLoop
    private let matcher: Matcher
    private let picture: Picture
    private let orders: OrderService
    private let log: Log
    private let names: OrderNames
    private var leases: [String: SessionLease] = [:]
    private var isSweeping = false
    private var isSweepWanted = false

    package init(
        loop: EventLoop, matcher: Matcher, picture: Picture, orders: OrderService,
        names: OrderNames, log: Log
    ) {
        self.loop = loop
        self.matcher = matcher
        self.picture = picture
        self.orders = orders
        self.names = names
        self.log = log
    }

    package var count: Int { leases.count }

    package func start() {
        renewAll()
        sweepRegularly()
    }

    package func open() -> SessionLease {
        let lease = SessionLease(id: names.next())
        leases[lease.id] = lease
        return lease
    }

    /// An order was taken with this lease.
    package func add(_ order: Order, to lease: SessionLease) {
        // A family's main order is asked for again at the end: its children may be open.
        lease.orders[order.id] = order.hasChildren ? .max : order.lastSequence
        // Its socket closed meanwhile, and this order may have come behind that.
        if leases[lease.id] == nil { release(lease) }
    }

    /// The client is gone: its orders are cancelled.
    package func release(_ lease: SessionLease) {
        leases[lease.id] = nil
        matcher.lease(lease.id, millis: 0) { [self] _ in sweep() }
    }

    // MARK: Renewing

    private func renewAll() {
        _ = loop.schedule(afterMillis: Limits.leaseRenewMillis) { [self] in
            for lease in leases.values { renew(lease) }
            renewAll()
        }
    }

    /// Also forgets orders that have ended, so that a lease grows no longer than its open orders. One
    /// with children stands for them, and stays.
    private func renew(_ lease: SessionLease) {
        guard !lease.orders.isEmpty else { return }
        let ended = lease.orders.filter { id, sequence in
            picture.sequence >= sequence && picture.openOrders[id] == nil
        }.keys.prefix(Limits.leaseOrdersPerCall)
        let ids = Array(ended)
        matcher.lease(lease.id, millis: Limits.leaseMillis, ended: ids[...]) { result in
            guard case .success = result else { return }
            for id in ids { lease.orders[id] = nil }
        }
    }

    // MARK: Those that are over

    private func sweepRegularly() {
        _ = loop.schedule(afterMillis: Limits.leaseSweepMillis) { [self] in
            sweep()
            sweepRegularly()
        }
    }

    /// One after the other, until none is over. Several hosts may be at it: a second cancel does
    /// nothing.
    private func sweep() {
        isSweepWanted = isSweeping
        guard !isSweeping else { return }
        isSweeping = true
        matcher.overdueLease { [self] result in
            switch result {
            case .success(let lease?): cancel(lease)
            case .success(nil), .failure: endSweep()
            }
        }
    }

    private func cancel(_ lease: OverdueLease) {
        MassCancel(of: lease.orders) { [orders] id, done in
            orders.cancel(id, reason: SessionLeases.reason, done)
        }.start { [self] outcome in
            if outcome.cancelled > 0 {
                log.info("session lease \(lease.id) is over: \(outcome.cancelled) orders cancelled")
            }
            guard outcome.failed == 0 else { return endSweep() }
            matcher.lease(lease.id, millis: nil, ended: lease.orders[...]) { [self] result in
                isSweepWanted = (try? result.get()) != nil
                endSweep()
            }
        }
    }

    private func endSweep() {
        isSweeping = false
        guard isSweepWanted else { return }
        loop.later { [self] in sweep() }
    }
}
