// Scripts from seeds: the same seed, the same script, on every machine.

import Base
import Trading

/// Steele, Lea and Flood's generator: one 64-bit state, good enough spread, nothing to set up.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// One instrument's habits: where its prices and quantities lie.
private struct Habit {
    let symbol: String
    let basePrice: Int64
    /// Prices lie this many ticks about the base.
    let spread: Int64
    let tick: Int64
    let lot: Int64
    let mostLots: Int64
}

struct Generator {
    private var random: SplitMix64
    private var habits: [Habit] = []
    private var orders: [SubmitStep] = []
    private var accounts = 0

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    static func script(seed: UInt64, steps: Int) -> Script {
        var generator = Generator(seed: seed)
        let scenario = generator.scenario()
        let made = (0..<steps).map { _ in generator.step() }
        return Script(seed: seed, scenario: scenario, steps: made)
    }

    private mutating func chance(_ percent: Int) -> Bool { pick(100) < percent }
    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
    private mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        Int64.random(in: range, using: &random)
    }
    private mutating func one<Value>(of values: [Value]) -> Value { values[pick(values.count)] }
}

// What stands before the first step.
extension Generator {
    private mutating func scenario() -> Scenario {
        let all = ["STOCK", "COIN", "TINY", "HUGE"]
        let first = pick(all.count)
        let instruments = [all[first], all[(first + 1 + pick(3)) % 4]].map { instrument($0) }
        accounts = 2 + pick(4)
        let balances = (0..<accounts).map { _ in balance() }
        var holdings: [Scenario.Holding] = []
        for (index, habit) in habits.enumerated() {
            for account in 1...accounts where chance(70) {
                // Five times the most of HUGE has no cost below 2^53.
                let isFree = chance(50)
                holdings.append(
                    Scenario.Holding(
                        account: String(account), symbol: instruments[index].symbol,
                        quantity: habit.lot * number(1...habit.mostLots * (isFree ? 5 : 1) - 1),
                        price: isFree ? 0 : habit.basePrice))
            }
        }
        return Scenario(instruments: instruments, balances: balances, holdings: holdings)
    }

    private mutating func balance() -> Int64 {
        switch pick(6) {
        case 0: number(0...50_000)
        case 1: Scaled.maximum - number(0...1_000_000)
        default: number(1_000_000...5_000_000_000_000)
        }
    }

    /// STOCK trades whole units; COIN and TINY in fractions whose money is rounded; HUGE close to
    /// 2^53, its scales making the divisor a multiplication.
    private mutating func instrument(_ symbol: String) -> ModelInstrument {
        let tick = one(of: [Int64(1), 1, 5])
        let shape: (price: Int, quantity: Int, base: Int64, lot: Int64, most: Int64)
        switch symbol {
        case "STOCK": shape = (2, 0, 15_000, one(of: [1, 1, 10]), 20)
        case "COIN": shape = (2, 8, 5_000_000, one(of: [1, 1_000]), 1_000_000)
        case "TINY": shape = (4, 6, 12_345, 1, 5_000)
        default: shape = (0, 0, 900_000_000, 1, 1_001)
        }
        habits.append(
            Habit(
                symbol: symbol, basePrice: shape.base / tick * tick, spread: 8, tick: tick,
                lot: shape.lot, mostLots: shape.most))
        let fees = one(of: [(0, 0), (1, 2), (10, 25), (30, 7), (333, 10_000)])
        return ModelInstrument(
            symbol: symbol, priceScale: shape.price, quantityScale: shape.quantity, tick: tick,
            lot: shape.lot, bandBps: one(of: [0, 3, 1_000]),
            minNotional: one(of: [0, 0, 1, 10_000]), makerBps: Int64(fees.0),
            takerBps: Int64(fees.1))
    }
}

// Steps.
extension Generator {
    private mutating func step() -> Step {
        switch pick(100) {
        case 0..<58: return .submit(submit())
        case 58..<70: return .cancel(order: anOrder())
        case 70..<84: return amend()
        case 84..<87: return cash()
        case 87..<89: return shares()
        case 89..<92: return changeAccount()
        case 92..<93: return .createAccount(balance: balance())
        case 93..<95: return changeInstrument()
        case 95..<97: return .expire(symbol: one(of: habits.map(\.symbol)))
        default: return .pause(2)
        }
    }

    private mutating func submit() -> SubmitStep {
        if !orders.isEmpty && chance(4) { return again() }
        let habit = one(of: habits)
        let side: Side = chance(50) ? .buy : .sell
        var order = SubmitStep(
            account: anAccount(), clientID: "c\(orders.count)", symbol: habit.symbol, side: side,
            pricing: chance(15) ? .market : .limit, price: price(habit, side),
            quantity: habit.lot * number(1...habit.mostLots))
        if chance(35) { order.policy = one(of: [.cancel, .allOrNone]) }
        if chance(20) { order.book = .internal }
        if chance(12) { order.expiry = .soon(number(1...4)) }
        if chance(1) { order.expiry = .passed }
        if chance(25) { order.guards = guards(habit) }
        spoil(&order)
        orders.append(order)
        return order
    }

    /// Now and then something that is refused.
    private mutating func spoil(_ order: inout SubmitStep) {
        switch pick(100) {
        case 0: order.isStale = true
        case 1: order.reason = "max_order_quantity: quantity=1, limit=0"
        case 2: order.symbol = "NONE"
        case 3: order.account = "99"
        case 4: order.price += 1
        case 5: order.quantity += 1
        case 6: order.quantity = Scaled.maximum
        default: break
        }
    }

    /// A client order id that was used before, with the same or another body.
    private mutating func again() -> SubmitStep {
        var order = one(of: orders)
        if chance(50) { order.requestHash += 1 }
        return order
    }

    /// Buys a little below the base, sells a little above it, so that books stand and cross.
    private mutating func price(_ habit: Habit, _ side: Side) -> Int64 {
        let lean: Int64 = side == .buy ? -2 : 2
        return habit.basePrice + (number(-habit.spread...habit.spread) + lean) * habit.tick
    }

    private mutating func guards(_ habit: Habit) -> [Guard] {
        (0...pick(2)).map { index in
            Guard(
                rule: "rule\(index)", mode: chance(70) ? .enforce : .shadow, metric: .position,
                limit: habit.lot * number(1...habit.mostLots * 8), code: "position_limit",
                exemptIfReducing: chance(50))
        }
    }

    private mutating func anAccount() -> String { String(1 + pick(accounts)) }

    private mutating func anOrder() -> String {
        // The newest are the likeliest to be open.
        guard !orders.isEmpty, !chance(3) else { return "1-nothing" }
        return orders[max(0, orders.count - 1 - pick(25))].id
    }

    private mutating func amend() -> Step {
        let id = anOrder()
        guard let order = orders.last(where: { $0.id == id }),
            let habit = habits.first(where: { $0.symbol == order.symbol })
        else { return .amend(order: id, price: nil, quantity: nil, guards: []) }
        let quantity: Int64? =
            switch pick(6) {
            case 0: nil
            case 1: order.quantity
            case 2: habit.lot * number(1...3)
            default: max(habit.lot, order.quantity / habit.lot * number(1...8) / 4 * habit.lot)
            }
        return .amend(
            order: id, price: chance(50) ? nil : price(habit, order.side), quantity: quantity,
            guards: chance(20) ? guards(habit) : [])
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
        let state: AccountState =
            chance(60) ? .active : one(of: [.reducing, .cancelOnly, .halted])
        let habit = one(of: habits)
        return .changeAccount(
            anAccount(), state: state, isActive: chance(85),
            shortLimit: chance(50) ? 0 : habit.lot * habit.mostLots * 3)
    }

    private mutating func changeInstrument() -> Step {
        .changeInstrument(
            one(of: habits).symbol, state: chance(75) ? .open : one(of: [.halted, .closed]),
            makerBps: one(of: [0, 10]), takerBps: one(of: [0, 25]))
    }
}
