// Who listens to what, the numbering of what they hear, and when it leaves.
//
// Every message of a channel carries seq, the shard's sequence of the event that it tells of,
// prev_seq, the seq of the message before it on that channel, and index, its place among the event's
// messages on the channel. A client whose last seq equals prev_seq has missed nothing.
//
// A message is encoded once, whatever the number of its subscribers, and the messages of a channel
// gather until they leave together in one buffer that all its subscribers share. With few subscribers
// they leave at once. With many, each delivery costs so many writes to sockets that the next one waits
// in proportion: orders keep the greater part of the loop (Limits.feedMicrosPerSubscriber).

import Base

/// One listening connection.
package protocol Subscriber: AnyObject {
    /// Takes messages that have been encoded and framed, and are shared with other subscribers.
    func deliver(frames: [UInt8])
    /// What of it the client has yet to take.
    var bufferedBytes: Int { get }
}

/// The numbers of one message.
package struct MessageNumbers: Equatable, Sendable {
    package let previous: Int64
    package let index: Int

    package init(previous: Int64, index: Int) {
        self.previous = previous
        self.index = index
    }
}

/// Numbers the messages of one channel, or of one client's view of it.
struct MessageCounter {
    private(set) var lastSequence: Int64
    private var lastIndex = -1

    /// Nothing of a later event has been told.
    init(after sequence: Int64) { lastSequence = sequence }

    /// The next message's numbers, where it tells of this event.
    mutating func next(_ sequence: Int64) -> MessageNumbers {
        lastIndex = sequence == lastSequence ? lastIndex + 1 : 0
        defer { lastSequence = sequence }
        return MessageNumbers(previous: lastSequence, index: lastIndex)
    }
}

package final class Channels {
    private final class Audience {
        var subscribers: [ObjectIdentifier: any Subscriber] = [:]
        var counter: MessageCounter
        /// Messages on their way to all subscribers, and the event of the first one.
        var pending: [UInt8] = []
        var pendingFrom: Int64 = 0

        init(after sequence: Int64) { counter = MessageCounter(after: sequence) }

        func deliver() {
            guard !pending.isEmpty else { return }
            let frames = pending
            pending = []
            for subscriber in subscribers.values { subscriber.deliver(frames: frames) }
        }
    }

    private var audiences: [Channel: Audience] = [:]
    /// Audiences with pending messages, the longest waiting first.
    private var waiting: ArraySlice<Audience> = []
    /// Monotonic: until then the loop is thought to be paying for what was delivered.
    private var busyUntilMicros: Int64 = 0
    /// Makes a frame of a message's text: the wire's business.
    private let frame: ([UInt8]) -> [UInt8]

    package init(frame: @escaping ([UInt8]) -> [UInt8]) { self.frame = frame }

    package var subscriptionCount: Int { audiences.values.reduce(0) { $0 + $1.subscribers.count } }

    /// Whether anybody listens to anything.
    package var hasListeners: Bool { !audiences.isEmpty }

    package func hasAudience(_ channel: Channel) -> Bool { audiences[channel] != nil }

    // MARK: Subscribers

    /// Adds a subscriber and gives the seq from which the channel's next prev_seq counts: what a
    /// snapshot has to carry. A channel without listeners so far starts at `current`.
    package func subscribe(
        _ subscriber: any Subscriber, to channel: Channel, current: Int64
    ) -> Int64 {
        let audience = audiences[channel] ?? Audience(after: current)
        audiences[channel] = audience
        // What it is about to be told holds what the others are still to hear.
        audience.deliver()
        audience.subscribers[ObjectIdentifier(subscriber)] = subscriber
        return audience.counter.lastSequence
    }

    package func unsubscribe(_ subscriber: any Subscriber, from channel: Channel) {
        guard let audience = audiences[channel] else { return }
        audience.subscribers[ObjectIdentifier(subscriber)] = nil
        if audience.subscribers.isEmpty { audiences[channel] = nil }
    }

    /// The event up to which the channel's subscribers have been sent all there is, where the picture
    /// stands at `current`.
    func told(_ channel: Channel, current: Int64) -> Int64 {
        guard let audience = audiences[channel], !audience.pending.isEmpty else { return current }
        return audience.pendingFrom - 1
    }

    /// Tells one subscriber alone.
    func tell(_ subscriber: any Subscriber, _ message: [UInt8]) {
        subscriber.deliver(frames: frame(message))
    }

    func framed(_ message: [UInt8]) -> [UInt8] { frame(message) }

    // MARK: Messages

    /// Lines a message up for a channel's subscribers. `encode` gets its numbers and gives the
    /// message's text; it isn't called where nobody listens. `flush` sends it.
    package func publish(
        _ channel: Channel, sequence: Int64, _ encode: (MessageNumbers) -> [UInt8]
    ) {
        guard let audience = audiences[channel] else { return }
        if audience.pending.isEmpty {
            waiting.append(audience)
            audience.pendingFrom = sequence
        }
        audience.pending += frame(encode(audience.counter.next(sequence)))
    }

    /// Delivers what may leave now. Milliseconds until it is to be called again; nil where nothing
    /// waits.
    package func flush(now: Int64 = Clock.monotonicMicros()) -> Int? {
        while let audience = waiting.first {
            let aheadMicros = busyUntilMicros - now
            let isEmpty = audience.pending.isEmpty
            let mustLeave = isEmpty || audience.pending.count >= Limits.feedBatchBytes
            guard mustLeave || aheadMicros <= Limits.feedAheadMicros else {
                return Int((aheadMicros - Limits.feedAheadMicros + 999) / 1_000)
            }
            waiting.removeFirst()
            if isEmpty { continue }
            let cost = Int64(audience.subscribers.count) * Limits.feedMicrosPerSubscriber
            busyUntilMicros = max(busyUntilMicros, now) + cost
            audience.deliver()
        }
        return nil
    }
}
