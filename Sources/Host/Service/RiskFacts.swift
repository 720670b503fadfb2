// What a stretch of events means to risk rules, and which limits it has brought near.

import Base
import Plugins
import Trading

struct RiskFacts {
    private(set) var happenings: [RiskHappening] = []
    /// Whose money or positions changed.
    private(set) var accounts: Set<String> = []
    /// Whose ledgers have grown.
    private(set) var ledgers: Set<String> = []
    /// Symbols that have traded.
    private(set) var moved: Set<String> = []
    private let picture: Picture

    init(_ events: [Event], _ picture: Picture) {
        self.picture = picture
        for event in events {
            for change in event.changes { add(change, event) }
        }
    }

    private mutating func add(_ change: Change, _ event: Event) {
        switch change {
        case .order(let order, _) where order.acceptedSequence == event.sequence:
            add(order, event, refused: order.status == .rejected)
        case .order(let order, cause: .rejected): add(order, event, refused: true)
        case .trade(let trade):
            for (side, id) in [(Side.buy, trade.buyOrderID), (.sell, trade.sellOrderID)] {
                guard var fact = fact(.trade, id, trade.symbol, event) else { continue }
                fact.side = side
                fact.price = trade.price
                fact.quantity = trade.quantity
                happenings.append(fact)
            }
        case .account(let account): accounts.insert(account.id)
        case .position(let position): accounts.insert(position.account)
        case .ledger(let entry): ledgers.insert(entry.account)
        case .market(let market): moved.insert(market.symbol)
        default: break
        }
    }

    private mutating func add(_ order: Order, _ event: Event, refused: Bool) {
        let kind = refused ? RiskHappening.Kind.orderRefused : .orderTaken
        guard var fact = fact(kind, order.id, order.symbol, event) else { return }
        fact.side = order.side
        fact.price = order.pricing == .limit ? order.price : nil
        fact.quantity = order.quantity
        fact.code = refused ? String(order.reason.prefix { $0 != ":" }) : ""
        happenings.append(fact)
    }

    private func fact(
        _ kind: RiskHappening.Kind, _ id: OrderID, _ symbol: String, _ event: Event
    ) -> RiskHappening? {
        guard let account = picture.accounts[String(id.account)],
            let instrument = picture.instruments[symbol]
        else { return nil }
        var fact = RiskHappening(
            kind, sequence: event.sequence, time: event.time, account: account,
            instrument: instrument)
        fact.orderID = id.text
        return fact
    }
}

extension Picture {
    /// Accounts that own, or owe, anything.
    var holders: [String] {
        accounts.keys.filter { id in
            positions(account: id).contains { $0.quantity.raw != 0 }
        }.sorted()
    }

    /// Accounts that own, or owe, something of these symbols.
    func holders(of symbols: Set<String>) -> [String] {
        accounts.keys.filter { id in
            symbols.contains { position(account: id, symbol: $0)?.quantity.raw ?? 0 != 0 }
        }.sorted()
    }
}

/// Warns where an order has brought a guard's figure to a share of its limit. A limit for a single
/// order isn't one that is "nearly reached"; a loss warns by its own rule.
struct HeadroomWarnings {
    /// In percent, the highest first.
    private let shares: [Int64]

    init(shares: [Int64]) { self.shares = shares.sorted(by: >) }

    var isOff: Bool { shares.isEmpty }

    func alerts(in events: [Event], _ picture: Picture) -> [NewAlert] {
        guard !isOff else { return [] }
        return events.flatMap { event in
            event.changes.compactMap { change in
                guard case .guardValue(let judged) = change else { return nil }
                return alert(judged, event, picture)
            }
        }
    }

    private func alert(_ judged: GuardValue, _ event: Event, _ picture: Picture) -> NewAlert? {
        guard judged.isEnforced, judged.held, isCumulative(judged.metric) else { return nil }
        let measure = RuleMeasure(judged)
        guard let share = measure.share, share <= 100,
            let reached = shares.first(where: { share >= $0 })
        else { return nil }
        let account = String(judged.orderID.account)
        let isOfSymbol = judged.metric == .position || judged.metric == .executed
        let scale =
            switch measure.unit {
            case .money: Money.scale
            case .quantity: picture.instruments[event.symbol]?.quantityScale ?? 0
            case .price, .count, .bps: 0
            }
        let value = Scaled.format(judged.value, scale: scale)
        let limit = Scaled.format(judged.limit, scale: scale)
        return NewAlert(
            .warning, account: account, symbol: isOfSymbol ? event.symbol : "",
            rule: judged.rule, code: "headroom",
            text: "\(judged.metric.name) (\(judged.scope.name)) is at \(share) % of its limit: "
                + "\(value) of \(limit)",
            orderID: judged.orderID.text,
            key: [
                "headroom", judged.rule, judged.metric.name, holder(judged, account, picture),
                isOfSymbol ? event.symbol : "", "\(reached)",
            ].joined(separator: "|"),
            windowMicros: 3_600_000_000)
    }

    private func holder(_ judged: GuardValue, _ account: String, _ picture: Picture) -> String {
        switch judged.scope {
        case .accountSymbol, .account: account
        case .group: "group \(picture.accounts[account]?.group ?? "")"
        case .firm, .instrument: "firm"
        }
    }

    private func isCumulative(_ metric: GuardMetric) -> Bool {
        switch metric {
        case .position, .openNotional, .gross, .net, .openOrders, .executed: true
        case .orderRate, .cash, .duplicates: false
        }
    }
}
