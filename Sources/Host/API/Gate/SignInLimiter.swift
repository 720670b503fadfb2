// Slows down whoever guesses keys: an address that has failed so often in the last second is told so.
// Who signs in rightly is never counted and never held up, whatever others at the address do: a
// secret has 256 bits, so that looking a guess up gives nothing away.

import Base
import Trading

final class SignInLimiter {
    private var failures: [String: TokenBucket] = [:]
    /// For the addresses that there is no place for.
    private static let others = ""

    /// Counts a failed sign-in; throws 429 where there were too many. `now`: monotonic microseconds.
    func countFailure(
        of address: String, now: Int64 = Clock.monotonicMicros()
    ) throws(Rejection) {
        let place = place(of: address, now)
        var bucket = failures[place] ?? SignInLimiter.fresh(now)
        let isWithin = bucket.take(1, now: now)
        failures[place] = bucket
        guard isWithin else {
            throw Rejection(
                .tooMany, "rate_limited",
                "Too many failed sign-ins from this address; wait a second and try again.",
                values: "limit=\(Limits.failedSignInsPerSecond)")
        }
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
