// How a notifier does, as this worker sees it: /api/v1/notifiers, /api/v1/plugins and /metrics show it.

import Base

/// All counts are since this worker's start, of what it delivered itself.
package struct NotifierProgress: Sendable {
    package let name: String
    /// Whether this worker delivers: of all on one Redis one does.
    package var isActive = false
    package var state = State.idle
    /// Events of the stream that it has yet to take.
    package var backlog: Int64 = 0
    /// How long ago the oldest of those that are being delivered happened.
    package var lagMicros: Int64 = 0
    package var delivered: Int64 = 0
    /// Deliveries that didn't succeed.
    package var failures: Int64 = 0
    /// Events given up.
    package var deadLetters: Int64 = 0
    /// Events that went from the stream before they were delivered.
    package var lost: Int64 = 0
    /// Events that its filter left out.
    package var filtered: Int64 = 0
    /// Why the last delivery failed; empty where it didn't.
    package var problem = ""

    package enum State: String, Sendable, CaseIterable {
        /// Nothing to deliver.
        case idle
        /// A delivery is under way.
        case delivering
        /// Waits before it tries again.
        case retrying
        /// The plugin's call is past its deadline and hasn't returned.
        case hung
        /// Another worker delivers.
        case standby
        /// The plugin crashed the host again and again, and isn't called.
        case quarantined
    }

    init(name: String) { self.name = name }
}
