// One command of a script, complete in itself: a script stays runnable when steps are dropped.

import Trading

/// What main orders and children have in common.
struct OrderTermsStep: Hashable {
    var side: Side
    var pricing = Pricing.limit
    var price: Int64 = 0
    var quantity: Int64
    var policy = RemainderPolicy.rest
    var book = BookKind.lit
    var expiry = Expiry.never
    var guards: [Guard] = []
    var flags: OrderFlags = []
    var selfTrade = SelfTradeMode.cancelNewest
    var ext = ModelExtension()

    enum Expiry: Hashable {
        case never
        case passed
        /// Milliseconds after the call.
        case soon(Int64)
    }
}

struct ChildStep: Hashable {
    var key: String
    var terms: OrderTermsStep
}

struct SubmitStep: Hashable {
    var account: String
    var clientID: String
    var symbol: String
    var terms: OrderTermsStep
    var requestHash: Int64 = 1
    /// Whether it carries an old revision of the instrument.
    var isStale = false
    var reason = ""
    var children: [ChildStep] = []
    var policy = KnownPolicy.any
    var decisions: [UInt8] = []
    /// Of a container.
    var state: [UInt8] = []
    /// Milliseconds after the call; nil = no alarm.
    var timer: Int64?

    var id: String { "\(account)-\(clientID)" }
}

struct AmendStep: Hashable {
    var order: String
    var price: Int64?
    var quantity: Int64?
    var triggerPrice: Int64?
    var guards: [Guard] = []
    var policy = KnownPolicy.any
    var decisions: [UInt8] = []
}

struct CommitStep: Hashable {
    enum Item: Hashable {
        case place(ChildStep)
        case cancel(key: String)
        case amend(key: String, price: Int64?, quantity: Int64?)
        /// The container's own values.
        case container(price: Int64?, quantity: Int64?)
    }
    var parent: String
    /// How far from the container's state version it is; 0 = it has that.
    var versionsBehind: Int64 = 0
    var isStale = false
    var state: [UInt8] = []
    var timer: Int64?
    var wakes: FamilyWakes = []
    var end = ""
    var items: [Item] = []
    var policy = KnownPolicy.any
    var decisions: [UInt8] = []
}

/// The version of limits and modes that a host names.
enum KnownPolicy: Hashable {
    case any, newest, old
}

/// What other functions of the script write, put there as it is.
enum Decree: Hashable {
    /// 1 to 4; nil = there is no such group.
    case group(String, state: UInt8)
    /// `firm`, `account:ID`, `group:ID`; kind 1 kill switch, 2 a rule's block, 0 = off.
    case control(String, kind: UInt8)
    case policy(Int64)
}

enum Step: Hashable {
    case submit(SubmitStep)
    case cancel(order: String)
    case amend(AmendStep)
    case commit(CommitStep)
    case tick(symbol: String)
    case createAccount(balance: Int64)
    case changeAccount(String, AccountStanding)
    case cash(account: String, kind: LedgerKind, amount: Int64)
    case shares(account: String, symbol: String, quantity: Int64, price: Int64)
    case changeInstrument(String, state: InstrumentState, makerBps: Int64, takerBps: Int64)
    case resetThrottle(account: String, symbol: String)
    case decree(Decree)
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
    var limits = ModelLimits()
}

struct Script {
    let seed: UInt64
    let scenario: Scenario
    var steps: [Step]
}
