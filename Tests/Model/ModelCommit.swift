// What a container's plugin makes of its family.

import Base
import Trading

extension Model {
    mutating func commit(_ step: CommitStep) throws(Refusal) -> Answer {
        let id = step.parent
        guard let parent = table[id] else { throw Refusal("unknown_order", "order_id=\(id)") }
        guard parent.isOpen, step.versionsBehind == 0, !step.isStale, !isOld(step.policy) else {
            return Answer(word: "stale")
        }
        let instrument = try instrument(parent.symbol)
        if !step.items.isEmpty { try requireOpen(instrument) }
        if try isBusy(parent.symbol, unless: { $0.order(id).isOpen }) {
            return Answer(word: "busy")
        }
        notes.mainOrder = id
        note(id, .changed)
        noteDecisions(id, step.decisions)
        states[id] = step.state
        timers[id] = step.timer.map { now + $0 * 1_000 }
        try change(id) {
            $0.ext.stateVersion += 1
            $0.ext.wakes = step.wakes
        }
        let places = step.items.compactMap { item in
            if case .place(let child) = item { child } else { nil }
        }
        // What is given up makes room first.
        for item in step.items { try apply(item, of: id) }
        for child in places {
            try check(instrument, child.terms)
            try checkAccount(
                account(parent.account), instrument, child.terms.side, child.terms.quantity)
        }
        try create(places, of: id)
        let wanted = try leaves(openChildren(of: id))
        try requireRoom(instrument, wanted, order(id).quantity - parent.filled)
        try begin(places, of: id)
        try end(id, step.end)
        try finishWork(parent.symbol)
        return Answer(word: "ok", order: order(id))
    }

    private mutating func apply(
        _ item: CommitStep.Item, of parent: String
    ) throws(Refusal) {
        switch item {
        case .place: return
        case .cancel(let key):
            guard let child = try child(parent, key) else { return }
            try close(child.id, .cancelled, reason: "parent_cancelled")
        case .amend(let key, let price, let quantity):
            guard let child = try child(parent, key) else { return }
            try amendChild(child.id, price: price, quantity: quantity)
        case .container(let price, let quantity):
            try amendContainer(parent, price: price, quantity: quantity)
        }
    }

    /// Nil where it has ended: what it was to do comes too late.
    private func child(_ parent: String, _ key: String) throws(Refusal) -> ModelOrder? {
        guard let child = table["\(parent):\(key)"] else {
            throw Refusal("unknown_order", "order_id=\(parent):\(key)")
        }
        return child.isOpen ? child : nil
    }

    private mutating func end(_ id: String, _ reason: String) throws(Refusal) {
        guard !reason.isEmpty, order(id).isOpen else { return }
        if reason == "done" && order(id).filled == order(id).quantity {
            try close(id, .filled)
        } else {
            try close(id, .cancelled, reason: reason)
        }
    }
}
