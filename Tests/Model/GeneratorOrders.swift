// Orders of every sort: triggers, trails, pegs, icebergs and the rest, mixed.

import Base
import Trading

extension Generator {
    mutating func terms(_ habit: Habit, _ side: Side) -> OrderTermsStep {
        var terms = OrderTermsStep(
            side: side, pricing: chance(15) ? .market : .limit, price: price(habit, side),
            quantity: habit.lot * number(1...habit.mostLots))
        if chance(25) { terms.policy = one(of: [.cancel, .allOrNone]) }
        if chance(15) { terms.book = .internal }
        if chance(10) { terms.expiry = .soon(number(1...4)) }
        if chance(1) { terms.expiry = .passed }
        if chance(35) { terms.guards = guards(habit) }
        terms.selfTrade =
            chance(40) ? .cancelNewest : one(of: [.cancelOldest, .cancelBoth, .decrement])
        if chance(side == .sell ? 20 : 8) {
            // Small enough that several fit into one position.
            terms.flags.insert(.reduceOnly)
            if chance(70) { terms.quantity = habit.lot * number(1...max(1, habit.mostLots / 4)) }
        }
        if chance(8) {
            sweep(&terms, habit)
            return terms
        }
        switch pick(100) {
        case 0..<18: addTrigger(&terms, habit)
        case 18..<28: makePegged(&terms, habit)
        case 28..<42: terms.ext.display = display(habit)
        case 42..<48: terms.ext.minQuantity = habit.lot * number(1...max(1, habit.mostLots / 2))
        case 48..<56 where terms.pricing == .limit: terms.flags.insert(.postOnly)
        default: break
        }
        return terms
    }

    /// One that meets many, and that looks ahead for them.
    private mutating func sweep(_ terms: inout OrderTermsStep, _ habit: Habit) {
        terms.pricing = chance(60) ? .market : .limit
        terms.policy = chance(50) ? .allOrNone : .cancel
        let far = 3 * habit.spread * habit.tick
        terms.price = habit.basePrice + (terms.side == .buy ? far : -far)
        terms.quantity = habit.lot * number(1...habit.mostLots * 3)
        if habit.symbol == "HUGE" { terms.quantity = number(1...habit.mostLots) }
        if chance(30) { terms.ext.minQuantity = terms.quantity / habit.lot / 2 * habit.lot }
    }

    /// One that nobody can ever fill, if its account may have it: what it sets off has no cost
    /// below 2^53, or no room in its level.
    mutating func makeVast(_ terms: inout OrderTermsStep, _ habit: Habit) {
        terms.ext = ModelExtension()
        addTrigger(&terms, habit)
        terms.ext.display = 0
        terms.flags = []
        terms.guards = []
        terms.quantity = Scaled.maximum / 2 / habit.lot * habit.lot - habit.lot * number(0...9)
    }

    /// Buys a little below the base, sells a little above it, so that books stand and cross.
    mutating func price(_ habit: Habit, _ side: Side) -> Int64 {
        guard habit.spread > 0 else { return habit.basePrice }
        let lean: Int64 = side == .buy ? -1 : 1
        return habit.basePrice + (number(-habit.spread...habit.spread) + lean) * habit.tick
    }

    /// Of the most that an order may have, there are at most forty slices.
    mutating func display(_ habit: Habit) -> Int64 {
        habit.lot * number(max(1, habit.mostLots / 40)...max(1, habit.mostLots / 3))
    }

    mutating func addTrigger(_ terms: inout OrderTermsStep, _ habit: Habit) {
        terms.pricing = chance(50) ? .market : .limit
        terms.ext.triggerSource = chance(60) ? .last : one(of: [.bid, .ask])
        terms.ext.triggerDirection = chance(50) ? .atOrAbove : .atOrBelow
        terms.ext.triggerPrice = price(habit, terms.side.opposite)
        if chance(15) { terms.ext.display = display(habit) }
        if chance(8) && terms.pricing == .limit { terms.flags.insert(.postOnly) }
        if chance(30) { addTrail(&terms, habit) }
    }

    mutating func addTrail(_ terms: inout OrderTermsStep, _ habit: Habit) {
        terms.ext.triggerSource = .last
        terms.ext.triggerDirection = terms.side == .sell ? .atOrBelow : .atOrAbove
        terms.ext.triggerPrice = 0
        if chance(60) {
            terms.ext.trail = .amount
            terms.ext.trailOffset = number(1...5) * habit.tick
        } else {
            terms.ext.trail = .bps
            terms.ext.trailOffset = chance(50) ? number(1...4) : number(5...40)
        }
        guard terms.pricing == .limit else { return }
        terms.ext.limitOffset = number(-3...3) * habit.tick
        if chance(15) {
            // Off the scale, or nearly so.
            let most = (Scaled.maximum - one(of: [0, habit.basePrice])) / habit.tick * habit.tick
            terms.ext.limitOffset = chance(80) ? most : -most
        }
    }

    /// Takes out what the engine's door refuses as no order at all.
    func fit(_ terms: inout OrderTermsStep) {
        if terms.pricing != .limit || terms.policy != .rest {
            terms.ext.display = 0
            terms.flags.remove(.postOnly)
        }
        if terms.ext.trail != nil || terms.ext.peg != nil { terms.price = 0 }
        terms.ext.minQuantity = min(terms.ext.minQuantity, terms.quantity)
    }

    private mutating func makePegged(_ terms: inout OrderTermsStep, _ habit: Habit) {
        terms.pricing = .limit
        terms.policy = .rest
        terms.book = .lit
        terms.ext.peg = one(of: [.bid, .ask, .midpoint])
        terms.ext.pegOffset = number(-3...3) * habit.tick
        if chance(40) { terms.ext.display = display(habit) }
        let room = number(0...6) * habit.tick
        terms.ext.pegLimit = habit.basePrice + (terms.side == .buy ? room : -room)
    }
}
