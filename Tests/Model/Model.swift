// The engine as simply as it can be said: dictionaries and sorted arrays, every total summed anew,
// 128-bit arithmetic. It shares no idea of speed with the Lua functions, only the contract.
//
// A step works on a copy, which takes the original's place when nothing was refused. What an event
// must say is found at the end by comparing the two.

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
    /// quantity, count.
    var numbers: [Int64] = []
}

/// What the present call did, as far as the state before and after doesn't tell.
struct CallNotes {
    var kind: EventKind
    var symbol: String
    /// The order that the call is about; its section stands first.
    var mainOrder: String?
    var causes: [String: OrderCause] = [:]
    var trades: [ModelTrade] = []
    var ledger: [ModelLedgerEntry] = []
    var guardValues: [ModelGuardValue] = []
    var touchedAccounts: Set<String> = []
    var touchedPositions: Set<String> = []
    var touchedInstrument = false

    var isEmpty: Bool {
        causes.isEmpty && ledger.isEmpty && touchedAccounts.isEmpty && !touchedInstrument
    }
}

struct Model {
    var sequence: Int64 = 0
    var instruments: [String: ModelInstrument] = [:]
    var accounts: [String: ModelAccount] = [:]
    var positions: [String: ModelPosition] = [:]
    var markets: [String: ModelMarket] = [:]
    var orders: [String: ModelOrder] = [:]
    var feesTaken: Int128 = 0

    /// UTC microseconds of the present call.
    var time: Int64 = 0
    var notes = CallNotes(kind: .submit, symbol: "")

    /// Does one step at a time that the caller knows from Redis. `expireAt` is a new order's.
    mutating func perform(
        _ step: Step, expireAt: Int64, time: Int64
    ) -> (answer: Answer, event: ModelEvent?) {
        var next = self
        next.time = time
        next.sequence += 1
        do throws(Refusal) {
            var answer = try next.run(step, expireAt: expireAt)
            guard !next.notes.isEmpty else { return (answer, nil) }
            let event = try next.finish(before: self)
            if let order = answer.order { answer.order = next.orders[order.id] }
            if let account = answer.account { answer.account = next.accounts[account.id] }
            answer.sequence = next.sequence
            self = next
            return (answer, event)
        } catch {
            return (Answer(word: "refused", code: error.code, values: error.values), nil)
        }
    }

    private mutating func run(_ step: Step, expireAt: Int64) throws(Refusal) -> Answer {
        switch step {
        case .submit(let submit):
            notes = CallNotes(kind: .submit, symbol: submit.symbol)
            return try self.submit(submit, expireAt: expireAt)
        case .cancel(let id):
            notes = CallNotes(kind: .cancel, symbol: orders[id]?.symbol ?? "")
            return try cancel(id)
        case .amend(let id, let price, let quantity, let guards):
            notes = CallNotes(kind: .amend, symbol: orders[id]?.symbol ?? "")
            return try amend(id, price: price, quantity: quantity, guards: guards)
        case .createAccount(let balance):
            notes = CallNotes(kind: .account, symbol: "")
            return try createAccount(balance: balance)
        case .changeAccount(let id, let state, let isActive, let shortLimit):
            notes = CallNotes(kind: .account, symbol: "")
            return try changeAccount(id, state, isActive: isActive, shortLimit: shortLimit)
        case .cash(let account, let kind, let amount):
            notes = CallNotes(kind: .transaction, symbol: "")
            return try moveCash(account, kind, amount)
        case .shares(let account, let symbol, let quantity, let price):
            notes = CallNotes(kind: .transaction, symbol: symbol)
            return try adjustShares(account, symbol, quantity, price: price)
        case .changeInstrument(let symbol, let state, let makerBps, let takerBps):
            notes = CallNotes(kind: .instrument, symbol: symbol)
            return try changeInstrument(symbol, state, makerBps: makerBps, takerBps: takerBps)
        case .expire(let symbol):
            notes = CallNotes(kind: .expire, symbol: symbol)
            return try expire(symbol)
        case .pause: return Answer(word: "")
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

    /// The open orders of one side of a book, in the order in which they would trade.
    func book(_ symbol: String, _ book: BookKind, _ side: Side) -> [ModelOrder] {
        orders.values
            .filter {
                $0.status.isOpen && $0.symbol == symbol && $0.book == book && $0.side == side
            }
            .sorted { first, second in
                if first.price == second.price { return first.bookSequence < second.bookSequence }
                return side == .buy ? first.price > second.price : first.price < second.price
            }
    }

    /// Changes an order and says why.
    mutating func change(_ id: String, _ cause: OrderCause, _ body: (inout ModelOrder) -> Void) {
        guard var order = orders[id] else { return }
        body(&order)
        order.updatedAt = time
        order.lastSequence = sequence
        orders[id] = order
        if notes.causes[id] == nil || id != notes.mainOrder { notes.causes[id] = cause }
    }

    /// Ends an order.
    mutating func close(
        _ id: String, _ status: OrderStatus, reason: String, cause: OrderCause
    ) {
        let now = time
        change(id, cause) {
            $0.status = status
            $0.reason = reason
            $0.closedAt = now
        }
    }
}
