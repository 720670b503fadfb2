import Base
import Testing
import Trading

@testable import API

@Suite("Rate limits")
struct RateLimiterTests {
    private static let second: Int64 = 1_000_000

    private func principal(_ orders: Int64, id: String = "00000001") -> Principal {
        Principal(
            AccessKey(
                newKey: id, name: "t", role: .trader, accounts: .all,
                digest: [UInt8](repeating: 0, count: 32), ordersPerSecond: orders,
                createdBy: "command"))
    }

    private func passes(
        _ limiter: RateLimiter, _ principal: Principal, _ cost: Cost, _ count: Int = 1, at: Int64
    ) -> Bool {
        limiter.count(principal, cost, count, now: at).refusal == nil
    }

    @Test("a second's worth at once, and then as it comes back")
    func bucket() {
        let limiter = RateLimiter()
        let key = principal(5)
        for _ in 0..<5 { #expect(passes(limiter, key, .order, at: 0)) }
        #expect(!passes(limiter, key, .order, at: 0))
        #expect(!passes(limiter, key, .order, at: Self.second / 5 - 1))
        #expect(passes(limiter, key, .order, at: Self.second / 5))
        #expect(!passes(limiter, key, .order, at: Self.second / 5))
        // However long it was away, it never has more than a second's worth.
        for _ in 0..<5 { #expect(passes(limiter, key, .order, at: 100 * Self.second)) }
        #expect(!passes(limiter, key, .order, at: 100 * Self.second))
    }

    @Test("a bucket that holds more than a second's worth")
    func burst() {
        var bucket = TokenBucket(perSecond: 100, atOnce: 300, now: 0)
        func take(_ count: Int64, at now: Int64) -> Bool { bucket.take(count, now: now) }
        #expect(take(300, at: 0))
        #expect(!take(1, at: Self.second / 100 - 1))
        #expect(take(1, at: Self.second / 100))
        #expect(take(199, at: 2 * Self.second))
        #expect(!take(1, at: 2 * Self.second))
        #expect(!bucket.isFull(now: 5 * Self.second - 1))
        #expect(bucket.isFull(now: 5 * Self.second))
        #expect(!take(301, at: 100 * Self.second))
        #expect(take(300, at: 100 * Self.second))
        #expect(bucket.usage.resetSeconds == 3)
    }

    @Test("a batch passes whole or not at all")
    func batch() {
        let limiter = RateLimiter()
        let key = principal(5)
        #expect(!passes(limiter, key, .order, 6, at: 0))
        #expect(passes(limiter, key, .order, 4, at: 0))
        #expect(!passes(limiter, key, .order, 2, at: 0))
        #expect(passes(limiter, key, .order, 1, at: 0))
    }

    @Test("cancels always pass, and other calls have a bucket of their own")
    func costs() {
        let limiter = RateLimiter()
        let key = principal(1)
        #expect(passes(limiter, key, .order, at: 0))
        #expect(!passes(limiter, key, .order, at: 0))
        #expect(passes(limiter, key, .request, at: 0))
        for _ in 0..<(2 * Limits.requestsPerSecond) { #expect(passes(limiter, key, .free, at: 0)) }
        for _ in 1..<Limits.requestsPerSecond { #expect(passes(limiter, key, .request, at: 0)) }
        #expect(!passes(limiter, key, .request, at: 0))
        #expect(passes(limiter, principal(1, id: "00000002"), .order, at: 0))
    }

    @Test("no limit for a key without one and on an open host")
    func unlimited() {
        let limiter = RateLimiter()
        for _ in 0..<10_000 {
            #expect(passes(limiter, principal(0), .order, at: 0))
            #expect(passes(limiter, .open, .request, at: 0))
        }
    }

    @Test("what is left is told")
    func usage() {
        let limiter = RateLimiter()
        let key = principal(5)
        _ = limiter.count(key, .order, 3, now: 0)
        let usage = limiter.count(key, .order, 3, now: 0).usage
        #expect(usage?.limit == 5)
        #expect(usage?.remaining == 2)
        #expect(usage?.resetSeconds == 1)
        #expect(limiter.count(key, .free, now: 0).usage == nil)
    }

    @Test("an address that guesses is slowed, another isn't")
    func signIns() throws {
        let limiter = SignInLimiter()
        for _ in 0..<Limits.failedSignInsPerSecond {
            try limiter.countFailure(of: "10.0.0.1", now: 0)
        }
        #expect(throws: Rejection.self) { try limiter.countFailure(of: "10.0.0.1", now: 0) }
        try limiter.countFailure(of: "10.0.0.2", now: 0)
        try limiter.countFailure(of: "10.0.0.1", now: Self.second)
    }

    @Test("more addresses than there is place for share one allowance")
    func manyAddresses() throws {
        let limiter = SignInLimiter()
        for number in 0..<Limits.signInAddresses {
            try limiter.countFailure(of: "a\(number)", now: 0)
        }
        for number in 0..<Limits.failedSignInsPerSecond {
            try limiter.countFailure(of: "b\(number)", now: 0)
        }
        #expect(throws: Rejection.self) { try limiter.countFailure(of: "c", now: 0) }
        try limiter.countFailure(of: "c", now: Self.second)
    }
}
