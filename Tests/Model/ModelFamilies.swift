// What a main order's fills and end do to its children.

import Base
import Trading

extension Model {
    mutating func settleFamilies() throws(Refusal) {
        let (filled, filledBy) = (notes.filledMains, notes.filledBy)
        (notes.filledMains, notes.filledBy) = ([], [:])
        for id in filled {
            for child in openChildren(of: id) where child.isAfter {
                try setOff(child.id, granting: filledBy[id] ?? 0)
            }
        }
        while !notes.endedMains.isEmpty {
            let id = notes.endedMains.removeFirst()
            try endFamily(of: id)
        }
    }

    private mutating func setOff(_ id: String, granting quantity: Int64) throws(Refusal) {
        guard order(id).isOpen else { return }
        if overflowing.contains(id) { return try endOverflowing(id) }
        notes.settingOff = id
        try grant(id, quantity)
        try checkTotals()
        notes.settingOff = nil
    }

    /// An order that others set off and whose amounts are too large ends; theirs are their own.
    mutating func endOverflowing(_ id: String) throws(Refusal) {
        let status: OrderStatus = order(id).filled > 0 ? .cancelled : .rejected
        try close(id, status, reason: "amount_too_large")
    }

    /// A main order's fill gives its after-child more to work with.
    private mutating func grant(_ id: String, _ quantity: Int64) throws(Refusal) {
        let before = order(id)
        try change(id) { $0.ext.granted += quantity }
        guard order(id).workable > 0 else { return }
        let parks =
            before.isArmed
            || (before.isWaiting && before.status == .parked && before.ext.triggerSource != nil)
        do throws(Refusal) {
            try judgeAhead(id, parks: parks)
        } catch {
            return try fail(id, error)
        }
        if parks {
            try change(id) { $0.flags.remove(.waiting) }
            step(.restated, id, "granted")
            try fireIfTrue(id)
        } else if before.isQueued {
            step(.restated, id, "granted")
        } else {
            try enqueue(id, .triggered)
            step(.triggered, id, "main_filled")
        }
    }

    /// Guards, cover and position of an order that is to park or to queue up. It is judged again
    /// at its arrival.
    mutating func judgeAhead(_ id: String, parks: Bool) throws(Refusal) {
        try change(id) { $0.isPending = true }
        if parks {
            try setTrail(id)
            try setWorstPrice(id)
        }
        try judge(guards[id] ?? [], id, isWaiting: true)
        try requireCover(order(id))
        try requireReducing(order(id))
        try change(id) { $0.isPending = false }
    }

    /// An order that was there already and may not go on.
    mutating func fail(_ id: String, _ refusal: Refusal) throws(Refusal) {
        guard refusal.code != "amount_too_large" else { throw refusal }
        let status: OrderStatus = order(id).filled > 0 ? .cancelled : .rejected
        try close(id, status, reason: refusal.reason)
    }

    private mutating func endFamily(of id: String) throws(Refusal) {
        let main = order(id)
        for child in openChildren(of: id) {
            if main.isContainer {
                try close(child.id, .cancelled, reason: "parent_ended")
            } else if child.isAfter {
                try settleAfterChild(child)
            }
        }
    }

    /// No more will be given to it.
    private mutating func settleAfterChild(_ child: ModelOrder) throws(Refusal) {
        guard child.ext.granted > 0 else {
            return try close(child.id, .cancelled, reason: "parent_ended")
        }
        if child.ext.granted < child.quantity {
            try change(child.id) { $0.quantity = $0.ext.granted }
            step(.restated, child.id, "parent_ended")
        }
        if child.filled >= child.ext.granted { try close(child.id, .filled) }
    }
}

extension Refusal {
    /// As it stands in a record.
    var reason: String { values.isEmpty ? code : "\(code): \(values)" }
}
