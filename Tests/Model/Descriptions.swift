// Failures short enough to be read: values name only what isn't as usual, and of two records that
// differ only the fields that do.

import Base
import Trading

/// Fields of a value that differ from another's, as `name=value`.
func fields<Value>(of value: Value, unlike other: Value) -> String {
    let pairs = zip(Mirror(reflecting: value).children, Mirror(reflecting: other).children)
    return pairs.compactMap { own, usual in
        let (text, common) = (short(own.value), short(usual.value))
        return text == common ? nil : "\(own.label ?? "?")=\(text)"
    }.joined(separator: " ")
}

private func short<Value>(_ value: Value) -> String {
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .optional {
        return mirror.children.first.map { short($0.value) } ?? "nil"
    }
    if let ext = value as? ModelExtension {
        return "[\(fields(of: ext, unlike: ModelExtension()))]"
    }
    return String(describing: value)
}

extension OrderTermsStep: CustomStringConvertible {
    var description: String { fields(of: self, unlike: OrderTermsStep(side: side, quantity: -1)) }
}

extension ChildStep: CustomStringConvertible {
    var description: String { "\(key): \(terms.side) \(terms)" }
}

extension SubmitStep: CustomStringConvertible {
    var description: String {
        let plain = SubmitStep(account: account, clientID: clientID, symbol: symbol, terms: terms)
        let more = fields(of: self, unlike: plain)
        return "\(id) \(symbol) \(terms.side) \(terms)\(more.isEmpty ? "" : " \(more)")"
    }
}

extension AmendStep: CustomStringConvertible {
    var description: String { "\(order) \(fields(of: self, unlike: AmendStep(order: order)))" }
}

extension CommitStep: CustomStringConvertible {
    var description: String { "\(parent) \(fields(of: self, unlike: CommitStep(parent: parent)))" }
}

extension Scenario: CustomStringConvertible {
    var description: String {
        let instruments = instruments.map {
            "  \($0.symbol) tick=\($0.tick) lot=\($0.lot) band=\($0.bandBps) "
                + "minimum=\($0.minNotional) fees=\($0.makerBps),\($0.takerBps)"
        }
        let holdings = holdings.map { "\($0.account):\($0.symbol) \($0.quantity)@\($0.price)" }
        let limits = fields(of: limits, unlike: ModelLimits())
        return (instruments + ["  balances \(balances)", "  \(holdings)", "  \(limits)"])
            .joined(separator: "\n")
    }
}

extension Guard: CustomStringConvertible {
    package var description: String { encoded }
}

extension Answer: CustomStringConvertible {
    var description: String {
        let record = order.map { " \($0.id) \($0.outline)" } ?? ""
        return "\(word) \(sequence) \(code) \(values) \(numbers)\(record)"
    }
}

extension ModelOrder {
    var outline: String {
        "\(status) \(filled)/\(quantity)@\(price) flags=\(flags.rawValue)"
            + (reason.isEmpty ? "" : " (\(reason))")
    }
}

/// What differs between two things that should be equal.
func difference<Value>(_ redis: Value?, _ model: Value?) -> String {
    guard let redis, let model else {
        return "\n  Redis \(text(redis))\n  model \(text(model))"
    }
    if let first = redis as? ModelChange, let second = model as? ModelChange {
        switch (first, second) {
        case (.order(let first, let cause), .order(let second, let other))
        where first.id == second.id:
            return "\n  order \(first.id)\n  Redis \(cause) \(fields(of: first, unlike: second))"
                + "\n  model \(other) \(fields(of: second, unlike: first))"
        default: break
        }
    }
    return
        "\n  Redis \(fields(of: redis, unlike: model))\n  model \(fields(of: model, unlike: redis))"
}

func unlike<Value>(_ first: Value?, _ second: Value?) -> String { difference(first, second) }
