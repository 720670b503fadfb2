// What a call does after an arrival, until nothing is left or a limit of the call is reached; and
// the calls that do nothing but a part of what an earlier one left.

import Base
import Trading

extension Model {
    mutating func finishWork(_ symbol: String) throws(Refusal) {
        try checkOpen()
        takePoints(symbol)
        try settleFamilies()
        guard try instrument(symbol).state == .open, !isBare else { return }
        symbols[symbol]?.goesOn = false
        var arrivals = 0
        while true {
            guard try workOffPoints(symbol) else { return }
            guard try fireByBook(symbol) else {
                symbols[symbol]?.goesOn = true
                return
            }
            if symbols[symbol]?.queue.isEmpty != false {
                if try repricePegs(symbol) {
                    notes.repricings += 1
                    if notes.repricings == limits.repricings {
                        symbols[symbol]?.goesOn = true
                        return
                    }
                }
                guard try fireByBook(symbol) else {
                    symbols[symbol]?.goesOn = true
                    return
                }
            }
            guard let next = symbols[symbol]?.queue.first else { return }
            guard arrivals < limits.arrivals, notes.fills < limits.fills else { return }
            arrivals += 1
            try arriveFromQueue(next)
            takePoints(symbol)
            try settleFamilies()
        }
    }

    /// After what never waits: where unfinished work stands, families alone are seen to.
    mutating func finishWorkOrFamilies(_ symbol: String) throws(Refusal) {
        if symbols[symbol]?.isUnfinished == true {
            try settleFamilies()
        } else {
            try finishWork(symbol)
        }
    }

    /// The prices that trades touched since the last look.
    private mutating func takePoints(_ symbol: String) {
        guard let first = notes.litPrices.first, let last = notes.litPrices.last else { return }
        symbols[symbol, default: SymbolState()].points += first == last ? [first] : [first, last]
        notes.litPrices = []
    }

    private mutating func arriveFromQueue(_ entry: QueueEntry) throws(Refusal) {
        leaveQueue(entry.id)
        if overflowing.contains(entry.id) { return try endOverflowing(entry.id) }
        notes.settingOff = entry.id
        try arrive(entry)
        try checkTotals()
        notes.settingOff = nil
    }

    private mutating func arrive(_ entry: QueueEntry) throws(Refusal) {
        do throws(Refusal) {
            try requireArrival(entry.id)
        } catch {
            return try fail(entry.id, error)
        }
        if order(entry.id).status == .triggered {
            do throws(Refusal) {
                try admit(entry.id, guards[entry.id] ?? [])
            } catch {
                return try fail(entry.id, error)
            }
            try work(entry.id, number: entry.number)
        } else {
            notes.sweeping = entry.id
            try change(entry.id) { $0.flags.remove(.queued) }
            try conclude(
                entry.id, sweep(entry.id), number: entry.number)
            try coverGroup(of: entry.id)
        }
    }

    /// Does a part of what an earlier call left. False where nothing was.
    mutating func didChunk(_ symbol: String) throws(Refusal) -> Bool {
        guard symbols[symbol]?.isUnfinished == true else { return false }
        notes.kind = .work
        notes.hasWorked = true
        _ = try expireDue(symbol)
        try settleFamilies()
        try finishWork(symbol)
        return true
    }

    // Expiry.

    private func due(_ symbol: String) -> [ModelOrder] {
        table.open(symbol) { $0.expireAt > 0 && $0.expireAt <= time }
            .sorted { ($0.expireAt, $0.id) < ($1.expireAt, $1.id) }
    }

    /// Ends what is due, up to the limit, but one at least; who leads a family counts with all its
    /// children. False where more is due.
    mutating func expireDue(_ symbol: String) throws(Refusal) -> Bool {
        var weight = 0
        for (index, order) in due(symbol).enumerated() {
            weight += 1 + childCount(order)
            guard index == 0 || weight <= limits.expiries else { return false }
            try close(order.id, .expired, reason: "expired", cause: .expired)
        }
        return true
    }

    /// How many children its family ever had.
    func childCount(_ order: ModelOrder) -> Int {
        order.leadsFamily ? children[order.id]?.count ?? 0 : 0
    }

    /// What goes before a call's own business. True where it took the call's place.
    /// Expiries may have left nothing of what it is about, too.
    mutating func isBusy(
        _ symbol: String, unless isAsBefore: (Model) -> Bool = { _ in true }
    ) throws(Refusal) -> Bool {
        if try instrument(symbol).state == .open, try didChunk(symbol) { return true }
        let isAll = try expireDue(symbol)
        try settleFamilies()
        guard !isAll || !isAsBefore(self) else { return false }
        notes.kind = .expire
        try finishWork(symbol)
        return true
    }

    mutating func tick(_ symbol: String) throws(Refusal) -> Answer {
        _ = try instrument(symbol)
        let isOpen = try instrument(symbol).state == .open
        let wasChunk = isOpen ? try didChunk(symbol) : false
        var isAll = true
        if !wasChunk {
            isAll = try expireDue(symbol)
            if !notes.isEmpty { try finishWorkOrFamilies(symbol) }
        }
        // While the instrument isn't open, work waits, and another call would find nothing to do.
        let isUnfinished = isOpen && symbols[symbol]?.isUnfinished == true
        let isLeft = wasChunk || isUnfinished || !isAll
        return Answer(word: "ok", numbers: [isLeft ? 1 : 0])
    }
}
