// The steps of a script.

import Base
import Trading

extension Generator {
    mutating func step() -> Step {
        switch pick(100) {
        case 0..<55: return .submit(submit())
        case 55..<66: return .cancel(order: anOrder())
        case 66..<78: return .amend(amend())
        case 78..<83: return commit()
        case 83..<85: return cash()
        case 85..<86: return shares()
        case 86..<88: return changeAccount()
        case 88..<89: return .createAccount(balance: balance())
        case 95..<96: return control()
        case 89..<91: return changeInstrument()
        case 91..<95: return .tick(symbol: one(of: habits.map(\.symbol)))
        default: return switched == nil || chance(50) ? .pause(2) : control()
        }
    }

    private mutating func submit() -> SubmitStep {
        if !submitted.isEmpty && chance(4) { return again() }
        if let double = submitted.last, chance(10) { return twice(double) }
        let habit = one(of: habits)
        let side: Side = chance(50) ? .buy : .sell
        var order = SubmitStep(
            account: anAccount(), clientID: "c\(submitted.count)", symbol: habit.symbol,
            terms: terms(habit, side))
        if chance(2) {
            makeVast(&order.terms, habit)
        } else if chance(20) {
            makeFamily(&order, habit)
        }
        if chance(15) { order.terms.guards.append(duplicateGuard()) }
        order.policy = known()
        if chance(10) { order.decisions = [0, 7, 0] }
        spoil(&order)
        fit(&order.terms)
        for index in order.children.indices { fit(&order.children[index].terms) }
        submitted.append(order)
        var main = Placed(id: order.id, habit: habit, terms: order.terms)
        main.keys = order.children.map(\.key)
        main.takenUp = order.children.reduce(0) { $0 + $1.terms.quantity }
        placed.append(main)
        for child in order.children {
            placed.append(
                Placed(id: "\(order.id):\(child.key)", habit: habit, terms: child.terms))
        }
        return order
    }

    /// Now and then something that is refused.
    private mutating func spoil(_ order: inout SubmitStep) {
        switch pick(100) {
        case 0: order.isStale = true
        case 1: order.reason = "max_order_quantity: quantity=1, limit=0"
        case 2: order.symbol = "NONE"
        case 3: order.account = "99"
        case 4: order.terms.price += 1
        case 5: order.terms.quantity += 1
        case 6: order.terms.quantity = Scaled.maximum
        default: break
        }
    }

    /// A client order id that was used before, with the same or another body.
    private mutating func again() -> SubmitStep {
        var order = one(of: submitted)
        if chance(50) { order.requestHash += 1 }
        return order
    }

    /// The same order under another id, as by a double click; now and then it is told of.
    private mutating func twice(_ order: SubmitStep) -> SubmitStep {
        var double = order
        double.clientID = "c\(submitted.count)"
        double.policy = known()
        if chance(50) { double.terms.guards = [duplicateGuard()] }
        submitted.append(double)
        return double
    }

    /// The newest are the likeliest to be open.
    private mutating func anOrder() -> String {
        guard !placed.isEmpty, !chance(3) else { return "1-nothing" }
        return placed[max(0, placed.count - 1 - pick(40))].id
    }

    private mutating func amend() -> AmendStep {
        let id = anOrder()
        guard let order = placed.last(where: { $0.id == id }) else { return AmendStep(order: id) }
        let (habit, terms) = (order.habit, order.terms)
        let quantity: Int64? =
            switch pick(6) {
            case 0, 1: nil
            case 2: terms.quantity
            case 3: habit.lot * number(1...3)
            default: max(habit.lot, terms.quantity / habit.lot * number(1...8) / 4 * habit.lot)
            }
        var step = AmendStep(order: id, quantity: quantity.map { min($0, Scaled.maximum) })
        if chance(50) { step.price = price(habit, terms.side) }
        if terms.ext.triggerSource != nil && chance(60) {
            step.triggerPrice = price(habit, terms.side.opposite)
        }
        if terms.ext.peg != nil && chance(60) {
            // Another limit and less at once.
            step.price = habit.basePrice + number(-6...6) * habit.tick
            step.quantity = max(habit.lot, terms.quantity / habit.lot / number(2...8) * habit.lot)
        }
        if chance(25) { step.guards = amendGuards(habit) }
        step.policy = known()
        if chance(10) { step.decisions = [1, 2, 3] }
        return step
    }

    private mutating func cash() -> Step {
        let amount = chance(10) ? Scaled.maximum : number(1...50_000_000)
        switch pick(3) {
        case 0: return .cash(account: anAccount(), kind: .deposit, amount: amount)
        case 1: return .cash(account: anAccount(), kind: .withdrawal, amount: amount)
        default:
            return .cash(
                account: anAccount(), kind: .adjustment, amount: chance(50) ? amount : -amount)
        }
    }

    private mutating func shares() -> Step {
        let habit = one(of: habits)
        let quantity = number(1...habit.mostLots * 3)
        return .shares(
            account: anAccount(), symbol: habit.symbol, quantity: chance(50) ? quantity : -quantity,
            price: one(of: [-1, 0, habit.basePrice]))
    }

    /// Mostly back to normal, so that a script doesn't end with all accounts shut.
    private mutating func changeAccount() -> Step {
        .changeAccount(anAccount(), standing(one(of: habits)))
    }

    private mutating func changeInstrument() -> Step {
        .changeInstrument(
            one(of: habits).symbol, state: chance(88) ? .open : one(of: [.halted, .closed]),
            makerBps: one(of: [0, 10]), takerBps: one(of: [0, 25]))
    }
}
