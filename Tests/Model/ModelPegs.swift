// Orders whose price follows the book's.

import Base
import Trading

extension Model {
    /// Bid and ask references, which pegged orders don't make; best bid and ask, which they do.
    private func references(_ symbol: String) -> [Int64] {
        let bids = resting(symbol, .lit, .buy)
        let asks = resting(symbol, .lit, .sell)
        return [
            bids.filter { !$0.isPegged }.map(\.price).max() ?? 0,
            asks.filter { !$0.isPegged }.map(\.price).min() ?? 0,
            bids.map(\.price).max() ?? 0, asks.map(\.price).min() ?? 0,
        ]
    }

    /// Where a pegged order belongs now; nil where nothing says.
    private func pegPrice(_ order: ModelOrder) throws(Refusal) -> Int64? {
        let tick = try instrument(order.symbol).tick
        let found = references(order.symbol)
        let isBuy = order.side == .buy
        let reference: Int64
        switch order.ext.peg {
        case .bid: reference = found[0]
        case .ask: reference = found[1]
        case .midpoint, nil:
            guard found[0] > 0, found[1] > 0 else { return nil }
            let sum = Int128(found[0]) + Int128(found[1])
            let isBetween = sum % (2 * Int128(tick)) != 0
            reference = Int64(sum / (2 * Int128(tick)) + (isBetween && !isBuy ? 1 : 0)) * tick
        }
        guard reference > 0 else { return nil }
        var price = Int128(reference) + Int128(order.ext.pegOffset)
        if order.ext.pegLimit > 0 {
            let limit = Int128(order.ext.pegLimit)
            price = isBuy ? min(price, limit) : max(price, limit)
        }
        if isBuy, found[3] > 0 { price = min(price, Int128(found[3] - tick)) }
        if !isBuy, found[2] > 0 { price = max(price, Int128(found[2]) + Int128(tick)) }
        return price < Int128(tick) || price > Int128(Scaled.maximum) ? nil : Int64(price)
    }

    /// An entering order's price.
    mutating func setPegPrice(_ id: String) throws(Refusal) {
        let order = order(id)
        let found = try pegPrice(order)
        // One that stood in the book already stays where it is, as far as its limit allows.
        let limit = order.ext.pegLimit
        let staying = order.side == .buy ? min(order.price, limit) : max(order.price, limit)
        guard let price = found ?? (order.price > 0 ? staying : nil) else {
            throw Refusal("no_reference_price")
        }
        let standing = table.open(order.symbol) { $0.isPegged && $0.id != id && !$0.isPending }
        guard standing.count < limits.pegs || order.price > 0 else {
            throw Refusal("too_many_pegs", "limit=\(limits.pegs)")
        }
        try change(id) { $0.price = price }
    }

    /// Whether any moved.
    mutating func repricePegs(_ symbol: String) throws(Refusal) -> Bool {
        let pegged = table.open(symbol) { $0.isPegged && $0.rests }
            .sorted { ($0.acceptedSequence, $0.id) < ($1.acceptedSequence, $1.id) }
        guard !pegged.isEmpty else { return false }
        let found = references(symbol)
        guard symbols[symbol]?.pegReferences != found else { return false }
        var hasMoved = false
        for id in pegged.map(\.id) {
            let order = order(id)
            guard let price = try pegPrice(order), price != order.price else { continue }
            let place = takePlace()
            try change(id) {
                $0.price = price
                $0.bookSequence = place
                $0.ext.shown = min($0.ext.display, $0.working)
            }
            step(.restated, id, "pegged")
            hasMoved = true
        }
        symbols[symbol, default: SymbolState()].pegReferences = references(symbol)
        return hasMoved
    }
}
