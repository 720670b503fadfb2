// Who listens to what, and the numbering of what they hear.
//
// Every message of a channel carries seq, the shard's sequence of the event that it tells of, and
// prev_seq, the seq of the message before it on that channel. A client whose last seq equals
// prev_seq has missed nothing. One event may give a channel several messages, all with its seq.
// A message is encoded once, whatever the number of its subscribers.

import Base

/// One listening connection.
package protocol Subscriber: AnyObject {
    /// Takes a message that has been encoded and framed, and is shared with other subscribers.
    func deliver(frame: [UInt8])
}

package final class Channels {
    private struct Audience {
        var subscribers: [ObjectIdentifier: any Subscriber] = [:]
        var lastSequence: Int64
    }

    private var audiences: [Channel: Audience] = [:]
    /// Makes a frame of a message's text: the wire's business.
    private let frame: ([UInt8]) -> [UInt8]

    package init(frame: @escaping ([UInt8]) -> [UInt8]) { self.frame = frame }

    package var subscriptionCount: Int { audiences.values.reduce(0) { $0 + $1.subscribers.count } }

    /// Whether anybody listens to anything.
    package var hasListeners: Bool { !audiences.isEmpty }

    package func hasAudience(_ channel: Channel) -> Bool { audiences[channel] != nil }

    /// Adds a subscriber and gives the seq from which the channel's next prev_seq counts: what a
    /// snapshot has to carry. A channel without listeners so far starts at `current`.
    package func subscribe(
        _ subscriber: any Subscriber, to channel: Channel, current: Int64
    ) -> Int64 {
        audiences[channel, default: Audience(lastSequence: current)]
            .subscribers[ObjectIdentifier(subscriber)] = subscriber
        return audiences[channel]?.lastSequence ?? current
    }

    package func unsubscribe(_ subscriber: any Subscriber, from channel: Channel) {
        audiences[channel]?.subscribers[ObjectIdentifier(subscriber)] = nil
        if audiences[channel]?.subscribers.isEmpty == true { audiences[channel] = nil }
    }

    /// Sends a message to a channel's subscribers. `encode` gets seq and prev_seq and gives the
    /// message's text; it isn't called where nobody listens.
    package func publish(
        _ channel: Channel, sequence: Int64, _ encode: (_ previous: Int64) -> [UInt8]
    ) {
        guard let audience = audiences[channel] else { return }
        let bytes = frame(encode(audience.lastSequence))
        audiences[channel]?.lastSequence = sequence
        for subscriber in audience.subscribers.values { subscriber.deliver(frame: bytes) }
    }
}
