// Slows down whoever guesses keys: an address that has failed so often in the last second is refused
// before its key is looked at. Who signs in rightly is never counted.

import Base
import Trading

final class SignInLimiter {
    private var failures: [String: TokenBucket] = [:]
    /// For the addresses that there is no place for.
    private static let others = ""

    /// Throws 429. `now`: monotonic microseconds.
    func check(_ address: String, now: Int64 = Clock.monotonicMicros()) throws(Rejection) {
        var bucket = failures[place(of: address, now)] ?? SignInLimiter.fresh(now)
        guard bucket.take(1, now: now) else {
            throw Rejection(
                .tooMany, "rate_limited",
                "Too many failed sign-ins from this address; wait a second and try again.",
                values: "limit=\(Limits.failedSignInsPerSecond)")
        }
    }

    func noteFailure(_ address: String, now: Int64 = Clock.monotonicMicros()) {
        let place = place(of: address, now)
        var bucket = failures[place] ?? SignInLimiter.fresh(now)
        _ = bucket.take(1, now: now)
        failures[place] = bucket
    }

    private func place(of address: String, _ now: Int64) -> String {
        if failures[address] != nil || failures.count < Limits.signInAddresses { return address }
        failures = failures.filter { !$0.value.isFull(now: now) }
        return failures.count < Limits.signInAddresses ? address : SignInLimiter.others
    }

    private static func fresh(_ now: Int64) -> TokenBucket {
        TokenBucket(perSecond: Limits.failedSignInsPerSecond, now: now)
    }
}
