// Runs a script against Redis and the model side by side, and compares after every call.

import Base
import TestSupport
import Trading

/// Where a script went wrong and how.
struct Failure: Error, CustomStringConvertible {
    let step: Int
    let what: String
    /// What sort of failure it is, so that a shorter script's is known as the same.
    var kind = ""
    var description: String { "step \(step): \(what)" }
}

final class Runner {
    private let functions: Functions
    private var model = Model()
    private var replica = Replica()
    /// Books and records are read whole every so many steps; replies and events always.
    private let stepsPerAudit: Int
    /// How often each word, code and reason was met.
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
            return Failure(step: index, what: error.what, kind: error.kind)
        } catch {
            return Failure(step: index, what: "\(error)")
        }
    }

    private struct Mismatch: Error {
        let what: String
        var kind = ""
    }

    /// As a host does it: a busy call is made again. There is an end to it.
    private func perform(_ step: Step) throws {
        if case .pause(let millis) = step { return pauseMillis(millis) }
        if case .decree(let decree) = step {
            functions.put(decree)
            return model.control.take(decree)
        }
        let now = functions.time()
        for _ in 0..<500 where try call(step, now: now) != "busy" { return }
        throw Mismatch(what: "\(step): busy without an end")
    }

    private func call(_ step: Step, now: Int64) throws -> String {
        let before = functions.time()
        let reply = functions.call(step, model, now: now)
        guard reply.failure.isEmpty else { throw Mismatch(what: "\(step): \(reply.failure)") }
        let event = try nextEvent()
        let answer = try reply.answer(to: step)
        let saved = model
        var expected = model.perform(step, now: now, time: event?.time ?? before)
        if event == nil && (expected.event != nil || expected.answer != answer) {
            // The time of a call that changed nothing isn't told: it may have been a later one.
            model.undo(to: saved)
            expected = model.perform(step, now: now, time: functions.time())
        }
        words[answer.code.isEmpty ? answer.word : answer.code, default: 0] += 1
        if answer != expected.answer {
            var orders = ""
            if answer.order != nil && expected.answer.order != nil {
                orders = difference(answer.order, expected.answer.order)
            }
            throw Mismatch(
                what: "\(step)\n  Redis \(answer)\n  model \(expected.answer)\(orders)"
                    + courses(event.map { ModelEvent($0) }, expected.event),
                kind:
                    "\(answer.word) \(answer.code) \(expected.answer.word) \(expected.answer.code)")
        }
        try compare(event.map { withoutIdle(ModelEvent($0)) }, expected.event, step)
        for change in expected.event?.changes ?? [] { count(change) }
        if let event, let wrong = replica.apply(event) { throw Mismatch(what: wrong) }
        return answer.word
    }

    /// What the call ended, and how, so that the suite can show that it meets every case.
    private func count(_ change: ModelChange) {
        switch change {
        case .order(let order, _):
            guard !order.reason.isEmpty else { return }
            words[String(order.reason.prefix { $0 != ":" }), default: 0] += 1
            words["ended \(order.reason.prefix { $0 != ":" })", default: 0] += 1
        case .step(let step): words["step \(step.reason)", default: 0] += 1
        case .guardValue(let value):
            let (metric, scope) = (value.metric.name, value.scope.name)
            words["guard \(metric) \(scope) \(value.held)", default: 0] += 1
        case .throttle(let throttle): words["latched \(throttle.isLatched)", default: 0] += 1
        default: return
        }
    }

    /// An event may name an account or position in which nothing changed but that it was touched:
    /// where an order was charged for anew, and it came to the same. The model takes that over.
    private func withoutIdle(_ event: ModelEvent) -> ModelEvent {
        var event = event
        event.drop { change in
            switch change {
            case .account(let account): model.adopt(account)
            case .position(let position): model.adopt(position)
            default: false
            }
        }
        return event
    }

    private func compare(_ event: ModelEvent?, _ expected: ModelEvent?, _ step: Step) throws {
        guard event != expected else { return }
        let pairs = zip(event?.changes ?? [], expected?.changes ?? [])
        let first = pairs.first { $0 != $1 }.map { difference($0, $1) }
        let counts = "\(event?.changes.count ?? -1) and \(expected?.changes.count ?? -1) changes"
        throw Mismatch(
            what:
                "\(step): events differ (\(counts))\(first ?? "")\(courses(event, expected))",
            kind: kinds(event?.changes.count ?? 0, expected?.changes.count ?? 0, first ?? ""))
    }

    /// The names of the fields that differ, and which event says more.
    private func kinds(_ count: Int, _ other: Int, _ first: String) -> String {
        let names = first.split(whereSeparator: { $0.isWhitespace })
            .filter { $0.contains("=") }.map { $0.prefix { $0 != "=" } }
        return "event \((count - other).signum()) \(Set(names).sorted().joined(separator: " "))"
    }

    private func courses(_ event: ModelEvent?, _ expected: ModelEvent?) -> String {
        "\n  Redis \(outline(event))\n  model \(outline(expected))"
    }

    private func nextEvent() throws -> Event? {
        let next = model.sequence + 1
        let entry = functions.event(next)
        return entry.isEmpty ? nil : try Event(sequence: next, entry: entry[...])
    }

    private func audit() throws {
        let state = try RedisState(functions)
        if let difference = state.difference(from: model.state, "model") {
            throw Mismatch(what: difference, kind: "state")
        }
        if let broken = Invariants.broken(state, replica) {
            throw Mismatch(what: broken, kind: "invariant")
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

/// An event's course in a few words for each section.
private func outline(_ event: ModelEvent?) -> String {
    guard let event else { return "no event" }
    let parts = event.changes.map { change in
        switch change {
        case .order(let order, let cause):
            "\(order.id) \(cause) \(order.outline)"
        case .trade(let trade):
            "trade \(trade.buyOrder) \(trade.sellOrder) \(trade.quantity)@\(trade.price)"
        case .step(let step): "\(step.kind) \(step.order) \(step.reason) after \(step.trades)"
        case .level(let level):
            "level \(level.side) \(level.price.raw) \(level.quantity.raw)/\(level.orderCount)"
        case .position(let position): "position \(position.key)"
        case .account(let account): "account \(account.id)"
        case .guardValue(let value):
            "guard \(value.rule) \(value.order) \(value.metric) \(value.scope) \(value.value)"
        case .throttle(let throttle): "throttle \(throttle.key) \(throttle.isLatched)"
        case .decision(let decision): "decision \(decision.orderID.text)"
        case .instrument, .ledger, .market, .unexpected: "…"
        }
    }
    return "\(event.kind): " + parts.filter { $0 != "…" }.joined(separator: "; ")
}
