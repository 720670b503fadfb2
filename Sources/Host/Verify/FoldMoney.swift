// Cash and shares: every event's ledger lines against the accounts and positions that it names.

import Base
import Trading

extension Fold {
    func takeLedger(_ step: EventStep) {
        var (bought, sold, fees, busts): (Int128, Int128, Int128, Int128) = (0, 0, 0, 0)
        for line in step.ledger {
            let amount = Int128(line.amount.raw)
            take(line, of: step)
            switch line.kind {
            case .deposit, .withdrawal, .adjustment:
                paidIn[currency(of: line.account, step), default: 0] += amount
                if line.quantity.raw != 0 {
                    adjusted[line.symbol, default: 0] += Int128(line.quantity.raw)
                }
            case .tradeBuy: bought -= amount
            case .tradeSell: sold += amount
            case .fee: fees -= amount
            case .bust: busts += amount
            }
        }
        let traded = step.trades.reduce(Int128(0)) { $0 + Int128($1.amount.raw) }
        let charged = step.trades.reduce(Int128(0)) {
            $0 + Int128($1.buyFee.raw) + Int128($1.sellFee.raw)
        }
        let back = step.bust.map { Int128($0.trade.buyFee.raw + $0.trade.sellFee.raw) } ?? 0
        findings.expect(
            .ledger, bought == traded && sold == traded && fees == charged && busts == back,
            "event \(step.event.sequence): its trades move \(traded) and cost \(charged), its "
                + "ledger lines \(bought), \(sold) and \(fees)")
        if charged != back, let instrument = instruments[step.event.symbol]?.value {
            self.fees[instrument.currency, default: 0] += charged - back
        }
    }

    private func take(_ line: LedgerEntry, of step: EventStep) {
        if let known = balances[line.account] {
            balances[line.account] = known + Int128(line.amount.raw)
        } else {
            let isNew = isComplete ? 0 : Int128(line.balanceAfter.raw - line.amount.raw)
            balances[line.account] = isNew + Int128(line.amount.raw)
        }
        findings.expect(
            .ledger, balances[line.account] == Int128(line.balanceAfter.raw),
            "event \(step.event.sequence): account \(line.account)'s ledger sums to "
                + "\(balances[line.account] ?? 0), the line says \(line.balanceAfter.raw)")
    }

    private func currency(of account: String, _ step: EventStep) -> String {
        if let known = accounts[account]?.value { return known.currency }
        for case .account(let named) in step.event.changes where named.id == account {
            return named.currency
        }
        return ""
    }

    /// Before the event's records are taken.
    func judgeBalances(_ step: EventStep) {
        var moved: [String: Int64] = [:]
        for line in step.ledger where line.quantity.raw != 0 {
            moved["\(line.account):\(line.symbol)", default: 0] += line.quantity.raw
        }
        for change in step.event.changes {
            if case .account(let account) = change {
                let sum = balances[account.id] ?? (isComplete ? 0 : Int128(account.balance.raw))
                findings.expect(
                    .ledger, sum == Int128(account.balance.raw),
                    "event \(step.event.sequence): account \(account.id) has "
                        + "\(account.balance.raw), its ledger sums to \(sum)")
            }
            if case .position(let position) = change { judge(position, &moved, step) }
        }
        for (key, quantity) in moved {
            findings.wrong(
                .shares,
                "event \(step.event.sequence) moves \(quantity) of \(key) and doesn't name it")
        }
    }

    private func judge(_ position: Position, _ moved: inout [String: Int64], _ step: EventStep) {
        let sum = moved.removeValue(forKey: position.key) ?? 0
        guard let before = positions[position.key]?.value.quantity.raw ?? (isComplete ? 0 : nil)
        else { return }
        findings.expect(
            .shares, position.quantity.raw == before + sum,
            "event \(step.event.sequence): position \(position.key) is "
                + "\(position.quantity.raw), \(before) and \(sum) were put in")
    }
}
