// Guards: each metric as it is told, over the accounts of its scope.

import Base
import Trading

extension Model {
    /// Notes every guard's value; throws the first enforced one that doesn't hold. The order isn't
    /// charged for yet; of a link group only what it adds counts.
    mutating func judge(_ guards: [Guard], _ id: String, isWaiting: Bool) throws(Refusal) {
        let isNew = notes.kind == .submit && id == notes.mainOrder && !notes.isTaken
        try judge(guards, id, isWaiting) {
            isNew || ($0 != .orderRate && $0 != .duplicates)
        }
    }

    mutating func judgeContainer(_ guards: [Guard], _ id: String) throws(Refusal) {
        try judge(guards, id, true) {
            [.openOrders, .orderRate, .executed, .duplicates].contains($0)
        }
    }

    mutating func judgeAmend(_ guards: [Guard], _ id: String) throws(Refusal) {
        try judge(guards, id, true) { $0 == .orderRate }
        takeRates()
    }

    private mutating func judge(
        _ guards: [Guard], _ id: String, _ isWaiting: Bool, _ isWanted: (GuardMetric) -> Bool
    ) throws(Refusal) {
        let order = order(id)
        guard !guards.isEmpty else { return }
        let added = max(0, order.workable - groupWorking(order))
        let reduces = try onlyReduces(order.account, order.symbol, order.side, added)
        var failure: Refusal?
        for rule in guards where isWanted(rule.metric) {
            let (value, isWithin) = try measure(rule, order, added, isWaiting)
            let holds = isWithin || (rule.exemptIfReducing && reduces)
            notes.risk.append(
                .guardValue(
                    ModelGuardValue(
                        isEnforced: rule.mode == .enforce, held: holds, metric: rule.metric,
                        scope: rule.scope, value: value, limit: rule.limit,
                        windowMillis: rule.windowMillis, rule: rule.rule, order: id)))
            guard !holds, rule.mode == .enforce, failure == nil else { continue }
            let scale = try scale(rule.metric, order.symbol)
            failure = Refusal(
                rule.code,
                "value=\(Scaled.format(value, scale: scale)), "
                    + "limit=\(Scaled.format(rule.limit, scale: scale))")
        }
        if let failure { throw failure }
    }

    private func scale(_ metric: GuardMetric, _ symbol: String) throws(Refusal) -> Int {
        switch metric.isMoney {
        case true: Money.scale
        case false: try instrument(symbol).quantityScale
        case nil: 0
        }
    }

    private mutating func measure(
        _ rule: Guard, _ order: ModelOrder, _ added: Int64, _ isWaiting: Bool
    ) throws(Refusal) -> (Int64, Bool) {
        let members = try members(rule.scope, order)
        guard !members.isEmpty else { return (0, true) }
        let value: Int64
        switch rule.metric {
        case .position: value = try position(rule.scope, members, order, added)
        case .openNotional, .gross, .net:
            value = try money(rule.metric, members, order, isWaiting)
        case .openOrders:
            let isComing = order.id == notes.mainOrder && !notes.isTaken && notes.kind == .submit
            var sum = Int64(isComing ? notes.coming : 0)
            for id in members { sum += try totals(id).openOrders }
            value = sum
        case .orderRate: value = rate(rule, order)
        case .executed: return executed(rule, order)
        case .cash:
            value = try available(order.account) - hold(order, isWaiting)
            return (value, value >= rule.limit)
        case .duplicates: value = duplicates(rule, order)
        }
        return (value, abs(value) <= rule.limit)
    }

    private func members(_ scope: GuardScope, _ order: ModelOrder) throws(Refusal) -> [String] {
        let account = try account(order.account)
        switch scope {
        case .accountSymbol, .account: return [account.id]
        case .group:
            guard !account.group.isEmpty else { return [] }
            return accounts.values.filter { $0.group == account.group }.map(\.id)
        case .firm, .instrument: return Array(accounts.keys)
        }
    }

    private func clamped(_ value: Int128) -> Int64 {
        Int64(max(-Int128(Scaled.maximum), min(Int128(Scaled.maximum), value)))
    }

    private func position(
        _ scope: GuardScope, _ members: [String], _ order: ModelOrder, _ added: Int64
    ) throws(Refusal) -> Int64 {
        guard scope != .accountSymbol else {
            return try exposure(order.account, order.symbol, order.side, added)
        }
        var (owned, working) = (Int128(0), Int128(0))
        for id in members {
            owned += Int128(position(id, order.symbol).quantity)
            working += Int128(try open(id, order.symbol, order.side))
        }
        let more = Int128(clamped(working)) + Int128(added)
        return clamped(Int128(clamped(owned)) + (order.side == .buy ? more : -more))
    }

    private func money(
        _ metric: GuardMetric, _ members: [String], _ order: ModelOrder, _ isWaiting: Bool
    ) throws(Refusal) -> Int64 {
        var (buys, sells, long, short) = (Int128(0), Int128(0), Int128(0), Int128(0))
        for id in members {
            let totals = try totals(id)
            buys += Int128(totals.openBuy)
            sells += Int128(totals.openSell)
            long += Int128(totals.longCost)
            short += Int128(totals.shortCost)
        }
        (buys, sells) = (Int128(clamped(buys)), Int128(clamped(sells)))
        (long, short) = (Int128(clamped(long)), Int128(clamped(short)))
        let mates = try groupMates(order).map { (mate: ModelOrder) throws(Refusal) in
            try Amounts.notional(instrument(mate.symbol), mate)
        }
        let own = try Amounts.notional(instrument(order.symbol), priced(order, isWaiting))
        let added = Int128(max(0, own - (mates.max() ?? 0)))
        if order.side == .buy { buys += added } else { sells += added }
        switch metric {
        case .openNotional: return clamped(buys + sells)
        case .gross: return clamped(long + short + buys + sells)
        default:
            let (up, down) = (long - short + buys, long - short - sells)
            return clamped(abs(up) >= abs(down) ? up : down)
        }
    }

    /// At work, at the worst price that it may come to.
    private func priced(_ order: ModelOrder, _ isWaiting: Bool) throws(Refusal) -> ModelOrder {
        var order = order
        order.isPending = false
        order.flags.remove(.waiting)
        guard order.pricing == .market, !isWaiting else { return order }
        order.price = 0
        if let best = bestPrice(order.symbol, order.book, order.side.opposite) {
            order.price = worstPrice(
                try instrument(order.symbol), order.side, reference: best)
        }
        return order
    }

    private func hold(_ order: ModelOrder, _ isWaiting: Bool) throws(Refusal) -> Int64 {
        guard order.side == .buy else { return 0 }
        let need = try Amounts.need(charged(order), priced(order, isWaiting))
        return max(0, need - groupHold(order))
    }

    // In time.

    private mutating func rate(_ rule: Guard, _ order: ModelOrder) -> Int64 {
        let who =
            switch rule.scope {
            case .account: "account:\(order.account)"
            case .group: "group:\(accounts[order.account]?.group ?? "")"
            default: "firm"
            }
        let field = "\(who)|\(rule.windowMillis)"
        let tenth = time / (rule.windowMillis * 100)
        notes.rates[field] = tenth
        let taken = (control.rates[field] ?? [:]).filter { $0.key >= tenth - 10 }
        return taken.values.reduce(1, +)
    }

    private mutating func duplicates(_ rule: Guard, _ order: ModelOrder) -> Int64 {
        let ext = order.ext
        let isSpecial = !ext.packed.isEmpty
        let more =
            isSpecial
            ? " \(notes.askedTrigger) \(ext.trailOffset) \(ext.pegOffset) \(notes.askedPegLimit)"
            : ""
        let key =
            "\(order.account) \(order.symbol) \(order.side) \(order.pricing) "
            + "\(notes.askedPrice) \(order.quantity) \(order.book)" + more
        notes.same = key
        let since = time - rule.windowMillis * 1_000
        return Int64((control.same[key] ?? []).filter { $0 > since }.count)
    }

    private mutating func executed(_ rule: Guard, _ order: ModelOrder) -> (Int64, Bool) {
        var throttle = throttle(order)
        let all = position(order.account, order.symbol).executed
        if !throttle.isLatched && time - throttle.since >= rule.windowMillis * 1_000 {
            throttle.base = all
            throttle.since = time
            put(throttle)
        }
        let value = all - throttle.base
        if rule.mode == .enforce && !throttle.isLatched && value >= rule.limit {
            throttle.isLatched = true
            throttle.latchedAt = time
            put(throttle)
        }
        return (value, !throttle.isLatched && value < rule.limit)
    }

    /// A new order has been taken: it counts.
    mutating func take(_ id: String) {
        guard id == notes.mainOrder, notes.kind == .submit, !notes.isTaken else { return }
        notes.isTaken = true
        takeRates()
        guard let same = notes.same else { return }
        control.same[same] = (control.same[same] ?? []).suffix(99) + [time]
    }

    private mutating func takeRates() {
        for (field, tenth) in notes.rates {
            control.rates[field, default: [:]][tenth, default: 0] += 1
        }
    }
}
