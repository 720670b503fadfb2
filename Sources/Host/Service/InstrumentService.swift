// Instruments: reference data that decides in which scale every number of a symbol is kept.

import Base
import Store
import Trading

package final class InstrumentService {
    private let matcher: Matcher
    private let acknowledged: Acknowledged

    package init(matcher: Matcher, acknowledged: Acknowledged) {
        self.matcher = matcher
        self.acknowledged = acknowledged
    }

    package func create(
        _ instrument: Instrument, by actor: Actor,
        _ completion: @escaping (Result<Instrument, Rejection>) -> Void
    ) {
        send(instrument, create: true, actor, completion)
    }

    /// Changes a listed instrument to this, state included. Scales and currency can't change, and
    /// fees only while no order is open.
    package func update(
        _ instrument: Instrument, by actor: Actor,
        _ completion: @escaping (Result<Instrument, Rejection>) -> Void
    ) {
        send(instrument, create: false, actor, completion)
    }

    private func send(
        _ instrument: Instrument, create: Bool, _ actor: Actor,
        _ completion: @escaping (Result<Instrument, Rejection>) -> Void
    ) {
        matcher.instrument(instrument, create: create, by: actor) { [acknowledged] reply in
            switch reply {
            case .success(.done(let instrument, let sequence)):
                acknowledged.note(sequence)
                completion(.success(instrument))
            case .success(.refused(let refusal)):
                completion(.failure(Reasons.rejection(refusal)))
            case .failure(let failure): completion(.failure(failure.rejection))
            }
        }
    }
}
