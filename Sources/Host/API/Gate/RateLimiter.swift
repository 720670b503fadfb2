// How much a key may ask of this worker. What is above is refused at once and never queued; each
// worker counts by itself, so that a key has its limit at each of them.
//
// A key's bucket holds one second's worth: so much may come at once, and it fills up steadily again.

import Base
import Trading

/// What a call counts as.
package enum Cost: Sendable {
    /// A new or amended order.
    case order
    case request
    /// A cancel is never held up.
    case free

    init(of permission: Permission?) {
        switch permission {
        case .trade: self = .order
        case .cancel: self = .free
        case .see, .oversee, .administer: self = .request
        // Open to anyone, so that there is no key to count for.
        case nil: self = .free
        }
    }
}

/// A bucket after a call was counted, as the answer's headers tell it.
struct Usage {
    let limit: Int64
    let remaining: Int64
    /// Until the bucket is full again.
    let resetSeconds: Int64

    var headers: [(String, String)] {
        [
            ("RateLimit-Limit", String(limit)), ("RateLimit-Remaining", String(remaining)),
            ("RateLimit-Reset", String(resetSeconds)),
        ]
    }
}

struct TokenBucket {
    private static let micros: Int64 = 1_000_000
    private let perSecond: Int64
    /// What it holds when full, and holds now: millionths of a call.
    private let capacity: Int64
    private var content: Int64
    private var lastMicros: Int64

    /// Full: with `atOnce` calls, or one second's worth. `now`: monotonic microseconds.
    init(perSecond: Int64, atOnce: Int64? = nil, now: Int64) {
        self.perSecond = perSecond
        capacity = (atOnce ?? perSecond) * TokenBucket.micros
        content = capacity
        lastMicros = now
    }

    private var microsToFill: Int64 { (capacity + perSecond - 1) / perSecond }

    /// Takes all or nothing.
    mutating func take(_ count: Int64, now: Int64) -> Bool {
        let elapsed = min(max(0, now - lastMicros), microsToFill)
        lastMicros = now
        content = min(content + elapsed * perSecond, capacity)
        guard content >= count * TokenBucket.micros else { return false }
        content -= count * TokenBucket.micros
        return true
    }

    var usage: Usage {
        let missing = capacity - content
        let perMicros = perSecond * TokenBucket.micros
        return Usage(
            limit: perSecond, remaining: content / TokenBucket.micros,
            resetSeconds: (missing + perMicros - 1) / perMicros)
    }

    /// Whether it says nothing that a new one wouldn't.
    func isFull(now: Int64) -> Bool { now - lastMicros >= microsToFill }
}

final class RateLimiter {
    private var orders: [String: TokenBucket] = [:]
    private var requests: [String: TokenBucket] = [:]

    /// Counts a call, of several orders perhaps: what is left, nil where there is no limit, and the
    /// refusal where there was too little.
    func count(
        _ principal: Principal, _ cost: Cost, _ count: Int = 1,
        now: Int64 = Clock.monotonicMicros()
    ) -> (usage: Usage?, refusal: Rejection?) {
        let id = principal.limitID
        if principal.kind == .nobody || principal.kind == .open { return (nil, nil) }
        switch cost {
        case .free: return (nil, nil)
        case .order:
            let limit = principal.ordersPerSecond
            if limit == 0 { return (nil, nil) }
            return RateLimiter.take(count, of: id, "orders", limit, from: &orders, now)
        case .request:
            let limit = Limits.requestsPerSecond
            return RateLimiter.take(count, of: id, "requests", limit, from: &requests, now)
        }
    }

    private static func take(
        _ count: Int, of id: String, _ what: String, _ limit: Int64,
        from buckets: inout [String: TokenBucket], _ now: Int64
    ) -> (Usage?, Rejection?) {
        if buckets.count > 2 * Limits.keys {
            buckets = buckets.filter { !$0.value.isFull(now: now) }
        }
        var bucket = buckets[id] ?? TokenBucket(perSecond: limit, now: now)
        let isTaken = bucket.take(Int64(count), now: now)
        buckets[id] = bucket
        let usage = bucket.usage
        return (usage, isTaken ? nil : .rateLimited(what, usage, asked: count))
    }
}

extension Rejection {
    fileprivate static func rateLimited(
        _ what: String, _ usage: Usage, asked: Int
    ) -> Rejection {
        let advice =
            asked > usage.limit
            ? "More than \(usage.limit) at once never pass; send fewer at a time."
            : "Nothing was queued; send it again after Retry-After."
        return Rejection(
            .tooMany, "rate_limited",
            "This key may send \(usage.limit) \(what) a second here. \(advice)",
            values: "limit=\(usage.limit), remaining=\(usage.remaining), asked=\(asked)")
    }
}
