// Changes that are made from the host's picture: where somebody else has changed the same thing since,
// the script answers stale, and the change is made again from the newer picture. So a change of one
// field never undoes another's change of a second one.

import Base
import Loop
import Trading

struct FreshRetry {
    let loop: EventLoop

    /// Tries of one change before a picture that stays old is reported, and the wait between them.
    private static let tries = 20
    private static let waitMillis = 5

    enum Outcome<Value> {
        case stale
        case ended(Result<Value, Rejection>)
    }

    func run<Value>(
        triesLeft: Int = tries,
        _ attempt: @escaping (@escaping (Outcome<Value>) -> Void) -> Void,
        _ completion: @escaping (Result<Value, Rejection>) -> Void
    ) {
        attempt { outcome in
            switch outcome {
            case .ended(let result): completion(result)
            case .stale where triesLeft > 1:
                _ = loop.schedule(afterMillis: FreshRetry.waitMillis) {
                    run(triesLeft: triesLeft - 1, attempt, completion)
                }
            case .stale: completion(.failure(.stalePicture))
            }
        }
    }
}
