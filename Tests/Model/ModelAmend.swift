// Amends: in place, or back to the end of the queue.

import Base
import Trading

/// An order's values after an amend.
private struct Amended: Equatable {
    /// Of a pegged order, its limit.
    var price: Int64
    var quantity: Int64
    var triggerPrice: Int64

    init(_ order: ModelOrder) {
        price = order.isPegged ? order.ext.pegLimit : order.price
        quantity = order.quantity
        triggerPrice = order.ext.triggerPrice
    }
}

extension Model {
    mutating func amend(_ step: AmendStep) throws(Refusal) -> Answer {
        let id = step.order
        guard let order = table[id] else { throw Refusal("unknown_order", "order_id=\(id)") }
        guard order.isOpen else { return closedAnswer(order) }
        let instrument = try instrument(order.symbol)
        if isOld(step.policy) { return Answer(word: "stale") }
        try requireOpen(instrument)
        try requireAmendable(order, step)
        var amended = Amended(order)
        amended.price = step.price ?? amended.price
        amended.quantity = step.quantity ?? amended.quantity
        amended.triggerPrice = step.triggerPrice ?? amended.triggerPrice
        if amended == Amended(order) {
            return Answer(
                word: "ok", sequence: order.lastSequence, order: order, numbers: [1, 0, 0, 0, 0])
        }
        try check(instrument, order, amended)
        try requireNoSwitch(account(order.account))
        if try isBusy(order.symbol, unless: { $0.notes.causes[id] == nil }) {
            return Answer(word: "busy")
        }
        try requireRoom(instrument, order, amended)
        notes.mainOrder = id
        try judgeAmend(step.guards, id)
        note(id, .amended)
        noteDecisions(id, step.decisions)
        let keepsPlace = try apply(amended, to: id, step.guards)
        try moveChildren(of: id, by: amended.quantity - order.quantity)
        try finishWork(order.symbol)
        return Answer(
            word: "ok", order: self.order(id), numbers: [keepsPlace ? 1 : 0, 1] + notes.fillNumbers)
    }

    /// As a part of a commit: less at the same price shrinks in place, all else arrives anew.
    mutating func amendChild(_ id: String, price: Int64?, quantity: Int64?) throws(Refusal) {
        let order = order(id)
        var amended = Amended(order)
        amended.price = price ?? amended.price
        amended.quantity = quantity ?? amended.quantity
        try checkTick(instrument(order.symbol), amended.price)
        try checkLot(instrument(order.symbol), amended.quantity)
        guard order.rests, amended.quantity > order.filled else {
            throw Refusal("amend_unsupported", "order_id=\(id)")
        }
        try checkAccount(
            account(order.account), instrument(order.symbol), order.side,
            amended.quantity - order.filled)
        note(id, .amended)
        let isOnlyLess =
            amended.price == Amended(order).price
            && amended.quantity <= order.quantity
        try change(id) {
            if $0.isPegged { $0.ext.pegLimit = amended.price } else { $0.price = amended.price }
            $0.quantity = amended.quantity
            $0.ext.shown = min($0.ext.shown, $0.workable)
        }
        guard !isOnlyLess else { return }
        try enqueue(id, .triggered)
    }

    /// A container's own values, which its plugin has answered an amend with.
    mutating func amendContainer(_ id: String, price: Int64?, quantity: Int64?) throws(Refusal) {
        let order = order(id)
        let instrument = try instrument(order.symbol)
        try checkTick(instrument, price ?? order.price)
        try checkLot(instrument, quantity ?? order.quantity)
        guard (quantity ?? order.quantity) > order.filled else {
            let scale = instrument.quantityScale
            throw Refusal(
                "below_filled",
                "quantity=\(Scaled.format(quantity ?? order.quantity, scale: scale)), "
                    + "filled=\(Scaled.format(order.filled, scale: scale))")
        }
        try checkAccount(
            account(order.account), instrument, order.side,
            (quantity ?? order.quantity) - order.filled)
        notes.causes[id] = .amended
        try change(id) {
            $0.price = price ?? $0.price
            $0.quantity = quantity ?? $0.quantity
        }
    }

    private func requireAmendable(
        _ order: ModelOrder, _ step: AmendStep
    ) throws(Refusal) {
        let old = Amended(order)
        let changesTrigger = step.triggerPrice != nil && step.triggerPrice != old.triggerPrice
        let changesQuantity = step.quantity != nil && step.quantity != old.quantity
        let changesPrice = step.price != nil && step.price != old.price
        let watches = order.status == .parked && order.ext.triggerSource != nil
        let trails = order.status == .parked && order.ext.trail != nil
        let isUnsupported =
            order.isContainer || order.isQueued
            || ((order.isAfter || order.ext.link != 0) && changesQuantity)
            || (changesTrigger && (!watches || order.ext.trail != nil))
            || (changesPrice && (order.pricing == .market || trails))
        if isUnsupported { throw Refusal("amend_unsupported", "order_id=\(order.id)") }
    }

    private func check(
        _ instrument: ModelInstrument, _ order: ModelOrder, _ amended: Amended
    ) throws(Refusal) {
        try checkTick(instrument, amended.price)
        try checkTick(instrument, amended.triggerPrice)
        try checkLot(instrument, amended.quantity)
        if amended.quantity < order.filled {
            let scale = instrument.quantityScale
            throw Refusal(
                "below_filled",
                "quantity=\(Scaled.format(amended.quantity, scale: scale)), "
                    + "filled=\(Scaled.format(order.filled, scale: scale))")
        }
        if amended.quantity > order.filled, order.pricing == .limit,
            let low = try belowMinimum(instrument, amended.price, amended.quantity)
        {
            throw low
        }
    }

    /// A container's child grows no further than what is left of its container.
    private func requireRoom(
        _ instrument: ModelInstrument, _ order: ModelOrder, _ amended: Amended
    ) throws(Refusal) {
        guard order.flags.contains(.rollsUp), amended.quantity > order.quantity,
            let parent = order.parent
        else { return }
        let children = openChildren(of: parent).map { child in
            var child = child
            if child.id == order.id { child.quantity = amended.quantity }
            return child
        }
        let wanted = try leaves(children)
        let main = self.order(parent)
        try requireRoom(instrument, wanted, main.quantity - main.filled)
    }

    /// Returns whether it keeps its place.
    private mutating func apply(
        _ amended: Amended, to id: String, _ guards: [Guard]
    ) throws(Refusal) -> Bool {
        let order = order(id)
        let wasPending = order.isPending
        let isLess = amended.price == Amended(order).price && amended.quantity < order.quantity
        let isOnlyLess = order.rests && isLess
        try change(id) {
            $0.isPending = $0.isPending || !(isOnlyLess || $0.isWaiting)
            if $0.isPegged { $0.ext.pegLimit = amended.price } else { $0.price = amended.price }
            $0.quantity = amended.quantity
            $0.ext.triggerPrice = amended.triggerPrice
            $0.ext.shown = min($0.ext.shown, $0.workable)
        }
        if amended.quantity == order.filled {
            try change(id) {
                $0.isPending = wasPending
                if order.rests {
                    $0.price = order.price
                    $0.ext.pegLimit = order.ext.pegLimit
                }
            }
            try close(id, .filled, cause: .amended)
            return true
        }
        if order.isWaiting {
            self.guards[id] = guards.isEmpty ? nil : guards
            if order.ext.trail == nil { try setWorstPrice(id) }
            return true
        }
        if isOnlyLess { return true }
        try checkAccount(
            account(order.account), instrument(order.symbol), order.side, self.order(id).workable)
        if order.status == .parked {
            try park(id, guards)
            try fireIfTrue(id)
            return true
        }
        try admit(id, guards)
        if order.isPegged && self.order(id).price == order.price
            && amended.quantity <= order.quantity
        {
            notes.sweeping = nil
            try change(id) { _ in }
            return true
        }
        try work(id)
        noteFills()
        return false
    }

    /// What a family's after-children may come to grows and shrinks with the main order.
    private mutating func moveChildren(of id: String, by difference: Int64) throws(Refusal) {
        guard difference != 0 else { return }
        let lot = try instrument(order(id).symbol).lot
        for child in openChildren(of: id) where child.isAfter {
            try change(child.id) {
                $0.quantity = max($0.ext.granted, $0.quantity + difference)
                if $0.quantity < 1 { $0.quantity = lot }
                $0.ext.shown = min($0.ext.shown, $0.working)
            }
        }
    }
}
