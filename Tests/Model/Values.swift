// The model's own orders, accounts, positions and the rest: plain values that can be changed and
// compared, and how the records that Redis keeps look as such.

import Base
import Trading

struct ModelAccount: Hashable {
    var id: String
    var state = AccountState.active
    var isActive = true
    var balance: Int64
    var held: Int64 = 0
    var shortLimit: Int64 = 0
    var createdAt: Int64 = 0
    var updatedAt: Int64 = 0
    var lastSequence: Int64 = 0
    var currency: String
    var group = ""
    var selfTradeScope = SelfTradeScope.account
    /// -1: the instrument's.
    var makerBps: Int64 = -1
    var takerBps: Int64 = -1
    var multiple: Int64 = 10_000
    var totals = ModelTotals()
}

/// What an account has open and what its positions cost.
struct ModelTotals: Hashable {
    var openOrders: Int64 = 0
    var openBuy: Int64 = 0
    var openSell: Int64 = 0
    var longCost: Int64 = 0
    var shortCost: Int64 = 0
}

extension ModelAccount {
    init(_ account: Account) {
        self.init(
            id: account.id, state: account.state, isActive: account.isActive,
            balance: account.balance.raw, held: account.held.raw,
            shortLimit: account.shortLimit.raw, createdAt: account.createdAt,
            updatedAt: account.updatedAt, lastSequence: account.lastSequence,
            currency: account.currency, group: account.group ?? "",
            selfTradeScope: account.selfTradeScope, makerBps: account.makerFeeBps ?? -1,
            takerBps: account.takerFeeBps ?? -1, multiple: account.multiple,
            totals: ModelTotals(
                openOrders: account.openOrderCount, openBuy: account.openBuyNotional.raw,
                openSell: account.openSellNotional.raw, longCost: account.longCost.raw,
                shortCost: account.shortCost.raw))
    }
}

struct ModelPosition: Hashable {
    var account: String
    var symbol: String
    var quantity: Int64 = 0
    var held: Int64 = 0
    var openBuy: Int64 = 0
    var cost: Int64 = 0
    /// Open reduce-only orders.
    var reduceCount: Int64 = 0
    var realized: Int64 = 0
    var lastSequence: Int64 = 0
    /// Orders that have traded.
    var executed: Int64 = 0

    var key: String { "\(account):\(symbol)" }
}

extension ModelPosition {
    init(_ position: Position) {
        self.init(
            account: position.account, symbol: position.symbol, quantity: position.quantity.raw,
            held: position.held.raw, openBuy: position.openBuy.raw, cost: position.cost.raw,
            reduceCount: Int64(position.reduceOnlyCount), realized: position.realized.raw,
            lastSequence: position.lastSequence, executed: position.executed)
    }
}

struct ModelInstrument: Hashable {
    var symbol: String
    var state = InstrumentState.open
    var priceScale: Int
    var quantityScale: Int
    var tick: Int64
    var lot: Int64
    var bandBps: Int64
    var minNotional: Int64
    var makerBps: Int64
    var takerBps: Int64
    var revision: Int64 = 0
    var createdAt: Int64 = 0
    var currency = "USD"

    /// As the host packs it.
    var packed: [UInt8] {
        Instrument(
            symbol: symbol, state: state, priceScale: priceScale, quantityScale: quantityScale,
            tickSize: tick, lotSize: lot, bandBps: bandBps, minNotional: Money(minNotional),
            makerFeeBps: makerBps, takerFeeBps: takerBps, currency: currency, name: symbol,
            assetType: "test"
        ).encoded()
    }
}

extension ModelInstrument {
    init(_ instrument: Instrument) {
        self.init(
            symbol: instrument.symbol, state: instrument.state, priceScale: instrument.priceScale,
            quantityScale: instrument.quantityScale, tick: instrument.tickSize,
            lot: instrument.lotSize, bandBps: instrument.bandBps,
            minNotional: instrument.minNotional.raw, makerBps: instrument.makerFeeBps,
            takerBps: instrument.takerFeeBps, revision: instrument.revision,
            createdAt: instrument.createdAt, currency: instrument.currency)
    }
}

struct ModelMarket: Hashable {
    var symbol: String
    var last: Int64 = 0
    var lastQuantity: Int64 = 0
    var lastSequence: Int64 = 0
    var day: Int64 = 0
    var open: Int64 = 0
    var high: Int64 = 0
    var low: Int64 = 0
    var volume: Int64 = 0
}

extension ModelMarket {
    init(_ market: Market) {
        self.init(
            symbol: market.symbol, last: market.last.raw, lastQuantity: market.lastQuantity.raw,
            lastSequence: market.lastSequence, day: market.day, open: market.open.raw,
            high: market.high.raw, low: market.low.raw, volume: market.volume.raw)
    }
}

struct ModelTrade: Hashable {
    var index: Int
    var aggressor: Side
    var book: BookKind
    var price: Int64
    var quantity: Int64
    var amount: Int64
    var buyFee: Int64
    var sellFee: Int64
    var symbol: String
    var buyOrder: String
    var sellOrder: String
}

extension ModelTrade {
    init(_ trade: Trade) {
        self.init(
            index: Int(trade.index), aggressor: trade.aggressor, book: trade.book,
            price: trade.price.raw, quantity: trade.quantity.raw, amount: trade.amount.raw,
            buyFee: trade.buyFee.raw, sellFee: trade.sellFee.raw, symbol: trade.symbol,
            buyOrder: trade.buyOrderID.text, sellOrder: trade.sellOrderID.text)
    }
}

struct ModelLedgerEntry: Hashable {
    var kind: LedgerKind
    var amount: Int64
    var balanceAfter: Int64
    var quantity: Int64
    var account: String
    var symbol: String
    var description: String
}

extension ModelLedgerEntry {
    init(_ entry: LedgerEntry) {
        self.init(
            kind: entry.kind, amount: entry.amount.raw, balanceAfter: entry.balanceAfter.raw,
            quantity: entry.quantity.raw, account: entry.account, symbol: entry.symbol,
            description: entry.description)
    }
}

struct ModelGuardValue: Hashable {
    var isEnforced: Bool
    var held: Bool
    var metric: GuardMetric
    var scope: GuardScope
    var value: Int64
    var limit: Int64
    var windowMillis: Int64
    var rule: String
    var order: String
}

extension ModelGuardValue {
    init(_ value: GuardValue) {
        self.init(
            isEnforced: value.isEnforced, held: value.held, metric: value.metric,
            scope: value.scope, value: value.value, limit: value.limit,
            windowMillis: value.windowMillis, rule: value.rule, order: value.orderID.text)
    }
}

extension ModelStep {
    init(_ step: OrderStep) {
        self.init(
            kind: step.kind, trades: Int(step.tradesBefore), price: step.price.raw,
            quantity: step.quantity.raw, filled: step.filled.raw, order: step.orderID.text,
            reason: step.reason)
    }
}
