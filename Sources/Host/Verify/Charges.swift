// What open orders need, and what account and position are charged for it: computed from the orders
// alone, as docs/REDIS.md says it, and compared with what the records hold.

import Base
import Trading

struct Charge {
    var cash: Int64 = 0
    var shares: Int64 = 0
    var buying: Int64 = 0
    var reducers: Int64 = 0
    /// Open reduce-only quantity.
    var reducing: Int64 = 0
}

/// `account:symbol`, or the account alone for cash.
struct Charges {
    private(set) var positions: [String: Charge] = [:]
    private(set) var cash: [String: Int64] = [:]

    init(_ orders: some Sequence<Order>) {
        var groups: [String: [Order]] = [:]
        for order in orders where order.status.isOpen {
            let link = order.extra?.link ?? 0
            let family = (order.parentID ?? order.id).text
            groups[link == 0 ? order.id.text : "\(family) \(link)", default: []].append(order)
        }
        for group in groups.values { add(group) }
    }

    /// A link group is charged its largest member's, not the sum.
    private mutating func add(_ group: [Order]) {
        var charge = Charge()
        for order in group {
            let working = order.working.raw
            if order.side == .buy {
                charge.cash = max(charge.cash, order.hold)
                charge.buying = max(charge.buying, working)
            } else {
                charge.shares = max(charge.shares, working)
            }
            if order.flags.contains(.reduceOnly) {
                charge.reducers += 1
                charge.reducing = max(charge.reducing, working)
            }
        }
        guard let first = group.first else { return }
        cash[first.account, default: 0] += charge.cash
        let key = "\(first.account):\(first.symbol)"
        var sum = positions[key] ?? Charge()
        sum.shares += charge.shares
        sum.buying += charge.buying
        sum.reducers += charge.reducers
        sum.reducing += charge.reducing
        positions[key] = sum
    }
}

extension Fold {
    /// Of the state as it is after the last event.
    func judgeHolds() {
        let open = orders.values.lazy.map(\.value).filter(\.status.isOpen)
        for order in open { judgeHold(of: order) }
        let charges = Charges(open)
        for (id, held) in accounts {
            let account = held.value
            let need = charges.cash[id] ?? 0
            findings.expect(
                .cashHolds, account.held.raw == need,
                "account \(id) holds \(account.held.raw), its open orders need \(need)")
        }
        for (key, held) in positions {
            judge(held.value, charges.positions[key] ?? Charge())
        }
        for (key, charge) in charges.positions where positions[key] == nil {
            findings.wrong(
                .shareHolds,
                "position \(key) isn't there, and open orders need \(charge.shares) of it")
        }
    }

    private func judge(_ position: Position, _ need: Charge) {
        findings.expect(
            .shareHolds,
            position.held.raw == need.shares && position.openBuy.raw == need.buying,
            "position \(position.key) holds \(position.held.raw) and expects "
                + "\(position.openBuy.raw), its open orders need \(need.shares) and \(need.buying)")
        findings.expect(
            .shareHolds,
            Int64(position.reduceOnlyCount) == need.reducers
                && need.reducing <= abs(position.quantity.raw),
            "position \(position.key) of \(position.quantity.raw): reduce-only orders of "
                + "\(need.reducing), \(position.reduceOnlyCount) counted, \(need.reducers) there")
    }

    private func judgeHold(of order: Order) {
        guard let instrument = instruments[order.symbol]?.value else { return }
        let need = needed(order, instrument)
        findings.expect(
            order.side == .buy ? .cashHolds : .shareHolds, need == Int128(order.hold),
            "order \(order.id.text) holds \(order.hold), it needs \(need)")
    }

    /// Cost rounded up, and the worst fee on it, less what earlier rounding took too early.
    private func needed(_ order: Order, _ instrument: Instrument) -> Int128 {
        let working = order.working.raw
        guard order.side == .buy, working > 0 else { return Int128(working) }
        let (quotient, isRounded) = instrument.money(order.worstPrice, working)
        let cost = quotient + (isRounded ? 1 : 0)
        let bps = Int128(worstFeeBps(order, instrument))
        guard bps > 0 else { return cost }
        let (fee, rest) = (cost * bps).quotientAndRemainder(dividingBy: 10_000)
        return cost + fee + (rest > Int128(order.feeRest) ? 1 : 0)
    }

    /// As its account pays them.
    private func worstFeeBps(_ order: Order, _ instrument: Instrument) -> Int64 {
        let account = accounts[order.account]?.value
        return max(
            account?.makerFeeBps ?? instrument.makerFeeBps,
            account?.takerFeeBps ?? instrument.takerFeeBps)
    }

    /// Sums over all accounts and positions.
    func judgeSums(deviation: Deviation) {
        guard isComplete else {
            findings.note(.cash, "not from the beginning: only changes were checked")
            findings.note(.shares, "not from the beginning: only changes were checked")
            return
        }
        var cash = deviation.cash
        for held in accounts.values {
            cash[held.value.currency, default: 0] += Int128(held.value.balance.raw)
        }
        for currency in Set(cash.keys).union(paidIn.keys).union(fees.keys).sorted() {
            let (has, paid) = (cash[currency] ?? 0, paidIn[currency] ?? 0)
            let fee = fees[currency] ?? 0
            findings.expect(
                .cash, has == paid - fee,
                "\(currency): accounts have \(has), \(paid) was paid in, fees took \(fee)")
        }
        var owned = deviation.shares
        for held in positions.values {
            owned[held.value.symbol, default: 0] += Int128(held.value.quantity.raw)
        }
        for symbol in Set(owned.keys).union(adjusted.keys).sorted() {
            let (has, put) = (owned[symbol] ?? 0, adjusted[symbol] ?? 0)
            findings.expect(
                .shares, has == put, "\(symbol): positions sum to \(has), \(put) were put in")
        }
    }

    /// Level totals that were told, and what the orders of the level show.
    func judgeLevels() {
        for symbol in instruments.keys.sorted() {
            for side in [Side.buy, .sell] {
                let place = BookPlace(symbol: symbol, book: .lit, side: side)
                let (sums, told) = (levelSums(place), levels[place] ?? [:])
                for price in Set(sums.keys).union(told.keys).sorted() {
                    findings.expect(
                        .levels, sums[price] == told[price],
                        "\(symbol) \(side.name) \(price): the events tell "
                            + "\(levelText(told[price])), its orders are \(levelText(sums[price]))")
                }
            }
            let bid = books[BookPlace(symbol: symbol, book: .lit, side: .buy)]?.best(.buy)
            let ask = books[BookPlace(symbol: symbol, book: .lit, side: .sell)]?.best(.sell)
            findings.expect(
                .crossed, (bid ?? .min) < (ask ?? .max),
                "\(symbol) is crossed: bid \(bid ?? 0), ask \(ask ?? 0)")
        }
    }

    /// `<l quantity> <l orders>` by price, as the orders that rest there sum up.
    func levelSums(_ place: BookPlace) -> [Int64: [UInt8]] {
        (books[place]?.levels ?? [:]).mapValues { standings in
            let shown = standings.reduce(Int64(0)) {
                $0 + (orders[$1.id]?.value.shown.raw ?? 0)
            }
            var writer = ByteWriter(capacity: 16)
            writer.int64(shown)
            writer.int64(Int64(standings.count))
            return writer.bytes
        }
    }
}

/// What Redis's records have more than the events say: so damage shows in the sums, too.
struct Deviation {
    var cash: [String: Int128] = [:]
    var shares: [String: Int128] = [:]
}

func levelText(_ record: [UInt8]?) -> String {
    guard let record else { return "nothing" }
    var reader = ByteReader(record[...])
    guard let quantity = try? reader.int64(), let count = try? reader.int64() else {
        return "unreadable"
    }
    return "\(quantity) in \(count) orders"
}
