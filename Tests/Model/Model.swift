// The engine as simply as it can be said: dictionaries, every total summed anew, 128-bit
// arithmetic. It shares no idea of speed with the Lua functions, only the contract.
//
// A call works in place. What was there before is kept: the small tables as a copy, each order as
// it was when the call first touched it. A refusal puts all of it back, and what an event must say
// is found at the end by comparing the two.

import Base
import Trading

/// What a function answers.
struct Answer: Hashable {
    var word: String
    var sequence: Int64 = 0
    var code = ""
    var values = ""
    var order: ModelOrder?
    var account: ModelAccount?
    var instrument: ModelInstrument?
    /// What else stands in the reply: priority_kept, changed, fills with the last one's price and
    /// quantity, left.
    var numbers: [Int64] = []
}

/// The bounds of one call, small in half of the scripts, so that they are met.
struct ModelLimits: Hashable {
    var fills = 1_000
    var arrivals = 100
    var fires = 200
    var pegs = 50
    var reducers = 50
    var repricings = 4
    var expiries = 100
}

/// What a symbol has beside its orders.
struct SymbolState: Hashable {
    /// Orders on their way to a book, by queue number.
    var queue: [QueueEntry] = []
    /// Prices that were traded at and whose triggers haven't all been looked at.
    var points: [Int64] = []
    /// What pegged orders were last priced by: bid and ask references, best bid and ask.
    var pegReferences: [Int64] = []

    /// Pegged orders moved as often as one call lets them.
    var goesOn = false

    var isUnfinished: Bool { !queue.isEmpty || !points.isEmpty || goesOn }
}

struct QueueEntry: Hashable {
    var number: Int64
    var id: String
}

struct Model {
    var limits = ModelLimits()
    var sequence: Int64 = 0
    var instruments: [String: ModelInstrument] = [:]
    var accounts: [String: ModelAccount] = [:]
    var positions: [String: ModelPosition] = [:]
    var markets: [String: ModelMarket] = [:]
    var feesTaken: Int128 = 0
    let table = OrderTable()
    var symbols: [String: SymbolState] = [:]
    /// Parent → its children's keys, in the order in which they were made.
    var children: [String: [String]] = [:]
    /// Guards of orders that will be judged later.
    var guards: [String: [Guard]] = [:]
    /// Containers' plugin states and alarms.
    var states: [String: [UInt8]] = [:]
    var timers: [String: Int64] = [:]
    /// What staff has decided, and what the script counts in time.
    var control = ModelControl()

    /// UTC microseconds of the present call.
    var time: Int64 = 0
    /// When its arguments were made.
    var now: Int64 = 0
    /// Orders whose own arithmetic fails in the present call: they end when their turn comes.
    var overflowing: Set<String> = []
    /// A cancel is done whatever it would set off; where that can't be, it sets off nothing.
    var isBare = false
    var notes = CallNotes(kind: .submit, symbol: "")

    /// Does one step at a time that the caller knows from Redis. Times in a step count from `now`.
    mutating func perform(
        _ step: Step, now: Int64, time: Int64
    ) -> (answer: Answer, event: ModelEvent?) {
        let before = self
        var overflowing: Set<String> = []
        var isBare = false
        while true {
            self.overflowing = overflowing
            self.isBare = isBare
            self.now = now
            table.begin()
            self.time = time
            sequence += 1
            do throws(Refusal) {
                return try call(step, before)
            } catch {
                let setOff = notes.settingOff
                restore(before)
                if error.code == "amount_too_large", let setOff, overflowing.count < 10 {
                    overflowing.insert(setOff)
                } else if case .cancel = step, error.code == "amount_too_large", !isBare {
                    isBare = true
                } else {
                    return (Answer(word: "refused", code: error.code, values: error.values), nil)
                }
            }
        }
    }

    private mutating func call(
        _ step: Step, _ before: Model
    ) throws(Refusal) -> (answer: Answer, event: ModelEvent?) {
        var answer = try run(step)
        guard !notes.isEmpty else {
            restore(before)
            return (answer, nil)
        }
        let event = try finish(before: before)
        if let order = answer.order { answer.order = table[order.id] }
        if let account = answer.account { answer.account = accounts[account.id] }
        answer.sequence = sequence
        return (answer, event)
    }

    /// Takes the last call back.
    mutating func undo(to before: Model) { restore(before) }

    private mutating func restore(_ before: Model) {
        table.restore()
        self = before
    }

    private mutating func run(_ step: Step) throws(Refusal) -> Answer {
        switch step {
        case .submit(let submit):
            notes = CallNotes(kind: .submit, symbol: submit.symbol)
            return try self.submit(submit)
        case .cancel(let id):
            notes = CallNotes(kind: .cancel, symbol: table[id]?.symbol ?? "")
            return try cancel(id)
        case .amend(let amend):
            notes = CallNotes(kind: .amend, symbol: table[amend.order]?.symbol ?? "")
            return try self.amend(amend)
        case .commit(let commit):
            notes = CallNotes(kind: .commit, symbol: table[commit.parent]?.symbol ?? "")
            return try self.commit(commit)
        case .tick(let symbol):
            notes = CallNotes(kind: .expire, symbol: symbol)
            return try tick(symbol)
        case .createAccount(let balance):
            notes = CallNotes(kind: .account, symbol: "")
            return try createAccount(balance: balance)
        case .changeAccount(let id, let standing):
            notes = CallNotes(kind: .account, symbol: "")
            return try changeAccount(id, standing)
        case .cash(let account, let kind, let amount):
            notes = CallNotes(kind: .transaction, symbol: "")
            return try moveCash(account, kind, amount)
        case .shares(let account, let symbol, let quantity, let price):
            notes = CallNotes(kind: .transaction, symbol: symbol)
            return try adjustShares(account, symbol, quantity, price: price)
        case .changeInstrument(let symbol, let state, let makerBps, let takerBps):
            notes = CallNotes(kind: .instrument, symbol: symbol)
            return try changeInstrument(symbol, state, makerBps: makerBps, takerBps: takerBps)
        case .resetThrottle(let account, let symbol):
            notes = CallNotes(kind: .throttle, symbol: symbol)
            return try resetThrottle(account, symbol)
        case .pause, .decree: return Answer(word: "")
        }
    }
}

extension Model {
    func instrument(_ symbol: String) throws(Refusal) -> ModelInstrument {
        guard let instrument = instruments[symbol] else {
            throw Refusal("unknown_symbol", "symbol=\(symbol)")
        }
        return instrument
    }

    func account(_ id: String) throws(Refusal) -> ModelAccount {
        guard let account = accounts[id] else {
            throw Refusal("unknown_account", "account=\(id)")
        }
        return account
    }

    func position(_ account: String, _ symbol: String) -> ModelPosition {
        positions["\(account):\(symbol)"] ?? ModelPosition(account: account, symbol: symbol)
    }

    /// An order that is known to be there.
    func order(_ id: String) -> ModelOrder {
        guard let order = table[id] else { preconditionFailure("no order \(id)") }
        return order
    }
}
