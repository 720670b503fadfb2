// The newest sequence that any client of this host was told of. A read waits until the picture or
// the lists have come that far, so that everyone reads what they were told.

package final class Acknowledged {
    package private(set) var sequence: Int64 = 0

    package init() {}

    package func note(_ told: Int64) { sequence = max(sequence, told) }
}
