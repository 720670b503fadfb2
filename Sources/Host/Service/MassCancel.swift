// Many cancels, so many at once and no more: the connection has room for everyone else's commands.

import Base
import Trading

package struct MassCancelResult: Hashable, Sendable {
    package var cancelled = 0
    /// Filled, cancelled or expired before the cancel came.
    package var alreadyEnded = 0
    /// Where Redis gave no answer: the order may stand or not.
    package var failed = 0
    package var micros: Int64 = 0
}

/// One on its way. It keeps itself until it is done.
final class MassCancel {
    typealias Cancel = (OrderID, @escaping (Result<Order, Rejection>) -> Void) -> Void

    private var ids: ArraySlice<OrderID>
    private let cancel: Cancel
    private let began = Clock.monotonicMicros()
    private var inFlight = 0
    private var result = MassCancelResult()
    private var completion: ((MassCancelResult) -> Void)?

    /// `cancel` answers later, never before it returns.
    init(of ids: [OrderID], _ cancel: @escaping Cancel) {
        self.ids = ids[...]
        self.cancel = cancel
    }

    func start(_ completion: @escaping (MassCancelResult) -> Void) {
        self.completion = completion
        goOn()
    }

    private func goOn() {
        while inFlight < Limits.massCancelsInFlight, let id = ids.popFirst() {
            inFlight += 1
            cancel(id) { [self] answer in
                inFlight -= 1
                count(answer)
                goOn()
            }
        }
        guard inFlight == 0, ids.isEmpty, let completion else { return }
        self.completion = nil
        result.micros = Clock.monotonicMicros() - began
        completion(result)
    }

    private func count(_ answer: Result<Order, Rejection>) {
        switch answer {
        case .success: result.cancelled += 1
        case .failure(let rejection) where rejection.code == "order_closed":
            result.alreadyEnded += 1
        case .failure: result.failed += 1
        }
    }
}
