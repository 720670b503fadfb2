// Instruments: reference data that decides in which scale every number of a symbol is kept.

import Base
import Loop
import Store
import Trading

/// What is to become of an instrument; what isn't given stays.
package struct InstrumentChange {
    package var state: InstrumentState?
    package var name: String?
    package var assetType: String?
    package var tickSize: Int64?
    package var lotSize: Int64?
    package var bandBps: Int64?
    package var minNotional: Money?
    package var makerFeeBps: Int64?
    package var takerFeeBps: Int64?
    /// Empty: it trades always from now on.
    package var calendar: String?

    package init() {}

    func applied(to old: Instrument) -> Instrument {
        var new = old
        new.state = state ?? old.state
        new.name = name ?? old.name
        new.assetType = assetType ?? old.assetType
        new.tickSize = tickSize ?? old.tickSize
        new.lotSize = lotSize ?? old.lotSize
        new.bandBps = bandBps ?? old.bandBps
        new.minNotional = minNotional ?? old.minNotional
        new.makerFeeBps = makerFeeBps ?? old.makerFeeBps
        new.takerFeeBps = takerFeeBps ?? old.takerFeeBps
        new.calendar = calendar ?? old.calendar
        return new
    }
}

package final class InstrumentService {
    private let picture: Picture
    private let matcher: Matcher
    private let acknowledged: Acknowledged
    private let retry: FreshRetry
    /// By name: what instruments may follow.
    package let calendars: [String: TradingCalendar]

    package init(
        loop: EventLoop, picture: Picture, matcher: Matcher, acknowledged: Acknowledged,
        calendars: [String: TradingCalendar]
    ) {
        self.picture = picture
        self.matcher = matcher
        self.acknowledged = acknowledged
        self.calendars = calendars
        retry = FreshRetry(loop: loop)
    }

    package func create(
        _ instrument: Instrument, by actor: Actor,
        _ completion: @escaping (Result<Instrument, Rejection>) -> Void
    ) {
        guard let instrument = scheduled(instrument) else {
            return completion(.failure(.unknownCalendar(instrument.calendar)))
        }
        retry.run({ self.send(instrument, create: true, actor, $0) }, completion)
    }

    /// With what its calendar says, so that it is open or closed rightly from the first moment; nil
    /// where there is no such calendar.
    private func scheduled(_ instrument: Instrument) -> Instrument? {
        var instrument = instrument
        instrument.schedule = .always
        guard !instrument.calendar.isEmpty else { return instrument }
        guard let calendar = calendars[instrument.calendar] else { return nil }
        instrument.schedule = calendar.schedule(at: Clock.wallMicros())
        return instrument
    }

    /// Changes what is given of an instrument, state included, and keeps the rest. Scales and currency
    /// can't change; fees, tick and lot only while no order is open.
    package func update(
        _ symbol: String, _ change: InstrumentChange, by actor: Actor,
        _ completion: @escaping (Result<Instrument, Rejection>) -> Void
    ) {
        retry.run(
            { [self] done in
                guard let instrument = picture.instruments[symbol] else {
                    return done(
                        .ended(.failure(Reasons.rejection(code: "unknown_symbol", values: ""))))
                }
                var new = change.applied(to: instrument)
                if let name = change.calendar {
                    guard let scheduled = scheduled(new) else {
                        return done(.ended(.failure(.unknownCalendar(name))))
                    }
                    new = scheduled
                }
                send(new, create: false, actor, done)
            }, completion)
    }

    private func send(
        _ instrument: Instrument, create: Bool, _ actor: Actor,
        _ done: @escaping (FreshRetry.Outcome<Instrument>) -> Void
    ) {
        matcher.instrument(instrument, create: create, by: actor) { [acknowledged] reply in
            switch reply {
            case .success(.done(let instrument, let sequence)):
                acknowledged.note(sequence)
                done(.ended(.success(instrument)))
            case .success(.stale): done(.stale)
            case .success(.refused(let refusal)):
                done(.ended(.failure(Reasons.rejection(refusal))))
            case .failure(let failure): done(.ended(.failure(failure.rejection)))
            }
        }
    }
}

extension Rejection {
    fileprivate static func unknownCalendar(_ name: String) -> Rejection {
        Rejection(
            .refused, "unknown_calendar",
            "There is no calendar \(name); GET /api/v1/calendars lists what there is.",
            field: "calendar", values: "calendar=\(name)")
    }
}
