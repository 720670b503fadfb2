// Who listens to what, the numbering of what they hear, and when it leaves.
//
// Every message of a channel carries seq, the shard's sequence of the event that it tells of,
// prev_seq, the seq of the message before it on that channel, and index, its place among the event's
// messages on the channel. A client whose last seq equals prev_seq has missed nothing.
//
// A message is encoded once, whatever the number of its subscribers, and the messages of a channel
// gather until they leave together in one buffer that all its subscribers share. With few subscribers
// they leave at once. With many, each delivery costs so many writes to sockets that the next one waits
// in proportion: orders keep the greater part of the loop (Limits.feedMicrosPerSubscriber). A book's
// deltas that have to wait become one, since only a level's last state counts: what is sent then grows
// with the book's width, not with its traffic.

import Base
import Trading

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

/// Changes of a book that are told as one message.
struct PendingDelta {
    let symbol: String
    private(set) var levels: [LevelChange]
    private(set) var sequence: Int64
    private(set) var numbers: MessageNumbers
    private(set) var time: Int64
    private var places: [Place: Int] = [:]

    private struct Place: Hashable {
        let side: Side
        let price: Price
    }

    init(_ event: Event, _ levels: [LevelChange], _ numbers: MessageNumbers) {
        symbol = event.symbol
        sequence = event.sequence
        time = event.time
        self.numbers = numbers
        self.levels = levels
    }

    /// A later event's changes of the same book.
    mutating func add(_ event: Event, _ later: [LevelChange], _ next: MessageNumbers) {
        if places.isEmpty { for (index, level) in levels.enumerated() { note(level, at: index) } }
        for level in later {
            if let index = places[Place(side: level.side, price: level.price)] {
                levels[index] = level
            } else {
                levels.append(level)
                note(level, at: levels.count - 1)
            }
        }
        sequence = event.sequence
        time = event.time
        numbers = MessageNumbers(previous: numbers.previous, index: next.index)
    }

    private mutating func note(_ level: LevelChange, at index: Int) {
        places[Place(side: level.side, price: level.price)] = index
    }
}

package final class Channels {
    private final class Audience {
        let channel: Channel
        var subscribers: [ObjectIdentifier: any Subscriber] = [:]
        var counter: MessageCounter
        /// Messages on their way to all subscribers, and the event of the first one.
        var pending: [UInt8] = []
        var pendingFrom: Int64 = 0
        /// Changes of a book behind them, which more may join.
        var delta: PendingDelta?
        /// Whether a delivery was put off.
        var isLate = false

        init(_ channel: Channel, after sequence: Int64) {
            self.channel = channel
            counter = MessageCounter(after: sequence)
        }

        var isEmpty: Bool { pending.isEmpty && delta == nil }

        func deliver() {
            isLate = false
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

    /// Makes a book's changes a message.
    var encodeDelta: (Channel, PendingDelta) -> [UInt8] = { _, _ in [] }

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
        let audience = audiences[channel] ?? Audience(channel, after: current)
        audiences[channel] = audience
        // What it is about to be told holds what the others are still to hear.
        deliver(audience)
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
        guard let audience = audiences[channel], !audience.isEmpty else { return current }
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
        lineUp(audience, sequence)
        seal(audience)
        audience.pending += frame(encode(audience.counter.next(sequence)))
    }

    /// The same for changes of a book: those that wait become one message.
    func publish(_ channel: Channel, _ levels: [LevelChange], of event: Event) {
        guard let audience = audiences[channel] else { return }
        lineUp(audience, event.sequence)
        let numbers = audience.counter.next(event.sequence)
        if audience.delta?.symbol == event.symbol {
            audience.delta?.add(event, levels, numbers)
        } else {
            seal(audience)
            audience.delta = PendingDelta(event, levels, numbers)
        }
        // Now, while the book is the one after this event.
        if !audience.isLate { seal(audience) }
    }

    private func lineUp(_ audience: Audience, _ sequence: Int64) {
        guard audience.isEmpty else { return }
        waiting.append(audience)
        audience.pendingFrom = sequence
    }

    /// Nothing joins the changes any more.
    private func seal(_ audience: Audience) {
        guard let delta = audience.delta else { return }
        audience.delta = nil
        audience.pending += frame(encodeDelta(audience.channel, delta))
    }

    private func deliver(_ audience: Audience) {
        seal(audience)
        audience.deliver()
    }

    /// Delivers what may leave now. Milliseconds until it is to be called again; nil where nothing
    /// waits.
    package func flush(now: Int64 = Clock.monotonicMicros()) -> Int? {
        while let audience = waiting.first {
            let aheadMicros = busyUntilMicros - now
            let isEmpty = audience.isEmpty
            let mustLeave = isEmpty || audience.pending.count >= Limits.feedBatchBytes
            guard mustLeave || aheadMicros <= Limits.feedAheadMicros else {
                for late in waiting { late.isLate = true }
                return Int((aheadMicros - Limits.feedAheadMicros + 999) / 1_000)
            }
            waiting.removeFirst()
            if isEmpty { continue }
            let cost = Int64(audience.subscribers.count) * Limits.feedMicrosPerSubscriber
            busyUntilMicros = max(busyUntilMicros, now) + cost
            deliver(audience)
        }
        return nil
    }
}
