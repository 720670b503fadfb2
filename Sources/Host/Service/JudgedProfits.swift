// The day's profits of accounts that a rule judges after the fact, as new as the events that the rules
// are told of. An account without a limit costs nothing; of one that has one, only new lines of its
// ledger are read, and only after an event that brought some.

import Base
import Plugins
import Trading

final class JudgedProfits {
    private let profits: DayProfits
    private let picture: Picture
    private let gate: RiskEventGate
    private let log: Log
    /// Whose ledger has been read since it last grew.
    private var current: Set<String> = []

    init(profits: DayProfits, picture: Picture, gate: RiskEventGate, log: Log) {
        self.profits = profits
        self.picture = picture
        self.gate = gate
        self.log = log
    }

    /// Events were missed, or another host has judged some.
    func forget() { current = [] }

    /// Their ledgers have grown.
    func outdate(_ accounts: Set<String>) { current.subtract(accounts) }

    /// At the present prices; nil where it isn't known.
    func profit(of account: String) -> Money? {
        current.contains(account) ? profits.lastKnown(of: account) : nil
    }

    /// Reads what is missing of these accounts, up to an event. False: Redis couldn't be asked.
    func find(
        _ accounts: [String], upTo sequence: Int64, _ completion: @escaping (Bool) -> Void
    ) {
        var waiting = 1
        var isDone = true
        func ended(_ ok: Bool) {
            if !ok { isDone = false }
            waiting -= 1
            if waiting == 0 { completion(isDone) }
        }
        for account in accounts where isMissing(account) {
            waiting += 1
            profits.find(of: account, upTo: sequence) { [self] in ended(take($0, account)) }
        }
        ended(true)
    }

    private func isMissing(_ id: String) -> Bool {
        guard let account = picture.accounts[id],
            gate.concerns(account, policy: picture.policy)
        else { return false }
        return profit(of: id) == nil
    }

    private func take(_ result: Result<Money?, Rejection>, _ account: String) -> Bool {
        switch result {
        case .success(nil): log.warning("risk rules: the ledger of \(account) is too long for them")
        case .success: current.insert(account)
        case .failure(let rejection) where rejection.refusal == .unavailable: return false
        case .failure(let rejection):
            log.error("risk rules: the day's profit of \(account): \(rejection.reason)")
        }
        return true
    }
}
