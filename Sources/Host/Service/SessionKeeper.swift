// Keeps the coming session changes in the instruments' records, as their calendars say.
//
// A record holds the last changes and the next ones, so it is written anew each time that one has
// passed. That very event tells feeds and pages that a session has opened or closed. The script
// itself needs nobody for it: it reads the state from the record and the time.
//
// All hosts do this, from the same picture; the first one's write makes the others' stale, and they
// then find nothing left to do. No host writes the same schedule of a symbol twice in a row: hosts
// whose files differ, as while a new one is rolled out, then don't undo each other's for ever. The one
// that finds its schedule overwritten lets it stand and says so, since the market then keeps hours
// that its own file doesn't name.

import Base
import Loop
import Store
import Trading

package final class SessionKeeper {
    private let loop: EventLoop
    private let matcher: Matcher
    private let picture: Picture
    private let calendars: [String: TradingCalendar]
    private let log: Log
    /// By calendar: its schedule, and when the next change makes it old.
    private var schedules: [String: (schedule: SessionSchedule, until: Int64)] = [:]
    /// By symbol: what this host wrote last, and the revision that this made; nil until it is known.
    private var written: [String: (schedule: SessionSchedule, revision: Int64?)] = [:]
    /// Each is logged once.
    private var missing: Set<String> = []
    /// Symbols whose sessions another host has written otherwise: each is logged once.
    private var contested: Set<String> = []

    private static let tickMillis = 250
    /// A record with fewer coming changes than this is written anew in any case.
    private static let fewChanges = 4

    package init(
        loop: EventLoop, matcher: Matcher, picture: Picture, calendars: [String: TradingCalendar],
        log: Log
    ) {
        self.loop = loop
        self.matcher = matcher
        self.picture = picture
        self.calendars = calendars
        self.log = log
    }

    package func start() {
        let now = Clock.wallMicros()
        for instrument in picture.instruments.values where !instrument.calendar.isEmpty {
            renew(instrument, at: now)
        }
        _ = loop.schedule(afterMillis: SessionKeeper.tickMillis) { [self] in start() }
    }

    private func renew(_ instrument: Instrument, at now: Int64) {
        guard let schedule = schedule(of: instrument.calendar, at: now) else { return }
        guard instrument.schedule != schedule else {
            contested.remove(instrument.symbol)
            return
        }
        let coming = instrument.schedule.changes.count { $0.time > now }
        guard written[instrument.symbol]?.schedule != schedule || coming < SessionKeeper.fewChanges
        else { return sayOverwritten(instrument) }
        written[instrument.symbol] = (schedule, nil)
        var new = instrument
        new.schedule = schedule
        // Nobody's act: it isn't audited.
        matcher.instrument(new, create: false) { [self] reply in
            switch reply {
            case .success(.done(let made, _)):
                written[instrument.symbol]?.revision = made.revision
            // Another host was faster, or somebody changed the instrument: the next tick sees.
            case .success(.stale): written[instrument.symbol] = nil
            case .success(.refused(let refusal)):
                log.warning(
                    "sessions of \(instrument.symbol): \(refusal.code) \(refusal.values)")
            case .failure(let failure):
                written[instrument.symbol] = nil
                log.debug("sessions of \(instrument.symbol): \(failure); tried again")
            }
        }
    }

    private func sayOverwritten(_ instrument: Instrument) {
        // Until the picture shows the own write, it isn't another's.
        guard let revision = written[instrument.symbol]?.revision, instrument.revision > revision,
            contested.insert(instrument.symbol).inserted
        else { return }
        log.warning(
            "the sessions of \(instrument.symbol) are not those of calendar "
                + "\(instrument.calendar) in this host's file: another host wrote them, whose "
                + "file differs; give all hosts the same calendars")
    }

    private func schedule(of name: String, at now: Int64) -> SessionSchedule? {
        if let known = schedules[name], now < known.until { return known.schedule }
        guard let calendar = calendars[name] else {
            if missing.insert(name).inserted {
                log.warning(
                    "there is no calendar \(name) any more; its instruments close when the "
                        + "sessions that they know are over")
            }
            return nil
        }
        let schedule = calendar.schedule(at: now)
        let until = schedule.changes.first { $0.time > now }?.time ?? .max
        schedules[name] = (schedule, until)
        return schedule
    }
}
