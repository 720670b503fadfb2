// A lease in Redis: of several hosts one alone has it, and it runs out by itself when its holder dies.

import Base
import Loop

package final class RedisLease {
    private let loop: EventLoop
    private let redis: RedisConnection
    private let key: String
    private let holder = "\(Clock.wallMicros())-\(Clock.monotonicMicros())"
    /// Monotonic: until then it is ours for certain, whatever Redis says later.
    private var heldUntilMicros: Int64 = 0
    /// Called when it is taken or prolonged.
    package var onHold: (() -> Void)?
    /// Called when it is lost, or couldn't be had.
    package var onLose: (() -> Void)?

    private static let leaseMillis = 6_000
    private static let renewMillis = 2_000

    package init(loop: EventLoop, redis: RedisConnection, key: String) {
        self.loop = loop
        self.redis = redis
        self.key = key
    }

    package var isHeld: Bool { Clock.monotonicMicros() < heldUntilMicros }

    package func start() { renew() }

    /// Takes it where it is free, and prolongs it where it is ours.
    private func renew() {
        _ = loop.schedule(afterMillis: RedisLease.renewMillis) { [self] in renew() }
        let millis = String(RedisLease.leaseMillis)
        let asked = Clock.monotonicMicros()
        redis.send(RedisCommand("SET", [key, holder, "NX", "PX", millis, "GET"])) {
            [self] reply in
            guard case .success(let value) = reply else { return loseWhenOver() }
            if value.isNull { return hold(since: asked) }
            guard value.text == holder else { return lose() }
            redis.send(RedisCommand("PEXPIRE", [key, millis])) { [self] reply in
                // 0: it ran out between the two, and is asked for again.
                if case .success(.integer(1)) = reply { hold(since: asked) } else { loseWhenOver() }
            }
        }
    }

    private func hold(since asked: Int64) {
        heldUntilMicros = asked + Int64(RedisLease.leaseMillis) * 1_000
        onHold?()
    }

    /// Redis didn't answer: the lease lasts as long as it lasts.
    private func loseWhenOver() {
        if !isHeld { lose() }
    }

    private func lose() {
        heldUntilMicros = 0
        onLose?()
    }
}
