// An arrival: a new order, a triggered one, one that lost its place. What it must satisfy, and
// what is decided before its first trade.

import Base
import Trading

/// The walk before a trade: who would be met, without anybody's doing anything.
struct Walk {
    var found: Int64 = 0
    var cost: Int128 = 0
    /// What is still sought.
    var left: Int64
    var fills = 0
    var isCutByCount = false
    /// What it took of link groups, and of accounts' orders that aren't reduce-only.
    var ofGroups: [LinkGroup: Int64] = [:]
    var ofAccounts: [String: Int64] = [:]
}

extension Walk {
    fileprivate mutating func count(_ taken: Int64, of resting: ModelOrder) {
        found += taken
        if let group = LinkGroup(resting) { ofGroups[group, default: 0] += taken }
        if !resting.isReduceOnly { ofAccounts[resting.account, default: 0] += taken }
    }
}

extension Model {
    /// Checks an order that nothing is charged for yet, and lets it go on to the book. Throws why
    /// it may not; it is as it was then, but for its price.
    mutating func admit(_ id: String, _ guards: [Guard]) throws(Refusal) {
        try change(id) { $0.isPending = true }
        try judge(guards, id, isWaiting: false)
        if order(id).isPegged { try setPegPrice(id) }
        if order(id).pricing == .market { try setProtectionPrice(id) }
        let arriving = order(id)
        if arriving.pricing == .market && arriving.side == .buy {
            try requireCash(walk(arriving), arriving)
        } else {
            try requireCover(arriving)
        }
        try requireReducing(arriving)
        try requirePassive(arriving)
        notes.sweeping = id
        try change(id) {
            $0.isPending = false
            $0.flags.subtract([.queued, .waiting])
            $0.status = $0.filled > 0 ? .partiallyFilled : .new
        }
        if !arriving.isAfter { self.guards[id] = nil }
        take(id)
    }

    /// Trades what an admitted order can trade, and puts the rest where it belongs.
    /// `number`: its place in the work queue, if it comes from there.
    mutating func work(_ id: String, number: Int64? = nil) throws(Refusal) {
        let arriving = order(id)
        let isWhole = arriving.policy == .allOrNone
        if isWhole || arriving.ext.minQuantity > 0 {
            let walk = try walk(arriving)
            if arriving.policy == .allOrNone && walk.found < arriving.working {
                let reason = walk.isCutByCount ? "fill_limit" : "fok_unfillable"
                return try close(id, .cancelled, reason: reason)
            }
            try change(id) { $0.ext.minQuantity = 0 }
            if walk.found < arriving.ext.minQuantity {
                return try close(id, .cancelled, reason: "min_quantity")
            }
        }
        // A minimum is filled in one call, what is above it need not be.
        let whole = isWhole ? arriving.quantity : arriving.filled + arriving.ext.minQuantity
        try conclude(id, sweep(id, whole: whole), number: number)
        try coverGroup(of: id)
    }

    /// The orders that it would meet, one after the other with all that they have.
    func walk(_ order: ModelOrder) throws(Refusal) -> Walk {
        let instrument = try instrument(order.symbol)
        var walk = Walk(left: order.workable)
        let others = resting(order.symbol, order.book, order.side.opposite)
            .filter { order.reaches($0.price) }.sorted { isAhead($0, $1) }
        for resting in others {
            let taken = try min(walk.left, countable(resting, walk))
            if isOwn(order, resting) {
                if order.selfTrade == .cancelNewest || order.selfTrade == .cancelBoth {
                    return walk
                }
                walk.fills += 1
                if walk.fills > limits.fills {
                    walk.isCutByCount = true
                    return walk
                }
                if order.selfTrade == .decrement { walk.left -= taken }
            } else {
                if order.book == .internal && isOutsideLit(resting.price, order.symbol) {
                    return walk
                }
                guard taken > 0 else { continue }
                walk.fills += fills(taken, of: resting)
                if walk.fills > limits.fills {
                    walk.isCutByCount = true
                    return walk
                }
                walk.count(taken, of: resting)
                walk.left -= taken
                walk.cost += Int128(
                    try Amounts.amount(instrument, price: resting.price, quantity: taken))
            }
            if walk.left == 0 { return walk }
        }
        return walk
    }

    /// What of a resting order will still be there when its turn comes, as far as the walk's own
    /// takings tell.
    private func countable(_ resting: ModelOrder, _ walk: Walk) throws(Refusal) -> Int64 {
        var most = resting.working
        if let group = LinkGroup(resting), let taken = walk.ofGroups[group] {
            most = resting.ext.linkAction == .cancel ? 0 : most - taken
        }
        if resting.isReduceOnly, let taken = walk.ofAccounts[resting.account] {
            let room = reducible(resting.account, resting.symbol, resting.side) - taken
            most = try min(most, room - reduceOnlyOpen(besides: resting))
        }
        return max(0, most)
    }

    /// How many fills it takes: an iceberg shows itself in slices, and children count.
    private func fills(_ taken: Int64, of resting: ModelOrder) -> Int {
        let hidden = taken - resting.visible
        let whole = 1 + childCount(resting)
        guard resting.isIceberg, hidden > 0 else { return whole }
        return whole + Int((hidden + resting.ext.display - 1) / resting.ext.display)
    }

    func isOutsideLit(_ price: Int64, _ symbol: String) -> Bool {
        guard let bid = bestPrice(symbol, .lit, .buy), let ask = bestPrice(symbol, .lit, .sell)
        else { return false }
        return price < bid || price > ask
    }

    /// A market buy: what its walk costs; what the count cut off costs its protection price.
    private func requireCash(_ walk: Walk, _ order: ModelOrder) throws(Refusal) {
        let instrument = try instrument(order.symbol)
        var cost = walk.cost
        if walk.isCutByCount {
            cost += Int128(
                try Amounts.amount(instrument, price: order.price, quantity: walk.left, up: true))
        }
        let bps = try charged(order).takerBps
        let fee = Amounts.fee(ofTenThousandths: cost * Int128(bps))
        try requireCash(Amounts.bounded(cost + fee), order.account)
    }

    private mutating func setProtectionPrice(_ id: String) throws(Refusal) {
        let order = order(id)
        let instrument = try instrument(order.symbol)
        guard let best = bestPrice(order.symbol, order.book, order.side.opposite) else {
            let hasTraded = (markets[order.symbol]?.last ?? 0) > 0
            throw Refusal(hasTraded ? "no_liquidity" : "no_reference_price")
        }
        let price = worstPrice(instrument, order.side, reference: best)
        try change(id) { $0.price = price }
        if let low = try belowMinimum(instrument, price, order.workable) { throw low }
    }

    /// The reference and the band, on a tick, never beyond the band.
    func worstPrice(_ instrument: ModelInstrument, _ side: Side, reference: Int64) -> Int64 {
        let band = Int64(Int128(reference) * Int128(instrument.bandBps) / 10_000)
        let tick = instrument.tick
        if side == .buy {
            return max(min(reference + band, Scaled.maximum) / tick * tick, reference)
        }
        return min((max(reference - band, 1) + tick - 1) / tick * tick, reference)
    }
}
