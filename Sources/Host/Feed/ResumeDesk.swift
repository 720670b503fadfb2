// Clients that were away are told what they have missed.
//
// A client says how far it has heard a channel. From there the stream is read, a page at a time, over
// a connection of its own, and each event is told by the same code that told it to those who were
// there. When the reading has come as far as the picture, the client joins the channel's subscribers in
// the same turn, so that nothing comes twice or is left out. Clients take turns by the page, and one
// that doesn't read as fast as it is told is passed over meanwhile: nobody's missed hour holds up the
// loop or fills its memory.
//
// What can't be told again (trimmed, too much, another stream) is said to be a gap, and a snapshot
// follows.

import Base
import Loop
import Service
import Store
import Trading
import Wire

/// How far a client has heard a channel.
package struct FeedPosition: Sendable, Equatable {
    package let sequence: Int64
    /// Of the event's messages on the channel, the last one heard; nil: all of them were.
    package let index: Int?

    package init(sequence: Int64, index: Int?) {
        self.sequence = sequence
        self.index = index
    }
}

final class ResumeDesk {
    private struct Name: Hashable {
        let subscriber: ObjectIdentifier
        let channel: Channel
    }

    private let picture: Picture
    private let channels: Channels
    private let messages: EventMessages
    private let snapshots: Snapshots
    private let reader: EventReader
    private let loop: EventLoop
    private var resumes: [Name: Resume] = [:]
    /// Those whose turn comes, in its order.
    private var queue: ArraySlice<Resume> = []
    private var pagesUnderWay = 0
    private var isCheckScheduled = false

    init(
        picture: Picture, channels: Channels, messages: EventMessages, snapshots: Snapshots,
        reader: EventReader, loop: EventLoop
    ) {
        self.picture = picture
        self.channels = channels
        self.messages = messages
        self.snapshots = snapshots
        self.reader = reader
        self.loop = loop
    }

    var count: Int { resumes.count }

    func isUnderWay(_ subscriber: any Subscriber, _ channel: Channel) -> Bool {
        resumes[Name(subscriber: ObjectIdentifier(subscriber), channel: channel)] != nil
    }

    func begin(
        _ subscriber: any Subscriber, _ channel: Channel, _ position: FeedPosition,
        _ failed: @escaping (Rejection) -> Void
    ) {
        cancel(subscriber, channel)
        let resume = Resume(subscriber, channel, position, messages, failed)
        resumes[name(resume)] = resume
        guard channel.isResumable else { return gap(resume, "not_kept") }
        if position.sequence <= picture.sequence { return admit(resume) }
        waitForPicture(resume)
    }

    func cancel(_ subscriber: any Subscriber, _ channel: Channel) {
        let name = Name(subscriber: ObjectIdentifier(subscriber), channel: channel)
        resumes[name]?.isOver = true
        resumes[name] = nil
    }

    private func name(_ resume: Resume) -> Name {
        Name(subscriber: ObjectIdentifier(resume.subscriber), channel: resume.channel)
    }

    private func end(_ resume: Resume) {
        resume.isOver = true
        resumes[name(resume)] = nil
    }

    // MARK: Where it begins

    /// Another host may have told the client of an event that this one hasn't seen; else there is no
    /// such event in this stream.
    private func waitForPicture(_ resume: Resume) {
        reader.lastSequence { [self] result in
            guard !resume.isOver else { return }
            switch result {
            case .failure(let failure): fail(resume, failure.rejection)
            case .success(let last) where last < resume.position.sequence: gap(resume, "ahead")
            case .success:
                picture.whenCaughtUp(to: resume.position.sequence) { [self] rejection in
                    guard !resume.isOver else { return }
                    if let rejection { return fail(resume, rejection) }
                    admit(resume)
                }
            }
        }
    }

    private func admit(_ resume: Resume) {
        guard picture.sequence - resume.position.sequence <= Limits.resumeEvents else {
            return gap(resume, "too_far")
        }
        queue.append(resume)
        goOn()
    }

    // MARK: Pages

    private func goOn() {
        var passedOver = 0
        while pagesUnderWay < Limits.resumePagesAtOnce, passedOver < queue.count {
            guard let resume = queue.popFirst() else { return }
            if resume.isOver { continue }
            if resume.subscriber.bufferedBytes > Limits.outboxPauseBytes {
                queue.append(resume)
                passedOver += 1
            } else {
                read(resume)
            }
        }
        if passedOver > 0 { checkLater() }
    }

    /// Whether somebody has read meanwhile.
    private func checkLater() {
        guard !isCheckScheduled else { return }
        isCheckScheduled = true
        _ = loop.schedule(afterMillis: Limits.resumeCheckMillis) { [self] in
            isCheckScheduled = false
            goOn()
        }
    }

    private func read(_ resume: Resume) {
        guard resume.next <= picture.sequence else { return join(resume) }
        pagesUnderWay += 1
        reader.range(from: resume.next, to: picture.sequence, limit: Limits.resumePageEvents) {
            [self] result in
            pagesUnderWay -= 1
            if !resume.isOver { take(result, resume) }
            goOn()
        }
    }

    private func take(_ result: Result<[Event], EventReadFailure>, _ resume: Resume) {
        switch result {
        case .failure(.redis(let failure)): fail(resume, failure.rejection)
        case .failure(.gap): gap(resume, "trimmed")
        case .success(let events) where events.isEmpty: gap(resume, "trimmed")
        case .success(let events):
            for event in events { messages.tell(event, to: &resume.sink) }
            resume.next = (events.last?.sequence ?? resume.next) + 1
            resume.deliver(channels)
            if resume.next > picture.sequence { join(resume) } else { queue.append(resume) }
        }
    }

    // MARK: How it ends

    private func join(_ resume: Resume) {
        end(resume)
        let sequence = channels.subscribe(
            resume.subscriber, to: resume.channel, current: picture.sequence)
        let head = MessageHead(
            channel: resume.channel, type: "resumed", sequence: sequence,
            previous: resume.sink.counter.lastSequence, asOf: picture.sequence,
            time: Clock.wallMicros())
        let message = FeedMessages.message(head) {
            snapshots.writeResumed(resume.channel, told: resume.told, into: &$0)
        }
        channels.tell(resume.subscriber, message)
    }

    private func gap(_ resume: Resume, _ reason: StaticString) {
        end(resume)
        let head = MessageHead(
            channel: resume.channel, type: "gap", sequence: picture.sequence,
            previous: resume.sink.counter.lastSequence, time: Clock.wallMicros())
        let message = FeedMessages.message(head) { json in
            json.beginObject()
            json.key("reason")
            json.string(reason.description)
            json.endObject()
        }
        channels.tell(resume.subscriber, message)
        snapshots.send(resume.channel, to: resume.subscriber, channels)
    }

    private func fail(_ resume: Resume, _ rejection: Rejection) {
        end(resume)
        resume.failed(rejection)
    }
}

/// One client on its way back.
private final class Resume {
    let subscriber: any Subscriber
    let channel: Channel
    let position: FeedPosition
    let failed: (Rejection) -> Void
    var isOver = false
    /// The event to be read next.
    var next: Int64
    var sink: ResumeSink
    var told = 0

    init(
        _ subscriber: any Subscriber, _ channel: Channel, _ position: FeedPosition,
        _ messages: EventMessages, _ failed: @escaping (Rejection) -> Void
    ) {
        self.subscriber = subscriber
        self.channel = channel
        self.position = position
        self.failed = failed
        next = position.index == nil ? position.sequence + 1 : max(position.sequence, 1)
        sink = ResumeSink(messages, channel, after: position)
    }

    func deliver(_ channels: Channels) {
        guard !sink.told.isEmpty else { return }
        told += sink.told.count
        subscriber.deliver(frames: sink.told.reduce(into: []) { $0 += channels.framed($1) })
        sink.told = []
    }
}

/// The messages of one channel that come after a position.
private struct ResumeSink: MessageSink {
    let messages: EventMessages
    let channel: Channel
    let position: FeedPosition
    var counter: MessageCounter
    var told: [[UInt8]] = []

    init(_ messages: EventMessages, _ channel: Channel, after position: FeedPosition) {
        self.messages = messages
        self.channel = channel
        self.position = position
        counter = MessageCounter(after: position.sequence)
    }

    func hears(_ channel: Channel) -> Bool { channel == self.channel }

    mutating func take(
        _ channel: Channel, _ type: StaticString, _ event: Event,
        _ data: (inout JSONWriter) -> Void
    ) {
        guard channel == self.channel else { return }
        let numbers = counter.next(event.sequence)
        // Of the event that it heard a part of, only the rest.
        if event.sequence == position.sequence, numbers.index <= position.index ?? .max { return }
        told.append(FeedMessages.message(MessageHead(channel, type, event, numbers), data: data))
    }

    /// Without a checksum: the book of that time isn't known any more, and `resumed` carries today's.
    mutating func take(_ channel: Channel, _ levels: [LevelChange], of event: Event) {
        let messages = messages
        take(channel, "delta", event) {
            messages.writeDelta(levels, event.symbol, nil, into: &$0)
        }
    }
}
