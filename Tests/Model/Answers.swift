// Replies of Redis as the model's answers, and the seed on both sides.

import Base
import Glibc
import TestSupport
import Trading

func pauseMillis(_ millis: Int) {
    usleep(UInt32(millis) * 1_000)
}

extension Reply {
    func answer(to step: Step) throws -> Answer {
        var answer = Answer(word: word)
        if word == "refused" {
            answer.code = code
            if code == "order_closed" {
                answer.order = try order(step, 1)
            } else {
                answer.values = values
            }
            return answer
        }
        answer.sequence = sequence
        guard ["ok", "duplicate", "rejected"].contains(word) else { return answer }
        switch step {
        case .submit:
            answer.order = try order(step, 1)
            answer.numbers = numbers(3)
        case .amend:
            answer.order = try order(step, 1)
            answer.numbers = numbers(5)
        case .cancel, .commit: answer.order = try order(step, 1)
        case .createAccount, .changeAccount:
            answer.account = ModelAccount(try Account(id: rest[1].text, record: bytes(2)))
        case .cash(let id, _, _), .shares(let id, _, _, _):
            answer.account = ModelAccount(try Account(id: id, record: bytes(1)))
        case .changeInstrument(let symbol, _, _, _):
            answer.instrument = ModelInstrument(
                try Instrument(symbol: symbol, record: bytes(1)))
        case .tick: answer.numbers = rest.dropFirst().compactMap(\.integer)
        case .resetThrottle, .pause, .decree: break
        }
        return answer
    }

    /// What follows sequence and record, as far as the model knows it.
    private func numbers(_ count: Int) -> [Int64] {
        Array(rest.dropFirst(2).compactMap(\.integer).prefix(count))
    }

    private func order(_ step: Step, _ index: Int) throws -> ModelOrder? {
        let id: String
        switch step {
        case .submit(let submit): id = submit.id
        case .cancel(let order): id = order
        case .amend(let amend): id = amend.order
        case .commit(let commit): id = commit.parent
        default: return nil
        }
        return ModelOrder(try Order(id: OrderID(id), record: bytes(index)))
    }
}

extension Scenario {
    var seedArguments: [Argument] {
        var arguments = [Argument(instruments.count)]
        for instrument in instruments {
            arguments += [Argument(instrument.symbol), Argument(instrument.packed)]
        }
        arguments.append(Argument(balances.count))
        for balance in balances { arguments += [Argument(balance), "USD", Argument([0, 0, 0])] }
        arguments.append(Argument(holdings.count))
        for holding in holdings {
            arguments += [
                Argument(holding.account), Argument(holding.symbol), Argument(holding.quantity),
                Argument(holding.price),
            ]
        }
        return arguments
    }
}

extension Model {
    /// The first event.
    mutating func seed(_ scenario: Scenario, time: Int64) throws(Refusal) -> ModelEvent {
        self.time = time
        limits = scenario.limits
        sequence = 1
        notes = CallNotes(kind: .seed, symbol: "")
        for var instrument in scenario.instruments {
            instrument.revision = 1
            instrument.createdAt = time
            instruments[instrument.symbol] = instrument
        }
        for balance in scenario.balances { _ = try createAccount(balance: balance) }
        for holding in scenario.holdings {
            _ = try adjustShares(
                holding.account, holding.symbol, holding.quantity, price: holding.price)
        }
        notes.ledger = notes.ledger.map { entry in
            var entry = entry
            if entry.kind == .adjustment { entry.description = "initial shares" }
            return entry
        }
        let made = try finish(before: Model())
        return ModelEvent(
            sequence: 1, kind: .seed, time: time, symbol: "",
            changes: scenario.instruments.compactMap { instruments[$0.symbol] }
                .map { .instrument($0) } + made.changes)
    }
}
