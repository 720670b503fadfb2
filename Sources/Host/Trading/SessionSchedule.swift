// When an instrument's sessions open and close next, as UTC times: what a host makes of a calendar
// and writes into the INSTRUMENT record (docs/REDIS.md). The script and every host read the state at
// any moment from it, so a session opens and closes on time whichever host lives.

import Base

package struct SessionChange: Hashable, Sendable {
    /// UTC microseconds.
    package let time: Int64
    /// Open or closed; never halted, which is an administrator's alone.
    package let state: InstrumentState

    package init(time: Int64, state: InstrumentState) {
        self.time = time
        self.state = state
    }
}

package struct SessionSchedule: Hashable, Sendable {
    /// In their order. A session that begins the moment another ends has both changes, the close
    /// first: orders for the day end there.
    package let changes: [SessionChange]

    /// Without a calendar: always open.
    package static let always = SessionSchedule([])

    /// What the record's byte of length allows.
    package static let mostChanges = 28
    private static let bytesPerChange = 9

    package init(_ changes: [SessionChange]) { self.changes = changes }

    package var isEmpty: Bool { changes.isEmpty }

    /// The last change's up to `time`; before the first one, the opposite of what that brings.
    package func state(at time: Int64) -> InstrumentState {
        if let last = changes.last(where: { $0.time <= time }) { return last.state }
        guard let first = changes.first else { return .open }
        return first.state == .open ? .closed : .open
    }

    /// The first change after `time` to another state than the one that holds then. A close with the
    /// next session's opening at the same moment is none: nobody is ever kept out there.
    package func next(after time: Int64) -> SessionChange? {
        let now = state(at: time)
        return changes.first { $0.time > time && state(at: $0.time) != now }
            .map { SessionChange(time: $0.time, state: state(at: $0.time)) }
    }

    /// The first close after `time`, where it is known.
    package func close(after time: Int64) -> Int64? {
        changes.first { $0.time > time && $0.state == .closed }?.time
    }

    /// The first opening after `time`, where it is known.
    package func opening(after time: Int64) -> Int64? {
        changes.first { $0.time > time && $0.state == .open }?.time
    }

    // MARK: The record's part

    package init(record: ArraySlice<UInt8>) throws(RecordError) {
        guard record.count % Self.bytesPerChange == 0 else {
            throw RecordError(what: "a schedule of \(record.count) bytes")
        }
        var reader = ByteReader(record)
        var changes: [SessionChange] = []
        while !reader.isAtEnd {
            let time = try reader.int64()
            let state = try known(InstrumentState(rawValue: try reader.byte()), "session state")
            changes.append(SessionChange(time: time, state: state))
        }
        self.changes = changes
    }

    /// At most `mostChanges` of them.
    package var encoded: [UInt8] {
        var writer = ByteWriter()
        for change in changes.prefix(Self.mostChanges) {
            writer.int64(change.time)
            writer.byte(change.state.rawValue)
        }
        return writer.bytes
    }
}

extension Instrument {
    /// What holds at a time: an administrator's halt or close wins over the calendar.
    package func state(at time: Int64) -> InstrumentState {
        state == .open ? schedule.state(at: time) : state
    }
}
