// Families: brackets, one cancels the other, one triggers the other, containers and what their
// plugins would commit.

import Base
import Trading

extension Generator {
    mutating func makeFamily(_ order: inout SubmitStep, _ habit: Habit) {
        switch pick(10) {
        case 0..<3: makeBracket(&order, habit)
        case 3..<6: makePair(&order, habit)
        case 6..<7: order.children = [ChildStep(key: "next", terms: after(order, habit))]
        default: makeContainer(&order, habit)
        }
    }

    /// An entry whose fills set off a target and a stop, which share the position.
    private mutating func makeBracket(_ order: inout SubmitStep, _ habit: Habit) {
        let action: LinkAction = chance(75) ? .reduce : .cancel
        var target = after(order, habit)
        var stop = after(order, habit)
        stop.ext.triggerSource = chance(70) ? .last : one(of: [.bid, .ask])
        stop.ext.triggerDirection = order.terms.side == .buy ? .atOrBelow : .atOrAbove
        stop.ext.triggerPrice = price(habit, order.terms.side)
        stop.pricing = chance(60) ? .market : .limit
        if chance(30) { addTrail(&stop, habit) }
        (target.ext.link, stop.ext.link) = (1, 1)
        (target.ext.linkAction, stop.ext.linkAction) = (action, action)
        if chance(30) { target.flags.insert(.reduceOnly) }
        if chance(30) { stop.flags.insert(.reduceOnly) }
        order.children = [ChildStep(key: "tp", terms: target), ChildStep(key: "sl", terms: stop)]
    }

    /// A child that works with what the main order has filled.
    private mutating func after(_ order: SubmitStep, _ habit: Habit) -> OrderTermsStep {
        let side = order.terms.side.opposite
        var child = OrderTermsStep(
            side: side, price: price(habit, side), quantity: order.terms.quantity)
        if chance(15) {
            child.quantity = max(habit.lot, child.quantity / 2 / habit.lot * habit.lot)
        }
        child.ext.role = .after
        child.book = order.terms.book
        if chance(20) { child.guards = guards(habit) }
        if chance(15) { child.ext.display = display(habit) }
        if chance(15) { child.expiry = .soon(number(1...4)) }
        child.selfTrade = one(of: [.cancelNewest, .cancelOldest, .decrement])
        return child
    }

    /// Two or three orders of one need.
    private mutating func makePair(_ order: inout SubmitStep, _ habit: Habit) {
        let action: LinkAction = chance(50) ? .reduce : .cancel
        let isPassive = chance(40)
        if isPassive { rest(&order.terms, habit) }
        for index in 0...pick(2) {
            var child = terms(habit, chance(85) ? order.terms.side : order.terms.side.opposite)
            if chance(70) { child.quantity = order.terms.quantity }
            if isPassive { rest(&child, habit) }
            unpeg(&child)
            child.ext.link = chance(90) ? 1 : 0
            child.ext.linkAction = child.ext.link == 1 ? action : nil
            order.children.append(ChildStep(key: "leg\(index)", terms: child))
        }
        order.terms.ext.link = 1
        order.terms.ext.linkAction = action
    }

    /// Makes it one that stands in the book, a little away from the others.
    private mutating func rest(_ terms: inout OrderTermsStep, _ habit: Habit) {
        terms.pricing = .limit
        terms.policy = .rest
        terms.ext = ModelExtension()
        terms.flags.remove(.postOnly)
        let away = number(1...4) * habit.tick
        terms.price = habit.basePrice + (terms.side == .buy ? -away : away)
    }

    private mutating func makeContainer(_ order: inout SubmitStep, _ habit: Habit) {
        var terms = OrderTermsStep(side: order.terms.side, quantity: order.terms.quantity)
        terms.quantity = habit.lot * number(1...habit.mostLots)
        if chance(10) { terms.expiry = .soon(number(2...9)) }
        terms.ext.role = .container
        if chance(35) { terms.guards = guards(habit) }
        terms.ext.wakes = FamilyWakes(rawValue: UInt8(pick(8)))
        order.terms = terms
        order.state = Array("state\(pick(9))".utf8)
        order.timer = chance(40) ? number(1...20) : nil
        var left = terms.quantity
        for index in 0..<pick(3) {
            guard let child = slice(terms, habit, &left) else { break }
            order.children.append(ChildStep(key: "s\(index)", terms: child))
        }
    }

    /// A container's child, of a part of what is left of it.
    private mutating func slice(
        _ parent: OrderTermsStep, _ habit: Habit, _ left: inout Int64
    ) -> OrderTermsStep? {
        guard left >= habit.lot || chance(5) else { return nil }
        var child = terms(habit, parent.side)
        child.quantity = habit.lot * number(1...max(1, left / habit.lot / (chance(4) ? 1 : 2)))
        if chance(2) { child.quantity += habit.lot * habit.mostLots }
        unpeg(&child)
        fit(&child)
        left -= child.quantity
        return child
    }

    /// A child is never pegged.
    private func unpeg(_ child: inout OrderTermsStep) {
        child.ext.peg = nil
        (child.ext.pegOffset, child.ext.pegLimit) = (0, 0)
        if child.expiry == .passed { child.expiry = .never }
    }

    // Commits.

    mutating func commit() -> Step {
        let containers = placed.indices.filter { placed[$0].terms.ext.role == .container }
        guard let index = anyOf(containers.suffix(6)) else {
            return .commit(CommitStep(parent: "1-nothing"))
        }
        var step = CommitStep(parent: placed[index].id)
        if chance(5) { step.versionsBehind = 1 }
        if chance(3) { step.isStale = true }
        step.policy = known()
        if chance(10) { step.decisions = [9] }
        step.state = Array("state\(pick(99))".utf8)
        step.timer = chance(50) ? number(1...20) : nil
        step.wakes = FamilyWakes(rawValue: UInt8(pick(8)))
        if chance(12) { step.end = one(of: ["done", "done", "schedule_over"]) }
        let keys = placed[index].keys
        for _ in 0..<pick(4) {
            if let item = item(index, keys) { step.items.append(item) }
        }
        return .commit(step)
    }

    /// `keys`: those of children that were there before.
    private mutating func item(_ index: Int, _ keys: [String]) -> CommitStep.Item? {
        let (habit, parent) = (placed[index].habit, placed[index].terms)
        let key = keys.isEmpty ? "none" : one(of: keys)
        let child = placed.last { $0.id == "\(placed[index].id):\(key)" }?.terms
        switch pick(10) {
        case 0..<2 where !keys.isEmpty: return .cancel(key: key)
        case 2..<4:
            guard let child else { return .cancel(key: key) }
            let isLess = chance(40) && child.quantity > habit.lot
            return .amend(
                key: key, price: chance(70) ? price(habit, parent.side) : nil,
                quantity: isLess ? child.quantity / habit.lot / 2 * habit.lot + habit.lot : nil)
        case 4 where chance(50):
            return .container(
                price: chance(30) ? price(habit, parent.side) : nil,
                quantity: chance(80) ? habit.lot * number(1...habit.mostLots) : nil)
        default:
            var left = parent.quantity - placed[index].takenUp
            guard let terms = slice(parent, habit, &left) else { return nil }
            let key = "p\(placed[index].keys.count)"
            placed[index].keys.append(key)
            placed[index].takenUp = parent.quantity - left
            placed.append(Placed(id: "\(placed[index].id):\(key)", habit: habit, terms: terms))
            return .place(ChildStep(key: key, terms: terms))
        }
    }
}
