// A step as a function's call: the arguments of docs/REDIS.md, made from nothing but the step and
// what a host would know (revisions, state versions).

import TestSupport
import Trading

extension Functions {
    /// `model` says revisions and state versions; times count from `now`.
    func call(_ step: Step, _ model: Model, now: Int64) -> Reply {
        switch step {
        case .submit(let submit): return call("submit", arguments(submit, model, now))
        case .cancel(let id): return cancel(id)
        case .amend(let amend): return call("amend", arguments(amend, model))
        case .commit(let commit): return call("commit", arguments(commit, model, now))
        case .tick(let symbol): return call("tick", Argument(symbol))
        case .createAccount(let balance): return account(balance: balance)
        case .changeAccount(let id, let standing):
            return account(
                id, create: false, state: Int64(standing.state.rawValue),
                isActive: standing.isActive, shortLimit: standing.shortLimit.raw,
                group: standing.group ?? "",
                selfTradeScope: Int64(standing.selfTradeScope.rawValue),
                makerBps: standing.makerFeeBps ?? -1, takerBps: standing.takerFeeBps ?? -1,
                multiple: standing.multiple)
        case .resetThrottle(let account, let symbol):
            return call("throttle", Argument(account), Argument(symbol), "test", "")
        case .cash(let account, let kind, let amount):
            return transact(account, kind: Int64(kind.rawValue), amount: amount)
        case .shares(let account, let symbol, let quantity, let price):
            return transact(account, kind: 3, symbol: symbol, quantity: quantity, price: price)
        case .changeInstrument(let symbol, let state, let makerBps, let takerBps):
            var changed = model.instruments[symbol]
            changed?.state = state
            changed?.makerBps = makerBps
            changed?.takerBps = takerBps
            return instrument(symbol, create: false, packed: changed?.packed ?? [])
        case .pause, .decree: preconditionFailure("this calls nothing")
        }
    }

    private func arguments(_ step: SubmitStep, _ model: Model, _ now: Int64) -> [Argument] {
        let terms = step.terms
        let hash = withUnsafeBytes(of: step.requestHash.littleEndian) { Array($0) }
        let revision = (model.instruments[step.symbol]?.revision ?? 1) - (step.isStale ? 1 : 0)
        let timer = step.timer.map { now + $0 * 1_000 } ?? 0
        return [
            Argument(step.id), Argument(step.account), Argument(step.symbol),
            Argument(terms.side.rawValue), Argument(terms.pricing.rawValue),
            Argument(terms.pricing == .market ? 0 : terms.price), Argument(terms.quantity),
            Argument(terms.policy.rawValue), Argument(terms.book.rawValue),
            Argument(terms.expireAt(now)), Argument(hash), Argument(revision),
            Argument(step.reason), Argument(text(terms.guards)), Argument(hostPart),
            Argument(terms.flags.rawValue), Argument(terms.selfTrade.rawValue),
            Argument(terms.ext.packed), Argument(step.state), Argument(timer),
            policy(step.policy, model), Argument(step.decisions),
        ] + step.children.flatMap { arguments($0, now) }
    }

    private func arguments(_ child: ChildStep, _ now: Int64) -> [Argument] {
        let terms = child.terms
        return [
            Argument(child.key), Argument(terms.side.rawValue),
            Argument(terms.pricing.rawValue),
            Argument(terms.pricing == .market ? 0 : terms.price), Argument(terms.quantity),
            Argument(terms.policy.rawValue), Argument(terms.book.rawValue),
            Argument(terms.expireAt(now)), Argument(text(terms.guards)),
            Argument(terms.flags.rawValue), Argument(terms.selfTrade.rawValue),
            Argument(terms.ext.packed), Argument(hostPart),
        ]
    }

    private func arguments(_ step: AmendStep, _ model: Model) -> [Argument] {
        let symbol = model.table[step.order]?.symbol ?? ""
        return [
            Argument(step.order), optional(step.price), optional(step.quantity),
            Argument(model.instruments[symbol]?.revision ?? 1), Argument(text(step.guards)),
            optional(step.triggerPrice), policy(step.policy, model), Argument(step.decisions),
        ]
    }

    private func arguments(_ step: CommitStep, _ model: Model, _ now: Int64) -> [Argument] {
        let parent = model.table[step.parent]
        let revision = model.instruments[parent?.symbol ?? ""]?.revision ?? 1
        var arguments = [
            Argument(step.parent),
            Argument((parent?.ext.stateVersion ?? 0) - step.versionsBehind),
            Argument(revision - (step.isStale ? 1 : 0)), Argument(step.state),
            Argument(step.timer.map { now + $0 * 1_000 } ?? 0), Argument(step.wakes.rawValue),
            Argument(step.end), policy(step.policy, model), Argument(step.decisions),
        ]
        for item in step.items {
            switch item {
            case .place(let child): arguments += ["place"] + self.arguments(child, now)
            case .cancel(let key): arguments += ["cancel", Argument(key)]
            case .amend(let key, let price, let quantity):
                arguments += ["amend", Argument(key), optional(price), optional(quantity)]
            case .container(let price, let quantity):
                arguments += ["container", optional(price), optional(quantity)]
            }
        }
        return arguments
    }

    private func policy(_ known: KnownPolicy, _ model: Model) -> Argument {
        switch known {
        case .any: ""
        case .newest: Argument(model.control.policy)
        case .old: Argument(model.control.policy + 1)
        }
    }

    private var hostPart: [UInt8] { [0, 0, 0, 0, 0, 0] }

    private func text(_ guards: [Guard]) -> String {
        guards.map(\.encoded).joined(separator: ";")
    }

    private func optional(_ number: Int64?) -> Argument { number.map { Argument($0) } ?? "" }
}
