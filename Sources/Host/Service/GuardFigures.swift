// What the script would measure for a guard, on the host's picture (Store/Lua/100_guards.lua): for the
// dry run and for headroom. Where the two differ, the script is right.

import Base
import Plugins
import Trading

/// An order's part in what is measured; without one, only what stands counts.
struct GuardFigures {
    let picture: Picture
    let account: Account
    let instrument: Instrument
    let side: Side
    /// 0 = no order: what stands now.
    let quantity: Int64
    /// What the order counts for in money; nil where it can't be told.
    let notional: Int64?
    /// Cash that it would hold; nil where it can't be told.
    let need: Int64?

    /// nil where only Redis knows: what came within a window.
    func value(of limit: Guard) -> Int64? {
        switch limit.metric {
        case .position: position(limit.scope)
        case .openNotional: notional.map { totals(limit.scope).openValue.addingClamped($0) }
        case .gross: notional.map { totals(limit.scope).gross.addingClamped($0) }
        case .net: notional.map { net(totals(limit.scope), $0) }
        case .openOrders:
            totals(limit.scope).openOrders.addingClamped(quantity == 0 ? 0 : 1)
        case .cash: need.map { account.available.raw.addingClamped(-$0) }
        case .orderRate, .executed, .duplicates: nil
        }
    }

    /// Whether a guard of the group holds since there is none.
    func isWithoutGroup(_ limit: Guard) -> Bool { limit.scope == .group && account.group == nil }

    // MARK: Units

    /// The position were the orders on this side and this one filled.
    private func position(_ scope: GuardScope) -> Int64 {
        if scope == .accountSymbol {
            return exposure(of: [picture.position(account: account.id, symbol: instrument.symbol)])
        }
        return exposure(
            of: members(scope).map {
                picture.position(account: $0.id, symbol: instrument.symbol)
            })
    }

    private func exposure(of positions: [Position?]) -> Int64 {
        var sum: Int64 = side == .buy ? quantity : -quantity
        for case let position? in positions {
            sum = sum.addingClamped(position.quantity.raw)
            sum = sum.addingClamped(side == .buy ? position.openBuy.raw : -position.held.raw)
        }
        return sum
    }

    var onlyReduces: Bool {
        let owned =
            picture.position(account: account.id, symbol: instrument.symbol)?
            .quantity.raw ?? 0
        let exposure = position(.accountSymbol)
        return side == .buy ? owned < 0 && exposure <= 0 : owned > 0 && exposure >= 0
    }

    // MARK: Money

    private struct Totals {
        var openOrders: Int64 = 0
        var openBuy: Int64 = 0
        var openSell: Int64 = 0
        var long: Int64 = 0
        var short: Int64 = 0

        var openValue: Int64 { openBuy.addingClamped(openSell) }
        var gross: Int64 { long.addingClamped(short).addingClamped(openValue) }
    }

    private func totals(_ scope: GuardScope) -> Totals {
        var totals = Totals()
        for member in members(scope) where member.currency == account.currency {
            totals.openOrders = totals.openOrders.addingClamped(member.openOrderCount)
            totals.openBuy = totals.openBuy.addingClamped(member.openBuyNotional.raw)
            totals.openSell = totals.openSell.addingClamped(member.openSellNotional.raw)
            totals.long = totals.long.addingClamped(member.longCost.raw)
            totals.short = totals.short.addingClamped(member.shortCost.raw)
        }
        return totals
    }

    /// The worse of both ways.
    private func net(_ totals: Totals, _ notional: Int64) -> Int64 {
        let owned = totals.long.addingClamped(-totals.short)
        let buys = owned.addingClamped(totals.openBuy).addingClamped(side == .buy ? notional : 0)
        let sells = owned.addingClamped(-totals.openSell)
            .addingClamped(side == .sell ? -notional : 0)
        return max(abs(buys), abs(sells))
    }

    private func members(_ scope: GuardScope) -> [Account] {
        switch scope {
        case .accountSymbol, .account: [account]
        case .group:
            account.group == nil ? [] : picture.accounts.values.filter { $0.group == account.group }
        case .firm, .instrument: Array(picture.accounts.values)
        }
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min / 2 : .max / 2) : sum
    }
}

/// A guard or a measure with its number, as it is shown.
package struct RuleMeasure: Sendable {
    package let name: String
    /// Of a guard.
    package let scope: GuardScope?
    package let unit: RiskMeasure.Unit
    /// nil where only Redis knows.
    package let value: Int64?
    package let limit: Int64
    package let isAtLeast: Bool
    package let windowMillis: Int64
    package let holds: Bool

    package var headroom: Int64? {
        value.map { isAtLeast ? $0 - limit : limit - abs($0) }
    }

    /// In percent of the limit; nil where that says nothing.
    package var share: Int64? {
        guard let value, !isAtLeast, limit > 0 else { return nil }
        return multiplyDivide(abs(value), 100, limit, rounding: .down)
    }

    package init(_ measure: RiskMeasure) {
        name = measure.name
        scope = nil
        unit = measure.unit
        value = measure.value
        limit = measure.limit
        isAtLeast = measure.isAtLeast
        windowMillis = 0
        holds = measure.holds
    }

    package init(_ limit: Guard, value: Int64?, holds: Bool) {
        self.init(
            limit.metric, limit.scope, value: value, limit: limit.limit,
            windowMillis: limit.windowMillis, holds: holds)
    }

    /// As it was judged.
    package init(_ judged: GuardValue) {
        self.init(
            judged.metric, judged.scope, value: judged.value, limit: judged.limit,
            windowMillis: judged.windowMillis, holds: judged.held)
    }

    /// The limit alone.
    var withoutValue: RuleMeasure {
        RuleMeasure(
            name: name, scope: scope, unit: unit, value: nil, limit: limit, isAtLeast: isAtLeast,
            windowMillis: windowMillis, holds: true)
    }

    private init(
        name: String, scope: GuardScope?, unit: RiskMeasure.Unit, value: Int64?, limit: Int64,
        isAtLeast: Bool, windowMillis: Int64, holds: Bool
    ) {
        self.name = name
        self.scope = scope
        self.unit = unit
        self.value = value
        self.limit = limit
        self.isAtLeast = isAtLeast
        self.windowMillis = windowMillis
        self.holds = holds
    }

    private init(
        _ metric: GuardMetric, _ scope: GuardScope, value: Int64?, limit: Int64,
        windowMillis: Int64, holds: Bool
    ) {
        name = metric.name
        self.scope = scope
        unit = metric.isMoney.map { $0 ? .money : .quantity } ?? .count
        self.value = value
        self.limit = limit
        isAtLeast = metric == .cash
        self.windowMillis = windowMillis
        self.holds = holds
    }
}
