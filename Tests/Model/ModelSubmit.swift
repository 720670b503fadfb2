// New orders: what refuses them, what rejects them, and what becomes of them and their children.

import Base
import Trading

extension Model {
    mutating func submit(_ step: SubmitStep) throws(Refusal) -> Answer {
        if let known = table[step.id] {
            guard known.requestHash == step.requestHash else { return Answer(word: "conflict") }
            if known.isQueued, try self.instrument(known.symbol).state == .open,
                try didChunk(known.symbol)
            {
                return Answer(word: "busy")
            }
            return Answer(word: "duplicate", sequence: known.lastSequence, order: known)
        }
        let instrument = try instrument(step.symbol)
        let account = try account(step.account)
        if step.isStale || isOld(step.policy) { return Answer(word: "stale") }
        try requireOpen(instrument)
        try check(instrument, step.terms)
        try checkAccount(account, instrument, step.terms.side, step.terms.quantity)
        for child in step.children { try check(instrument, child.terms) }
        if try isBusy(step.symbol) { return Answer(word: "busy") }
        try requireRoom(instrument, for: step)

        notes.mainOrder = step.id
        var isRejected = false
        do throws(Refusal) {
            try start(step.terms, step.id, step.symbol, hash: step.requestHash)
            noteDecisions(step.id, step.decisions)
            notes.coming = step.children.count
            let asked = order(step.id)
            (notes.askedPrice, notes.askedTrigger, notes.askedPegLimit) = (
                asked.price, asked.ext.triggerPrice, asked.ext.pegLimit
            )
            if !step.reason.isEmpty { throw Refusal(step.reason) }
            try enter(step)
        } catch {
            if error.code == "amount_too_large" || notes.isRefusedWhole { throw error }
            isRejected = true
            notes.causes[step.id] = .rejected
            try close(step.id, .rejected, reason: error.reason)
        }
        try finishWork(step.symbol)
        if isRejected { return Answer(word: "rejected", order: order(step.id)) }
        if order(step.id).isQueued { return Answer(word: "busy") }
        return Answer(word: "ok", order: order(step.id), numbers: notes.fillNumbers)
    }

    func check(
        _ instrument: ModelInstrument, _ terms: OrderTermsStep
    ) throws(Refusal) {
        let expireAt = terms.expireAt(now)
        if expireAt > 0 && expireAt <= time { throw Refusal("expire_time_passed") }
        try checkLot(instrument, terms.quantity)
        guard let price = terms.knownPrice else { return }
        try checkTick(instrument, price)
        if let low = try belowMinimum(instrument, price, terms.quantity) { throw low }
    }

    /// A container's children never have more to trade than it has left.
    func requireRoom(
        _ instrument: ModelInstrument, _ wanted: Int128, _ left: Int64
    ) throws(Refusal) {
        guard wanted > Int128(left) else { return }
        let scale = instrument.quantityScale
        throw try Refusal(
            "children_exceed",
            "required=\(Scaled.format(Amounts.bounded(wanted), scale: scale)), "
                + "available=\(Scaled.format(left, scale: scale))")
    }

    /// A new container's children ask for no more than it is to trade; of a link group the largest
    /// counts.
    private func requireRoom(
        _ instrument: ModelInstrument, for step: SubmitStep
    ) throws(Refusal) {
        guard step.terms.ext.role == .container && step.reason.isEmpty else { return }
        var wanted = Int128(0)
        var groups: [UInt8: Int64] = [:]
        for terms in step.children.map(\.terms) {
            let largest = terms.ext.link == 0 ? 0 : groups[terms.ext.link] ?? 0
            wanted += Int128(max(0, terms.quantity - largest))
            if terms.ext.link != 0 { groups[terms.ext.link] = max(largest, terms.quantity) }
        }
        try requireRoom(instrument, wanted, step.terms.quantity)
    }

    /// The main order's own arrival, then what its children do first.
    private mutating func enter(_ step: SubmitStep) throws(Refusal) {
        let id = step.id
        if step.terms.ext.role == .container {
            try judgeContainer(step.terms.guards, id)
            take(id)
            try change(id) { $0.isPending = false }
            states[id] = step.state
            if let timer = step.timer { timers[id] = now + timer * 1_000 }
            try create(step.children, of: id)
        } else if step.terms.ext.triggerSource != nil {
            try park(id, step.terms.guards)
            take(id)
            try create(step.children, of: id)
            try fireIfTrue(id)
        } else {
            try admit(id, step.terms.guards)
            try create(step.children, of: id)
            try work(id)
            noteFills()
        }
        try checkOpen()
        try begin(step.children, of: id)
    }

    mutating func noteFills() {
        let last = notes.trades.last
        notes.fillNumbers = [Int64(notes.trades.count), last?.price ?? 0, last?.quantity ?? 0]
    }

    /// An order that is there, but hasn't done anything yet.
    private mutating func start(
        _ terms: OrderTermsStep, _ id: String, _ symbol: String, hash: Int64
    ) throws(Refusal) {
        var order = ModelOrder(
            id: id, account: String(id.prefix { $0 != "-" }), symbol: symbol, side: terms.side,
            pricing: terms.pricing, policy: terms.policy, book: terms.book,
            price: terms.pricing == .market ? 0 : terms.price, quantity: terms.quantity,
            expireAt: terms.expireAt(now), requestHash: hash, selfTrade: terms.selfTrade,
            flags: terms.flags, ext: terms.ext)
        order.isPending = true
        if order.isContainer || (order.ext.triggerSource != nil && !order.isAfter) {
            order.status = .parked
        }
        order.acceptedSequence = sequence
        order.createdAt = time
        table.put(order)
        try change(id, .accepted) { _ in }
    }

    // Children.

    /// Makes a family's new children; none of them does anything yet.
    mutating func create(_ children: [ChildStep], of parent: String) throws(Refusal) {
        guard !children.isEmpty else { return }
        if !order(parent).isContainer { try change(parent) { $0.flags.insert(.hasChildren) } }
        let main = order(parent)
        for child in children {
            let id = "\(parent):\(child.key)"
            self.children[parent, default: []].append(child.key)
            try start(child.terms, id, main.symbol, hash: 0)
            notes.createdChildren.append(id)
            if order(id).isAfter && order(id).isReduceOnly {
                notes.isRefusedWhole = true
                try countReducer(order(id))
                notes.isRefusedWhole = false
            }
            guards[id] = child.terms.guards.isEmpty ? nil : child.terms.guards
            try change(id) {
                if $0.isAfter {
                    $0.status = .parked
                    $0.flags.insert(.waiting)
                    $0.isPending = false
                } else if main.isContainer {
                    $0.flags.insert(.rollsUp)
                }
            }
        }
    }

    /// Sends new children on their way: they park, or queue up for their arrival.
    mutating func begin(_ children: [ChildStep], of parent: String) throws(Refusal) {
        for child in children {
            let id = "\(parent):\(child.key)"
            let order = order(id)
            guard order.isOpen, !order.isAfter else { continue }
            do throws(Refusal) {
                if order.ext.triggerSource == nil {
                    try judgeAhead(id, parks: false)
                    try enqueue(id, .triggered)
                } else {
                    try park(id, child.terms.guards)
                    try fireIfTrue(id)
                }
                try checkOpen()
            } catch {
                try fail(id, error)
                try endRejectedGroup(of: id)
            }
        }
    }

    /// A linked child that can't be there takes its group with it.
    private mutating func endRejectedGroup(of id: String) throws(Refusal) {
        let child = order(id)
        guard child.ext.link != 0 else { return }
        for member in family(of: id) where member.isOpen {
            if member.id == child.family || isInGroup(child, with: member) {
                try close(member.id, .cancelled, reason: "child_rejected")
            }
        }
    }
}

extension OrderTermsStep {
    func expireAt(_ now: Int64) -> Int64 {
        switch expiry {
        case .never: 0
        case .passed: now - 1
        case .soon(let millis): now + millis * 1_000
        }
    }
}

extension OrderTermsStep {
    /// A pegged order's is its limit; a trailing order's comes with its trigger.
    var knownPrice: Int64? {
        guard pricing == .limit, ext.role != .container, ext.trail == nil else { return nil }
        return ext.peg == nil ? price : ext.pegLimit
    }
}
