// How long things took, in fixed buckets: recording is a few comparisons and three additions, with no
// memory taken, so that it can stand on the order path.

package struct Histogram: Hashable, Sendable {
    /// Upper bounds of the buckets, in nanoseconds, ascending.
    package struct Scale: Hashable, Sendable {
        package let boundsNanos: [Int64]

        /// Orders take from some 100 µs to a few ms; what waits for Redis ends after 3 s.
        package static let requests = Scale(
            boundsNanos: [
                50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000,
                1_000_000, 3_000_000,
            ].map { $0 * 1_000 })
        /// A plugin's call takes a fraction of a microsecond, and has 50 µs; a notifier's may take
        /// seconds.
        package static let calls = Scale(
            boundsNanos: [
                100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000, 1_000_000, 10_000_000,
                100_000_000, 1_000_000_000,
            ])
    }

    package let scale: Scale
    /// How many fell into each bucket, and in the last place how many beyond them all.
    package private(set) var counts: [Int64]
    package private(set) var sumNanos: Int64 = 0
    package private(set) var count: Int64 = 0

    package init(_ scale: Scale) {
        self.scale = scale
        counts = [Int64](repeating: 0, count: scale.boundsNanos.count + 1)
    }

    package mutating func record(micros: Int64) { record(nanos: micros &* 1_000) }

    /// A clock that was set back gives a negative time, which counts as 0.
    package mutating func record(nanos: Int64) {
        var index = 0
        while index < scale.boundsNanos.count, nanos > scale.boundsNanos[index] { index += 1 }
        counts[index] &+= 1
        count &+= 1
        sumNanos &+= max(0, nanos)
    }
}
