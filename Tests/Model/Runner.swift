// Runs a script against Redis and the model side by side, and compares after every step.

import Base
import TestSupport
import Trading

/// Where a script went wrong and how.
struct Failure: Error, CustomStringConvertible {
    let step: Int
    let what: String
    var description: String { "step \(step): \(what)" }
}

final class Runner {
    private let functions: Functions
    private var model = Model()
    private var replica = Replica()
    /// Books and records are read whole every so many steps; replies and events always.
    private let stepsPerAudit: Int
    private(set) var words: [String: Int] = [:]

    init(_ functions: Functions, stepsPerAudit: Int) {
        self.functions = functions
        self.stepsPerAudit = stepsPerAudit
    }

    /// Nil where model and Redis agree on everything.
    func run(_ script: Script) -> Failure? {
        _ = functions.redis.call("FLUSHALL")
        model = Model()
        replica = Replica()
        var index = -1
        do {
            try seed(script.scenario)
            for step in script.steps {
                index += 1
                try perform(step)
                if index % stepsPerAudit == 0 || index == script.steps.count - 1 { try audit() }
            }
            return nil
        } catch let error as Mismatch {
            return Failure(step: index, what: error.what)
        } catch {
            return Failure(step: index, what: "\(error)")
        }
    }

    private struct Mismatch: Error {
        let what: String
    }

    private func perform(_ step: Step) throws {
        if case .pause(let millis) = step {
            pauseMillis(millis)
            return
        }
        let before = functions.time()
        let expireAt = expireTime(step, now: before)
        let reply = call(step, expireAt: expireAt)
        guard reply.failure.isEmpty else { throw Mismatch(what: "\(step): \(reply.failure)") }
        let event = try nextEvent()
        // A refusal's time isn't told; only this one depends on it.
        let hadPassed = reply.code == "expire_time_passed"
        let time = event?.time ?? (hadPassed ? functions.time() : before)

        let expected = model.perform(step, expireAt: expireAt, time: time)
        let answer = try reply.answer(to: step)
        words[answer.code.isEmpty ? answer.word : answer.code, default: 0] += 1
        if answer != expected.answer {
            throw Mismatch(what: "\(step)\n  Redis \(answer)\n  model \(expected.answer)")
        }
        try compare(event.map { ModelEvent($0) }, expected.event, step)
        for order in expected.event?.changes ?? [] { count(order) }
        if let event, let wrong = replica.apply(event) { throw Mismatch(what: wrong) }
    }

    /// What orders ended as, so that the suite can show that it meets every case.
    private func count(_ change: ModelChange) {
        if case .order(let order, _) = change, !order.reason.isEmpty {
            words[String(order.reason.prefix { $0 != ":" }), default: 0] += 1
        }
    }

    private func compare(_ event: ModelEvent?, _ expected: ModelEvent?, _ step: Step) throws {
        guard event != expected else { return }
        let pairs = zip(event?.changes ?? [], expected?.changes ?? [])
        let first = pairs.first { $0 != $1 }.map { "\n  Redis \($0)\n  model \($1)" }
        let counts = "\(event?.changes.count ?? -1) and \(expected?.changes.count ?? -1) changes"
        throw Mismatch(
            what:
                "\(step): events differ (\(counts))\(first ?? "\n  \(text(event))\n  \(text(expected))")"
        )
    }

    /// The event of the last call, nil where it made none.
    private func nextEvent() throws -> Event? {
        let next = model.sequence + 1
        let entry = functions.event(next)
        return entry.isEmpty ? nil : try Event(sequence: next, entry: entry[...])
    }

    private func audit() throws {
        let state = try RedisState(functions)
        if let broken = Invariants.broken(state, replica) { throw Mismatch(what: broken) }
        if let difference = state.difference(from: model.state, "model") {
            throw Mismatch(what: difference)
        }
    }

    private func seed(_ scenario: Scenario) throws {
        let reply = functions.call("seed", scenario.seedArguments)
        guard reply.word == "ok", let event = try nextEvent() else {
            throw Mismatch(what: "seed: \(reply)")
        }
        let expected = try model.seed(scenario, time: event.time)
        guard ModelEvent(event) == expected else { throw Mismatch(what: "seed's event") }
        if let wrong = replica.apply(event) { throw Mismatch(what: wrong) }
    }
}

extension Runner {
    private func expireTime(_ step: Step, now: Int64) -> Int64 {
        guard case .submit(let submit) = step else { return 0 }
        switch submit.expiry {
        case .never: return 0
        case .passed: return now - 1
        case .soon(let millis): return now + millis * 1_000
        }
    }

    private func call(_ step: Step, expireAt: Int64) -> Reply {
        switch step {
        case .submit(let submit): return functions.submit(newOrder(submit, expireAt))
        case .cancel(let id): return functions.cancel(id)
        case .amend(let id, let price, let quantity, let guards):
            let symbol = model.orders[id]?.symbol ?? ""
            return functions.amend(
                id, price: price, quantity: quantity, revision: revision(symbol),
                guards: guards.map(\.encoded).joined(separator: ";"))
        case .createAccount(let balance): return functions.account(balance: balance)
        case .changeAccount(let id, let state, let isActive, let shortLimit):
            return functions.account(
                id, create: false, state: Int64(state.rawValue), isActive: isActive,
                shortLimit: shortLimit)
        case .cash(let account, let kind, let amount):
            return functions.transact(account, kind: Int64(kind.rawValue), amount: amount)
        case .shares(let account, let symbol, let quantity, let price):
            return functions.transact(
                account, kind: 3, symbol: symbol, quantity: quantity, price: price)
        case .changeInstrument(let symbol, let state, let makerBps, let takerBps):
            var instrument = model.instruments[symbol]
            instrument?.state = state
            instrument?.makerBps = makerBps
            instrument?.takerBps = takerBps
            return functions.instrument(symbol, create: false, packed: instrument?.packed ?? [])
        case .expire(let symbol): return functions.expire(symbol)
        case .pause: preconditionFailure("a pause calls nothing")
        }
    }

    private func revision(_ symbol: String) -> Int64 { model.instruments[symbol]?.revision ?? 1 }

    private func newOrder(_ step: SubmitStep, _ expireAt: Int64) -> NewOrder {
        var order = NewOrder()
        order.account = step.account
        order.clientID = step.clientID
        order.symbol = step.symbol
        order.side = Int64(step.side.rawValue)
        order.pricing = Int64(step.pricing.rawValue)
        order.price = step.pricing == .market ? 0 : step.price
        order.quantity = step.quantity
        order.policy = Int64(step.policy.rawValue)
        order.book = Int64(step.book.rawValue)
        order.expireAt = expireAt
        order.requestHash = step.requestHash
        order.revision = revision(step.symbol) - (step.isStale ? 1 : 0)
        order.reason = step.reason
        order.guards = step.guards.map(\.encoded).joined(separator: ";")
        return order
    }
}
