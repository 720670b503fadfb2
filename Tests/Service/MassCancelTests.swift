import Base
import Testing
import Trading

@testable import Service

@Suite struct MassCancelTests {
    private let ended = Rejection(.conflict, "order_closed", "ended")
    private let away = Rejection(.unavailable, "store_unavailable", "away")

    @Test func soManyAtOnceAndEachCounted() {
        let count = 3 * Limits.massCancelsInFlight
        let ids = (0..<count).map { OrderID("1-\($0)") }
        var waiting: [(Result<Order, Rejection>) -> Void] = []
        var asked: [OrderID] = []
        var results: [MassCancelResult] = []
        MassCancel(of: ids) { id, done in
            asked.append(id)
            waiting.append(done)
        }.start { results.append($0) }
        var answered = 0
        while !waiting.isEmpty {
            #expect(waiting.count <= Limits.massCancelsInFlight && results.isEmpty)
            waiting.removeFirst()(.failure(answered % 3 == 0 ? away : ended))
            answered += 1
        }
        #expect(asked == ids && results.count == 1)
        #expect(results.first?.failed == count / 3)
        #expect(results.first?.alreadyEnded == count - count / 3)
    }

    @Test func nothingToCancelIsAnsweredToo() {
        var result: MassCancelResult?
        MassCancel(of: []) { _, _ in }.start { result = $0 }
        #expect(result?.cancelled == 0 && result?.failed == 0)
    }
}
