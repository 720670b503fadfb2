// Accounts, cash, shares and instruments.

import Base
import Trading

extension Model {
    mutating func createAccount(balance: Int64) throws(Refusal) -> Answer {
        let id = String((accounts.keys.compactMap { Int64($0) }.max() ?? 0) + 1)
        accounts[id] = ModelAccount(id: id, balance: 0, createdAt: time, currency: "USD")
        notes.touchedAccounts.insert(id)
        if balance > 0 {
            try book(id, .deposit, balance, shares: 0, "", "initial balance")
        }
        return Answer(word: "ok", account: accounts[id])
    }

    mutating func changeAccount(
        _ id: String, _ standing: AccountStanding
    ) throws(Refusal) -> Answer {
        let group = standing.group ?? ""
        if !group.isEmpty && control.groups[group] == nil {
            throw Refusal("unknown_group", "group=\(group)")
        }
        var account = try account(id)
        let fees = [standing.makerFeeBps ?? -1, standing.takerFeeBps ?? -1]
        if fees != [account.makerBps, account.takerBps] && account.totals.openOrders > 0 {
            throw Refusal("open_orders", "account=\(id)")
        }
        if standing.multiple == 10_000 && account.held > account.balance {
            throw Refusal(
                "insufficient_cash",
                "required=\(money(account.held)), available=\(money(account.balance))")
        }
        account.state = standing.state
        account.isActive = standing.isActive
        account.shortLimit = standing.shortLimit.raw
        account.group = group
        account.selfTradeScope = standing.selfTradeScope
        (account.makerBps, account.takerBps) = (fees[0], fees[1])
        account.multiple = standing.multiple
        accounts[id] = account
        notes.touchedAccounts.insert(id)
        return Answer(word: "ok", account: account)
    }

    mutating func moveCash(
        _ id: String, _ kind: LedgerKind, _ amount: Int64
    ) throws(Refusal) -> Answer {
        let account = try account(id)
        let signed = kind == .withdrawal ? -amount : amount
        if signed < 0 { try requireFreeCash(-signed, id) }
        try book(id, kind, signed, shares: 0, "", "test")
        return Answer(word: "ok", account: account)
    }

    mutating func adjustShares(
        _ id: String, _ symbol: String, _ quantity: Int64, price: Int64
    ) throws(Refusal) -> Answer {
        let account = try account(id)
        let instrument = try instrument(symbol)
        var position = position(id, symbol)
        if quantity < 0 { try requireShares(-quantity, id, instrument) }
        let price = price < 0 ? markets[symbol]?.last ?? 0 : price
        let amount = try Amounts.amount(instrument, price: price, quantity: abs(quantity))
        try position.move(quantity, amount: amount, realizes: false)
        positions[position.key] = position
        notes.touchedPositions.insert(position.key)
        try book(id, .adjustment, 0, shares: quantity, symbol, "test")
        try fitReduceOnly(id, symbol, before: position.quantity - quantity)
        try finishWorkOrFamilies(symbol)
        return Answer(word: "ok", account: account)
    }

    mutating func changeInstrument(
        _ symbol: String, _ state: InstrumentState, makerBps: Int64, takerBps: Int64
    ) throws(Refusal) -> Answer {
        var instrument = try instrument(symbol)
        let feesChange = makerBps != instrument.makerBps || takerBps != instrument.takerBps
        if feesChange && table.open[symbol]?.isEmpty == false {
            throw Refusal("open_orders", "symbol=\(symbol)")
        }
        instrument.state = state
        instrument.makerBps = makerBps
        instrument.takerBps = takerBps
        instrument.revision += 1
        instruments[symbol] = instrument
        notes.touchedInstrument = true
        return Answer(word: "ok", instrument: instrument)
    }
}
