// One command of a script, complete in itself: a script stays runnable when steps are dropped.

import Trading

struct SubmitStep: Hashable {
    enum Expiry: Hashable {
        case never
        case passed
        /// Milliseconds after the call.
        case soon(Int64)
    }
    var account: String
    var clientID: String
    var symbol: String
    var side: Side
    var pricing: Pricing
    var price: Int64
    var quantity: Int64
    var policy = RemainderPolicy.rest
    var book = BookKind.lit
    var expiry = Expiry.never
    var requestHash: Int64 = 1
    /// Whether it carries an old revision of the instrument.
    var isStale = false
    var reason = ""
    var guards: [Guard] = []

    var id: String { "\(account)-\(clientID)" }
}

enum Step: Hashable {
    case submit(SubmitStep)
    case cancel(order: String)
    case amend(order: String, price: Int64?, quantity: Int64?, guards: [Guard])
    case createAccount(balance: Int64)
    case changeAccount(String, state: AccountState, isActive: Bool, shortLimit: Int64)
    case cash(account: String, kind: LedgerKind, amount: Int64)
    case shares(account: String, symbol: String, quantity: Int64, price: Int64)
    case changeInstrument(String, state: InstrumentState, makerBps: Int64, takerBps: Int64)
    case expire(symbol: String)
    /// Milliseconds.
    case pause(Int)
}

/// What stands before the first step.
struct Scenario: Hashable {
    struct Holding: Hashable {
        let account: String
        let symbol: String
        let quantity: Int64
        let price: Int64
    }
    var instruments: [ModelInstrument]
    /// Balances of accounts 1, 2, …
    var balances: [Int64]
    var holdings: [Holding]
}

struct Script {
    let seed: UInt64
    let scenario: Scenario
    var steps: [Step]
}
