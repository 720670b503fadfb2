// All notifiers of a host. Of several hosts on one Redis one alone delivers: the holder of a lease
// that runs out by itself when its holder dies.

import Base
import Loop
import Plugins
import Service
import Store

package final class Notifications {
    private let loop: EventLoop
    private let redis: RedisConnection
    private let runners: [NotifierRunner]
    private let dispatches: [NotifierDispatch]
    private let holder = "\(Clock.wallMicros())-\(Clock.monotonicMicros())"
    private var holdsLease = false

    private static let leaseMillis = 6_000
    private static let renewMillis = 2_000

    package init(
        runners: [NotifierRunner], loop: EventLoop, mailbox: Mailbox, redis: RedisConnection,
        picture: Picture, log: Log
    ) {
        self.loop = loop
        self.redis = redis
        self.runners = runners
        dispatches = runners.map {
            NotifierDispatch(
                loop: loop, mailbox: mailbox, redis: redis, picture: picture, runner: $0, log: log)
        }
    }

    package func start() {
        guard !dispatches.isEmpty else { return }
        renew()
    }

    /// There may be new events.
    package func wake() {
        guard holdsLease else { return }
        for dispatch in dispatches { dispatch.wake() }
    }

    /// Takes the lease where it is free, and prolongs it where it is ours.
    private func renew() {
        for runner in runners { runner.cancelOverdue() }
        _ = loop.schedule(afterMillis: Notifications.renewMillis) { [self] in renew() }
        let key = Keys.first.notifierLease
        let millis = String(Notifications.leaseMillis)
        redis.send(RedisCommand("SET", [key, holder, "NX", "PX", millis, "GET"])) {
            [self] reply in
            guard case .success(let value) = reply else { return hold(false) }
            guard value.isNull || value.text == holder else { return hold(false) }
            if !value.isNull { redis.send(RedisCommand("PEXPIRE", [key, millis])) { _ in } }
            hold(true)
        }
    }

    private func hold(_ holds: Bool) {
        let isNew = holds && !holdsLease
        holdsLease = holds
        if isNew { for dispatch in dispatches { dispatch.takeOver() } }
    }
}
