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
struct Habit {
    let symbol: String
    let basePrice: Int64
    /// Prices lie this many ticks about the base.
    let spread: Int64
    let tick: Int64
    let lot: Int64
    let mostLots: Int64
}

/// What a script has placed so far, as far as its later steps speak of it.
struct Placed {
    let id: String
    let habit: Habit
    var terms: OrderTermsStep
    /// Of a container: the keys of its children, and how much of it they have taken up.
    var keys: [String] = []
    var takenUp: Int64 = 0
}

struct Generator {
    private var random: SplitMix64
    var habits: [Habit] = []
    var placed: [Placed] = []
    var submitted: [SubmitStep] = []
    var accounts = 0
    /// The switch that is on.
    var switched: String?

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    static func script(seed: UInt64, steps: Int) -> Script {
        var generator = Generator(seed: seed)
        var scenario = generator.scenario()
        if seed % 2 == 0 {
            scenario.limits = ModelLimits(
                fills: 5, arrivals: 3, fires: 4, pegs: 2, reducers: 3, repricings: 2, expiries: 3)
        }
        let made = generator.firstSteps() + (0..<steps).map { _ in generator.step() }
        return Script(seed: seed, scenario: scenario, steps: made)
    }

    mutating func chance(_ percent: Int) -> Bool { pick(100) < percent }
    mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
    mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        Int64.random(in: range, using: &random)
    }
    mutating func one<Value>(of values: [Value]) -> Value { values[pick(values.count)] }
    mutating func anyOf(_ values: ArraySlice<Int>) -> Int? {
        values.isEmpty ? nil : values[values.startIndex + pick(values.count)]
    }
    mutating func anAccount() -> String { String(1 + pick(accounts)) }
}

// What stands before the first step.
extension Generator {
    mutating func scenario() -> Scenario {
        let all = ["STOCK", "COIN", "TINY", "HUGE"]
        let first = pick(all.count)
        let instruments = [all[first], all[(first + 1 + pick(3)) % 4]].map { instrument($0) }
        accounts = 2 + pick(4)
        let balances = (0..<accounts).map { _ in balance() }
        var holdings: [Scenario.Holding] = []
        for (index, habit) in habits.enumerated() {
            for account in 1...accounts where chance(85) {
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

    mutating func balance() -> Int64 {
        switch pick(10) {
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
                symbol: symbol, basePrice: shape.base / tick * tick,
                spread: one(of: [0, 1, 4, 8, 8, 8]), tick: tick,
                lot: shape.lot, mostLots: shape.most))
        let fees = one(of: [(0, 0), (1, 2), (10, 25), (30, 7), (333, 10_000)])
        return ModelInstrument(
            symbol: symbol, priceScale: shape.price, quantityScale: shape.quantity, tick: tick,
            lot: shape.lot, bandBps: one(of: [0, 3, 20, 1_000]),
            minNotional: one(of: [0, 0, 1, symbol == "TINY" ? 10 : 10_000]),
            makerBps: Int64(fees.0),
            takerBps: Int64(fees.1))
    }
}
