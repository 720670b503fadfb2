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
        _ instrument: Instrument, _ completion: @escaping (Result<Instrument, Rejection>) -> Void
    ) {
        matcher.instrument(instrument, create: true) { [acknowledged] reply in
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
