// What one knows who has heard nothing but the events, from the first one on.

import Base
import Trading

struct Replica {
    private(set) var state = RedisState()
    private(set) var levels: [LevelKey: LevelTotal] = [:]
    /// Each account's ledger amounts, summed; and by kind over all accounts.
    private(set) var ledgerSums: [String: Int128] = [:]
    private(set) var ledgerSumsByKind: [LedgerKind: Int128] = [:]
    /// Shares that adjustments brought, by symbol.
    private(set) var adjustedShares: [String: Int128] = [:]

    /// Takes the next event. Returns what is wrong with it, nil where nothing is.
    mutating func apply(_ event: Event) -> String? {
        guard event.sequence == state.sequence + 1 else {
            return "event \(event.sequence) follows \(state.sequence)"
        }
        state.sequence = event.sequence
        var trades: [Trade] = []
        for change in event.changes {
            switch change {
            case .order(let order, _): state.orders[order.id.text] = ModelOrder(order)
            case .account(let account): state.accounts[account.id] = ModelAccount(account)
            case .position(let position):
                let known = ModelPosition(position)
                state.positions[known.key] = known
            case .market(let market): state.markets[market.symbol] = ModelMarket(market)
            case .instrument(let instrument):
                state.instruments[instrument.symbol] = ModelInstrument(instrument)
            case .level(let level): note(level, event.symbol)
            case .ledger(let entry): note(entry)
            case .trade(let trade):
                trades.append(trade)
                state.fees += trade.buyFee.raw + trade.sellFee.raw
            case .throttle(let throttle): state.throttles[throttle.key] = throttle
            case .guardValue, .key, .audit, .step, .bust, .decision, .control, .alert: break
            }
        }
        return trades.compactMap { wrong(with: $0) }.first
    }

    private mutating func note(_ level: LevelChange, _ symbol: String) {
        let key = LevelKey(symbol: symbol, side: level.side, price: level.price.raw)
        levels[key] =
            level.orderCount == 0
            ? nil : LevelTotal(quantity: level.quantity.raw, count: level.orderCount)
    }

    private mutating func note(_ entry: LedgerEntry) {
        ledgerSums[entry.account, default: 0] += Int128(entry.amount.raw)
        ledgerSumsByKind[entry.kind, default: 0] += Int128(entry.amount.raw)
        if entry.kind == .adjustment {
            adjustedShares[entry.symbol, default: 0] += Int128(entry.quantity.raw)
        }
    }

    /// One buyer, one seller, the resting order's price, within both limits.
    private func wrong(with trade: Trade) -> String? {
        guard let buy = state.orders[trade.buyOrderID.text],
            let sell = state.orders[trade.sellOrderID.text]
        else { return "trade \(trade.id) of unknown orders" }
        // A pegged order may have moved since, within its limit.
        let resting = trade.aggressor == .buy ? sell : buy
        if !resting.isPegged && trade.price.raw != resting.price {
            return "trade \(trade.id) not at the resting price"
        }
        if trade.price.raw > buy.heldPrice || trade.price.raw < sell.heldPrice {
            return "trade \(trade.id) beyond a limit"
        }
        return buy.account == sell.account ? "trade \(trade.id) with itself" : nil
    }
}
