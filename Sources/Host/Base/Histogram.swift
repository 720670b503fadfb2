// How long things took, in fixed buckets: recording is a few comparisons and three additions, with no
// memory taken, so that it can stand on the order path.

package struct Histogram: Sendable {
    /// Upper bounds in microseconds. Orders take from some 100 µs to a few ms; what waits for Redis
    /// ends after 3 s.
    package static let boundsMicros: [Int64] = [
        50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
        3_000_000,
    ]

    /// How many fell into each bucket, and in the last place how many beyond them all.
    package private(set) var counts = [Int64](repeating: 0, count: boundsMicros.count + 1)
    package private(set) var sumMicros: Int64 = 0
    package private(set) var count: Int64 = 0

    package init() {}

    /// A clock that was set back gives a negative time, which counts as 0.
    package mutating func record(micros: Int64) {
        var index = 0
        while index < Histogram.boundsMicros.count, micros > Histogram.boundsMicros[index] {
            index += 1
        }
        counts[index] &+= 1
        count &+= 1
        sumMicros &+= max(0, micros)
    }
}
