// What makes limits bite: guards of every metric and scope, groups, fees, buying power, switches.

import Base
import Trading

extension Generator {
    static let groups = ["desk", "prop"]

    mutating func guards(_ habit: Habit) -> [Guard] {
        (0...pick(2)).map { index in aGuard(habit, index, isAmend: false) }
    }

    /// Of an amend: a refused call doesn't tell when it was, so its windows are long.
    mutating func amendGuards(_ habit: Habit) -> [Guard] {
        (0...pick(2)).map { index in aGuard(habit, index, isAmend: true) }
    }

    private mutating func aGuard(_ habit: Habit, _ index: Int, isAmend: Bool) -> Guard {
        let metric = chance(25) ? .position : one(of: GuardMetric.allCases)
        let scope = one(of: metric.scopes)
        return Guard(
            rule: "rule\(index)", mode: chance(70) ? .enforce : .shadow, metric: metric,
            scope: scope, limit: limit(metric, scope, habit), windowMillis: window(metric, isAmend),
            code: "\(metric.name)_limit", exemptIfReducing: chance(50))
    }

    mutating func duplicateGuard() -> Guard {
        Guard(
            rule: "twice", mode: chance(80) ? .enforce : .shadow, metric: .duplicates,
            limit: number(0...1), windowMillis: 3_600_000, code: "duplicates_limit",
            exemptIfReducing: false)
    }

    private mutating func window(_ metric: GuardMetric, _ isAmend: Bool) -> Int64 {
        guard metric.hasWindow else { return 0 }
        return isAmend || chance(70) ? 3_600_000 : one(of: [3, 10, 50])
    }

    /// Mostly within what accounts have, so that either answer is met.
    private mutating func limit(
        _ metric: GuardMetric, _ scope: GuardScope, _ habit: Habit
    ) -> Int64 {
        let isWide = scope == .group || scope == .firm || scope == .instrument
        switch metric {
        case .position: return habit.lot * number(1...habit.mostLots * (isWide ? 24 : 8))
        case .openNotional, .gross, .net:
            let most = value(habit) * (isWide ? 20 : 6)
            return number(0...max(1, most))
        case .openOrders: return number(1...(isWide ? 40 : 12))
        case .orderRate: return number(1...(isWide ? 6 : 2))
        case .executed: return number(1...8)
        case .cash: return number(0...2_000_000_000)
        case .duplicates: return number(0...1)
        }
    }

    /// Of the most that an order may have.
    private func value(_ habit: Habit) -> Int64 {
        let shape = ["STOCK": (2, 0), "COIN": (2, 8), "TINY": (4, 6)][habit.symbol] ?? (0, 0)
        let exponent = shape.0 + shape.1 - Money.scale
        let product = Int128(habit.basePrice) * Int128(habit.lot * habit.mostLots)
        let amount =
            exponent >= 0
            ? product / Int128(Scaled.powersOfTen[exponent])
            : product * Int128(Scaled.powersOfTen[-exponent])
        return Int64(min(amount, Int128(Scaled.maximum / 40)))
    }

    mutating func standing(_ habit: Habit) -> AccountStanding {
        var standing = AccountStanding(
            state: chance(75) ? .active : one(of: [.reducing, .cancelOnly, .halted]),
            isActive: chance(93), shortLimit: Quantity(shortLimit(habit)))
        addTerms(&standing)
        return standing
    }

    private mutating func addTerms(_ standing: inout AccountStanding) {
        standing.group = chance(70) ? one(of: Generator.groups) : nil
        if chance(1) { standing.group = "nobody" }
        standing.selfTradeScope = chance(40) ? .group : .account
        let fees: (Int64?, Int64?) =
            one(of: [0, 1, 2]) == 0 ? (one(of: [0, 5]), one(of: [nil, 40])) : (nil, nil)
        (standing.makerFeeBps, standing.takerFeeBps) = fees
        standing.multiple = chance(65) ? 10_000 : one(of: [10_001, 15_000, 40_000, 100_000])
    }

    mutating func shortLimit(_ habit: Habit) -> Int64 {
        switch pick(10) {
        case 0..<3: 0
        case 3..<6: habit.lot * habit.mostLots / 2
        case 6..<9: habit.lot * habit.mostLots * 3
        default: Scaled.maximum / 2
        }
    }

    /// In half of the scripts accounts may sell short from the beginning; in most they have groups
    /// and terms of their own.
    mutating func firstSteps() -> [Step] {
        var steps = Generator.groups.map { Step.decree(.group($0, state: 1)) }
        let isShort = chance(50)
        guard isShort || chance(60) else { return steps }
        for account in 1...accounts {
            var standing = AccountStanding(
                shortLimit: Quantity(isShort ? shortLimit(habits[0]) : 0))
            addTerms(&standing)
            steps.append(.changeAccount(String(account), standing))
        }
        return steps
    }

    /// Switches are off again soon, so that a script doesn't stand still.
    mutating func control() -> Step {
        if let name = switched {
            switched = nil
            return .decree(.control(name, kind: 0))
        }
        switch pick(10) {
        case 0..<3:
            let name = one(
                of: ["firm", "account:\(anAccount())", "group:\(one(of: Generator.groups))"])
            switched = name
            return .decree(.control(name, kind: UInt8(1 + pick(2))))
        case 3..<5:
            let state: UInt8 = chance(70) ? 1 : UInt8(2 + pick(3))
            return .decree(.group(one(of: Generator.groups), state: state))
        case 5..<6: return .decree(.policy(number(1...1_000_000)))
        default:
            return .resetThrottle(account: anAccount(), symbol: one(of: habits).symbol)
        }
    }

    mutating func known() -> KnownPolicy {
        chance(50) ? .any : chance(97) ? .newest : .old
    }
}
