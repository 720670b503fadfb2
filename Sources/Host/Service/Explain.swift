// Why an order was taken or refused: what each rule decided and measured, as the event recorded it in
// which it was accepted, and every guard as Redis judged it.

import Base
import Plugins
import Store
import Trading

package struct OrderExplanation {
    package enum Source {
        case recorded
        /// The stream begins at this sequence: the event is gone.
        case trimmed(begins: Int64)
        /// The event holds no decisions, such as a child's, which its parent's commit placed.
        case none
    }

    package let order: Order
    package fileprivate(set) var source = Source.none
    package fileprivate(set) var sequence: Int64 = 0
    package fileprivate(set) var decisions: RecordedDecisions?
    /// By rule.
    package fileprivate(set) var guards: [String: [GuardValue]] = [:]

    /// Rules with guards of their own that no decision names: those of a child.
    package var rulesOfGuardsAlone: [String] {
        let known = Set((decisions?.rules ?? []).map(\.rule))
        return guards.keys.filter { !known.contains($0) }.sorted()
    }
}

extension History {
    /// The order must be there.
    package func explain(
        _ order: Order, registry: PluginRegistry,
        _ completion: @escaping (Result<OrderExplanation, Rejection>) -> Void
    ) {
        let sequence = order.acceptedSequence > 0 ? order.acceptedSequence : order.lastSequence
        var explanation = OrderExplanation(order: order)
        explanation.sequence = sequence
        store.event(at: sequence) { result in
            switch result {
            case .success(let event):
                if let event { explanation.read(event, registry) }
                completion(.success(explanation))
            case .failure(.gap(.trimmed(let begins))):
                explanation.source = .trimmed(begins: begins)
                completion(.success(explanation))
            case .failure(.gap): completion(.success(explanation))
            case .failure(.redis(let failure)): completion(.failure(failure.rejection))
            }
        }
    }
}

extension OrderExplanation {
    fileprivate mutating func read(_ event: Event, _ registry: PluginRegistry) {
        for change in event.changes {
            switch change {
            case .guardValue(let value) where value.orderID == order.id:
                guards[value.rule, default: []].append(value)
            case .decision(let record) where record.orderID == order.id:
                decisions = try? RecordedDecisions(record.bytes) { rule, place in
                    registry.riskRules.first { $0.name == rule }?.limitName(at: place)
                }
            default: break
            }
        }
        if decisions != nil || !guards.isEmpty { source = .recorded }
    }
}

extension ListStore {
    /// One event of the stream; nil where the stream ends before it.
    fileprivate func event(
        at sequence: Int64, _ answer: @escaping (Result<Event?, EventReadFailure>) -> Void
    ) {
        EventReader(redis).range(from: sequence, to: sequence, limit: 1) { [self] result in
            guard case .success(let events) = result, events.isEmpty else {
                return answer(result.map(\.first))
            }
            // An empty answer is also what a trimmed entry gives: where does the stream begin?
            EventReader(redis).range(from: 0, limit: 1) { result in
                switch result {
                case .failure(.gap(.trimmed(let begins))) where begins > sequence:
                    answer(.failure(.gap(.trimmed(begins: begins))))
                default: answer(.success(nil))
                }
            }
        }
    }
}
