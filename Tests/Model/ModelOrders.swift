// How orders change and end, the books and the families that they make.

import Base
import Trading

extension Model {
    /// Notes the first thing that happens to an order in the call.
    mutating func note(_ id: String, _ cause: OrderCause) {
        guard notes.causes[id] == nil else { return }
        notes.causes[id] = cause
        notes.changed.append(id)
    }

    /// Changes an order and says why. Its hold follows.
    mutating func change(
        _ id: String, _ cause: OrderCause = .changed, _ body: (inout ModelOrder) -> Void
    ) throws(Refusal) {
        var order = order(id)
        let wasOpen = order.isOpen
        body(&order)
        order.updatedAt = time
        order.lastSequence = sequence
        if !order.isOpen {
            order.ext.shown = 0
            order.flags.subtract([.queued, .waiting])
            order.isPending = false
        }
        if !order.isOpen || id != notes.sweeping {
            order.hold = try Amounts.need(charged(order), order)
            _ = try Amounts.notional(instrument(order.symbol), order)
        }
        table.put(order)
        note(id, cause)
        if wasOpen && !order.isOpen { hasEnded(order) }
    }

    /// Ends an order.
    mutating func close(
        _ id: String, _ status: OrderStatus, reason: String = "", cause: OrderCause = .changed
    ) throws(Refusal) {
        let now = time
        try change(id, cause) {
            $0.status = status
            $0.reason = reason
            $0.closedAt = now
        }
    }

    private mutating func hasEnded(_ order: ModelOrder) {
        leaveQueue(order.id)
        guards[order.id] = nil
        timers[order.id] = nil
        states[order.id] = nil
        if order.leadsFamily { notes.endedMains.append(order.id) }
        if let parent = order.parent { wake(parent, .childEnded) }
    }

    /// A container's plugin is to be called at once, where it wants to be for this.
    mutating func wake(_ id: String, _ reason: FamilyWakes) {
        guard let parent = table[id], parent.isOpen, parent.isContainer,
            parent.ext.wakes.contains(reason)
        else { return }
        timers[id] = time
    }

    mutating func leaveQueue(_ id: String) {
        guard let symbol = table[id]?.symbol else { return }
        symbols[symbol]?.queue.removeAll { $0.id == id }
    }

    /// The next place of this call, in a book or in the work queue.
    mutating func takePlace() -> Int64 {
        defer { notes.places += 1 }
        return sequence * 16_384 + notes.places
    }

    mutating func step(_ kind: OrderStepKind, _ id: String, _ reason: String) {
        let order = order(id)
        notes.steps.append(
            ModelStep(
                kind: kind, trades: notes.trades.count, price: order.price,
                quantity: order.quantity, filled: order.filled, order: id, reason: reason))
    }

    // Books.

    /// Whether the first order trades before the second, both of one side of one book.
    func isAhead(_ first: ModelOrder, _ second: ModelOrder) -> Bool {
        if first.price == second.price { return first.bookSequence < second.bookSequence }
        return first.side == .buy ? first.price > second.price : first.price < second.price
    }

    /// The orders of one side of a book, in no particular order.
    func resting(
        _ symbol: String, _ book: BookKind, _ side: Side
    ) -> [ModelOrder] {
        table.open(symbol) { $0.rests && $0.book == book && $0.side == side }
    }

    func best(_ symbol: String, _ book: BookKind, _ side: Side) -> ModelOrder? {
        resting(symbol, book, side).min { isAhead($0, $1) }
    }

    func bestPrice(_ symbol: String, _ book: BookKind, _ side: Side) -> Int64? {
        best(symbol, book, side)?.price
    }

    // Families.

    /// The main order and its children, in the order in which they were made.
    func family(of id: String) -> [ModelOrder] {
        let main = order(id).family
        let members = [main] + (children[main] ?? []).map { "\(main):\($0)" }
        return members.compactMap { table[$0] }
    }

    func openChildren(of id: String) -> [ModelOrder] {
        (children[id] ?? []).compactMap { table["\(id):\($0)"] }.filter { $0.isOpen }
    }
}
