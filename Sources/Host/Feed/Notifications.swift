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
    /// Monotonic: until then the lease is ours for certain, whatever Redis says later.
    private var heldUntilMicros: Int64 = 0

    private static let leaseMillis = 6_000
    private static let renewMillis = 2_000

    package init(
        runners: [NotifierRunner], leftOut: Set<String> = [], settings: [NotifierSettings],
        loop: EventLoop, mailbox: Mailbox, redis: RedisConnection,
        picture: Picture, log: Log
    ) {
        self.loop = loop
        self.redis = redis
        self.runners = runners
        dispatches = zip(runners, settings).map { runner, settings in
            NotifierDispatch(
                loop: loop, mailbox: mailbox, redis: redis, picture: picture, runner: runner,
                settings: settings, isLeftOut: leftOut.contains(runner.name), log: log)
        }
    }

    package var progress: [NotifierProgress] { dispatches.map(\.progress) }

    /// Begins, and calls `ready` once every event from now on will be delivered: before any client may
    /// make one.
    package func start(_ ready: @escaping () -> Void) {
        guard !dispatches.isEmpty else { return ready() }
        var remaining = dispatches.count
        var isPrepared = true
        for dispatch in dispatches {
            dispatch.prepare { [self] isDone in
                isPrepared = isPrepared && isDone
                remaining -= 1
                guard remaining == 0 else { return }
                guard isPrepared else {
                    _ = loop.schedule(afterMillis: Limits.deliveryRetryMillis) { [self] in
                        start(ready)
                    }
                    return
                }
                renew()
                ready()
            }
        }
    }

    /// Somebody asked for a notifier's dead letters to be sent again. Another host that delivers finds it
    /// when it renews its lease.
    package func resend(_ name: String) {
        for dispatch in dispatches where dispatch.progress.name == name { dispatch.resend() }
    }

    /// There may be new events.
    package func wake() {
        guard !dispatches.isEmpty, Clock.monotonicMicros() < heldUntilMicros else { return }
        for dispatch in dispatches { dispatch.wake() }
    }

    /// Takes the lease where it is free, and prolongs it where it is ours.
    private func renew() {
        for runner in runners { runner.cancelOverdue() }
        _ = loop.schedule(afterMillis: Notifications.renewMillis) { [self] in renew() }
        let key = Keys.first.notifierLease
        let millis = String(Notifications.leaseMillis)
        let asked = Clock.monotonicMicros()
        redis.send(RedisCommand("SET", [key, holder, "NX", "PX", millis, "GET"])) {
            [self] reply in
            guard case .success(let value) = reply else { return endWhenOver() }
            if value.isNull { return hold(since: asked) }
            guard value.text == holder else { return lose() }
            redis.send(RedisCommand("PEXPIRE", [key, millis])) { [self] reply in
                // 0: it ran out between the two, and is asked for again.
                if case .success(.integer(1)) = reply { hold(since: asked) } else { endWhenOver() }
            }
        }
    }

    private func hold(since asked: Int64) {
        heldUntilMicros = asked + Int64(Notifications.leaseMillis) * 1_000
        for dispatch in dispatches { dispatch.begin() }
    }

    /// Redis didn't answer: the lease lasts as long as it lasts.
    private func endWhenOver() {
        if Clock.monotonicMicros() >= heldUntilMicros { lose() }
    }

    private func lose() {
        heldUntilMicros = 0
        for dispatch in dispatches { dispatch.end() }
    }
}
